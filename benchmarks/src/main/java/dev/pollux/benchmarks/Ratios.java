// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Results as tables: each caller beside plain C. */
final class Ratios {
    /** With fewer threads, what else changes in the heap would weigh more than they do. */
    private static final int FEWEST_FOR_HEAP = 1000;

    private Ratios() {}

    /** {@link DescriptorScaling}: a line for each point, the ratio to C for each binding, and whether it meets its goal. */
    static String speed(List<Result> results) {
        List<Caller> callers = Arrays.stream(Caller.values())
                .filter(caller -> caller != Caller.C && results.stream().anyMatch(each -> each.caller() == caller))
                .toList();
        List<String> headings = new ArrayList<>(List.of("mechanism", "wait", "N", "A", "C, ns", "C, B/op"));
        callers.forEach(caller -> headings.addAll(List.of(caller + " / C", "goal", caller + ", B/op")));
        MarkdownTable table = new MarkdownTable(2, headings);
        Run.points(results).forEach((params, point) -> table.row(speedRow(params, point, callers)));
        return table.toString();
    }

    private static List<String> speedRow(Map<String, String> params, Map<Caller, Result> point, List<Caller> callers) {
        Result inC = point.get(Caller.C);
        List<String> cells = new ArrayList<>();
        for (String param : List.of("mechanism", "wait", "n", "a")) {
            cells.add(params.get(param));
        }
        cells.add(inC == null ? "" : inC.nanos().text(1));
        cells.add(inC == null ? "" : bytes(inC));
        for (Caller caller : callers) {
            Result measured = point.get(caller);
            if (measured == null || inC == null) {
                cells.addAll(List.of("", "", ""));
                continue;
            }
            Goal goal = Goal.of(Mechanism.valueOf(params.get("mechanism")), caller, Integer.parseInt(params.get("a")));
            Estimate ratio = measured.over(inC);
            cells.add(ratio.ratio());
            cells.add(goal == null ? "" : goal.verdict(ratio));
            cells.add(bytes(measured) + (measured.hasGarbageBeside(inC) ? " **garbage**" : ""));
        }
        return cells;
    }

    /** {@link BindingCost}: what each caller adds to C. */
    static String cost(List<Result> results) {
        MarkdownTable table = new MarkdownTable(2, List.of("call", "caller", "ns", "above C, ns", "B/op"));
        Run.points(results).forEach((params, point) -> {
            Result inC = point.get(Caller.C);
            point.forEach((caller, measured) -> table.row(List.of(
                    params.get("call"),
                    caller.name(),
                    measured.nanos().text(1),
                    inC == null || caller == Caller.C
                            ? ""
                            : measured.nanos().minus(inC.nanos()).text(1),
                    bytes(measured))));
        });
        return table.toString();
    }

    /** {@link WaitingThreads}: the time of a round trip, beside the JDK's channels on virtual threads, and the heap. */
    static String blocking(List<Result> results) {
        MarkdownTable table = new MarkdownTable(
                1,
                List.of(
                        "who waits",
                        "N",
                        "round trip, µs",
                        "by that of the JDK, virtual threads",
                        "heap of a waiting thread, bytes"));
        Run.points(results).forEach((params, point) -> {
            Result ofTheJdk = point.get(Caller.JDK_VIRTUAL);
            point.forEach((caller, measured) -> table.row(List.of(
                    caller.label(),
                    params.get("n"),
                    measured.nanos().times(1e-3).text(1),
                    ofTheJdk == null || caller == Caller.JDK_VIRTUAL
                            ? ""
                            : measured.over(ofTheJdk).ratio(),
                    measured.number("n") < FEWEST_FOR_HEAP
                            ? ""
                            : measured.heapBytesEach().text(0))));
        });
        return table.toString();
    }

    /** {@link Replay}: a line for each caller; what it takes above C, and for each further event. */
    static String replay(List<Result> results) {
        Map<Integer, Map<Caller, Result>> byReady = new TreeMap<>();
        Run.points(results).forEach((params, point) -> byReady.put(Integer.parseInt(params.get("a")), point));
        List<String> headings = new ArrayList<>(List.of("caller"));
        byReady.keySet().forEach(a -> headings.addAll(List.of("A = " + a + ", ns", "above C")));
        headings.add("each further event, ns");
        MarkdownTable table = new MarkdownTable(1, headings);
        results.stream().map(Result::caller).distinct().forEach(caller -> table.row(replayRow(caller, byReady)));
        return table.toString();
    }

    private static List<String> replayRow(Caller caller, Map<Integer, Map<Caller, Result>> byReady) {
        List<String> cells = new ArrayList<>(List.of(caller.name()));
        TreeMap<Integer, Estimate> times = new TreeMap<>();
        byReady.forEach((a, point) -> {
            Result measured = point.get(caller);
            Result inC = point.get(Caller.C);
            boolean isKnown = measured != null && measured.isReplayed();
            if (isKnown) {
                times.put(a, measured.nanos());
            }
            cells.add(isKnown ? measured.nanos().text(1) : measured == null ? "" : "not replayed");
            cells.add(
                    isKnown && inC != null && measured != inC
                            ? measured.nanos().minus(inC.nanos()).text(1)
                            : "");
        });
        cells.add(times.size() < 2 ? "" : perFurtherEvent(times).text(2));
        return cells;
    }

    private static Estimate perFurtherEvent(TreeMap<Integer, Estimate> times) {
        Estimate more = times.lastEntry().getValue().minus(times.firstEntry().getValue());
        return more.times(1.0 / (times.lastKey() - times.firstKey()));
    }

    private static String bytes(Result result) {
        return String.format(Locale.ROOT, "%.1f", result.bytesPerOp());
    }
}
