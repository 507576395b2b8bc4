// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.Mechanism;
import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Goal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tables of results: each caller compared with plain C, and Pollux compared with each peer. */
final class Tables {
    /** The bindings' goals apply to a thousand descriptors, or to as many as select can watch. */
    private static final int GOALS_FROM_N = 900;

    private static final int GOALS_TO_N = 1000;

    /** The harness itself allocates up to one byte per operation more than under C; an object is larger. */
    private static final double HARNESS_BYTES = 1;

    /** The parameters whose values share one mean; mechanisms, system calls and the like have a mean each. */
    private static final Set<String> AVERAGED = Set.of("wait", "position");

    private Tables() {}

    /** One line for each result. */
    static Table details(List<Result> results) {
        List<String> params = params(results);
        List<String> peers = peers(results);
        List<String> others = others(results);
        boolean inC = results.stream().anyMatch(each -> each.caller().equals(Style.PLAIN_C));
        boolean goals = results.stream().anyMatch(each -> goal(each) != null);
        List<String> headings = new ArrayList<>(params);
        headings.addAll(List.of("caller", units(results), "B/op"));
        if (inC) {
            headings.add("÷ C");
        }
        if (goals) {
            headings.add("goal");
        }
        peers.forEach(peer -> headings.add("÷ " + peer));
        headings.addAll(others);
        Table table = new Table(params.size() + 1, headings);
        var points = Run.points(results);
        for (Result each : results) {
            Result c = points.get(each.params()).get(Style.PLAIN_C);
            List<String> row = new ArrayList<>();
            params.forEach(param -> row.add(each.params().getOrDefault(param, "")));
            row.add(each.caller());
            row.add(value(each.score()) + (units(results).equals(each.unit()) ? "" : " " + each.unit()));
            row.add(bytes(each, c));
            Estimate overC = c == null || c == each ? null : each.costOver(c);
            if (inC) {
                row.add(ratio(overC));
            }
            if (goals) {
                Goal goal = overC == null ? null : goal(each);
                row.add(goal == null ? "" : goal.verdict(overC));
            }
            for (String peer : peers) {
                Result other = Style.isPollux(each.caller()) ? peer(points, each, peer) : null;
                row.add(other == null ? "" : ratio(each.costOver(other)));
            }
            others.forEach(other -> row.add(
                    each.others().containsKey(other) ? value(each.others().get(other)) : ""));
            table.row(row);
        }
        return table;
    }

    /**
     * One line for each workload, mechanism and binding: the geometric mean of the ratios at all points, its error, and
     * the smallest and the largest of them.
     */
    static Table summary(Run run) {
        List<String> peers = peers(run.results());
        List<String> headings = new ArrayList<>(List.of("workload", "of", "Pollux through", "÷ C", "goals"));
        peers.forEach(peer -> headings.add("÷ " + peer));
        Table table = new Table(3, headings);
        run.byBenchmark().forEach((benchmark, results) -> {
            var points = Run.points(results);
            Map<String, Map<String, List<Result>>> kinds = results.stream()
                    .filter(each -> Style.isPollux(each.caller()))
                    .collect(Collectors.groupingBy(
                            Tables::kind,
                            LinkedHashMap::new,
                            Collectors.groupingBy(Result::caller, LinkedHashMap::new, Collectors.toList())));
            kinds.forEach((kind, callers) -> callers.forEach((caller, group) -> {
                List<String> row = new ArrayList<>(List.of(benchmark, kind, caller));
                row.add(mean(group, each -> points.get(each.params()).get(Style.PLAIN_C)));
                row.add(goals(group, points));
                peers.forEach(peer -> row.add(mean(group, each -> peer(points, each, peer))));
                table.row(row);
            }));
        });
        return table;
    }

    private static String kind(Result result) {
        return result.params().entrySet().stream()
                .filter(param -> !AVERAGED.contains(param.getKey()) && Double.isNaN(result.number(param.getKey())))
                .filter(param -> !param.getValue().matches("\\d.*"))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(" "));
    }

    private static String mean(List<Result> group, Function<Result, Result> other) {
        List<Estimate> ratios = new ArrayList<>();
        for (Result each : group) {
            Result beside = other.apply(each);
            if (beside != null) {
                ratios.add(each.costOver(beside));
            }
        }
        if (ratios.isEmpty()) {
            return "";
        }
        if (ratios.size() == 1) {
            return ratio(ratios.get(0));
        }
        var range = ratios.stream().mapToDouble(Estimate::value).summaryStatistics();
        return ratio(geometricMean(ratios))
                + String.format(Locale.ROOT, " (%d: %.2f … %.2f)", ratios.size(), range.getMin(), range.getMax());
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

    private static String goals(List<Result> group, Map<Map<String, String>, Map<String, Result>> points) {
        Map<String, Integer> verdicts = new LinkedHashMap<>();
        for (Result each : group) {
            Goal goal = goal(each);
            Result c = points.get(each.params()).get(Style.PLAIN_C);
            if (goal != null && c != null) {
                verdicts.merge(goal.verdict(each.costOver(c)).replaceFirst(".*: ", ""), 1, Integer::sum);
            }
        }
        return verdicts.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    /** The goal for this result; null if there is none. */
    static Goal goal(Result result) {
        double n = result.number("n");
        double a = result.number("a");
        String mechanism = result.params().getOrDefault("mechanism", "");
        if (!result.benchmark().equals(Workload.DescriptorScaling.name())
                || !Style.isPollux(result.caller())
                || !Style.isMechanism(mechanism)
                || !(n >= GOALS_FROM_N && n <= GOALS_TO_N)
                || Double.isNaN(a)) {
            return null;
        }
        return Goal.of(Mechanism.valueOf(mechanism), Caller.valueOf(result.caller()), (int) a);
    }

    /**
     * The result of a peer at the same point.
     *
     * <p>A peer without a choice of mechanism may have a name of its own in that place; it is then compared with each
     * mechanism of Pollux.
     */
    static Result peer(Map<Map<String, String>, Map<String, Result>> points, Result result, String peer) {
        Result same = points.get(result.params()).get(peer);
        if (same != null || !result.params().containsKey("mechanism")) {
            return same;
        }
        for (Map<String, Result> point : points.values()) {
            Result other = point.get(peer);
            if (other != null
                    && !Style.isMechanism(other.params().getOrDefault("mechanism", ""))
                    && without(other.params(), "mechanism").equals(without(result.params(), "mechanism"))) {
                return other;
            }
        }
        return null;
    }

    static Map<String, String> without(Map<String, String> params, String... names) {
        Map<String, String> rest = new LinkedHashMap<>(params);
        rest.keySet().removeAll(Set.of(names));
        return rest;
    }

    static List<String> params(List<Result> results) {
        return results.stream()
                .flatMap(each -> each.params().keySet().stream())
                .distinct()
                .toList();
    }

    private static List<String> peers(List<Result> results) {
        return results.stream()
                .map(Result::caller)
                .filter(Style::isPeer)
                .distinct()
                .toList();
    }

    private static List<String> others(List<Result> results) {
        return List.copyOf(results.stream()
                .flatMap(each -> each.others().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static String units(List<Result> results) {
        List<String> units = results.stream().map(Result::unit).distinct().toList();
        return units.size() == 1 ? units.get(0) : "value";
    }

    /** More digits would be noise. */
    static String value(Estimate estimate) {
        double value = Math.abs(estimate.value());
        return Double.isNaN(estimate.error())
                ? String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.1f", estimate.value())
                : estimate.text(value >= 1000 ? 0 : 1);
    }

    static String ratio(Estimate ratio) {
        return ratio == null ? "" : ratio.text(ratio.value() >= 10 ? 1 : ratio.value() < 0.1 ? 4 : 3);
    }

    private static String bytes(Result result, Result inC) {
        if (Double.isNaN(result.bytesPerOp())) {
            return "";
        }
        boolean garbage = Style.isPollux(result.caller())
                && inC != null
                && result.bytesPerOp() - inC.bytesPerOp() >= HARNESS_BYTES;
        return String.format(Locale.ROOT, "%,.1f", result.bytesPerOp()) + (garbage ? " **garbage**" : "");
    }
}
