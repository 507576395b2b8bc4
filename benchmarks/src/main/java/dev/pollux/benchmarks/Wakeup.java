// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One wakeup, until the poll that it ends has returned. */
public class Wakeup extends Waiting {
    private static final int WAKEUPS = 1000;
    static final int PIPES = 100;

    @Param({"ALONE", "PING_PONG"})
    public Wakening wakening;

    @Setup
    public void open() throws IOException {
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, PIPES);
        loop = Loops.waking(caller, mechanism, wakening, pairs);
    }

    @Benchmark
    @OperationsPerInvocation(WAKEUPS)
    public long wakeup() throws IOException {
        return Loop.require("wakeups", WAKEUPS, loop.run(WAKEUPS));
    }
}
