// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static dev.pollux.abi.Kqueue.EV_ADD;
import static dev.pollux.abi.Kqueue.EV_CLEAR;
import static dev.pollux.abi.Kqueue.EV_DELETE;
import static dev.pollux.abi.Kqueue.EV_EOF;
import static dev.pollux.abi.Kqueue.EV_ERROR;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.cli.lesson.RecordedKqueue.Event;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.TracingSyscalls;
import java.io.IOException;
import java.util.List;

/** Filters instead of bits; where there is an epoll, it does the same beside. */
final class KqueueFilters {
    /** A number that is no open descriptor. */
    private static final int NOBODY = 999_999;

    /** The room of a UNIX socket, as the record has it. */
    private static final int ROOM = 8192;

    private KqueueFilters() {}

    static void play(Stage stage) throws IOException {
        Posix.SocketPair pair = stage.behind.socketPair();
        int fd = stage.opened(pair.fd());
        int peer = stage.opened(pair.peerFd());
        boolean real = stage.has("kqueue");
        Syscalls calls =
                real ? stage.calls : new TracingSyscalls(new RecordedKqueue(stage.unseen, record(fd)), stage::traced);
        stage.text(
                real
                        ? "The kqueue is this system's own."
                        : "This system has no kqueue. The answers of kevent are RECORDED, by the rules of FreeBSD: they"
                                + " come from a script, not from a kernel. All other calls are real.");
        stage.text("Two connected sockets: " + fd + " and its peer " + peer + ".");
        EpollList epoll = stage.has("epoll_create1") ? new EpollList(stage) : null;

        stage.step("Watch " + fd + " for reading and writing.");
        Kevents kqueue = new Kevents(stage, calls);
        kqueue.change(kqueue.read(fd, EV_ADD), kqueue.write(fd, EV_ADD));
        if (epoll != null) {
            epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT);
        }
        stage.notice("kqueue keeps one filter for each thing to watch, here two, told in one call; epoll keeps one"
                + " entry with two bits.");

        stage.step("The peer writes five bytes.");
        stage.write(peer, "hello");
        look(kqueue, epoll);
        stage.notice("Two events of one descriptor here, one with two bits there. data of EVFILT_READ says how much can"
                + " be read, that of EVFILT_WRITE how much room there is; epoll says neither.");

        stage.step("Two of the five bytes are read.");
        stage.read(fd, 2);
        look(kqueue, epoll);
        stage.notice("Both are level-triggered unless told otherwise: three bytes are left, and it is said again.");

        stage.step(
                "Edge: EV_CLEAR and EPOLLET, and no more interest in writing. kevent changes and looks in one call.");
        kqueue.look(kqueue.read(fd, EV_DELETE), kqueue.read(fd, EV_ADD | EV_CLEAR), kqueue.write(fd, EV_DELETE));
        if (epoll != null) {
            epoll.modify(fd, Epoll.EPOLLIN | Epoll.EPOLLET);
            epoll.await(0);
        }
        look(kqueue, epoll);
        stage.notice("Told once, then not again: the same on both. Three changes and a look were one system call here;"
                + " epoll needs one epoll_ctl for each descriptor that changes.");

        stage.step("One byte more.");
        stage.write(peer, "!");
        look(kqueue, epoll);
        stage.notice("A new edge. data is all that is there now, four bytes, not only what is new.");

        stage.step("The peer closes.");
        stage.close(peer);
        look(kqueue, epoll);
        stage.notice("EV_EOF is a flag on the read filter, beside the four bytes that are still to be read; epoll has a"
                + " bit of its own for it, EPOLLHUP.");

        stage.step("A descriptor that is not open.");
        kqueue.look(kqueue.read(NOBODY, EV_ADD));
        if (epoll != null) {
            epoll.add(NOBODY, Epoll.EPOLLIN);
        }
        stage.notice("kevent reports what failed as an event, EV_ERROR with the errno in data, so that the other"
                + " changes of the same call are made; epoll_ctl changes one thing and fails.");
    }

    private static void look(Kevents kqueue, EpollList epoll) throws IOException {
        kqueue.look();
        if (epoll != null) {
            epoll.await(0);
        }
    }

    /** What FreeBSD answers to the calls above: writing, which was possible first, stands first in its queue. */
    private static List<List<Event>> record(int fd) {
        Event writable = new Event(fd, true, 0, ROOM);
        return List.of(
                List.of(writable, new Event(fd, false, 0, 5)),
                List.of(writable, new Event(fd, false, 0, 3)),
                List.of(new Event(fd, false, EV_CLEAR, 3)),
                List.of(),
                List.of(new Event(fd, false, EV_CLEAR, 4)),
                List.of(new Event(fd, false, EV_CLEAR | EV_EOF, 4)),
                List.of(new Event(NOBODY, false, EV_ERROR, Errno.EBADF)));
    }
}
