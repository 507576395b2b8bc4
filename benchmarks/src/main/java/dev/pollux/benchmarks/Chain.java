// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The workload of libevent's {@code test/bench.c}: N socket pairs, a byte in A of them, and as many more writes as it
 * says, each by who received a byte to the next pair. One operation is one round, until all is received; the first A
 * bytes are sent before the clock runs.
 */
public class Chain extends Waiting {
    @Param({"100", "1000"})
    public int n;

    @Param({"1", "100"})
    public int a;

    @Param({"100", "1000"})
    public int writes;

    private Loop.Work start;

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, mechanism);
        pairs = Pairs.open(Pairs.Kind.SOCKET, caller, n, Pairs.all(n));
        Loops.Chained chained = Loops.chained(caller, mechanism, pairs);
        start = chained.start();
        loop = chained.passing();
    }

    @Setup(Level.Invocation)
    public void start() throws IOException {
        start.run(a);
    }

    @Benchmark
    public long round() throws IOException {
        return Loop.require("bytes received", a + writes, loop.run(writes));
    }
}
