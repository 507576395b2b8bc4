// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The workload of libevent's {@code test/bench.c}: N socket pairs, a byte in A of them, and as many more writes as it
 * says, each by who received a byte to the next pair. One operation is one round, until all is received; the first A
 * bytes are sent before the clock runs.
 */
public class Chain extends NanosAnOperation {
    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

    @Param({"100", "1000"})
    public int n;

    @Param({"1", "100"})
    public int a;

    @Param({"100", "1000"})
    public int writes;

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
    private ChainLoop loop;

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, mechanism);
        pairs = Pairs.open(Pairs.Kind.SOCKET, caller, n, Pairs.all(n));
        loop = ChainLoop.open(caller, mechanism, pairs);
    }

    @Setup(Level.Invocation)
    public void start() throws IOException {
        loop.start(a);
    }

    @Benchmark
    public long round() throws IOException {
        return Loop.require("bytes received", a + writes, loop.run(writes));
    }

    @TearDown
    public void close() throws IOException {
        loop.close();
        pairs.close();
    }
}
