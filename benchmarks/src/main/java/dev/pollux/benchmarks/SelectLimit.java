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
 * What happens at FD_SETSIZE: one poll by select with a ready descriptor of this number and {@value #BELOW} that are not
 * ready below it. With the limit of the C library 1024 and above are refused.
 */
public class SelectLimit extends NanosAnOperation {
    private static final int POLLS = 100;
    private static final int BELOW = 900;

    @Param({"1022", "1023", "1024", "1025"})
    public int highestFd;

    @Param({"FD_SETSIZE", "KERNEL"})
    public dev.pollux.SelectLimit limit;

    @Param({"C", "JNI", "FFM", "JNA"})
    public Caller caller;

    private Pairs pairs;
    private Loop loop;

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, Mechanism.SELECT);
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, BELOW + 1, BELOW);
        pairs.makeReady(BELOW);
        pairs.renumber(BELOW, highestFd);
        loop = Loops.waiting(caller, Mechanism.SELECT, Wait.BLOCKING, pairs, limit);
    }

    @Benchmark
    @OperationsPerInvocation(POLLS)
    public long poll() throws IOException {
        return Loop.require("events", POLLS, loop.run(POLLS));
    }

    @TearDown
    public void close() throws IOException {
        loop.close();
        pairs.close();
    }
}
