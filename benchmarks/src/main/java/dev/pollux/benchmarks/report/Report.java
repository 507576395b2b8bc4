// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static dev.pollux.benchmarks.report.Words.escape;

import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A run as one HTML page that needs nothing else: a conclusion and one picture, then the workloads, tables folded. */
record Report(String html, List<Chart> charts) {
    private static final String ERRORS =
            "± and the error bars are half of the 99.9 % confidence interval; for a ratio, that of both times together, "
                    + "taken for independent. \"± ?\" means that one sample has no error. A ratio is printed as \""
                    + Estimate.NO_DIFFERENCE + "\" if its interval contains 1.";
    private static final List<String> HOW_TO_READ = List.of(
            ERRORS,
            "A ratio of 0.95 is 5 % less time than what it is divided by, 1.05 is 5 % more.",
            "\"24 B\" beside a time is what one operation allocates beyond the loop in plain C.",
            "In curves the scales are logarithmic where the values need it. A tooltip has each value, and a click in "
                    + "a legend switches a series off and on. An error bar that would not fit is cut at the edge.");

    static Report of(Run run) throws IOException {
        List<Chart> charts = new ArrayList<>();
        StringBuilder sections = new StringBuilder();
        Map<String, List<Result>> byBenchmark = run.byBenchmark();
        for (Workload workload : Workload.values()) {
            List<Result> results = byBenchmark.getOrDefault(workload.name(), List.of());
            if (!results.isEmpty()) {
                List<Chart> shown = charts(workload, results);
                boolean firstIsAbove = charts.isEmpty() && !shown.isEmpty();
                charts.addAll(shown);
                sections.append(section(workload, results, firstIsAbove ? shown.subList(1, shown.size()) : shown));
            }
        }
        return new Report(
                page(
                        "What waiting costs",
                        machine(run),
                        Conclusion.of(run),
                        charts.isEmpty() ? "" : figure(charts.get(0)),
                        details("How to read this", list(HOW_TO_READ))
                                + details("The run", about(run))
                                + details("All workloads at a glance", Tables.summary(run))
                                + sections),
                charts);
    }

    /** Two runs of the same cells. */
    static Report of(Run before, Run after) throws IOException {
        Map<List<Object>, Result> old = new LinkedHashMap<>();
        before.results().forEach(each -> old.put(key(each), each));
        StringBuilder sections = new StringBuilder();
        List<String> conclusion = new ArrayList<>();
        after.byBenchmark().forEach((benchmark, results) -> {
            List<Result> both =
                    results.stream().filter(each -> old.containsKey(key(each))).toList();
            List<Estimate> changes =
                    both.stream().map(each -> each.over(old.get(key(each)))).toList();
            if (!both.isEmpty()) {
                conclusion.add(String.format(
                        "%s: of %d cells %d are faster, %d are slower; %d are in the second run only.",
                        benchmark,
                        both.size(),
                        changes.stream().filter(Estimate::isBelowOne).count(),
                        changes.stream().filter(Estimate::isAboveOne).count(),
                        results.size() - both.size()));
                sections.append("<h2>").append(escape(benchmark)).append("</h2>\n");
                sections.append(Tables.pivot(
                        "time after, divided by time before",
                        both,
                        each -> each.over(old.get(key(each))).ratio()));
            }
        });
        conclusion.add(
                "If plain C changed as well, it was the machine. Of a thousand cells that did not change, about one "
                        + "is called changed all the same.");
        return new Report(
                page(
                        "What changed",
                        machine(before) + " / " + machine(after),
                        conclusion,
                        "",
                        details("How to read this", list(List.of(ERRORS)))
                                + details("The run before", about(before))
                                + details("The run after", about(after))
                                + sections),
                List.of());
    }

    private static List<Object> key(Result result) {
        return List.of(result.benchmark(), result.params(), result.caller());
    }

    private static List<Chart> charts(Workload workload, List<Result> results) {
        List<Chart> charts = new ArrayList<>();
        results.stream()
                .collect(Collectors.groupingBy(
                        each -> without(each.params(), "n", "mechanism"), LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .filter(group -> group.getValue().stream()
                                .map(each -> each.number("n"))
                                .filter(n -> n > 0)
                                .distinct()
                                .count()
                        > 1)
                .limit(1)
                .forEach(group -> charts.add(Chart.curves(
                        Stream.concat(Stream.of(workload.name(), "n"), group.getKey().values().stream())
                                .collect(Collectors.joining("-")),
                        "Time of one " + workload.operation
                                + (group.getKey().isEmpty() ? "" : " (" + Words.of(group.getKey()) + ")"),
                        group.getValue())));
        Chart.ratios(
                        workload + "-ratios",
                        "Time of one " + workload.operation + ", divided by that of plain C",
                        results,
                        each -> Tables.ratio(results, each, Caller.C))
                .ifPresent(charts::add);
        return charts;
    }

    private static Map<String, String> without(Map<String, String> params, String... names) {
        Map<String, String> rest = new LinkedHashMap<>(params);
        rest.keySet().removeAll(List.of(names));
        return rest;
    }

    private static String section(Workload workload, List<Result> results, List<Chart> charts) {
        return "<section id=\"" + workload + "\">\n<h2>" + escape(workload.title) + "</h2>\n<p class=\"name\">"
                + workload
                + "</p>\n<p>" + escape(workload.text) + "</p>\n"
                + list(Conclusion.whyCheaper(workload, results))
                + charts.stream().map(Report::figure).collect(Collectors.joining())
                + details(
                        "All " + results.size() + " results",
                        Tables.times(results) + Tables.ratiosToC(results) + Tables.ratiosToPeers(results))
                + "</section>\n";
    }

    private static String page(String title, String machine, List<String> conclusion, String figure, String rest)
            throws IOException {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>Pollux: %1$s</title>
                <style>%2$s</style>
                </head>
                <body>
                <h1>%1$s</h1>
                <p class="name">%3$s</p>
                %4$s
                %5$s
                %6$s
                <script>%7$s</script>
                </body>
                </html>
                """.formatted(
                        escape(title),
                        ECharts.resource("report.css"),
                        escape(machine),
                        list(conclusion),
                        figure,
                        rest,
                        ECharts.script());
    }

    private static String figure(Chart chart) {
        return "<figure style=\"height: %dpx\" data-option='%s'></figure>\n".formatted(chart.height(), chart.json());
    }

    private static String details(String summary, String html) {
        return "<details><summary>" + escape(summary) + "</summary>\n" + html + "</details>\n";
    }

    private static String list(List<String> lines) {
        return lines.stream()
                .map(line -> "<li>" + escape(line) + "</li>\n")
                .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
    }

    private static String machine(Run run) {
        return Stream.of("machine", "kernel", "jdk", "date", "load before", "profile")
                .filter(run.about()::containsKey)
                .map(key ->
                        (key.startsWith("load") ? key + " " : "") + run.about().get(key))
                .collect(Collectors.joining("; "));
    }

    private static String about(Run run) {
        return run.about().entrySet().stream()
                .filter(each -> !each.getValue().isEmpty())
                .map(each -> "<dt>" + escape(each.getKey()) + "</dt><dd>"
                        + escape(each.getValue()).replace("\n", "<br />") + "</dd>\n")
                .collect(Collectors.joining("", "<dl>\n", "</dl>\n"));
    }
}
