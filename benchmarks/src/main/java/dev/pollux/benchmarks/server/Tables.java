// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.pollux.benchmarks.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/** The results of a comparison, for people and for programs: a line for each server at each point. */
final class Tables {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};
    private static final double MICRO = 1e-3;

    private Tables() {}

    static String markdown(Comparison comparison) {
        StringBuilder text = new StringBuilder();
        comparison.results().forEach((point, measured) -> {
            MarkdownTable table = new MarkdownTable(
                    1,
                    List.of(
                            "server",
                            "rounds",
                            "messages/s",
                            point.isOpen() ? "p50, ratio" : "time, ratio",
                            "",
                            "processor time, µs",
                            "ratio",
                            "",
                            "latency, µs: p50",
                            "p90",
                            "p99",
                            "p99.9",
                            "max"));
            measured.keySet().forEach(each -> table.row(row(comparison, point, each)));
            text.append("\n### ").append(point).append("\n\n").append(table);
        });
        return text.toString();
    }

    private static List<String> row(Comparison comparison, Point point, Contender contender) {
        Observations observations = comparison.results().get(point).get(contender);
        Observations reference = comparison.referenceOf(point, contender);
        List<String> row = new ArrayList<>(List.of(
                contender.toString(),
                Integer.toString(observations.times.size()),
                number("%,.0f", observations.perSecond()) + (observations.isOverloaded(point) ? ", overloaded" : "")));
        row.addAll(reference == null ? List.of("", "") : cells(observations.timeBeside(reference)));
        row.add(number("%.2f", observations.cpuNanos() * MICRO));
        row.addAll(reference == null ? List.of("", "") : cells(observations.cpuTimeBeside(reference)));
        for (double percentile : PERCENTILES) {
            row.add(number("%,.1f", observations.latencies.getValueAtPercentile(percentile) * MICRO));
        }
        return row;
    }

    private static List<String> cells(Ratio ratio) {
        return List.of(ratio.toString(), ratio.verdict());
    }

    /** The first line says on what machine and by what command. Times are in nanoseconds. */
    static List<String> jsonLines(Comparison comparison, Map<String, String> about) {
        List<String> lines = new ArrayList<>(List.of(GSON.toJson(about)));
        comparison
                .results()
                .forEach((point, measured) -> measured.forEach((contender, observations) -> {
                    Map<String, Object> line = new LinkedHashMap<>();
                    line.put("server", contender.server());
                    line.put("mechanism", contender.mechanism());
                    line.put("connections", point.connections());
                    line.put("bytes", point.bytes());
                    line.put("rate", point.perSecond());
                    line.put("perSecond", Math.round(observations.perSecond()));
                    line.put("latency", latency(observations.latencies));
                    line.put("time", rounded(observations.times));
                    line.put("cpu", rounded(observations.cpuTimes));
                    Observations reference = comparison.referenceOf(point, contender);
                    if (reference != null) {
                        line.put("timeRatio", ends(observations.timeBeside(reference)));
                        line.put("cpuRatio", ends(observations.cpuTimeBeside(reference)));
                    }
                    lines.add(GSON.toJson(line));
                }));
        return lines;
    }

    private static List<Long> rounded(Map<Integer, Double> byRound) {
        return byRound.values().stream().map(Math::round).toList();
    }

    /** The value and its interval, if that is known. */
    private static List<Double> ends(Ratio ratio) {
        return DoubleStream.of(ratio.value(), ratio.low(), ratio.high())
                .filter(Double::isFinite)
                .boxed()
                .toList();
    }

    private static Map<String, Long> latency(Histogram latencies) {
        Map<String, Long> percentiles = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            percentiles.put(
                    percentile == 100
                            ? "max"
                            : "p" + Double.toString(percentile).replaceFirst("\\.0$", ""),
                    latencies.getValueAtPercentile(percentile));
        }
        return percentiles;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
