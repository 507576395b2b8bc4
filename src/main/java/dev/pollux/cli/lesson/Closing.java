// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Fcntl;
import dev.pollux.posix.Posix;
import java.io.IOException;

/** Closing a descriptor that is watched. */
final class Closing {
    private Closing() {}

    static void play(Stage stage) throws IOException {
        pollAndSelect(stage);
        if (!stage.has("epoll_create1")) {
            stage.text("The rest is about epoll, which this system does not have.");
            return;
        }
        EpollList epoll = new EpollList(stage, stage.unseen);
        forgotten(stage, epoll);
        dupTrap(stage, epoll);
        wayOut(stage, epoll);
    }

    private static void pollAndSelect(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        int fd = a.readFd();
        stage.step("A's read end is closed and watched all the same, by poll and by select.");
        stage.close(fd);
        PollFds.of(stage).add(fd, PollFds.POLLIN).poll(0);
        FdSets.of(stage).read(fd).select(fd + 1, 0);
        stage.notice("Both take numbers with each call and say that this one is not open.");
    }

    private static void forgotten(Stage stage, EpollList epoll) throws IOException {
        Posix.Pipe b = stage.pipe("B");
        stage.step("B's read end is on epoll's interest list, and is closed.");
        epoll.add(b.readFd(), Epoll.EPOLLIN);
        epoll.drawInterest();
        stage.close(b.readFd());
        epoll.await(0);
        stage.notice("It is off the list, and nobody was told. Who waits for it waits for ever.");
    }

    private static void dupTrap(Stage stage, EpollList epoll) throws IOException {
        Posix.Pipe c = stage.pipe("C");
        Posix.Pipe d = stage.pipe("D");
        int fd = c.readFd();
        stage.step("C's read end goes on the list and has a duplicate; then the number that was registered is closed,"
                + " and a byte is written.");
        epoll.add(fd, Epoll.EPOLLIN);
        int duplicate = stage.opened(stage.calls.dup(fd));
        stage.close(fd);
        stage.write(c.writeFd(), "x");
        epoll.await(0);
        stage.notice("An event for " + fd + ", which is closed. epoll watches the open file, which lives as long as"
                + " any number for it (dup, fork, a descriptor that was passed on), under the data of the first.");

        stage.step("To take it off the list.");
        stage.calls.epollCtl(epoll.epfd(), Epoll.EPOLL_CTL_DEL, fd, null);
        stage.calls.epollCtl(epoll.epfd(), Epoll.EPOLL_CTL_DEL, duplicate, null);
        epoll.await(0);
        stage.notice("EBADF by the old number, ENOENT by the new one: the entry cannot be reached, and epoll_wait goes"
                + " on telling. With level triggering that is a busy loop that no epoll_ctl ends.");

        stage.step("The number " + fd + " is free. D's read end gets it, as any new descriptor might, and is watched.");
        int again = stage.opened(stage.calls.fcntl(d.readFd(), Fcntl.F_DUPFD, fd));
        stage.closeBehind(d.readFd());
        if (again != fd) {
            throw new IOException("somebody else has taken the number " + fd + ": play the lesson again");
        }
        epoll.add(again, Epoll.EPOLLIN);
        epoll.await(0);
        stage.notice("Two entries of the number " + fd + ", and D is empty: the event is of the old file, but the"
                + " program will take it for the new one. This is why Pollux puts a generation into the data.");

        stage.step("Only the last number of the old file lets it go.");
        stage.close(duplicate);
        epoll.await(0);
        stage.notice("The old entry is gone.");
    }

    private static void wayOut(Stage stage, EpollList epoll) throws IOException {
        Posix.Pipe e = stage.pipe("E");
        stage.step("The way out: EPOLL_CTL_DEL first, then close, whatever duplicates there are.");
        epoll.add(e.readFd(), Epoll.EPOLLIN);
        stage.opened(stage.calls.dup(e.readFd()));
        stage.calls.epollCtl(epoll.epfd(), Epoll.EPOLL_CTL_DEL, e.readFd(), null);
        stage.close(e.readFd());
        stage.write(e.writeFd(), "x");
        epoll.await(0);
        stage.notice("Silence. In Pollux: registration.cancel() before posix.close(fd).");
    }
}
