// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** How many bytes of heap each waiting thread keeps: measured once in a fork, by {@link WaitingThreads}. */
public final class HeapOfThreads implements InternalProfiler {
    /** What the results are called. */
    static final String NAME = "thread.heap";

    private static double recorded;

    /** Before the first iteration, by the thread that runs the benchmark. */
    static void record(double bytesEach) {
        recorded = bytesEach;
    }

    @Override
    public String getDescription() {
        return "Bytes of heap that each waiting thread keeps";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return benchmark.getBenchmark().startsWith(WaitingThreads.class.getName() + ".")
                ? List.of(new ScalarResult(NAME, recorded, "B", AggregationPolicy.AVG))
                : List.of();
    }
}
