// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Flags;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Half closed, closed, reset: who shows what. */
final class Hangups {
    private static final int WAIT_MILLIS = 5_000;
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
        stage.text("In each scene one end is asked for reading and writing, while the other one does something.");
        idle();
        halfClosed();
        closed();
        reset();
        writerGone();
        readerGone();
        table();
    }

    private void idle() throws IOException {
        stage.step("A TCP connection, and nothing happens.");
        look("idle", Loopback.connection(stage).fd());
    }

    private void halfClosed() throws IOException {
        Posix.SocketPair pair = Loopback.connection(stage);
        stage.step("The peer shuts its writing side: it still reads.");
        stage.posix.shutdownWrite(pair.peerFd());
        awaitInput(pair.fd());
        look("half closed", pair.fd());
        stage.read(pair.fd(), 16);
        stage.write(pair.fd(), "still heard");
        stage.notice("The end of the stream is something to read: read returns 0, for ever. select shows a readable"
                + " socket and no more. Writing still works.");
    }

    private void closed() throws IOException {
        Posix.SocketPair pair = Loopback.connection(stage);
        stage.step("The peer closes its socket altogether.");
        stage.close(pair.peerFd());
        awaitInput(pair.fd());
        look("closed", pair.fd());
        stage.notice("Exactly the same: a FIN is a FIN, and whether the peer still listens cannot be seen from here."
                + " Who writes finds out.");
        stage.write(pair.fd(), "anybody?");
        PollFds.of(stage).add(pair.fd(), PollFds.POLLIN).awaitUnseen(WAIT_MILLIS);
        awaitHangup(pair.fd());
        look("and written to", pair.fd());
        stage.notice("The answer to the bytes was a RST.");
    }

    private void reset() throws IOException {
        Posix.SocketPair pair = Loopback.connection(stage);
        stage.step("The peer resets the connection (SO_LINGER with 0 seconds, then close).");
        stage.posix.setLinger(pair.peerFd(), 0);
        stage.close(pair.peerFd());
        awaitHangup(pair.fd());
        look("reset", pair.fd());
        stage.read(pair.fd(), 16);
        stage.notice("Everything at once. For select it is readable and writable, as a healthy connection with data"
                + " is; the read tells the error.");
    }

    private void writerGone() throws IOException {
        Posix.Pipe pipe = stage.pipe("A");
        stage.step("A pipe's only writer closes.");
        stage.close(pipe.writeFd());
        look("pipe, no writer", pipe.readFd());
        stage.notice("POLLHUP alone, without POLLIN: who looks for POLLIN only waits for ever, or spins. For select"
                + " the pipe is readable.");
    }

    private void readerGone() throws IOException {
        Posix.Pipe pipe = stage.pipe("B");
        stage.step("A pipe's only reader closes; the end to write is asked.");
        stage.close(pipe.readFd());
        look("pipe, no reader", pipe.writeFd());
        stage.calls.write(pipe.writeFd(), stage.allocate(1), 0, 1);
        stage.notice("POLLERR, and the write says EPIPE. (A C program would be killed by SIGPIPE unless it ignores"
                + " it, as Java does.)");
    }

    private void look(String state, int fd) throws IOException {
        FdSets sets = FdSets.of(stage).read(fd).write(fd);
        sets.select(fd + 1, 0);
        String select = (sets.has("readfds", fd) ? "r" : "") + (sets.has("writefds", fd) ? "w" : "");
        PollFds fds = PollFds.of(stage).add(fd, ASKED);
        fds.poll(0);
        rows.add(new Row(state, select, PollFds.names(fds.revents(0)), epoll(fd)));
    }

    /** {@code epoll_wait}'s answer, or nothing where there is no epoll. */
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

    /** POLLHUP and POLLERR come without being asked for. */
    private void awaitHangup(int fd) throws IOException {
        PollFds.of(stage).add(fd, 0).awaitUnseen(WAIT_MILLIS);
    }

    private void table() throws IOException {
        stage.step("All that was seen:");
        stage.state(String.format("%-16s %-7s %-42s %s", "", "select", "poll", "epoll"));
        rows.forEach(
                row -> stage.state(String.format("%-16s %-7s %-42s %s", row.state, row.select, row.poll, row.epoll)));
        stage.notice("poll and epoll say the same. select says less, and loses nothing: whoever is readable and reads"
                + " finds the end or the error.");
    }
}
