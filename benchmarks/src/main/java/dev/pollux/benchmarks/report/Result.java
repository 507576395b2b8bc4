// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.pollux.benchmarks.Estimate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One result as JMH writes it, of any benchmark.
 *
 * @param benchmark the name of the benchmark's class, without its package; and its method's, if it has several
 * @param params all parameters but the caller
 * @param caller who made the system calls; empty if the benchmark does not say
 * @param score in the unit; its error is half of the 99.9 % confidence interval, NaN if there was only one sample
 * @param unit {@code ns/op} for times, {@code ops/s} for rates, else what JMH wrote
 * @param bytesPerOp allocated; NaN if nobody counted
 * @param others what else was counted, with its unit in the name
 */
record Result(
        String benchmark,
        Map<String, String> params,
        String caller,
        Estimate score,
        String unit,
        double bytesPerOp,
        Map<String, Estimate> others) {
    private static final Map<String, Double> NANOS = Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9, "min", 60e9);
    private static final Pattern TIME = Pattern.compile("(ns|us|ms|s|min)/op");
    private static final Pattern RATE = Pattern.compile("ops/(ns|us|ms|s|min)");

    static Result of(JsonObject json) {
        String[] name = json.get("benchmark").getAsString().split("\\.");
        Map<String, String> params = new LinkedHashMap<>();
        if (json.has("params")) {
            json.getAsJsonObject("params")
                    .entrySet()
                    .forEach(e -> params.put(e.getKey(), e.getValue().getAsString()));
        }
        String caller = params.containsKey("caller") ? params.remove("caller") : "";
        JsonObject primary = json.getAsJsonObject("primaryMetric");
        Map<String, Estimate> others = new TreeMap<>();
        Map<String, Double> bytes = new TreeMap<>();
        if (json.has("secondaryMetrics")) {
            for (Map.Entry<String, JsonElement> each :
                    json.getAsJsonObject("secondaryMetrics").entrySet()) {
                JsonObject metric = each.getValue().getAsJsonObject();
                String metricName = each.getKey().replace("·", "");
                if (metricName.endsWith("alloc.norm") || metricName.endsWith("alloc.rate.norm")) {
                    bytes.put(metricName, metric.get("score").getAsDouble());
                } else if (!metricName.startsWith("gc.")) {
                    others.put(metricName + ", " + metric.get("scoreUnit").getAsString(), estimate(metric));
                }
            }
        }
        String unit = primary.get("scoreUnit").getAsString();
        percentiles(json, primary, unit, others);
        return new Result(
                name[name.length - 2],
                params,
                caller,
                scaled(estimate(primary), factor(unit)),
                baseUnit(unit),
                bytes.getOrDefault("worker.alloc.norm", bytes.getOrDefault("gc.alloc.rate.norm", Double.NaN)),
                others);
    }

    /** Those of single operations: JMH writes percentiles for all modes, but only in sample mode they are that. */
    private static void percentiles(JsonObject json, JsonObject primary, String unit, Map<String, Estimate> others) {
        if (json.has("mode") && json.get("mode").getAsString().equals("sample") && primary.has("scorePercentiles")) {
            JsonObject percentiles = primary.getAsJsonObject("scorePercentiles");
            for (String each : new String[] {"50.0", "99.0", "99.9"}) {
                if (percentiles.has(each)) {
                    double value = percentiles.get(each).getAsDouble() * factor(unit);
                    others.put("p" + each.replace(".0", "") + ", " + baseUnit(unit), new Estimate(value, Double.NaN));
                }
            }
        }
    }

    private static Estimate estimate(JsonObject metric) {
        // "NaN" is a string in JMH's JSON, which this takes as well
        return new Estimate(
                metric.get("score").getAsDouble(),
                metric.has("scoreError") ? metric.get("scoreError").getAsDouble() : Double.NaN);
    }

    private static Estimate scaled(Estimate estimate, double factor) {
        return new Estimate(estimate.value() * factor, estimate.error() * factor);
    }

    private static double factor(String unit) {
        Matcher time = TIME.matcher(unit);
        if (time.matches()) {
            return NANOS.get(time.group(1));
        }
        Matcher rate = RATE.matcher(unit);
        return rate.matches() ? NANOS.get("s") / NANOS.get(rate.group(1)) : 1;
    }

    private static String baseUnit(String unit) {
        return TIME.matcher(unit).matches() ? "ns/op" : RATE.matcher(unit).matches() ? "ops/s" : unit;
    }

    boolean isTime() {
        return unit.equals("ns/op");
    }

    /** Whether more is better. */
    boolean isRate() {
        return unit.endsWith("/s");
    }

    /**
     * What this costs, divided by what the other costs, with the errors of both. Where rates were measured, the cost is
     * the time for one operation: half as many in a second cost twice as much.
     */
    Estimate costOver(Result other) {
        double ratio = isRate() ? other.score.value() / score.value() : score.value() / other.score.value();
        return new Estimate(ratio, ratio * Math.hypot(relativeError(), other.relativeError()));
    }

    /** Operations a second. */
    Estimate rate() {
        double rate = isTime() ? NANOS.get("s") / score.value() : score.value();
        return new Estimate(rate, rate * relativeError());
    }

    private double relativeError() {
        return score.error() / score.value();
    }

    /** A parameter that is a number; NaN if it is none, or not there. */
    double number(String param) {
        try {
            return Double.parseDouble(params.getOrDefault(param, ""));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
