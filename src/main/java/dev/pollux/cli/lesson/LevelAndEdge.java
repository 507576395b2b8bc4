// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static dev.pollux.abi.Epoll.EPOLLET;
import static dev.pollux.abi.Epoll.EPOLLIN;
import static dev.pollux.abi.Epoll.EPOLLONESHOT;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;

/** A list that the kernel keeps. */
final class LevelAndEdge {
    private LevelAndEdge() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");
        int fd = a.readFd();

        stage.step("An epoll descriptor is made, and both read ends are put on its interest list.");
        EpollList epoll = new EpollList(stage);
        epoll.add(fd, EPOLLIN);
        epoll.add(b.readFd(), EPOLLIN);
        epoll.drawInterest();
        stage.notice("The list lies in the kernel and is told once, not with each call. It is drawn from"
                + " /proc/self/fdinfo/" + epoll.epfd() + "; the kernel itself has added EPOLLERR and EPOLLHUP.");

        stage.step("Level: two bytes go into A, and epoll_wait looks twice.");
        stage.write(a.writeFd(), "xy");
        epoll.await(0);
        epoll.await(0);
        stage.notice("It says so each time, as long as there is something to read. Only who is ready is handed over,"
                + " with the data that was given for it; B costs nothing.");

        stage.step("Edge: the same two bytes are still there. A is changed to EPOLLET, and epoll_wait looks twice.");
        epoll.modify(fd, EPOLLIN | EPOLLET);
        epoll.await(0);
        epoll.await(0);
        stage.notice("It says so once. The second look finds nothing, though nothing was read.");

        stage.step("A missed edge: one of the two bytes is read, and epoll_wait waits 20 ms for the other.");
        stage.read(fd, 1);
        epoll.await(20);
        stage.read(fd, 1);
        stage.notice("The byte was there all the time: the last read has it. With EPOLLET read until EAGAIN, or wait"
                + " for ever for what has come already.");

        stage.step("A new byte is a new edge.");
        stage.write(a.writeFd(), "z");
        epoll.await(0);

        stage.step("Oneshot: A is changed to EPOLLONESHOT; epoll_wait looks, another byte comes, it looks again.");
        epoll.modify(fd, EPOLLIN | EPOLLONESHOT);
        epoll.await(0);
        stage.write(a.writeFd(), "z");
        epoll.await(0);
        stage.notice("After one event only EPOLLONESHOT is left of what was asked: the registration stays and is"
                + " silent. So of many threads only one works on a descriptor at a time.");

        stage.step("EPOLL_CTL_MOD arms it again.");
        epoll.modify(fd, EPOLLIN | EPOLLONESHOT);
        epoll.await(0);
        stage.notice("What is ready already is told at once.");

        stage.step("What is not there: B is added a second time, then a regular file.");
        epoll.add(b.readFd(), EPOLLIN);
        epoll.add(stage.opened(stage.behind.open(Path.of("/etc/passwd"), 0)), EPOLLIN);
        stage.notice("EEXIST: once is enough. EPERM: a file is always ready, and epoll will not watch what never"
                + " changes; poll and select say ready.");

        stage.step("What it costs: N descriptors of which only the last is ready, without waiting.");
        Cost.ofPollAndEpoll(stage);
        stage.notice("poll grows with what is watched, epoll_wait with what is ready, and that is one.");
    }
}
