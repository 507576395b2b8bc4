// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Estimate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Compares two runs, cell by cell. */
final class Comparison {
    /** One cell in both runs. */
    record Pair(Result before, Result after) {
        /** The cost after, divided by the cost before. */
        Estimate change() {
            return after.costOver(before);
        }

        String verdict() {
            Estimate change = change();
            if (Double.isNaN(change.error())) {
                return "no error known";
            }
            if (Math.abs(change.value() - 1) <= change.error()) {
                return "within error";
            }
            return change.value() < 1 ? "**faster**" : "**slower**";
        }
    }

    private record Key(String benchmark, Map<String, String> params, String caller) {
        static Key of(Result result) {
            return new Key(result.benchmark(), result.params(), result.caller());
        }
    }

    private Comparison() {}

    /** The cells that both runs have, in the order of the second run. */
    static List<Pair> pairs(List<Result> before, List<Result> after) {
        Map<Key, Result> known = new HashMap<>();
        before.forEach(each -> known.put(Key.of(each), each));
        return after.stream()
                .filter(each -> known.containsKey(Key.of(each))
                        && known.get(Key.of(each)).unit().equals(each.unit()))
                .map(each -> new Pair(known.get(Key.of(each)), each))
                .toList();
    }

    /** The number of cells, for each benchmark, that are in {@code from} but not in {@code in}. */
    static Map<String, Long> missing(List<Result> from, List<Result> in) {
        var there = in.stream().map(Key::of).collect(Collectors.toSet());
        return from.stream()
                .filter(each -> !there.contains(Key.of(each)))
                .collect(Collectors.groupingBy(Result::benchmark, LinkedHashMap::new, Collectors.counting()));
    }

    static Table details(List<Pair> pairs) {
        List<Result> after = pairs.stream().map(Pair::after).toList();
        List<Result> before = pairs.stream().map(Pair::before).toList();
        List<String> params = Tables.params(after);
        List<String> headings = new ArrayList<>(params);
        headings.addAll(List.of("caller", "unit", "before", "after", "after ÷ before", "", "÷ C before", "÷ C after"));
        Table table = new Table(params.size() + 2, headings);
        var pointsBefore = Run.points(before);
        var pointsAfter = Run.points(after);
        for (Pair each : pairs) {
            List<String> row = new ArrayList<>();
            params.forEach(param -> row.add(each.after.params().getOrDefault(param, "")));
            row.addAll(List.of(
                    each.after.caller(),
                    each.after.unit(),
                    Tables.value(each.before.score()),
                    Tables.value(each.after.score()),
                    Tables.ratio(each.change()),
                    each.verdict(),
                    overC(pointsBefore, each.before),
                    overC(pointsAfter, each.after)));
            table.row(row);
        }
        return table;
    }

    private static String overC(Map<Map<String, String>, Map<String, Result>> points, Result result) {
        Result c = points.get(result.params()).get(Style.PLAIN_C);
        return c == null || c == result ? "" : Tables.ratio(result.costOver(c));
    }

    /** For each workload and caller: the mean change, and the number of cells with each verdict. */
    static Table summary(Map<String, List<Pair>> byBenchmark) {
        Table table = new Table(
                2, List.of("workload", "caller", "cells", "after ÷ before", "faster", "slower", "within error"));
        byBenchmark.forEach((benchmark, pairs) -> pairs.stream()
                .collect(Collectors.groupingBy(pair -> pair.after.caller(), LinkedHashMap::new, Collectors.toList()))
                .forEach((caller, group) -> {
                    List<String> verdicts = group.stream().map(Pair::verdict).toList();
                    Estimate mean = Tables.geometricMean(
                            group.stream().map(Pair::change).toList());
                    table.row(List.of(
                            benchmark,
                            caller,
                            Integer.toString(group.size()),
                            Tables.ratio(mean),
                            count(verdicts, "**faster**"),
                            count(verdicts, "**slower**"),
                            count(verdicts, "within error")));
                }));
        return table;
    }

    private static String count(List<String> verdicts, String verdict) {
        return Long.toString(verdicts.stream().filter(verdict::equals).count());
    }
}
