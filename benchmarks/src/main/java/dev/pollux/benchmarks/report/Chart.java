// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.abi.FdSet;
import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
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

    /** The book's seconds of processor time for 100,000 operations; table 63-9 of The Linux Programming Interface. */
    private static final Map<String, double[]> BOOK = new TreeMap<>(Map.of(
            "POLL", new double[] {0.61, 2.9, 35, 990},
            "SELECT", new double[] {0.73, 3.0, 35, 930},
            "EPOLL", new double[] {0.41, 0.42, 0.53, 0.66}));

    private static final double BOOK_NANOS = 1e9 / 100_000;

    /** Distinguishable for colour-blind people; by Okabe and Ito. */
    private static final List<String> COLORS =
            List.of("#000000", "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#e69f00", "#7f7f7f");

    private static final Map<String, String> MECHANISMS = new TreeMap<>(Map.of(
            "EPOLL", "#0072b2",
            "POLL", "#d55e00",
            "SELECT", "#009e73",
            "IO_URING", "#cc79a7",
            "DEVPOLL", "#e69f00",
            "KQUEUE", "#56b4e9"));

    private static final Map<Caller, String> PEERS = Map.of(Caller.JDK_KEYS, "#4a525b", Caller.NETTY_EPOLL, "#e69f00");
    private static final List<String> SHAPES = List.of("circle", "rect", "triangle", "diamond");
    private static final String CROSS = "path://M0,2L2,0L6,4L10,0L12,2L8,6L12,10L10,12L6,8L2,12L0,10L4,6Z";

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
            new String[] {"connections", "100"},
            new String[] {"mechanism", "EPOLL"});

    /** A value, the ends of its error bar, and its tooltip. */
    private record Point(double[] at, double[] from, double[] to, String text) {
        JsonObject json() {
            JsonObject json = new JsonObject();
            json.add("value", GSON.toJsonTree(at));
            json.addProperty("name", text);
            return json;
        }
    }

    private Chart(String name, String title, int height, String axes) {
        this(name, height, json("""
                {"animation": false, "backgroundColor": "#fff", "title": {"text": "%s", "textStyle": {"fontSize": 15}},
                 "tooltip": {"formatter": "{a}<br/>{b}"}, "series": [], %s}""", title, axes));
    }

    /** For ECharts, and for an HTML attribute in single quotes: Gson escapes what would end it. */
    String json() {
        return GSON.toJson(option);
    }

    private static JsonObject json(String template, Object... values) {
        return JsonParser.parseString(String.format(Locale.ROOT, template, values))
                .getAsJsonObject();
    }

    /** The series and its error bars have one name, by which the legend switches both. */
    private void add(String name, String color, String style, List<Point> points) {
        JsonObject marks = json("{\"name\": \"%s\", \"color\": \"%s\", %s}", name, color, style);
        JsonArray values = new JsonArray();
        points.forEach(point -> values.add(point.json()));
        marks.add("data", values);
        JsonObject bars = json("""
                {"name": "%s", "color": "%s", "type": "line", "symbol": "none", "silent": true,
                 "yAxisIndex": %s, "lineStyle": {"width": 1}}""", name, color, marks.get("yAxisIndex"));
        bars.add(
                "data",
                GSON.toJsonTree(points.stream()
                        .flatMap(point -> Stream.of(point.from, point.to, new String[] {"-", "-"}))
                        .toList()));
        option.getAsJsonArray("series").add(marks);
        option.getAsJsonArray("series").add(bars);
    }

    /**
     * The time of an operation against the number of descriptors, for each mechanism: plain C, Pollux, and two peers.
     *
     * @param results that differ in mechanism, caller and x only
     */
    static Chart curves(String name, String title, String x, String xLabel, List<Result> results) {
        Chart chart = new Chart(name, title, 470, """
                "legend": {"bottom": 0, "padding": [0, 20], "itemGap": 12}, "grid": {"left": 90, "right": 40, "top": 40, "bottom": 125},
                "xAxis": {"name": "%s", "nameLocation": "middle", "nameGap": 25, %s},
                "yAxis": {"name": "ns", %s}""".formatted(
                        xLabel,
                        axis(results.stream().map(each -> each.number(x))),
                        axis(results.stream().map(each -> each.nanos().value()))));
        Caller pollux = Tables.pollux(results);
        for (String mechanism : MECHANISMS.keySet()) {
            for (Caller caller : Caller.values()) {
                if (caller == Caller.C || caller == pollux || PEERS.containsKey(caller)) {
                    chart.addCurve(mechanism, caller, x, results);
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

    private void addCurve(String mechanism, Caller caller, String x, List<Result> results) {
        NavigableMap<Double, Estimate> points = new TreeMap<>();
        results.stream()
                .filter(each -> each.caller() == caller
                        && mechanism.equals(each.params().get("mechanism"))
                        && each.number(x) > 0)
                .forEach(each -> points.put(each.number(x), each.nanos()));
        boolean inC = caller == Caller.C;
        String color = PEERS.getOrDefault(caller, MECHANISMS.get(mechanism));
        String label = (caller.isPeer() ? "" : mechanism + ", ") + caller.label();
        boolean isLimited = mechanism.equals("SELECT") && x.equals("n");
        Double last = isLimited ? points.floorKey((double) FdSet.FD_SETSIZE - OF_THE_JVM) : null;
        if (last == null || points.lastKey() <= FdSet.FD_SETSIZE) {
            addLine(label, color, inC, inC ? "rect" : "diamond", points);
            return;
        }
        addLine(label, color, inC, inC ? "rect" : "diamond", points.headMap(last, true));
        addLine(label + ", SelectLimit.KERNEL", "#33d1a3", true, inC ? "rect" : "diamond", points.tailMap(last, true));
        if (!inC) {
            String end = "SELECT ends at FD_SETSIZE: refused; in C, undefined behaviour";
            addLine(end, "#000000", false, CROSS, points.subMap(last, true, last, true));
        }
    }

    private void addBook(String mechanism, double[] seconds) {
        NavigableMap<Double, Estimate> points = new TreeMap<>();
        for (int i = 0; i < seconds.length; i++) {
            points.put(Math.pow(10, i + 1), new Estimate(seconds[i] * BOOK_NANOS, Double.NaN));
        }
        addLine(mechanism + ", the book", MECHANISMS.get(mechanism), true, "triangle", points);
    }

    private void addLine(String label, String color, boolean dashed, String shape, Map<Double, Estimate> estimates) {
        if (estimates.isEmpty()) {
            return;
        }
        List<Point> points = estimates.entrySet().stream()
                .map(each -> {
                    double at = each.getKey();
                    double nanos = each.getValue().value();
                    double error = error(each.getValue());
                    double low = Math.max(nanos - error, nanos / DECADE); // 0 has no logarithm
                    String text = "%,.0f: %s ns".formatted(at, each.getValue().text(0));
                    return new Point(
                            new double[] {at, nanos},
                            new double[] {at, low},
                            new double[] {at, nanos + error},
                            text);
                })
                .toList();
        String style = """
                "type": "line", "yAxisIndex": 0, "symbol": "%s", "symbolSize": %d,
                "lineStyle": {"width": 1.6, "type": "%s"}""";
        add(label, color, style.formatted(shape, shape.equals(CROSS) ? 16 : 8, dashed ? "dashed" : "solid"), points);
    }

    private static double error(Estimate estimate) {
        return Double.isNaN(estimate.error()) ? 0 : estimate.error();
    }

    /**
     * A row for each point, and in it a dot with an error bar for each caller.
     *
     * @param value null: no dot
     * @param isRatio whether 1 is marked
     * @return empty if there are no dots
     */
    static Optional<Chart> dots(
            String name, String title, List<Result> all, Function<Result, Estimate> value, boolean isRatio) {
        List<Result> results =
                few(all.stream().filter(each -> value.apply(each) != null).toList());
        if (results.isEmpty()) {
            return Optional.empty();
        }
        List<String> varying = Tables.varying(results);
        Map<String, String> fixed = new LinkedHashMap<>(results.get(0).params());
        fixed.keySet().removeAll(varying);
        List<Map<String, String>> rows = List.copyOf(Run.points(results).keySet());
        List<String> labels = rows.stream()
                .map(row -> varying.stream()
                        .map(param -> Words.of(param, row.getOrDefault(param, "")))
                        .collect(Collectors.joining(", ")))
                .toList();
        List<Caller> callers =
                results.stream().map(Result::caller).distinct().sorted().toList();
        Chart chart = new Chart(
                name,
                title + (fixed.isEmpty() ? "" : " (" + Words.of(fixed) + ")"),
                110 + labels.size() * (14 + 11 * callers.size()),
                """
                "legend": {"bottom": 0}, "grid": {"left": 20, "right": 40, "top": 40, "bottom": 80, "containLabel": true},
                "xAxis": {"type": "value", "nameLocation": "middle", "nameGap": 25, %s},
                "yAxis": [{"type": "category", "inverse": true, "data": %s, "splitLine": {"show": true}},
                          {"type": "value", "inverse": true, "show": false, "min": 0, "max": %d}]""".formatted(
                                range(results, value, isRatio), GSON.toJson(labels), labels.size()));
        if (isRatio) {
            chart.option.getAsJsonArray("series").add(json("""
                    {"type": "line", "yAxisIndex": 1, "symbol": "none", "silent": true, "color": "#000",
                     "lineStyle": {"width": 1.4}, "data": [[1, 0], [1, %d]]}""", labels.size()));
        }
        for (Caller caller : callers) {
            List<Point> points = results.stream()
                    .filter(each -> each.caller() == caller)
                    .map(each -> {
                        double y = rows.indexOf(each.params())
                                + (callers.indexOf(caller) + 1.0) / (callers.size() + 1);
                        Estimate estimate = value.apply(each);
                        double x = estimate.value();
                        double error = error(estimate);
                        String text = labels.get((int) y) + ": " + estimate.text(3);
                        return new Point(
                                new double[] {x, y},
                                new double[] {x - error, y},
                                new double[] {x + error, y},
                                text);
                    })
                    .toList();
            String style = "\"type\": \"scatter\", \"yAxisIndex\": 1, \"symbol\": \"%s\", \"symbolSize\": 8";
            String shape = SHAPES.get(caller.ordinal() % SHAPES.size());
            chart.add(caller.label(), COLORS.get(caller.ordinal() % COLORS.size()), style.formatted(shape), points);
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
    private static String range(List<Result> results, Function<Result, Estimate> value, boolean isRatio) {
        var range = results.stream().map(value).collect(Collectors.summarizingDouble(Estimate::value));
        double low = isRatio ? Math.min(range.getMin(), 1) : range.getMin();
        double high = isRatio ? Math.max(range.getMax(), 1) : range.getMax();
        double room = Math.max(0.15 * (high - low), 0.02 * high);
        return String.format(
                Locale.ROOT,
                "\"name\": \"%s\", \"min\": %.2g, \"max\": %.2g",
                isRatio ? "times; left of 1 is cheaper" : "µs; left is better",
                Math.max(low - room, 0),
                high + room);
    }
}
