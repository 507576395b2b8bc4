// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One poll: wait with N pipes registered, of which A are ready, and call a handler for each of those. */
public class DescriptorScaling extends NanosAnOperation {
    /** Polls in one invocation: for C this is one call from Java, whose cost does not show then. */
    private static final int POLLS = 100;

    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

    @Param({"10", "100", "1000", "1023", "10000", "100000"})
    public int n;

    @Param({"1", "16", "128"})
    public int a;

    @Param({"BLOCKING", "ZERO"})
    public Wait wait;

    @Param({"FIRST", "LAST", "RANDOM", "SPREAD"})
    public Position position;

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
        "JNR_ENXIO",
        "LIBEVENT"
    })
    public Caller caller;

    private Pairs pairs;
    private WaitLoop loop;

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, mechanism);
        int[] ready = position.choose(n, a);
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, n, ready);
        pairs.makeReady(ready);
        loop = WaitLoop.open(caller, mechanism, wait, pairs);
        loop.run(POLLS); // some begin with room for few events, and take more with each poll
    }

    @Benchmark
    @OperationsPerInvocation(POLLS)
    public long poll() throws IOException {
        return Loop.require("events", (long) POLLS * a, loop.run(POLLS));
    }

    @TearDown
    public void close() throws IOException {
        loop.close();
        pairs.close();
    }
}
