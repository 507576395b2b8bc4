// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** Percentiles of what a benchmark timed by itself, in each iteration: {@code latency.p50} and so on, in ns. */
public final class Latencies implements InternalProfiler {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final Histogram HISTOGRAM = new Histogram(SIGNIFICANT_DIGITS);

    /** Only by the thread that runs the benchmark. */
    static void record(long[] nanos) {
        for (long each : nanos) {
            HISTOGRAM.recordValue(each);
        }
    }

    @Override
    public String getDescription() {
        return "Percentiles of latencies";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        HISTOGRAM.reset();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        List<ScalarResult> results = new ArrayList<>();
        if (HISTOGRAM.getTotalCount() > 0) {
            for (double percentile : PERCENTILES) {
                String name = "latency.p" + Double.toString(percentile).replaceFirst("\\.0$", "");
                results.add(new ScalarResult(
                        name, HISTOGRAM.getValueAtPercentile(percentile), "ns", AggregationPolicy.AVG));
            }
        }
        return results;
    }
}
