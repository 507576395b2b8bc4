// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One message sent back by a server, which has one thread. The client, in C and the same for all, keeps one message
 * under way on each connection; so the time for one message is what the server makes of its second, and {@link
 * Latencies} say how long each was under way.
 */
public class Echo extends NanosAnOperation {
    private static final int MESSAGES = 10_000;

    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

    @Param({"1", "100"})
    public int connections;

    @Param("64")
    public int messageBytes;

    @Param({
        "C",
        "JNI",
        "FFM",
        "JNA",
        "POLLUX_NIO_KEYS",
        "POLLUX_NIO_CONSUMER",
        "JDK_KEYS",
        "JDK_CONSUMER",
        "NETTY_NIO",
        "NETTY_EPOLL",
        "JNR_ENXIO",
        "LIBEVENT"
    })
    public Caller caller;

    private final long[] latenciesNanos = new long[MESSAGES];
    private EchoServer server;
    private long client;

    @Setup
    public void open() throws IOException {
        server = EchoServer.open(caller, mechanism);
        client = PlainC.check("connecting", PlainC.openClient(server.port(), connections, messageBytes));
        server.serve(connections);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long echo() throws IOException {
        long heard = PlainC.check("the client", PlainC.converse(client, latenciesNanos));
        Latencies.record(latenciesNanos);
        return Loop.require("messages", MESSAGES, heard);
    }

    @TearDown
    public void close() throws IOException {
        PlainC.closeClient(client);
        server.close();
    }
}
