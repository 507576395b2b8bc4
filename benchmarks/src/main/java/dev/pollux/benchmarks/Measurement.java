// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One result as JMH writes it.
 *
 * @param benchmark the name of the benchmark's class, without its package
 * @param params all parameters but the caller
 * @param nanos nanoseconds an operation
 * @param errorNanos half of the 99.9 % confidence interval; NaN if there was only one sample
 * @param bytesPerOp what {@link WorkerAllocation} counted; NaN if it did not run
 * @param replayed the share of operations that {@link Replay} answered from memory; NaN if it did not run
 */
record Measurement(
        String benchmark,
        Map<String, String> params,
        Caller caller,
        double nanos,
        double errorNanos,
        double bytesPerOp,
        double replayed) {
    /** The first answer comes from the kernel. */
    private static final double ALL_BUT_A_FEW = 0.99;

    /** All results of a file of JMH's. */
    static List<Measurement> read(Reader jmhJson) {
        List<Measurement> measurements = new ArrayList<>();
        for (JsonElement each : JsonParser.parseReader(jmhJson).getAsJsonArray()) {
            measurements.add(of(each.getAsJsonObject()));
        }
        return measurements;
    }

    private static Measurement of(JsonObject result) {
        String[] name = result.get("benchmark").getAsString().split("\\.");
        Map<String, String> params = new LinkedHashMap<>();
        result.getAsJsonObject("params")
                .entrySet()
                .forEach(e -> params.put(e.getKey(), e.getValue().getAsString()));
        Caller caller = Caller.valueOf(params.remove("caller"));
        JsonObject time = result.getAsJsonObject("primaryMetric");
        String unit = time.get("scoreUnit").getAsString();
        if (!unit.equals("ns/op")) {
            throw new IllegalArgumentException("times are expected in ns/op, not in " + unit);
        }
        JsonObject secondary = result.getAsJsonObject("secondaryMetrics");
        return new Measurement(
                name[name.length - 2],
                params,
                caller,
                time.get("score").getAsDouble(),
                time.get("scoreError").getAsDouble(), // "NaN" is a string in JMH's JSON, which this takes as well
                score(secondary, WorkerAllocation.NAME),
                score(secondary, Replay.NAME));
    }

    private static double score(JsonObject metrics, String name) {
        JsonObject metric = metrics.getAsJsonObject(name);
        return metric == null ? Double.NaN : metric.get("score").getAsDouble();
    }

    boolean isReplayed() {
        return replayed >= ALL_BUT_A_FEW;
    }

    /** This time divided by the other's, with the errors of both. */
    Estimate over(Measurement other) {
        double ratio = nanos / other.nanos;
        return new Estimate(ratio, ratio * Math.hypot(errorNanos / nanos, other.errorNanos / other.nanos));
    }

    /** This time less the other's, with the errors of both. */
    Estimate above(Measurement other) {
        return new Estimate(nanos - other.nanos, Math.hypot(errorNanos, other.errorNanos));
    }

    Estimate time() {
        return new Estimate(nanos, errorNanos);
    }
}
