// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * What a result file keeps of one cell.
 *
 * @param benchmark the name of the benchmark's class, without its package
 * @param params all parameters but the caller
 * @param nanos for one operation
 * @param metrics what the profilers counted, by JMH's names
 */
public record Result(
        String benchmark, Map<String, String> params, Caller caller, Estimate nanos, Map<String, Estimate> metrics) {
    /** The first answer of a replay comes from the kernel. */
    private static final double ALL_BUT_A_FEW = 0.99;

    /** Of the objects that a poll could allocate, the smallest has 16 bytes; less than one byte is the harness's own. */
    private static final double HARNESS_BYTES = 1;

    /**
     * @param statistic for the time of one operation
     * @throws IllegalArgumentException if the result is not a time in nanoseconds
     */
    static Result of(RunResult run, Function<Statistics, Estimate> statistic) {
        BenchmarkParams all = run.getParams();
        var time = run.getPrimaryResult();
        if (!time.getScoreUnit().equals("ns/op")) {
            throw new IllegalArgumentException("times are expected in ns/op, not in " + time.getScoreUnit());
        }
        Map<String, String> params = new LinkedHashMap<>();
        all.getParamsKeys().forEach(key -> params.put(key, all.getParam(key)));
        Caller caller = Caller.valueOf(params.remove("caller"));
        Map<String, Estimate> metrics = new TreeMap<>();
        run.getSecondaryResults()
                .forEach((name, metric) -> metrics.put(name, new Estimate(metric.getScore(), metric.getScoreError())));
        String[] name = all.getBenchmark().split("\\.");
        return new Result(name[name.length - 2], params, caller, statistic.apply(time.getStatistics()), metrics);
    }

    private double metric(String name) {
        return metrics.containsKey(name) ? metrics.get(name).value() : Double.NaN;
    }

    /** NaN if nobody counted. */
    public double bytesPerOp() {
        return metric(WorkerAllocation.NAME);
    }

    /** What each waiting thread keeps of the heap. */
    Estimate heapBytesEach() {
        return metrics.getOrDefault(HeapOfThreads.NAME, new Estimate(Double.NaN, Double.NaN));
    }

    /** Whether each operation leaves more garbage behind than in plain C, where all of it is the harness's. */
    public boolean hasGarbageBeside(Result inC) {
        return bytesPerOp() - inC.bytesPerOp() >= HARNESS_BYTES;
    }

    /** Whether {@link Replay} answered the polls from memory. */
    boolean isReplayed() {
        return metric(Replay.NAME) >= ALL_BUT_A_FEW;
    }

    /** A parameter that is a number; NaN if it is none or absent. */
    public double number(String param) {
        try {
            return Double.parseDouble(params.getOrDefault(param, ""));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** This time divided by the other's, with the errors of both. */
    public Estimate over(Result other) {
        return nanos.over(other.nanos);
    }
}
