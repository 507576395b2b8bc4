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

/** How many bytes of heap each waiting thread kept: measured by the benchmark, when the last iteration of a fork ends. */
public final class HeapOfThreads implements InternalProfiler {
    /** What the results are called. */
    static final String NAME = "thread.heap";

    private static double recorded = Double.NaN;

    /** Only by the thread that runs the benchmark. */
    static void record(double bytesEach) {
        recorded = bytesEach;
    }

    @Override
    public String getDescription() {
        return "Bytes of heap that each waiting thread keeps";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        recorded = Double.NaN;
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return Double.isNaN(recorded)
                ? List.of()
                : List.of(new ScalarResult(NAME, recorded, "B", AggregationPolicy.AVG));
    }
}
