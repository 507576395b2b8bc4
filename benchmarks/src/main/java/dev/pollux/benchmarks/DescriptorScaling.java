// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One poll: wait with N pipes registered, of which A are ready, and call a handler for each of those. */
public class DescriptorScaling extends Waiting {
    /** Polls in one invocation: for C this is one call from Java, whose cost does not show then. */
    private static final int POLLS = 100;

    @Param({"10", "100", "1000", "1023", "10000", "100000"})
    public int n;

    @Param({"1", "16", "128"})
    public int a;

    @Param({"BLOCKING", "ZERO"})
    public Wait wait;

    @Param({"FIRST", "LAST", "RANDOM", "SPREAD"})
    public Position position;

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, mechanism);
        int[] ready = position.choose(n, a);
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, n, ready);
        pairs.makeReady(ready);
        loop = Loops.waiting(caller, mechanism, wait, pairs);
        loop.run(POLLS); // some begin with room for few events, and take more with each poll
    }

    @Benchmark
    @OperationsPerInvocation(POLLS)
    public long poll() throws IOException {
        return Loop.require("events", (long) POLLS * a, loop.run(POLLS));
    }
}
