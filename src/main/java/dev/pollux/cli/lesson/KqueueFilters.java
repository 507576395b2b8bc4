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

/** Shows the filters of kqueue side by side with epoll. */
final class KqueueFilters {
    /** Not an open descriptor. */
    private static final int NOBODY = 999_999;

    /** The free buffer space of a UNIX socket, in the record. */
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
                        ? "The kqueue is the one of this system."
                        : "This system has no kqueue. The results of kevent are RECORDED, by the rules of FreeBSD: they"
                                + " come from a script, not from a kernel. All other calls are real.");
        stage.text("Two connected sockets: " + fd + " and its peer " + peer + ".");
        EpollList epoll = stage.has("epoll_create1") ? new EpollList(stage) : null;

        stage.step("Watch " + fd + " for reading and writing.");
        Kevents kqueue = new Kevents(stage, calls);
        kqueue.change(kqueue.read(fd, EV_ADD), kqueue.write(fd, EV_ADD));
        if (epoll != null) {
            epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT);
        }
        stage.notice("kqueue keeps a filter for each condition: here two, added in one call. epoll keeps one entry with"
                + " two bits.");

        stage.ask("How many events will kevent return?", 1, 2, 5);
        stage.step("The peer writes five bytes.");
        stage.write(peer, "hello");
        stage.seen(look(kqueue, epoll));
        stage.notice(
                "kqueue reports two events for one descriptor, epoll one event with two bits. data is the number"
                        + " of bytes to read for EVFILT_READ, and the free buffer space for EVFILT_WRITE; epoll reports neither.");

        stage.step("The program reads two of the five bytes.");
        stage.read(fd, 2);
        look(kqueue, epoll);
        stage.notice("Both are level-triggered by default: three bytes are left, so both report the descriptor again.");

        stage.step(
                "Edge: EV_CLEAR and EPOLLET, and no interest in writing any more. kevent changes and checks in one call.");
        kqueue.look(kqueue.read(fd, EV_DELETE), kqueue.read(fd, EV_ADD | EV_CLEAR), kqueue.write(fd, EV_DELETE));
        if (epoll != null) {
            epoll.modify(fd, Epoll.EPOLLIN | Epoll.EPOLLET);
            epoll.await(0);
        }
        look(kqueue, epoll);
        stage.notice(
                "Both report the edge once. EV_DELETE removes a filter, here both of them. The read filter is added"
                        + " again with EV_CLEAR, because EV_ADD on a filter that exists need not change its flags."
                        + " Three changes and a check were one system call; epoll needs an epoll_ctl for each change of a"
                        + " descriptor.");

        stage.step("One byte more.");
        stage.write(peer, "!");
        look(kqueue, epoll);
        stage.notice("A new edge. data counts all four bytes that are there now, not only the new one.");

        stage.step("The peer closes.");
        stage.close(peer);
        look(kqueue, epoll);
        stage.notice("EV_EOF is a flag of the read event, whose data still counts four bytes. epoll sets EPOLLHUP here"
                + " because these are UNIX sockets. When a TCP peer closes, epoll reports EPOLLIN and EPOLLRDHUP"
                + " without EPOLLHUP; see the lesson hangups.");

        stage.step("A descriptor that is not open.");
        kqueue.look(kqueue.read(NOBODY, EV_ADD));
        if (epoll != null) {
            epoll.add(NOBODY, Epoll.EPOLLIN);
        }
        stage.notice(
                "kevent reports a failed change as an event: EV_ERROR, with the errno in data. So it can still make"
                        + " the other changes of the call. epoll_ctl makes one change, and fails.");
    }

    /** Returns the number of events of the kqueue. */
    private static int look(Kevents kqueue, EpollList epoll) throws IOException {
        int events = kqueue.look();
        if (epoll != null) {
            epoll.await(0);
        }
        return events;
    }

    /** The results of FreeBSD for the calls above: the write filter was ready first, so its event is first. */
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
