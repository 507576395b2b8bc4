// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.Mechanism;
import dev.pollux.abi.FdSet;
import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A chart as an option of Apache ECharts, which draws it in the page and, through {@link ECharts}, as SVG.
 *
 * @param name the file name, without its ending
 */
record Chart(String name, int height, JsonObject option) {
    private static final Gson GSON = new Gson();

    /** Distinguishable for colour-blind people; by Okabe and Ito. */
    private static final List<String> COLORS =
            List.of("#009e73", "#d55e00", "#e69f00", "#0072b2", "#56b4e9", "#cc79a7", "#000000", "#7f7f7f");

    /** So that SELECT, which ends, is drawn over POLL. */
    private static final List<Mechanism> BY_NAME = Stream.of(Mechanism.values())
            .sorted(Comparator.comparing(Mechanism::name))
            .toList();

    private static final Map<Caller, String> PEERS = Map.of(Caller.JDK_KEYS, "#4a525b", Caller.NETTY_EPOLL, "#e69f00");
    private static final List<String> SHAPES = List.of("circle", "rect", "triangle", "diamond", "pin", "arrow");
    private static final String CROSS = "path://M0,2L2,0L6,4L10,0L12,2L8,6L12,10L10,12L6,8L2,12L0,10L4,6Z";

    /** The book's seconds of processor time for 100,000 operations; table 63-9 of The Linux Programming Interface. */
    private static final Map<Mechanism, double[]> BOOK = new TreeMap<>(Map.of(
            Mechanism.POLL, new double[] {0.61, 2.9, 35, 990},
            Mechanism.SELECT, new double[] {0.73, 3.0, 35, 930},
            Mechanism.EPOLL, new double[] {0.41, 0.42, 0.53, 0.66}));

    private static final double BOOK_NANOS = 1e9 / 100_000;

    /** The values of a linear axis lie closer together than this ratio. */
    private static final int DECADE = 10;

    /** About how many descriptors the benchmark's process has besides those of the pipes. */
    private static final int OF_THE_JVM = 24;

    /** More rows would not fit on a screen. */
    private static final int MOST_ROWS = 8;

    /** What is left out first where there are more rows: all other values of the parameter. */
    private static final List<String[]> USUAL = List.of(
            new String[] {"n", "1000"},
            new String[] {"wait", "BLOCKING"},
            new String[] {"position", "RANDOM"},
            new String[] {"mechanism", "EPOLL"});

    private static Chart of(String name, String title, int height, String axes, Object... values) {
        JsonObject option = json("""
                {"animation": false, "backgroundColor": "#fff", "title": {"text": "%s", "textStyle": {"fontSize": 15}},
                 "tooltip": {"formatter": "{a}<br/>{b}"},
                 "legend": {"bottom": 0, "itemGap": 24}, "series": []}""", title);
        json("{" + axes + "}", values).asMap().forEach(option::add);
        return new Chart(name, height, option);
    }

    private static JsonObject json(String template, Object... values) {
        return JsonParser.parseString(String.format(Locale.ROOT, template, values))
                .getAsJsonObject();
    }

    /** For ECharts, and for an HTML attribute in single quotes: Gson escapes what would end it. */
    String json() {
        return GSON.toJson(option);
    }

    /** A value with its errors and its tooltip. */
    private record Point(double x, double y, double errorX, double errorY, String text) {
        Map<String, Object> json() {
            return new TreeMap<>(Map.of("value", new double[] {x, y}, "name", text));
        }

        /** The ends, and a gap; above 0, which has no logarithm. */
        Stream<Object> errorBar() {
            return Stream.of(
                    new double[] {Math.max(x - errorX, x / DECADE), Math.max(y - errorY, y / DECADE)},
                    new double[] {x + errorX, y + errorY},
                    new String[] {"-", "-"});
        }
    }

    /** The points and their error bars are two series with one name, so that the legend switches both. */
    private void add(String name, String color, int yAxis, String style, List<Point> points) {
        add(
                "{\"name\": \"%s\", \"color\": \"%s\", \"yAxisIndex\": %d, " + style + "}",
                points.stream().map(Point::json).toList(),
                name,
                color,
                yAxis);
        add("""
                {"name": "%s", "color": "%s", "yAxisIndex": %d, "type": "line", "symbol": "none", "silent": true,
                 "lineStyle": {"width": 1}}""", points.stream().flatMap(Point::errorBar).toList(), name, color, yAxis);
    }

    private void add(String template, List<?> data, Object... values) {
        JsonObject series = json(template, values);
        series.add("data", GSON.toJsonTree(data));
        option.getAsJsonArray("series").add(series);
    }

    /**
     * The time of an operation against the number of descriptors, for each mechanism: plain C, Pollux, and two peers.
     *
     * @param results that differ in mechanism, caller and N only
     */
    static Chart curves(String name, String title, List<Result> results) {
        Chart chart = of(
                name,
                title,
                490,
                """
                "grid": {"left": 90, "right": 40, "top": 60, "bottom": 135},
                "xAxis": {"name": "N, registered descriptors", "nameLocation": "middle", "nameGap": 25, %s},
                "yAxis": {"name": "ns", %s}""",
                axis(results.stream().map(each -> each.number("n"))),
                axis(results.stream().map(each -> each.nanos().value())));
        Caller pollux = Tables.pollux(results);
        for (Mechanism mechanism : BY_NAME) {
            for (Caller caller : Caller.values()) {
                if (caller == Caller.C || caller == pollux || PEERS.containsKey(caller)) {
                    chart.addCurve(mechanism, caller, results);
                }
            }
        }
        if (results.get(0).benchmark().equals(Workload.OneReadyAmongMany.name())) {
            BOOK.forEach(chart::addBook);
        }
        return chart;
    }

    private static String axis(Stream<Double> values) {
        var range = values.mapToDouble(Double::doubleValue).summaryStatistics();
        return range.getMax() < DECADE * range.getMin()
                ? "\"type\": \"value\""
                : "\"type\": \"log\", \"minorSplitLine\": {\"show\": true}";
    }

    private void addCurve(Mechanism mechanism, Caller caller, List<Result> results) {
        NavigableMap<Double, Estimate> points = new TreeMap<>();
        results.stream()
                .filter(each -> each.caller() == caller
                        && mechanism.name().equals(each.params().get("mechanism")))
                .forEach(each -> points.put(each.number("n"), each.nanos()));
        boolean inC = caller == Caller.C;
        String shape = inC ? "rect" : "diamond";
        String color = PEERS.getOrDefault(caller, COLORS.get(mechanism.ordinal()));
        String label = (caller.isPeer() ? "" : mechanism + ", ") + caller.label();
        Double last = mechanism == Mechanism.SELECT ? points.floorKey((double) FdSet.FD_SETSIZE - OF_THE_JVM) : null;
        if (last == null || points.lastKey() <= FdSet.FD_SETSIZE) {
            addLine(label, color, inC, shape, points);
            return;
        }
        addLine(label, color, inC, shape, points.headMap(last, true));
        addLine(label + ", SelectLimit.KERNEL", "#33d1a3", true, shape, points.tailMap(last, true));
        if (!inC) {
            String end = "SELECT ends at FD_SETSIZE: refused; in C, undefined behaviour";
            addLine(end, "#000000", false, CROSS, points.subMap(last, true, last, true));
        }
    }

    private void addBook(Mechanism mechanism, double[] seconds) {
        NavigableMap<Double, Estimate> points = new TreeMap<>();
        for (int i = 0; i < seconds.length; i++) {
            points.put(Math.pow(10, i + 1), new Estimate(seconds[i] * BOOK_NANOS, Double.NaN));
        }
        addLine(mechanism + ", the book", COLORS.get(mechanism.ordinal()), true, "triangle", points);
    }

    private void addLine(String label, String color, boolean dashed, String shape, Map<Double, Estimate> estimates) {
        List<Point> points = estimates.entrySet().stream()
                .map(each -> {
                    Estimate nanos = each.getValue();
                    String text = String.format(Locale.ROOT, "%,.0f: %s ns", each.getKey(), nanos.text(0));
                    return new Point(each.getKey(), nanos.value(), 0, error(nanos), text);
                })
                .toList();
        if (!points.isEmpty()) {
            String style = """
                    "type": "line", "symbol": "%s", "symbolSize": %d, "lineStyle": {"width": 1.6, "type": "%s"}""";
            int size = shape.equals(CROSS) ? 16 : 8;
            add(label, color, 0, style.formatted(shape, size, dashed ? "dashed" : "solid"), points);
        }
    }

    private static double error(Estimate estimate) {
        return Double.isNaN(estimate.error()) ? 0 : estimate.error();
    }

    /**
     * A row for each point, and in it a dot with an error bar for each caller; 1 is marked.
     *
     * @param ratio null: no dot
     * @return empty if there are no dots
     */
    static Optional<Chart> ratios(String name, String title, List<Result> all, Function<Result, Estimate> ratio) {
        List<Result> results =
                few(all.stream().filter(each -> ratio.apply(each) != null).toList());
        if (results.isEmpty()) {
            return Optional.empty();
        }
        List<String> varying = Tables.varying(results);
        Map<String, String> fixed = new LinkedHashMap<>(results.get(0).params());
        fixed.keySet().removeAll(varying);
        List<Map<String, String>> rows = List.copyOf(Run.points(results).keySet());
        List<String> labels = rows.stream()
                .map(row -> {
                    Map<String, String> point = new LinkedHashMap<>(row);
                    point.keySet().retainAll(varying);
                    return Words.of(point);
                })
                .toList();
        List<Caller> callers =
                results.stream().map(Result::caller).distinct().sorted().toList();
        Chart chart = of(
                name,
                title + (fixed.isEmpty() ? "" : " (" + Words.of(fixed) + ")"),
                145 + labels.size() * (14 + 11 * callers.size()),
                """
                "grid": {"left": 20, "right": 40, "top": 40, "bottom": 115, "containLabel": true},
                "xAxis": {"nameLocation": "middle", "nameGap": 25, %s},
                "yAxis": [{"type": "category", "inverse": true, "splitLine": {"show": true}, "data": %s},
                          {"type": "value", "inverse": true, "show": false, "min": 0, "max": %d}]""",
                range(results, ratio),
                GSON.toJson(labels),
                labels.size());
        chart.add("""
                {"type": "line", "yAxisIndex": 1, "symbol": "none", "silent": true, "color": "#000",
                 "lineStyle": {"width": 1.4}}""", List.of(List.of(1, 0), List.of(1, labels.size())));
        for (Caller caller : callers) {
            List<Point> points = results.stream()
                    .filter(each -> each.caller() == caller)
                    .map(each -> {
                        int row = rows.indexOf(each.params());
                        double y = row + (callers.indexOf(caller) + 1.0) / (callers.size() + 1);
                        Estimate estimate = ratio.apply(each);
                        String text = labels.get(row) + ": " + estimate.text(3);
                        return new Point(estimate.value(), y, error(estimate), 0, text);
                    })
                    .toList();
            String shape = SHAPES.get(caller.ordinal() % SHAPES.size());
            String style = "\"type\": \"scatter\", \"symbolSize\": 8, \"symbol\": \"" + shape + "\"";
            chart.add(caller.label(), COLORS.get(caller.ordinal() % COLORS.size()), 1, style, points);
        }
        return Optional.of(chart);
    }

    private static List<Result> few(List<Result> all) {
        List<Result> results = all;
        for (String[] each : USUAL) {
            List<Result> usual = results.stream()
                    .filter(result -> each[1].equals(result.params().get(each[0])))
                    .toList();
            if (Run.points(results).size() > MOST_ROWS && !usual.isEmpty()) {
                results = usual;
            }
        }
        return results;
    }

    /** Has room for all values; an error bar that is much longer than they are apart is cut at its edge. */
    private static String range(List<Result> results, Function<Result, Estimate> ratio) {
        var range = results.stream().map(ratio).collect(Collectors.summarizingDouble(Estimate::value));
        double low = Math.min(range.getMin(), 1);
        double high = Math.max(range.getMax(), 1);
        double room = Math.max(0.15 * (high - low), 0.02 * high);
        return String.format(
                Locale.ROOT,
                "\"type\": \"value\", \"name\": \"times; left of 1 is cheaper\", \"min\": %.2f, \"max\": %.2f",
                Math.max(low - room, 0),
                high + room);
    }
}
