// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Fcntl;
import dev.pollux.posix.Posix;
import java.io.IOException;

/** Shows what happens when a watched descriptor is closed. */
final class Closing {
    private Closing() {}

    static void play(Stage stage) throws IOException {
        pollAndSelect(stage);
        if (!stage.has("epoll_create1")) {
            stage.text("The rest of this lesson is about epoll, which this system does not have.");
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
        stage.step("A's read end is closed; then poll and select get its number.");
        stage.close(fd);
        PollFds.of(stage).add(fd, PollFds.POLLIN).poll(0);
        FdSets.of(stage).read(fd).select(fd + 1, 0);
        stage.notice("Both get the numbers in each call, so both can report that this one is not open.");
    }

    private static void forgotten(Stage stage, EpollList epoll) throws IOException {
        Posix.Pipe b = stage.pipe("B");
        stage.step("B's read end is on the interest list of an epoll, and is closed.");
        epoll.add(b.readFd(), Epoll.EPOLLIN);
        epoll.drawInterest();
        stage.close(b.readFd());
        epoll.await(0);
        stage.notice("The kernel removed it from the list silently. A program that waits for it waits for ever.");
    }

    private static void dupTrap(Stage stage, EpollList epoll) throws IOException {
        Posix.Pipe c = stage.pipe("C");
        Posix.Pipe d = stage.pipe("D");
        int fd = c.readFd();
        stage.ask("The registered number is closed. Will epoll_wait report it?", "yes", "no");
        stage.step("C's read end is added to the list and duplicated. Then the registered number is closed, and a byte"
                + " is written.");
        epoll.add(fd, Epoll.EPOLLIN);
        int duplicate = stage.opened(stage.calls.dup(fd));
        stage.close(fd);
        stage.write(c.writeFd(), "x");
        stage.seen(epoll.await(0) > 0 ? "yes" : "no");
        stage.notice("A stale event: " + fd + " is closed. epoll watches the open file, which lives as long as any"
                + " descriptor refers to it (after dup, fork, or passing it to another process). The event has the data"
                + " of the closed descriptor.");

        stage.step("EPOLL_CTL_DEL tries to remove the entry, by the old number and by the new one.");
        stage.calls.epollCtl(epoll.epfd(), Epoll.EPOLL_CTL_DEL, fd, null);
        stage.calls.epollCtl(epoll.epfd(), Epoll.EPOLL_CTL_DEL, duplicate, null);
        epoll.await(0);
        stage.notice("EBADF for the old number, ENOENT for the new one: no epoll_ctl reaches the entry, and epoll_wait"
                + " goes on reporting it. With level triggering that is a busy loop.");

        stage.step("The number " + fd + " is free. D's read end gets it, as any new descriptor might, and is added.");
        int again = stage.opened(stage.calls.fcntl(d.readFd(), Fcntl.F_DUPFD, fd));
        stage.closeBehind(d.readFd());
        if (again != fd) {
            throw new IOException("another thread has opened descriptor " + fd + ": play the lesson again");
        }
        epoll.add(again, Epoll.EPOLLIN);
        epoll.await(0);
        stage.notice("The list has two entries for " + fd + ". D is empty: the event belongs to the old file, but a"
                + " program takes it for the new one. This is why Pollux puts a generation number into the data.");

        stage.step("The last descriptor of the old file is closed.");
        stage.close(duplicate);
        epoll.await(0);
        stage.notice("The kernel removed the old entry.");
    }

    private static void wayOut(Stage stage, EpollList epoll) throws IOException {
        Posix.Pipe e = stage.pipe("E");
        stage.step("The remedy: EPOLL_CTL_DEL first, then close. Duplicates do not matter then.");
        epoll.add(e.readFd(), Epoll.EPOLLIN);
        stage.opened(stage.calls.dup(e.readFd()));
        stage.calls.epollCtl(epoll.epfd(), Epoll.EPOLL_CTL_DEL, e.readFd(), null);
        stage.close(e.readFd());
        stage.write(e.writeFd(), "x");
        epoll.await(0);
        stage.notice("No event. In Pollux: registration.cancel() before posix.close(fd).");
    }
}
