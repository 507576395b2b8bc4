// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Results as tables: each caller beside plain C. */
final class Ratios {
    private Ratios() {}

    /** The results that differ in the caller only, in the order in which they were measured. */
    static Map<Map<String, String>, Map<Caller, Measurement>> points(List<Measurement> measurements, String benchmark) {
        Map<Map<String, String>, Map<Caller, Measurement>> points = new LinkedHashMap<>();
        for (Measurement each : measurements) {
            if (each.benchmark().equals(benchmark)) {
                points.computeIfAbsent(each.params(), params -> new EnumMap<>(Caller.class))
                        .put(each.caller(), each);
            }
        }
        return points;
    }

    /** {@link DescriptorScaling}: a line for each point, the ratio to C for each binding, and whether it meets its goal. */
    static String speed(List<Measurement> measurements) {
        var points = points(measurements, DescriptorScaling.class.getSimpleName());
        List<Caller> callers = Arrays.stream(Caller.values())
                .filter(caller ->
                        caller != Caller.C && points.values().stream().anyMatch(each -> each.containsKey(caller)))
                .toList();
        List<String> headings = new ArrayList<>(List.of("mechanism", "wait", "N", "A", "C, ns", "C, B/op"));
        callers.forEach(caller -> headings.addAll(List.of(caller + " / C", "goal", caller + ", B/op")));
        MarkdownTable table = new MarkdownTable(2, headings);
        points.forEach((params, point) -> table.row(speedRow(params, point, callers)));
        return table.toString();
    }

    private static List<String> speedRow(
            Map<String, String> params, Map<Caller, Measurement> point, List<Caller> callers) {
        Measurement inC = point.get(Caller.C);
        List<String> cells = new ArrayList<>();
        for (String param : List.of("mechanism", "wait", "n", "a")) {
            cells.add(params.get(param));
        }
        cells.add(inC == null ? "" : inC.time().text(1));
        cells.add(inC == null ? "" : bytes(inC));
        for (Caller caller : callers) {
            Measurement measured = point.get(caller);
            if (measured == null || inC == null) {
                cells.addAll(List.of("", "", ""));
                continue;
            }
            Goal goal = Goal.of(Mechanism.valueOf(params.get("mechanism")), caller, Integer.parseInt(params.get("a")));
            Estimate ratio = measured.over(inC);
            cells.add(ratio.text(3));
            cells.add(goal == null ? "" : goal.verdict(ratio));
            cells.add(bytes(measured) + (Goal.isFreeOfGarbage(measured, inC) ? "" : " **garbage**"));
        }
        return cells;
    }

    /** {@link BindingCost}: what each caller adds to C. */
    static String cost(List<Measurement> measurements) {
        MarkdownTable table = new MarkdownTable(2, List.of("call", "caller", "ns", "above C, ns", "B/op"));
        points(measurements, BindingCost.class.getSimpleName()).forEach((params, point) -> {
            Measurement inC = point.get(Caller.C);
            point.forEach((caller, measured) -> table.row(List.of(
                    params.get("call"),
                    caller.name(),
                    measured.time().text(1),
                    inC == null || caller == Caller.C ? "" : measured.above(inC).text(1),
                    bytes(measured))));
        });
        return table.toString();
    }

    /** {@link Replay}: a line for each caller; what it takes above C, and for each further event. */
    static String replay(List<Measurement> measurements) {
        Map<Integer, Map<Caller, Measurement>> byReady = new TreeMap<>();
        points(measurements, DescriptorScaling.class.getSimpleName())
                .forEach((params, point) -> byReady.put(Integer.parseInt(params.get("a")), point));
        List<String> headings = new ArrayList<>(List.of("caller"));
        byReady.keySet().forEach(a -> headings.addAll(List.of("A = " + a + ", ns", "above C")));
        headings.add("each further event, ns");
        MarkdownTable table = new MarkdownTable(1, headings);
        for (Caller caller : Caller.values()) {
            if (byReady.values().stream().anyMatch(point -> point.containsKey(caller))) {
                table.row(replayRow(caller, byReady));
            }
        }
        return table.toString();
    }

    private static List<String> replayRow(Caller caller, Map<Integer, Map<Caller, Measurement>> byReady) {
        List<String> cells = new ArrayList<>(List.of(caller.name()));
        List<Integer> counts = new ArrayList<>();
        byReady.forEach((a, point) -> {
            Measurement measured = point.get(caller);
            Measurement inC = point.get(Caller.C);
            boolean isKnown = measured != null && measured.isReplayed();
            if (isKnown) {
                counts.add(a);
            }
            cells.add(isKnown ? measured.time().text(1) : measured == null ? "" : "not replayed");
            cells.add(
                    isKnown && inC != null && measured != inC
                            ? measured.above(inC).text(1)
                            : "");
        });
        if (counts.size() < 2) {
            cells.add("");
        } else {
            int fewest = counts.get(0);
            int most = counts.get(counts.size() - 1);
            Estimate more =
                    byReady.get(most).get(caller).above(byReady.get(fewest).get(caller));
            cells.add(new Estimate(more.value() / (most - fewest), more.error() / (most - fewest)).text(2));
        }
        return cells;
    }

    private static String bytes(Measurement measurement) {
        return String.format(Locale.ROOT, "%.1f", measurement.bytesPerOp());
    }
}
