// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.Closeable;
import java.io.IOException;

/** Sends back what it receives, on one thread, with one buffer of {@value #BUFFER_BYTES} bytes for each read. */
interface EchoServer extends Closeable {
    int BUFFER_BYTES = 16 * 1024;

    /** The longest queue of connections that are not accepted yet. */
    int BACKLOG = 1024;

    String THREAD = WorkerAllocation.HELPER + "echo";

    /** Where it listens, on the loopback address. */
    int port();

    /** To be called when so many connections are made or about to be: serves them until it is closed. */
    void serve(int connections) throws IOException;

    static EchoServer open(Caller caller, Mechanism mechanism) throws IOException {
        return switch (caller) {
            case NETTY_NIO, NETTY_EPOLL -> new NettyEchoServer(caller);
            case C, LIBEVENT -> new EchoServerInC(caller, mechanism);
            default -> new WatcherEchoServer(caller, mechanism);
        };
    }
}
