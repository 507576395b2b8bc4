// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Estimate;
import java.awt.BasicStroke;
import java.awt.Font;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.ui.LengthAdjustmentType;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Curves on two logarithmic scales: the colour shows the mechanism, marker and dashes show the caller. */
final class Curves extends Picture {
    /** The number of descriptors in glibc's {@code fd_set}. */
    static final int FD_SETSIZE = 1024;

    /** The limit is marked if {@code select} has points from this x on. */
    private static final int NEAR_LIMIT = 900;

    /** The x values are close together if the last is less than this many times the first. */
    private static final int CLOSE = 2;

    /** @param mechanism empty if there is none */
    record Line(String mechanism, String caller, SortedMap<Double, Estimate> points) {
        /** Peers have no choice of mechanism, so each has a colour of its own. */
        Style style() {
            Style style = Style.of(caller);
            boolean own = mechanism.isEmpty() || Style.isPeer(caller) && !caller.equals(Style.BOOK);
            return own ? style : style.in(Style.mechanism(mechanism));
        }
    }

    private final List<Line> lines;
    private final String xLabel;
    private final String yLabel;
    private final DoubleFunction<String> yText;
    private final boolean relative;

    /** @param relative whether y is a ratio, for which 1 is marked */
    Curves(
            String name,
            String title,
            String subtitle,
            List<Line> lines,
            String xLabel,
            String yLabel,
            DoubleFunction<String> yText,
            boolean relative) {
        super(name, title, subtitle);
        this.lines = lines;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.yText = yText;
        this.relative = relative;
    }

    Range xRange() {
        DoubleStream all =
                lines.stream().flatMap(line -> line.points.keySet().stream()).mapToDouble(Double::doubleValue);
        return LogScale.range(endsAtLimit() ? DoubleStream.concat(all, DoubleStream.of(FD_SETSIZE)) : all);
    }

    private boolean endsAtLimit() {
        return lines.stream()
                .anyMatch(
                        line -> (line.mechanism.equals("SELECT") || isClose()) && line.points.lastKey() >= NEAR_LIMIT);
    }

    Range yRange() {
        return ErrorBars.logarithmic(estimates(), relative ? new double[] {0.95, 1.05} : new double[0]);
    }

    private List<Estimate> estimates() {
        return lines.stream().flatMap(line -> line.points.values().stream()).toList();
    }

    @Override
    boolean isCut() {
        return ErrorBars.areCut(estimates(), yRange());
    }

    @Override
    XYPlot plot(boolean narrow) {
        XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setDefaultLinesVisible(true);
        renderer.setUseFillPaint(true);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setErrorStroke(new BasicStroke(1.2f));
        renderer.setCapLength(5);
        double beyond = yRange().getLowerBound() / 2; // a logarithmic scale cannot show 0 or less
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            XYIntervalSeries series = new XYIntervalSeries(i);
            double aside = aside(i);
            line.points.forEach((x, y) ->
                    series.add(x * aside, x, x, y.value(), Math.max(ErrorBars.low(y), beyond), ErrorBars.high(y)));
            data.addSeries(series);
            Style style = line.style();
            renderer.setSeriesPaint(i, style.ink().light);
            renderer.setSeriesFillPaint(i, filled(line.caller) ? style.ink().light : Ink.PAPER.light);
            renderer.setSeriesShape(i, style.marker());
            renderer.setSeriesStroke(i, style.stroke());
        }
        XYPlot plot = new XYPlot(
                data,
                new LogScale(xLabel, xRange(), narrow ? 6 : 10, LogScale::number),
                new LogScale(yLabel, yRange(), 9, yText),
                renderer);
        plot.setOrientation(PlotOrientation.VERTICAL);
        if (endsAtLimit()) {
            plot.addDomainMarker(limit());
        }
        if (relative) {
            plot.addRangeMarker(new ValueMarker(1, Ink.SOFT.light, new BasicStroke(1.4f)));
        }
        return plot;
    }

    /** Shifts lines apart that would hide each other. */
    private double aside(int line) {
        Range range = xRange();
        double span = range.getUpperBound() / range.getLowerBound();
        double share = isClose() ? 0.01 : relative ? 0.003 : 0;
        return Math.pow(span, share * (line - (lines.size() - 1) / 2.0));
    }

    /** Whether all x values are near the limit. */
    private boolean isClose() {
        var xs = lines.stream()
                .flatMap(line -> line.points.keySet().stream())
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        return xs.getMax() < CLOSE * xs.getMin();
    }

    private ValueMarker limit() {
        ValueMarker limit = new ValueMarker(
                FD_SETSIZE,
                Ink.GREEN.light,
                new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 4}, 0));
        limit.setLabel("FD_SETSIZE = 1,024");
        limit.setLabelOffset(new RectangleInsets(3, 6, 3, 6));
        limit.setLabelOffsetType(LengthAdjustmentType.EXPAND);
        limit.setLabelFont(font(Font.PLAIN, 12));
        limit.setLabelPaint(Ink.TEXT.light);
        limit.setLabelBackgroundColor(Ink.PAPER.light);
        Range range = xRange();
        boolean inLeftHalf = (double) FD_SETSIZE * FD_SETSIZE < range.getLowerBound() * range.getUpperBound();
        limit.setLabelAnchor(inLeftHalf ? RectangleAnchor.TOP_RIGHT : RectangleAnchor.TOP_LEFT);
        limit.setLabelTextAnchor(inLeftHalf ? TextAnchor.TOP_LEFT : TextAnchor.TOP_RIGHT);
        return limit;
    }

    private static boolean filled(String caller) {
        return caller.equals(Style.PLAIN_C) || caller.isEmpty();
    }

    /** The mechanisms' colours, then the callers' markers; a legend of all lines would be too long. */
    @Override
    LegendItemCollection legend() {
        LegendItemCollection legend = new LegendItemCollection();
        lines.stream()
                .map(Line::mechanism)
                .filter(mechanism -> !mechanism.isEmpty())
                .distinct()
                .forEach(mechanism -> legend.add(legendItem(
                        mechanism,
                        new Style(
                                mechanism,
                                Style.mechanism(mechanism),
                                Style.of(Style.PLAIN_C).marker()),
                        true,
                        false,
                        true)));
        Map<String, Style> callers = new LinkedHashMap<>();
        for (Line line : lines) {
            Style style = line.style();
            boolean own = style.ink() == Style.of(line.caller).ink() && Style.isPeer(line.caller);
            callers.putIfAbsent(line.caller, own || line.mechanism.isEmpty() ? style : style.in(Ink.TEXT));
        }
        callers.forEach((caller, style) -> legend.add(legendItem(style.label(), style, true, true, filled(caller))));
        return legend;
    }

    @Override
    int plotHeight(boolean narrow) {
        return narrow ? 320 : 400;
    }
}
