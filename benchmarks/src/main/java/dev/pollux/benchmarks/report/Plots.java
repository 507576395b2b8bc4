// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Chooses the pictures of a workload by its parameters alone, so a new workload has pictures too. */
final class Plots {
    /** The book's seconds of CPU time for 100,000 operations; table 63-9 of The Linux Programming Interface. */
    private static final double[][] BOOK = {
        {10, 0.61, 0.73, 0.41}, {100, 2.9, 3.0, 0.42}, {1000, 35, 35, 0.53}, {10000, 990, 930, 0.66}
    };

    private static final List<String> BOOK_MECHANISMS = List.of("POLL", "SELECT", "EPOLL");
    private static final int BOOK_OPERATIONS = 100_000;

    /** Compares the callers at this N if N varies: the goals are set near it, and select still reaches it. */
    private static final int USUAL_N = 1000;

    /** The parameters that can be the x of curves. */
    private static final List<String> XS = List.of("n", "highestFd", "connections");

    /** N divided by A, for the curves in which a tenth of the descriptors is ready. */
    private static final int A_TENTH = 10;

    /** The most groups of bars in one picture. */
    private static final int MOST_ROWS = 14;

    /** Each value of these has a picture of its own. */
    private static final List<String> CONDITIONS = List.of("wait", "position");

    /** All values of these share a picture. */
    private static final List<String> IN_ROWS = List.of("mechanism", "a", "n");

    private static final Pattern LATENCY = Pattern.compile(".*p([\\d.]+), (ns|us)(/op)?");

    private final String benchmark;
    private final List<Result> results;
    private final String x;

    Plots(String benchmark, List<Result> results) {
        this.benchmark = benchmark;
        this.results = results;
        this.x = x(results);
    }

    /** The parameter that is x: one that varies while all others are fixed; null if there is none. */
    static String x(List<Result> results) {
        for (String param : XS) {
            boolean varies = results.stream()
                    .filter(each -> each.number(param) > 0)
                    .collect(Collectors.groupingBy(
                            each -> Tables.without(each.params(), param),
                            Collectors.mapping(each -> each.number(param), Collectors.toSet())))
                    .values()
                    .stream()
                    .anyMatch(values -> values.size() > 1);
            if (varies) {
                return param;
            }
        }
        return null;
    }

    /** The most important pictures first: some curves, then some bars of each kind, then all others. */
    List<Picture> pictures() {
        List<Picture> curves = x == null ? List.of() : curves();
        List<Picture> ratios = ratios();
        List<Picture> first = new ArrayList<>(curves.subList(0, Math.min(curves.size(), 2)));
        first.addAll(ratios.subList(0, Math.min(ratios.size(), 1)));
        first.addAll(positions());
        return Stream.of(first, curves, ratios, rates())
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    private List<Picture> curves() {
        List<Picture> pictures = new ArrayList<>();
        groups(results, x, "mechanism")
                .forEach((params, group) -> curves(name("curves", params), conditions(params), group)
                        .ifPresent(pictures::add));
        List<Result> tenths = results.stream()
                .filter(each -> each.number("n") == A_TENTH * each.number("a"))
                .toList();
        groups(tenths, "n", "a", "mechanism")
                .forEach((params, group) -> curves(
                                name("curves-a-tenth", params),
                                Stream.of("A = 10 % of N", conditions(params))
                                        .filter(each -> !each.isEmpty())
                                        .collect(Collectors.joining(", ")),
                                group)
                        .ifPresent(pictures::add));
        return pictures;
    }

    private Optional<Picture> curves(String name, String conditions, List<Result> group) {
        List<Curves.Line> lines = lines(withoutOtherBindings(group), Result::score);
        if (lines.stream().allMatch(line -> line.points().size() < 2)) {
            return Optional.empty();
        }
        if (benchmark.equals(Workload.OneReadyAmongMany.name())) {
            lines.addAll(book());
        }
        Result first = group.get(0);
        return Optional.of(new Curves(
                name,
                Workload.title(benchmark),
                conditions,
                lines,
                axis(x),
                first.isTime() ? "time of one " + Workload.operation(benchmark) : first.unit(),
                first.isTime() ? LogScale::time : LogScale::number,
                false));
    }

    /** Bars compare the bindings: in curves they would hide each other. */
    private static List<Result> withoutOtherBindings(List<Result> group) {
        String first = group.stream()
                .map(Result::caller)
                .filter(Style::isPollux)
                .findFirst()
                .orElse("");
        return group.stream()
                .filter(each -> !Style.isPollux(each.caller()) || each.caller().equals(first))
                .toList();
    }

    private List<Curves.Line> lines(List<Result> group, Function<Result, Estimate> value) {
        Map<List<String>, TreeMap<Double, Estimate>> lines = new LinkedHashMap<>();
        for (Result each : group) {
            if (each.number(x) > 0) {
                lines.computeIfAbsent(
                                List.of(each.params().getOrDefault("mechanism", ""), each.caller()),
                                key -> new TreeMap<>())
                        .put(each.number(x), value.apply(each));
            }
        }
        return lines.entrySet().stream()
                .map(line -> new Curves.Line(line.getKey().get(0), line.getKey().get(1), line.getValue()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<Curves.Line> book() {
        List<Curves.Line> lines = new ArrayList<>();
        for (int i = 0; i < BOOK_MECHANISMS.size(); i++) {
            TreeMap<Double, Estimate> points = new TreeMap<>();
            for (double[] row : BOOK) {
                points.put(row[0], new Estimate(row[i + 1] * 1e9 / BOOK_OPERATIONS, Double.NaN));
            }
            lines.add(new Curves.Line(BOOK_MECHANISMS.get(i), Style.BOOK, points));
        }
        return lines;
    }

    /** The book's figures and those of this run in the book's unit; null for any other workload. */
    Table bookTable() {
        if (!benchmark.equals(Workload.OneReadyAmongMany.name())) {
            return null;
        }
        Table table = new Table(2, List.of("mechanism", "caller", "N = 10", "N = 100", "N = 1,000", "N = 10,000"));
        for (Curves.Line line : book()) {
            table.row(seconds(line, line.mechanism(), "the book, CPU s"));
            lines(results, Result::score).stream()
                    .filter(each -> each.mechanism().equals(line.mechanism()))
                    .forEach(each -> table.row(seconds(each, each.mechanism(), each.caller() + ", elapsed s")));
        }
        return table;
    }

    private static List<String> seconds(Curves.Line line, String mechanism, String caller) {
        List<String> row = new ArrayList<>(List.of(mechanism, caller));
        for (double[] book : BOOK) {
            Estimate nanos = line.points().get(book[0]);
            row.add(nanos == null ? "" : String.format(Locale.ROOT, "%,.2f", nanos.value() * BOOK_OPERATIONS / 1e9));
        }
        return row;
    }

    /** Bars of the ratios to plain C; without plain C, to the first peer. */
    private List<Picture> ratios() {
        var points = Run.points(results);
        List<Picture> pictures = new ArrayList<>();
        points.values().stream()
                .map(Plots::base)
                .flatMap(Optional::stream)
                .distinct()
                .forEach(base -> {
                    String label = Style.of(base).label();
                    String kind = base.equals(Style.PLAIN_C) ? "ratios" : "ratios-to-" + base;
                    pictures.addAll(bars(
                            kind,
                            cost("beside " + label),
                            "times the cost in " + label + "; left is cheaper",
                            true,
                            each -> {
                                Result other = points.get(each.params()).get(base);
                                boolean beside =
                                        base(points.get(each.params())).equals(Optional.of(base)) && other != each;
                                return beside ? each.costOver(other) : null;
                            }));
                });
        return pictures;
    }

    private String cost(String beside) {
        return "The cost of one " + Workload.operation(benchmark) + ", " + beside;
    }

    private static Optional<String> base(Map<String, Result> point) {
        return point.containsKey(Style.PLAIN_C)
                ? Optional.of(Style.PLAIN_C)
                : point.keySet().stream().filter(Style::isPeer).findFirst();
    }

    /** The effect of the ready descriptor's position; plain C and one binding suffice, since the kernel causes it. */
    private List<Picture> positions() {
        Map<Double, Set<String>> positions = results.stream()
                .filter(each -> each.number("a") == 1
                        && each.number("n") <= USUAL_N
                        && each.params().containsKey("position"))
                .collect(Collectors.groupingBy(
                        each -> each.number("n"),
                        TreeMap::new,
                        Collectors.mapping(each -> each.params().get("position"), Collectors.toSet())));
        Optional<Double> n = positions.entrySet().stream()
                .filter(each -> each.getValue().size() > 1)
                .max(Comparator.comparing((Map.Entry<Double, Set<String>> each) ->
                                each.getValue().size())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey);
        List<Result> shown = results.stream()
                .filter(each -> each.number("a") == 1 && n.equals(Optional.of(each.number("n"))))
                .filter(each ->
                        each.caller().equals(Style.PLAIN_C) || each.caller().equals("JNI"))
                .toList();
        return shown.isEmpty()
                ? List.of()
                : bars(
                        Map.of(Map.of(), shown),
                        "position",
                        "What the position of the ready descriptor is worth",
                        "time of one " + Workload.operation(benchmark) + ", µs; left is faster",
                        false,
                        each -> new Estimate(
                                each.score().value() / 1000, each.score().error() / 1000));
    }

    /** Bars of operations per second and of latencies. */
    private List<Picture> rates() {
        List<Picture> pictures = new ArrayList<>();
        if (benchmark.equals(Workload.Echo.name()) || results.stream().allMatch(Result::isRate)) {
            String title = Workload.operation(benchmark) + "s a second";
            title = title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
            pictures.addAll(bars("rates", title, "a second; right is better", false, Result::rate));
        }
        results.stream()
                .flatMap(each -> each.others().keySet().stream())
                .filter(other -> LATENCY.matcher(other).matches())
                .distinct()
                .sorted()
                .forEach(other -> pictures.addAll(latencies(other)));
        return pictures;
    }

    private List<Picture> latencies(String other) {
        Matcher latency = LATENCY.matcher(other);
        if (!latency.matches()) {
            throw new IllegalArgumentException(other);
        }
        double micros = latency.group(2).startsWith("ns") ? 1e-3 : 1;
        return bars(
                "p" + latency.group(1),
                "Latency: " + latency.group(1) + " % of the " + Workload.operation(benchmark) + "s take less",
                "latency, µs; left is better",
                false,
                each -> {
                    Estimate value = each.others().get(other);
                    return value == null ? null : new Estimate(value.value() * micros, value.error() * micros);
                });
    }

    /** One picture for each set of the parameters that are not in the rows. */
    private List<Picture> bars(
            String kind, String title, String label, boolean ratios, Function<Result, Estimate> value) {
        return bars(groupsOfRows(), kind, title, label, ratios, value);
    }

    private List<Picture> bars(
            Map<Map<String, String>, List<Result>> groups,
            String kind,
            String title,
            String label,
            boolean ratios,
            Function<Result, Estimate> value) {
        List<Picture> pictures = new ArrayList<>();
        List<String> mechanisms = results.stream()
                .map(each -> each.params().getOrDefault("mechanism", ""))
                .distinct()
                .toList();
        groups.forEach((params, group) -> {
            List<String> varying = varying(group);
            List<Bars.Row> rows = new ArrayList<>();
            Run.points(group).forEach((point, callers) -> {
                Map<String, Estimate> values = new LinkedHashMap<>();
                callers.forEach((caller, each) -> {
                    Estimate estimate = value.apply(each);
                    if (estimate != null && estimate.value() > 0) {
                        values.put(caller, estimate);
                    }
                });
                if (!values.isEmpty()) {
                    rows.add(new Bars.Row(point.getOrDefault("mechanism", ""), rowLabel(point, varying), values));
                }
            });
            rows.sort(Comparator.comparing(row -> mechanisms.indexOf(row.mechanism())));
            if (!rows.isEmpty()) {
                Map<String, String> fixed = new LinkedHashMap<>(group.get(0).params());
                fixed.keySet().removeAll(varying);
                pictures.add(new Bars(name(kind, params), title, conditions(fixed), rows, label, ratios));
            }
        });
        return pictures;
    }

    /** Restricted to one x if there were too many rows otherwise. */
    private Map<Map<String, String>, List<Result>> groupsOfRows() {
        var groups = groupsOfRows(results);
        if (x == null || groups.values().stream().noneMatch(Plots::isTooMuch)) {
            return groups;
        }
        double usual = results.stream()
                .mapToDouble(each -> each.number(x))
                .filter(value -> value > 0 && value <= USUAL_N)
                .max()
                .orElse(results.get(0).number(x));
        return groupsOfRows(
                results.stream().filter(each -> each.number(x) == usual).toList());
    }

    private static Map<Map<String, String>, List<Result>> groupsOfRows(List<Result> chosen) {
        Map<Map<String, String>, List<Result>> groups = new LinkedHashMap<>(Map.of(Map.of(), chosen));
        for (String param : varying(chosen)) {
            boolean tooMuch = groups.values().stream().anyMatch(Plots::isTooMuch);
            if (CONDITIONS.contains(param) || tooMuch && !IN_ROWS.contains(param) && !XS.contains(param)) {
                groups = split(groups, param);
            }
        }
        return groups;
    }

    private static boolean isTooMuch(List<Result> group) {
        return Run.points(group).size() > MOST_ROWS;
    }

    private static Map<Map<String, String>, List<Result>> split(
            Map<Map<String, String>, List<Result>> groups, String param) {
        Map<Map<String, String>, List<Result>> split = new LinkedHashMap<>();
        groups.forEach((params, group) -> {
            for (Result each : group) {
                Map<String, String> key = new LinkedHashMap<>(params);
                key.put(param, each.params().getOrDefault(param, ""));
                split.computeIfAbsent(key, unused -> new ArrayList<>()).add(each);
            }
        });
        return split;
    }

    /** Curves of the change where there is an x, else bars. */
    static List<Picture> changes(String benchmark, List<Comparison.Pair> pairs) {
        Map<Result, Estimate> changes = new LinkedHashMap<>();
        pairs.forEach(pair -> changes.put(pair.after(), pair.change()));
        Plots plots = new Plots(benchmark, List.copyOf(changes.keySet()));
        String title = plots.cost("after ÷ before");
        String label = "times the cost before; left is faster";
        if (plots.x == null) {
            return plots.bars("change", title, label, true, changes::get);
        }
        List<Picture> pictures = new ArrayList<>();
        groups(plots.results, plots.x, "mechanism").forEach((params, group) -> {
            if (x(group) == null) {
                pictures.addAll(plots.bars(Map.of(params, group), "change", title, label, true, changes::get));
            } else {
                pictures.add(new Curves(
                        plots.name("change", params),
                        title,
                        conditions(params),
                        plots.lines(group, changes::get),
                        axis(plots.x),
                        "times the cost before; below 1 is faster",
                        LogScale::number,
                        true));
            }
        });
        return pictures;
    }

    private static Map<Map<String, String>, List<Result>> groups(List<Result> results, String... without) {
        return results.stream()
                .collect(Collectors.groupingBy(
                        each -> Tables.without(each.params(), without), LinkedHashMap::new, Collectors.toList()));
    }

    private static List<String> varying(List<Result> results) {
        return Tables.params(results).stream()
                .filter(param -> results.stream()
                                .map(each -> Objects.toString(each.params().get(param)))
                                .distinct()
                                .count()
                        > 1)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private String name(String kind, Map<String, String> params) {
        String values = params.entrySet().stream()
                .map(param -> "-" + param.getKey() + "-" + param.getValue())
                .collect(Collectors.joining());
        return (benchmark + "-" + kind + values).replaceAll("[^A-Za-z0-9-]", "_");
    }

    private static String axis(String param) {
        return switch (param) {
            case "n" -> "N, registered descriptors";
            case "highestFd" -> "highest descriptor number";
            default -> param;
        };
    }

    private static String rowLabel(Map<String, String> params, List<String> varying) {
        return varying.isEmpty()
                ? "all"
                : Stream.concat(Stream.of("mechanism"), varying.stream().filter(each -> !each.equals("mechanism")))
                        .filter(varying::contains)
                        .filter(params::containsKey)
                        .map(param -> text(param, params.get(param)).replaceFirst("^(ready: |SelectLimit\\.)", ""))
                        .collect(Collectors.joining(", "));
    }

    private static String conditions(Map<String, String> params) {
        return params.entrySet().stream()
                .map(param -> text(param.getKey(), param.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String text(String param, String value) {
        return switch (param) {
            case "mechanism", "call", "change", "wakening" -> value;
            case "connections" -> number(value) + (value.equals("1") ? " connection" : " connections");
            case "messageBytes" -> number(value) + " bytes";
            case "writes" -> number(value) + " writes";
            case "highestFd" -> "descriptor " + number(value);
            case "limit" -> "SelectLimit." + value;
            case "wait" -> value.equals("ZERO") ? "timeout 0" : value.toLowerCase(Locale.ROOT);
            case "position" -> "ready: " + value.toLowerCase(Locale.ROOT);
            case "n", "a" -> param.toUpperCase(Locale.ROOT) + " = " + number(value);
            default -> param + " " + number(value);
        };
    }

    private static String number(String value) {
        return value.matches("\\d{4,15}") ? String.format(Locale.ROOT, "%,d", Long.parseLong(value)) : value;
    }
}
