// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.abi.FdSet;
import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.SeriesRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.util.ShapeUtils;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** The time of an operation against the number of descriptors, for each mechanism: plain C, Pollux, and two peers. */
final class Curves {
    /** The book's seconds of processor time for 100,000 operations; table 63-9 of The Linux Programming Interface. */
    private static final Map<String, double[]> BOOK = Map.of(
            "POLL", new double[] {0.61, 2.9, 35, 990},
            "SELECT", new double[] {0.73, 3.0, 35, 930},
            "EPOLL", new double[] {0.41, 0.42, 0.53, 0.66});

    private static final double BOOK_NANOS = 1e9 / 100_000;

    /** Distinguishable for colour-blind people; by Okabe and Ito. */
    private static final Map<String, Color> MECHANISMS = Map.of(
            "EPOLL", new Color(0x0072b2),
            "POLL", new Color(0xd55e00),
            "SELECT", new Color(0x009e73),
            "IO_URING", new Color(0xcc79a7),
            "DEVPOLL", new Color(0xe69f00),
            "KQUEUE", new Color(0x56b4e9));

    private static final Map<Caller, Color> PEERS =
            Map.of(Caller.JDK_KEYS, new Color(0x4a525b), Caller.NETTY_EPOLL, new Color(0xe69f00));

    private static final Shape DIAMOND = ShapeUtils.createDiamond(4);
    private static final Shape SQUARE = new Rectangle2D.Double(-3, -3, 6, 6);
    private static final Shape END = ShapeUtils.createDiagonalCross(7, 1.2f);

    /** The values of a linear axis lie closer together than this ratio. */
    private static final int DECADE = 10;

    /** About how many descriptors the benchmark's process has besides those of the pipes. */
    private static final int OF_THE_JVM = 24;

    private final String x;
    private final XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
    private final XYErrorRenderer renderer = new XYErrorRenderer();

    private Curves(String x) {
        this.x = x;
        renderer.setDrawXError(false);
        renderer.setDefaultLinesVisible(true);
        renderer.setUseFillPaint(true);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setCapLength(5);
        renderer.setDefaultToolTipGenerator((series, line, item) -> String.format(
                Locale.ROOT,
                "%s, %,.0f: %,.0f ns, %,.0f to %,.0f",
                series.getSeriesKey(line),
                data.getXValue(line, item),
                data.getYValue(line, item),
                data.getStartYValue(line, item),
                data.getEndYValue(line, item)));
    }

    /** @param results that differ in mechanism, caller and x only */
    static Picture of(String name, String title, String x, String xLabel, List<Result> results) {
        Curves curves = new Curves(x);
        Caller pollux = Tables.pollux(results);
        for (String mechanism : MECHANISMS.keySet().stream().sorted().toList()) {
            for (Caller caller : Caller.values()) {
                if (caller == Caller.C || caller == pollux || PEERS.containsKey(caller)) {
                    curves.add(mechanism, caller, results);
                }
            }
        }
        if (results.get(0).benchmark().equals(Workload.OneReadyAmongMany.name())) {
            BOOK.forEach(curves::addBook);
        }
        XYPlot plot = new XYPlot(
                curves.data,
                axis(xLabel, results.stream().map(each -> each.number(x)).toList()),
                axis("ns", results.stream().map(each -> each.nanos().value()).toList()),
                curves.renderer);
        plot.setSeriesRenderingOrder(SeriesRenderingOrder.FORWARD);
        return Picture.of(name, title, plot, 470);
    }

    private static ValueAxis axis(String label, List<Double> values) {
        var range = values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
        if (range.getMax() < DECADE * range.getMin()) {
            return new NumberAxis(label);
        }
        LogarithmicAxis axis = new LogarithmicAxis(label);
        axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
        return axis;
    }

    private void add(String mechanism, Caller caller, List<Result> results) {
        NavigableMap<Double, Estimate> points = new TreeMap<>();
        results.stream()
                .filter(each -> each.caller() == caller
                        && mechanism.equals(each.params().get("mechanism"))
                        && each.number(x) > 0)
                .forEach(each -> points.put(each.number(x), each.nanos()));
        if (points.isEmpty()) {
            return;
        }
        Color color = PEERS.getOrDefault(caller, MECHANISMS.get(mechanism));
        boolean inC = caller == Caller.C;
        String label = (caller.isPeer() ? "" : mechanism + ", ") + caller.label();
        boolean isLimited = mechanism.equals("SELECT") && x.equals("n") && points.lastKey() > FdSet.FD_SETSIZE;
        Double last = isLimited ? points.floorKey((double) FdSet.FD_SETSIZE - OF_THE_JVM) : null;
        if (last == null) {
            add(label, points, color, inC, inC ? SQUARE : DIAMOND);
        } else {
            add(label, points.headMap(last, true), color, inC, inC ? SQUARE : DIAMOND);
            add(
                    label + ", SelectLimit.KERNEL",
                    points.tailMap(last, true),
                    color.brighter(),
                    true,
                    inC ? SQUARE : DIAMOND);
            if (!inC) {
                String end = "SELECT ends at FD_SETSIZE: refused; in C, undefined behaviour";
                add(end, points.subMap(last, true, last, true), Color.BLACK, false, END);
            }
        }
    }

    private void addBook(String mechanism, double[] seconds) {
        NavigableMap<Double, Estimate> points = new TreeMap<>();
        for (int i = 0; i < seconds.length; i++) {
            points.put(Math.pow(10, i + 1), new Estimate(seconds[i] * BOOK_NANOS, Double.NaN));
        }
        add(mechanism + ", the book", points, MECHANISMS.get(mechanism).darker(), true, ShapeUtils.createUpTriangle(4));
    }

    private void add(String label, NavigableMap<Double, Estimate> points, Color color, boolean dashed, Shape marker) {
        XYIntervalSeries line = new XYIntervalSeries(label);
        points.forEach((at, nanos) -> {
            double error = Double.isNaN(nanos.error()) ? 0 : nanos.error();
            double low = Math.max(nanos.value() - error, nanos.value() / DECADE); // 0 has no logarithm
            line.add(at, at, at, nanos.value(), low, nanos.value() + error);
        });
        int index = data.getSeriesCount();
        data.addSeries(line);
        renderer.setSeriesPaint(index, color);
        renderer.setSeriesFillPaint(index, dashed ? Color.WHITE : color);
        renderer.setSeriesStroke(index, Picture.stroke(dashed));
        renderer.setSeriesShape(index, marker);
    }
}
