// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static dev.pollux.benchmarks.report.Words.escape;

import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Results as HTML tables: points are rows, callers are columns. */
final class Tables {
    private Tables() {}

    /** A table for each mechanism; its columns are the parameters that vary, then the callers for which there is text. */
    static String pivot(String title, List<Result> results, Function<Result, String> text) {
        return results.stream()
                .filter(each -> !text.apply(each).isEmpty())
                .collect(Collectors.groupingBy(
                        each -> each.params().getOrDefault("mechanism", ""), LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(group -> pivot(title, group.getKey(), group.getValue(), text))
                .collect(Collectors.joining());
    }

    private static String pivot(String title, String mechanism, List<Result> results, Function<Result, String> text) {
        List<String> params = varying(results);
        List<Caller> callers =
                results.stream().map(Result::caller).distinct().sorted().toList();
        List<String> headings = new ArrayList<>(params);
        callers.forEach(caller -> headings.add(caller.label()));
        List<List<String>> rows = new ArrayList<>();
        Run.points(results).forEach((point, byCaller) -> {
            List<String> row = new ArrayList<>();
            params.forEach(param -> row.add(Words.of(param, point.getOrDefault(param, ""))));
            callers.forEach(caller -> row.add(byCaller.containsKey(caller) ? text.apply(byCaller.get(caller)) : ""));
            rows.add(row);
        });
        return table(mechanism.isEmpty() ? title : mechanism + ": " + title, params.size(), headings, rows);
    }

    static List<String> varying(List<Result> results) {
        return results.get(0).params().keySet().stream()
                .filter(param -> results.stream()
                                .map(each -> each.params().get(param))
                                .distinct()
                                .count()
                        > 1)
                .toList();
    }

    /** All but the first columns are aligned to the right. */
    static String table(String title, int leftColumns, List<String> headings, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<table>\n<caption>" + escape(title) + "</caption>\n<thead>");
        html.append(row("th", leftColumns, headings)).append("</thead>\n<tbody>\n");
        rows.forEach(row -> html.append(row("td", leftColumns, row)));
        return html.append("</tbody></table>\n").toString();
    }

    private static String row(String tag, int leftColumns, List<String> cells) {
        StringBuilder html = new StringBuilder("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            html.append("<").append(tag).append(i < leftColumns ? " class=\"left\">" : ">");
            html.append(escape(cells.get(i))).append("</").append(tag).append(">");
        }
        return html.append("</tr>\n").toString();
    }

    /** The time of each result, and what it allocates beyond the loop in C. */
    static String times(List<Result> results) {
        var points = Run.points(results);
        return pivot("time in ns", results, each -> {
            Result inC = points.get(each.params()).get(Caller.C);
            boolean garbage = inC != null && each.hasGarbageBeside(inC);
            return value(each.nanos()) + (garbage ? String.format(Locale.ROOT, ", %,.0f B", each.bytesPerOp()) : "");
        });
    }

    static String ratiosToC(List<Result> results) {
        return pivot("time, divided by that of plain C", results, each -> {
            Estimate ratio = ratio(results, each, Caller.C);
            return ratio == null ? "" : ratio.ratio();
        });
    }

    /** One column for each peer. */
    static String ratiosToPeers(List<Result> results) {
        Caller pollux = pollux(results);
        return pollux == null
                ? ""
                : pivot("time of " + pollux.label() + ", divided by that of each peer", results, peer -> {
                    Result ours = Run.points(results).get(peer.params()).get(pollux);
                    return ours == null || !peer.caller().isPeer()
                            ? ""
                            : ours.over(peer).ratio();
                });
    }

    /** For each workload and mechanism: the mean ratio to C and each peer, and at how many points the difference is real. */
    static String summary(Run run) {
        Caller pollux = pollux(run.results());
        List<Caller> others = run.results().stream()
                .map(Result::caller)
                .filter(caller -> !caller.isPollux())
                .distinct()
                .sorted()
                .toList();
        List<String> headings = new ArrayList<>(List.of("workload", "on"));
        others.forEach(other -> headings.add(other.label()));
        List<List<String>> rows = new ArrayList<>();
        run.byBenchmark()
                .forEach((benchmark, results) -> results.stream()
                        .filter(each -> each.caller() == pollux)
                        .collect(Collectors.groupingBy(
                                each -> each.params().getOrDefault("mechanism", ""),
                                LinkedHashMap::new,
                                Collectors.toList()))
                        .forEach((mechanism, ours) -> {
                            List<String> row = new ArrayList<>(List.of(benchmark, mechanism));
                            others.forEach(other -> row.add(mean(ours.stream()
                                    .map(each -> ratio(results, each, other))
                                    .filter(ratio -> ratio != null)
                                    .toList())));
                            rows.add(row);
                        }));
        return table(
                "The time of " + (pollux == null ? "Pollux" : pollux.label())
                        + ", divided by that of: geometric mean (and at how many of all points there is a difference)",
                2,
                headings,
                rows);
    }

    private static String mean(List<Estimate> ratios) {
        long real = ratios.stream()
                .filter(ratio -> ratio.isAboveOne() || ratio.isBelowOne())
                .count();
        return ratios.isEmpty() ? "" : geometricMean(ratios).ratio() + " (" + real + "/" + ratios.size() + ")";
    }

    /** Assumes independent errors, so the error of the mean is smaller than that of each ratio. */
    static Estimate geometricMean(List<Estimate> ratios) {
        double logs = 0;
        double squares = 0;
        for (Estimate each : ratios) {
            logs += Math.log(each.value());
            squares += Math.pow(each.error() / each.value(), 2);
        }
        double mean = Math.exp(logs / ratios.size());
        return new Estimate(mean, mean * Math.sqrt(squares) / ratios.size());
    }

    /** Null for the other itself, and where there is none at the same point. */
    static Estimate ratio(List<Result> results, Result result, Caller other) {
        Result beside = Run.points(results).get(result.params()).get(other);
        return beside == null || beside == result ? null : result.over(beside);
    }

    /** The first binding of Pollux that was measured; null if none was. */
    static Caller pollux(List<Result> results) {
        return results.stream()
                .map(Result::caller)
                .filter(Caller::isPollux)
                .min(Caller::compareTo)
                .orElse(null);
    }

    /** More digits would be noise. */
    static String value(Estimate estimate) {
        return estimate.text(estimate.value() >= 100 ? 0 : 1);
    }
}
