// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Flags;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Shows what each mechanism reports when a peer stops, closes or resets. */
final class Hangups {
    private static final int WAIT_MILLIS = 5_000;
    private static final List<Integer> WIDTHS = List.of(15, 6, 40);
    private static final int ASKED = PollFds.POLLIN | PollFds.POLLOUT | PollFds.POLLRDHUP;

    private record Row(String state, String select, String poll, String epoll) {}

    private final Stage stage;
    private final List<Row> rows = new ArrayList<>();

    private Hangups(Stage stage) {
        this.stage = stage;
    }

    static void play(Stage stage) throws IOException {
        new Hangups(stage).play();
    }

    private void play() throws IOException {
        stage.text("In each step one end is watched for reading and writing, while the other end does something.");
        idle();
        halfClosed();
        closed();
        reset();
        writerGone();
        readerGone();
        table();
    }

    private void idle() throws IOException {
        stage.step("A TCP connection on which nothing happens.");
        look("idle", Loopback.connection(stage).fd());
    }

    private void halfClosed() throws IOException {
        Posix.SocketPair pair = Loopback.connection(stage);
        stage.step("The peer shuts down its write side; it can still read.");
        stage.posix.shutdownWrite(pair.peerFd());
        awaitInput(pair.fd());
        look("half-closed", pair.fd());
        stage.read(pair.fd(), 16);
        stage.write(pair.fd(), "still heard");
        stage.notice("The end of the stream counts as readable: from now on read returns 0. select reports a readable"
                + " socket and nothing else. Writing still works.");
    }

    private void closed() throws IOException {
        Posix.SocketPair pair = Loopback.connection(stage);
        stage.step("The peer closes its socket.");
        stage.close(pair.peerFd());
        awaitInput(pair.fd());
        look("closed", pair.fd());
        stage.notice("The same as before: both send a FIN, and a FIN does not say whether the peer still reads. Only a"
                + " write finds out. Note that there is no EPOLLHUP: TCP reports it when both directions are shut.");
        stage.write(pair.fd(), "anybody?");
        PollFds.of(stage).add(pair.fd(), PollFds.POLLIN).awaitUnseen(WAIT_MILLIS);
        awaitHangup(pair.fd());
        look("and written to", pair.fd());
        stage.notice("The closed peer answered the bytes with a RST.");
    }

    private void reset() throws IOException {
        Posix.SocketPair pair = Loopback.connection(stage);
        stage.step("The peer resets the connection (SO_LINGER with 0 seconds, then close).");
        stage.posix.setLinger(pair.peerFd(), 0);
        stage.close(pair.peerFd());
        awaitHangup(pair.fd());
        look("reset", pair.fd());
        stage.read(pair.fd(), 16);
        stage.notice("All bits at once. For select the socket is readable and writable, like a healthy connection with"
                + " data; the read returns the error.");
    }

    private void writerGone() throws IOException {
        Posix.Pipe pipe = stage.pipe("A");
        stage.ask("What will poll report?", "nothing", "POLLIN", "POLLHUP", "POLLIN|POLLHUP");
        stage.step("The only writer of a pipe closes.");
        stage.close(pipe.writeFd());
        look("pipe, no writer", pipe.readFd());
        stage.seen(rows.get(rows.size() - 1).poll);
        stage.notice("POLLHUP without POLLIN. A program that handles POLLIN only never reads the end, and its loop"
                + " spins. For select the pipe is readable.");
    }

    private void readerGone() throws IOException {
        Posix.Pipe pipe = stage.pipe("B");
        stage.step("The only reader of a pipe closes; the write end is checked.");
        stage.close(pipe.readFd());
        look("pipe, no reader", pipe.writeFd());
        stage.calls.write(pipe.writeFd(), stage.allocate(1), 0, 1);
        stage.notice("POLLERR, and the write returns EPIPE. (SIGPIPE kills a C program unless it ignores the signal, as"
                + " the JVM does.)");
    }

    private void look(String state, int fd) throws IOException {
        FdSets sets = FdSets.of(stage).read(fd).write(fd);
        sets.select(fd + 1, 0);
        String select = (sets.has("readfds", fd) ? "r" : "") + (sets.has("writefds", fd) ? "w" : "");
        PollFds fds = PollFds.of(stage).add(fd, ASKED);
        fds.poll(0);
        rows.add(new Row(state, select, PollFds.names(fds.revents(0)), epoll(fd)));
    }

    /** Returns the events of {@code epoll_wait}; empty if the system has no epoll. */
    private String epoll(int fd) throws IOException {
        if (!stage.has("epoll_create1")) {
            return "";
        }
        EpollList epoll = new EpollList(stage, stage.unseen);
        epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT | Epoll.EPOLLRDHUP);
        int count = epoll.await(0);
        String events = count > 0 ? Flags.EPOLL_EVENTS.set(epoll.events(0)) : "0";
        stage.closeBehind(epoll.epfd());
        return events;
    }

    private void awaitInput(int fd) throws IOException {
        PollFds.of(stage).add(fd, PollFds.POLLIN).awaitUnseen(WAIT_MILLIS);
    }

    /** poll reports POLLHUP and POLLERR for events = 0 too. */
    private void awaitHangup(int fd) throws IOException {
        PollFds.of(stage).add(fd, 0).awaitUnseen(WAIT_MILLIS);
    }

    private void table() throws IOException {
        stage.step("All results:");
        List<List<String>> table = new ArrayList<>(List.of(List.of("", "select", "poll", "epoll")));
        rows.forEach(row -> table.add(List.of(
                row.state,
                row.select,
                row.poll,
                row.epoll.replace("EPOLL", "POLL").equals(row.poll) ? "same" : row.epoll)));
        stage.show(new Fact.Table(WIDTHS, table));
        stage.notice("poll and epoll report the same. select reports less, and loses nothing: a program that reads a"
                + " readable descriptor finds the end or the error.");
    }
}
