// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A byte to one of N waiting threads, and its answer. Each thread waits in a read that looks as if it blocked, at the
 * end of a UNIX socket pair of its own. The far end is written and read in C, by a platform thread, the same for all.
 * Each time another thread is picked at random.
 */
public class WaitingThreads extends NanosAnOperation {
    private static final long SEED = 17;
    private static final int TRIPS_BEFORE = 3;

    @Param({"1", "100", "9000"})
    public int n;

    @Param({"JNI", "FFM", "JNA", "JDK_VIRTUAL", "JDK_PLATFORM"})
    public Caller caller;

    private final Random random = new Random(SEED);
    private AnsweringThreads threads;

    @Setup
    public void open() throws IOException {
        threads = new AnsweringThreads(caller, n);
        long before = ManyDescriptors.usedHeapBytes();
        threads.start();
        for (int i = 0; i < TRIPS_BEFORE * n; i++) {
            threads.roundTrip(i % n);
        }
        HeapOfThreads.record((double) (ManyDescriptors.usedHeapBytes() - before) / n);
    }

    @Benchmark
    public void roundTrip() throws IOException {
        threads.roundTrip(random.nextInt(n));
    }

    @TearDown
    public void close() throws IOException {
        threads.close();
    }
}
