// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Table 63-9 of <i>The Linux Programming Interface</i>: each time another descriptor, picked at random, is ready. One
 * operation writes a byte to one of N pipes, waits, and reads the byte.
 */
public class OneReadyAmongMany extends Waiting {
    private static final int OPERATIONS = 100;

    @Param({"10", "100", "1000", "10000"})
    public int n;

    private final Random random = new Random(63_9);
    private final int[] order = new int[OPERATIONS];
    private int[] written;
    /** The most pipes that a byte is ever written to. */
    static int writtenCount(int n) {
        return Math.min(n, 1000);
    }

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, mechanism);
        written = Position.SPREAD.choose(n, writtenCount(n));
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, n, written);
        loop = Loops.picking(caller, mechanism, pairs, order);
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public long monitor() throws IOException {
        for (int i = 0; i < order.length; i++) {
            order[i] = written[random.nextInt(written.length)];
        }
        return Loop.require("events", OPERATIONS, loop.run(OPERATIONS));
    }
}
