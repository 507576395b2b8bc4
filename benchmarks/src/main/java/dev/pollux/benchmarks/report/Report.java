// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is to be shown, before it is HTML or Markdown.
 *
 * @param about what each run says of itself
 * @param howToRead paragraphs
 */
record Report(String title, List<Run> about, List<String> howToRead, Table summary, List<Section> sections) {
    private static final String ERRORS =
            "± and the error bars are half of the 99.9 % confidence interval; for a ratio, that of both values together, "
                    + "taken for independent. ± ? means that there were too few samples to say.";
    private static final String RATIOS =
            "÷ C is the cost of an operation divided by what it costs in plain C, ÷ PEER by what it costs there: below 1 "
                    + "is cheaper, 1.05 is 5 % dearer. Where operations a second were counted, the cost is the time for "
                    + "one. A ratio that is nearer to 1 than its error says nothing.";
    private static final String GOALS =
            "A goal is met if the ratio is not above it, within error if it is above by less than the error, else missed.";
    private static final String BYTES =
            "B/op is what the benchmark's own threads allocated for each operation; one byte more than under C, or above, "
                    + "is garbage.";
    private static final String SUMMARY =
            "The first table has the geometric mean of the ratios at all points of a workload, and in brackets how many "
                    + "points there are, the smallest ratio and the largest. The tables below have each point.";
    private static final String PLOTS =
            "In the curves, both scales are logarithmic; the colour says the mechanism, marker and dashes say who calls. "
                    + "Bars of ratios begin at 1, on a logarithmic scale: to the left is cheaper. Each bar's value is at "
                    + "its right. An error bar that is much longer than the values are apart is cut at the edge of the "
                    + "picture, and has no end there.";

    /** @param tables by heading */
    record Section(String benchmark, String text, List<Picture> pictures, Map<String, Table> tables) {
        String title() {
            return Workload.title(benchmark);
        }
    }

    static Report of(Run run) {
        List<Section> sections = new ArrayList<>();
        run.byBenchmark().forEach((benchmark, results) -> {
            Plots plots = new Plots(benchmark, results);
            Map<String, Table> tables = new LinkedHashMap<>();
            Table book = plots.bookTable();
            if (book != null) {
                tables.put("Seconds for 100,000 operations, as the book counts", book);
            }
            tables.put("All results", Tables.details(results));
            sections.add(new Section(benchmark, text(benchmark), plots.pictures(), tables));
        });
        return new Report(
                "What waiting costs",
                List.of(run),
                List.of(RATIOS, ERRORS, GOALS, BYTES, SUMMARY, PLOTS),
                Tables.summary(run),
                sections);
    }

    static Report of(Run before, Run after) {
        Map<String, List<Comparison.Pair>> byBenchmark = new LinkedHashMap<>();
        List<Section> sections = new ArrayList<>();
        Map<String, List<Result>> old = before.byBenchmark();
        after.byBenchmark().forEach((benchmark, results) -> {
            List<Comparison.Pair> pairs = Comparison.pairs(old.getOrDefault(benchmark, List.of()), results);
            if (!pairs.isEmpty()) {
                byBenchmark.put(benchmark, pairs);
                sections.add(new Section(
                        benchmark,
                        text(benchmark),
                        Plots.changes(benchmark, pairs),
                        Map.of("All results", Comparison.details(pairs))));
            }
        });
        return new Report(
                "What changed",
                List.of(before, after),
                List.of(
                        "After ÷ before is what an operation costs in the second run, divided by what it cost in the "
                                + "first: below 1 is faster. If plain C changed as well, it was the machine.",
                        ERRORS,
                        "Faster and slower are said only where the change is greater than its error. Of a thousand cells "
                                + "that did not change, about one will be called changed all the same; more, where the "
                                + "machine was not quiet.",
                        "Only in " + before.name() + ": " + missing(before, after) + ". Only in " + after.name() + ": "
                                + missing(after, before) + "."),
                Comparison.summary(byBenchmark),
                sections);
    }

    private static String missing(Run from, Run in) {
        Map<String, Long> missing = Comparison.missing(from.results(), in.results());
        return missing.isEmpty()
                ? "nothing"
                : missing.entrySet().stream()
                        .map(each -> each.getValue() + " of " + each.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static String text(String benchmark) {
        Workload known = Workload.of(benchmark);
        return known == null ? "The report has no words for this workload." : known.text;
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# " + title + "\n\n");
        for (Run run : about) {
            text.append("**").append(run.name()).append("**\n\n");
            run.about().forEach((key, value) -> {
                if (!value.isEmpty()) {
                    String lines = value.contains("\n") ? "\n  - " + value.replace("\n", "\n  - ") : " " + value;
                    text.append("- ").append(key).append(':').append(lines).append('\n');
                }
            });
            text.append('\n');
        }
        howToRead.forEach(each -> text.append(each).append("\n\n"));
        text.append("## Summary\n\n").append(summary.markdown());
        for (Section section : sections) {
            text.append("\n## ")
                    .append(section.benchmark)
                    .append(": ")
                    .append(section.title())
                    .append("\n\n");
            text.append(section.text).append('\n');
            section.tables.forEach((heading, table) ->
                    text.append("\n### ").append(heading).append("\n\n").append(table.markdown()));
        }
        return text.toString();
    }
}
