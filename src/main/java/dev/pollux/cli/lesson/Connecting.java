// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.SyscallException;
import dev.pollux.abi.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;

/** A connection that is begun now and ends later. */
final class Connecting {
    private static final int WAIT_MILLIS = 5_000;
    private static final int EVENTS = PollFds.POLLIN | PollFds.POLLOUT;

    private Connecting() {}

    static void play(Stage stage) throws IOException {
        int listener = Loopback.listener(stage);
        InetSocketAddress address = stage.behind.localAddress(listener);
        stage.text("Socket " + listener + " listens on port " + address.getPort() + " of 127.0.0.1.");

        stage.step("A non-blocking socket begins to connect.");
        int fd = connect(stage, address);
        stage.notice("EINPROGRESS is no failure: the SYN is on its way. Blocking, the call would wait for the answer,"
                + " which may take minutes. (Where the answer comes at once, so does the result: 0.)");

        stage.step("When the connection is made, or has failed, the socket is writable.");
        PollFds.of(stage).add(fd, PollFds.POLLOUT).poll(WAIT_MILLIS);
        stage.posix.socketError(fd);
        stage.notice("Writable only says that it is over. How it ended is in SO_ERROR: 0, connected.");

        stage.step("The listener is closed, and another socket connects to its port.");
        stage.close(listener);
        int refused = connect(stage, address);
        everybodyOn(stage, refused);
        stage.notice("Refused, and writable all the same, and readable too: for select it looks just like a connection"
                + " with data. poll and epoll show POLLERR and POLLHUP, but not why.");

        stage.step("Why: SO_ERROR, asked twice.");
        stage.posix.socketError(refused);
        stage.posix.socketError(refused);
        stage.notice("The first answer is the errno that the connect would have had. Asking takes it away: the second"
                + " answer is 0 although nothing is connected. Ask once, and keep it.");
        PollFds.of(stage).add(refused, EVENTS).poll(0);
        stage.notice("POLLERR went with it, POLLHUP stays.");
    }

    private static int connect(Stage stage, InetSocketAddress address) throws IOException {
        int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        try {
            stage.posix.connect(fd, address);
        } catch (SyscallException atOnce) {
            stage.notice("It failed at once.");
        }
        return fd;
    }

    private static void everybodyOn(Stage stage, int fd) throws IOException {
        PollFds.of(stage).add(fd, EVENTS).poll(WAIT_MILLIS);
        FdSets.of(stage).read(fd).write(fd).select(fd + 1, 0);
        if (stage.has("epoll_create1")) {
            EpollList epoll = new EpollList(stage, stage.unseen);
            epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT);
            epoll.await(0);
        }
    }
}
