// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.SyscallException;
import dev.pollux.abi.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;

/** Shows a non-blocking connect and how to get its result. */
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
        stage.notice(
                "EINPROGRESS is not a failure: the SYN is on its way. A blocking connect would wait for the answer,"
                        + " which may take minutes. (If the answer comes at once, connect returns 0.)");

        stage.step("The socket becomes writable when the connect has succeeded or failed.");
        PollFds.of(stage).add(fd, PollFds.POLLOUT).poll(WAIT_MILLIS);
        stage.posix.socketError(fd);
        stage.notice("Writable only means that the connect is over. SO_ERROR has the result: 0 is success.");

        stage.ask("The connect will be refused. Will the socket be writable?", "yes", "no");
        stage.step("The listening socket is closed, and another socket connects to its port.");
        stage.close(listener);
        int refused = connect(stage, address);
        stage.seen(everybodyOn(stage, refused) ? "yes" : "no");
        stage.notice("The connection was refused, yet the socket is writable and readable: for select it looks like a"
                + " connection with data. poll and epoll report POLLERR and POLLHUP, but not the reason.");

        stage.step("The reason: SO_ERROR, read twice.");
        stage.posix.socketError(refused);
        stage.posix.socketError(refused);
        stage.notice("The first result is the errno of the connect. Reading SO_ERROR clears it: the second result is 0,"
                + " although nothing is connected. Read it once, and keep the result.");
        PollFds.of(stage).add(refused, EVENTS).poll(0);
        stage.notice("POLLERR is gone with the error, POLLHUP stays.");
    }

    private static int connect(Stage stage, InetSocketAddress address) throws IOException {
        int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        try {
            stage.posix.connect(fd, address);
        } catch (SyscallException atOnce) {
            stage.notice("This connect failed at once.");
        }
        return fd;
    }

    /** Returns whether {@code select} reports that the socket is writable. */
    private static boolean everybodyOn(Stage stage, int fd) throws IOException {
        PollFds.of(stage).add(fd, EVENTS).poll(WAIT_MILLIS);
        FdSets sets = FdSets.of(stage).read(fd).write(fd);
        sets.select(fd + 1, 0);
        if (stage.has("epoll_create1")) {
            EpollList epoll = new EpollList(stage, stage.unseen);
            epoll.add(fd, Epoll.EPOLLIN | Epoll.EPOLLOUT);
            epoll.await(0);
        }
        return sets.has("writefds", fd);
    }
}
