// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
                            point.isOpen() ? "ratio of the p50" : "ratio of the time",
                            "",
                            "messages/s",
                            "processor time of one, µs",
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
        Estimate ratio = comparison.ratio(point, contender);
        List<String> row = new ArrayList<>(List.of(
                contender.toString(),
                Integer.toString(observations.figures.size()),
                ratio == null ? "" : ratio.text(3),
                verdict(ratio, observations.isOverloaded(point)),
                number("%,.0f", observations.perSecond()),
                number("%.2f", observations.cpuNanos() * MICRO)));
        for (double percentile : PERCENTILES) {
            row.add(number("%,.1f", observations.latencies.getValueAtPercentile(percentile) * MICRO));
        }
        return row;
    }

    /** What the ratio tells, if there is one. */
    static String verdict(Estimate ratio, boolean isOverloaded) {
        List<String> words = new ArrayList<>();
        if (isOverloaded) {
            words.add("overloaded");
        }
        if (ratio != null && ratio.isOne()) {
            words.add(Estimate.NO_DIFFERENCE);
        }
        if (ratio != null && !Observations.isPrecise(ratio)) {
            words.add("not within 3 %");
        }
        return String.join(", ", words);
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
                    line.put("cpu", Math.round(observations.cpuNanos()));
                    line.put("latency", latency(observations.latencies));
                    line.put(
                            "rounds",
                            observations.figures.values().stream()
                                    .map(Math::round)
                                    .toList());
                    Estimate ratio = comparison.ratio(point, contender);
                    if (ratio != null && Double.isFinite(ratio.error())) {
                        line.put("ratio", List.of(ratio.value(), ratio.error()));
                    }
                    lines.add(GSON.toJson(line));
                }));
        return lines;
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
