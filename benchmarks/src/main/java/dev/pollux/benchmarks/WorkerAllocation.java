// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * How many bytes the threads allocated that run the benchmark. JMH's {@code gc} profiler counts those of the harness
 * too, some 10 kB an iteration, which is much for each operation where operations are slow.
 *
 * <p>On those threads too the harness allocates up to {@value #OF_THE_HARNESS} bytes an iteration: as few count as none.
 *
 * <p>The last iteration of a fork is left out if there are others: in it the worker also closes what it had opened.
 */
public final class WorkerAllocation implements InternalProfiler {
    /** What the results are called. */
    static final String NAME = "worker.alloc.norm";

    /** What the names of the threads begin with that a benchmark has besides JMH's. */
    static final String HELPER = "pollux-bench-";

    private static final int OF_THE_HARNESS = 4096;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long bytesBefore;
    private int measured;

    @Override
    public String getDescription() {
        return "Bytes allocated by the benchmark's own threads, for each operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        bytesBefore = bytesByWorkers();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        measured += iteration.getType() == IterationType.MEASUREMENT ? 1 : 0;
        if (measured > 1 && measured == iteration.getCount()) {
            return List.of();
        }
        long bytes = bytesByWorkers() - bytesBefore;
        double bytesPerOp = bytes <= OF_THE_HARNESS
                ? 0
                : (double) bytes / result.getMetadata().getAllOps();
        return List.of(new ScalarResult(NAME, bytesPerOp, "B/op", AggregationPolicy.AVG));
    }

    private long bytesByWorkers() {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && isWorker(thread.getThreadName()))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }

    private static boolean isWorker(String threadName) {
        return threadName.contains("jmh-worker") || threadName.startsWith(HELPER);
    }
}
