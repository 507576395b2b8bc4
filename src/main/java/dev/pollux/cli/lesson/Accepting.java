// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;

/** Shows the queue of a listening socket, a server without descriptors, and two sockets on one port. */
final class Accepting {
    private static final int CLIENTS = 4;
    private static final int MANY_CLIENTS = 40;
    private static final int SHORT_WAIT_MILLIS = 100;
    private static final int LONG_WAIT_MILLIS = 10_000;
    private static final int SPINS = 3;
    private static final List<Integer> WIDTHS = List.of(20);

    private final Stage stage;

    private Accepting(Stage stage) {
        this.stage = stage;
    }

    static void play(Stage stage) throws IOException {
        Accepting lesson = new Accepting(stage);
        lesson.backlog();
        lesson.withoutDescriptors();
        lesson.reusePort();
    }

    private void backlog() throws IOException {
        stage.ask("The backlog is 1. How many of " + CLIENTS + " clients will be connected?", 0, 1, 2, 3, 4);
        stage.step("A socket listens with a backlog of 1. " + CLIENTS + " clients connect, and nobody accepts.");
        int listener = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        stage.behind.bind(listener, new InetSocketAddress("127.0.0.1", 0));
        stage.posix.listen(listener, 1);
        InetSocketAddress address = stage.behind.localAddress(listener);
        PollFds clients = PollFds.of(stage);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client(address), PollFds.POLLOUT);
        }
        stage.unseen.poll(null, 0, SHORT_WAIT_MILLIS);
        int connected = clients.poll(0);
        stage.seen(connected);
        stage.notice("A client is connected when the kernels have shaken hands; accept only takes the connection from"
                + " the queue. Linux keeps one more than the backlog says, and lets the other clients wait: it drops"
                + " their SYNs without an answer. The backlog has a limit itself, in"
                + " /proc/sys/net/core/somaxconn (listen(2)).");

        stage.step("The server accepts, and the clients that are left wait.");
        for (int fd = accept(listener); fd >= 0; fd = accept(listener)) {
            stage.closeBehind(fd);
        }
        PollFds left = PollFds.of(stage);
        for (int i = 0; i < CLIENTS; i++) {
            if (clients.revents(i) == 0) {
                left.add(clients.fd(i), PollFds.POLLOUT);
            }
        }
        if (left.size() > 0) {
            left.poll(LONG_WAIT_MILLIS);
        }
        stage.notice("There was room at once, but a dropped SYN is sent again only after a second, then after two more,"
                + " and so on: that is why a short queue makes slow connects, not failed ones.");
    }

    private void withoutDescriptors() throws IOException {
        int listener = Loopback.listener(stage);
        stage.behind.connect(
                stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET)),
                stage.behind.localAddress(listener));
        PollFds server = PollFds.of(stage).add(listener, PollFds.POLLIN);
        server.awaitUnseen(LONG_WAIT_MILLIS);
        int spare = stage.opened(stage.behind.dup(listener)); // all lower numbers are in use now
        Posix.DescriptorLimit before = stage.behind.descriptorLimit();

        stage.ask("accept fails with EMFILE. What will the next poll do?", "wait", "return at once");
        stage.step("A client waits in the queue, and this process may open no descriptor more: its limit becomes "
                + (spare + 1) + " for a moment.");
        int answered = 0;
        try {
            stage.posix.setDescriptorLimit(spare + 1);
            for (int i = 0; i < SPINS; i++) {
                answered += server.poll(LONG_WAIT_MILLIS);
                accept(listener);
            }
        } finally {
            stage.posix.setDescriptorLimit(before.soft());
        }
        stage.seen(answered == SPINS ? "return at once" : "wait");
        stage.notice(
                "The connection stays in the queue, so the socket stays readable: poll returns at once, accept fails"
                        + " again, and the server spins with all of a processor. Edge-triggered it does not spin, but that"
                        + " client is not reported again. Stop watching the socket for a while, as Pollux's servers do.");

        stage.step("The spare descriptor: the server has kept " + spare + " for this. It closes it, accepts, closes the"
                + " connection, and takes the spare again.");
        try {
            stage.behind.setDescriptorLimit(spare + 1);
            stage.close(spare);
            int fd = accept(listener);
            if (fd >= 0) {
                stage.close(fd);
            }
            stage.opened(stage.calls.dup(listener));
            server.poll(0);
        } finally {
            stage.behind.setDescriptorLimit(before.soft());
        }
        stage.notice(
                "The client learns at once that it is not served, and the queue is empty. With several threads this"
                        + " is a race: another thread may take the number in between.");
    }

    private void reusePort() throws IOException {
        stage.ask(
                "Two sockets listen at one port. Who decides which of them gets a connection?",
                "the first that accepts",
                "the kernel, when the client connects");
        stage.step("SO_REUSEPORT: two sockets listen at one port, and " + MANY_CLIENTS + " clients connect.");
        int first = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        int second = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        try {
            stage.posix.setReusePort(first, true);
            stage.posix.setReusePort(second, true);
        } catch (UnsupportedOperationException e) {
            stage.notice("This system has no SO_REUSEPORT.");
            return;
        }
        stage.posix.bind(first, new InetSocketAddress("127.0.0.1", 0));
        InetSocketAddress address = stage.behind.localAddress(first);
        stage.posix.bind(second, address);
        stage.posix.listen(first, MANY_CLIENTS);
        stage.posix.listen(second, MANY_CLIENTS);
        for (int i = 0; i < MANY_CLIENTS; i++) {
            int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
            stage.behind.connect(fd, address);
            PollFds.of(stage).add(fd, PollFds.POLLOUT).awaitUnseen(LONG_WAIT_MILLIS);
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("listening socket", "connections in its queue")));
        for (int listener : new int[] {first, second}) {
            rows.add(List.of(Integer.toString(listener), Integer.toString(queued(listener))));
        }
        stage.show(new Fact.Table(WIDTHS, rows));
        stage.seen("the kernel, when the client connects");
        stage.notice("Each socket has a queue of its own, and the kernel chooses one by a hash of the addresses and"
                + " ports (socket(7)): no thread wakes in vain, and no lock is shared. But a connection in the queue of"
                + " a thread that is busy waits, even if the other thread is idle.");
    }

    private int client(InetSocketAddress address) throws IOException {
        int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        try {
            stage.posix.connect(fd, address);
        } catch (SyscallException atOnce) {
            stage.text("This connect failed at once.");
        }
        return fd;
    }

    /** Returns the descriptor, or -errno. */
    private int accept(int listener) {
        return stage.opened(stage.calls.accept(listener));
    }

    private int queued(int listener) throws IOException {
        int count = 0;
        for (int fd = stage.unseen.accept(listener); fd >= 0; fd = stage.unseen.accept(listener)) {
            stage.opened(fd);
            count++;
        }
        return count;
    }
}
