// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One poll: wait with N pipes registered, of which A are ready, and call a handler for each of those. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class WaitAndDispatch {
    /** Polls in one invocation: for C this is one call from Java, whose cost does not show then. */
    private static final int POLLS = 100;

    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

    @Param("900")
    public int n;

    @Param({"1", "16", "128"})
    public int a;

    @Param({"BLOCKING", "ZERO"})
    public Wait wait;

    @Param({"C", "JNI", "FFM", "JNA"})
    public Caller caller;

    private Pipes pipes;
    private WaitLoop loop;

    @Setup
    public void open() throws IOException {
        pipes = Pipes.open(n, a);
        try {
            loop = WaitLoop.open(caller, mechanism, wait, pipes.readFds());
        } catch (IOException | RuntimeException e) {
            pipes.close();
            throw e;
        }
    }

    @Benchmark
    @OperationsPerInvocation(POLLS)
    public long poll() throws IOException {
        long delivered = loop.run(POLLS);
        if (delivered != (long) POLLS * a) {
            throw new IllegalStateException(
                    POLLS + " polls delivered " + delivered + " events, not " + (long) POLLS * a);
        }
        return delivered;
    }

    @TearDown
    public void close() throws IOException {
        loop.close();
        pipes.close();
    }
}
