// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;

/** Creates TCP sockets on 127.0.0.1; the calls are not shown. */
final class Loopback {
    private static final int BACKLOG = 16;
    private static final int WAIT_MILLIS = 5_000;

    private Loopback() {}

    /** Returns a socket that listens on a free port. */
    static int listener(Stage stage) throws IOException {
        int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        stage.behind.bind(fd, new InetSocketAddress("127.0.0.1", 0));
        stage.behind.listen(fd, BACKLOG);
        return fd;
    }

    /** Returns two sockets that are connected to each other. */
    static Posix.SocketPair connection(Stage stage) throws IOException {
        int listener = listener(stage);
        int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        stage.behind.connect(fd, stage.behind.localAddress(listener));
        PollFds.of(stage).add(listener, PollFds.POLLIN).awaitUnseen(WAIT_MILLIS);
        PollFds.of(stage).add(fd, PollFds.POLLOUT).awaitUnseen(WAIT_MILLIS);
        int peer = stage.opened(stage.behind.accept(listener));
        stage.closeBehind(listener);
        return new Posix.SocketPair(fd, peer);
    }
}
