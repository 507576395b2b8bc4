// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Shows what an epoll descriptor is made of: its list, its place in other lists, and its duplicates. */
final class InsideEpoll {
    private InsideEpoll() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        EpollList epoll = new EpollList(stage);

        stage.step("A's read end is added to the list. The kernel describes the list in /proc/self/fdinfo/"
                + epoll.epfd() + ".");
        epoll.add(a.readFd(), Epoll.EPOLLIN);
        fdinfo(stage, epoll.epfd());
        stage.notice("tfd is the descriptor, events the interest in hexadecimal (19 is EPOLLIN, EPOLLERR and EPOLLHUP),"
                + " and data what epoll_ctl gave. ino and sdev name the file behind the descriptor (proc(5)).");

        stage.ask("The same pipe is on the list under two numbers. How many events will one byte make?", 0, 1, 2);
        stage.step("A's read end gets a second number, which is added too. Then a byte is written.");
        int duplicate = stage.opened(stage.calls.dup(a.readFd()));
        epoll.add(duplicate, Epoll.EPOLLIN);
        stage.write(a.writeFd(), "x");
        stage.seen(epoll.await(0));
        stage.notice("An entry belongs to a pair: an open file and a number. Two numbers are two entries, with data of"
                + " their own; that is how a program watches one socket for reading and for writing apart.");

        stage.ask(
                "The list of one epoll has something ready. What is its descriptor for another epoll?",
                "refused",
                "never ready",
                "readable");
        stage.step("An epoll descriptor on the list of another epoll.");
        EpollList outer = new EpollList(stage);
        outer.add(epoll.epfd(), Epoll.EPOLLIN);
        stage.seen(outer.await(0) > 0 ? "readable" : "never ready");
        stage.read(a.readFd(), 16);
        outer.await(0);
        stage.notice("An epoll descriptor is readable while an epoll_wait on it would return something. So a loop can"
                + " contain another one, and poll and select can wait for a whole epoll.");

        stage.step("The other way round as well: a circle.");
        epoll.add(outer.epfd(), Epoll.EPOLLIN);
        outer.add(outer.epfd(), Epoll.EPOLLIN);
        stage.notice(
                "ELOOP: the kernel searches for circles, and allows nesting up to a depth of five. EINVAL: an epoll"
                        + " cannot watch itself (epoll_ctl(2)).");

        stage.ask("An epoll descriptor is duplicated. Do the two have one list, or two?", "one list", "two lists");
        stage.step("The epoll descriptor gets a second number, and an entry is deleted through it.");
        int second = stage.opened(stage.calls.dup(epoll.epfd()));
        stage.calls.epollCtl(second, Epoll.EPOLL_CTL_DEL, duplicate, null);
        epoll.drawInterest();
        stage.seen(
                fdinfo(epoll.epfd()).stream()
                                        .filter(line -> line.startsWith("tfd"))
                                        .count()
                                == 1
                        ? "one list"
                        : "two lists");
        stage.notice(
                "Both numbers refer to the same list. fork duplicates every descriptor: a child that deletes an entry"
                        + " deletes its parent's (epoll(7)). EPOLL_CLOEXEC closes the number at exec, but not at fork.");

        stage.step("The first number of the epoll is closed, and a byte is written.");
        stage.close(epoll.epfd());
        stage.write(a.writeFd(), "y");
        stage.calls.epollWait(second, stage.allocate(Epoll.layout().sizeBytes()), 1, 0);
        fdinfo(stage, second);
        stage.notice("The list lives as long as any number refers to it.");
    }

    private static void fdinfo(Stage stage, int fd) throws IOException {
        fdinfo(fd).forEach(stage::state);
    }

    private static List<String> fdinfo(int fd) throws IOException {
        try {
            return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                    .map(line -> line.replace('\t', ' '))
                    .toList();
        } catch (NoSuchFileException notLinux) {
            return List.of("this kernel does not show it");
        }
    }
}
