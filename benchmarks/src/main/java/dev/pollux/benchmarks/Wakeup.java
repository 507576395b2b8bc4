// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One wakeup, until the poll that it ends has returned. */
public class Wakeup extends NanosAnOperation {
    private static final int WAKEUPS = 1000;
    static final int PIPES = 100;

    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

    @Param({"ALONE", "PING_PONG"})
    public Wakening wakening;

    @Param({
        "C",
        "JNI",
        "FFM",
        "JNA",
        "POLLUX_NIO_KEYS",
        "POLLUX_NIO_CONSUMER",
        "JDK_KEYS",
        "JDK_CONSUMER",
        "NETTY_EPOLL",
        "JNR_ENXIO"
    })
    public Caller caller;

    private Pairs pairs;
    private WakeupLoop loop;

    @Setup
    public void open() throws IOException {
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, PIPES);
        loop = WakeupLoop.open(caller, mechanism, wakening, pairs);
    }

    @Benchmark
    @OperationsPerInvocation(WAKEUPS)
    public long wakeup() throws IOException {
        return Loop.require("wakeups", WAKEUPS, loop.run(WAKEUPS));
    }

    @TearDown
    public void close() throws IOException {
        loop.close();
        pairs.close();
    }
}
