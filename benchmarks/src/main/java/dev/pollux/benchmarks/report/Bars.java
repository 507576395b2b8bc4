// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Estimate;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Horizontal bars in groups, one per caller: logarithmic ratios that start at 1, or values that start at 0. */
final class Bars extends Picture {
    /** Height in pixels of a bar and the space after it. */
    private static final int BAR = 14;

    /** From this height in pixels on, the plot has a second scale above the bars. */
    private static final int TALL = 350;

    /** Longest label, in characters, that fits into one line on every screen. */
    private static final int LONG = 16;

    /** Space between two groups, in bars. */
    private static final double GAP = 0.8;

    /** @param values by caller; a caller may be missing */
    record Row(String mechanism, String label, Map<String, Estimate> values) {}

    private final List<Row> rows;
    private final List<String> callers;
    private final String label;
    private final boolean ratios;

    Bars(String name, String title, String subtitle, List<Row> rows, String label, boolean ratios) {
        super(name, title, subtitle);
        this.rows = rows;
        this.label = label;
        this.ratios = ratios;
        this.callers = rows.stream()
                .flatMap(row -> row.values.keySet().stream())
                .distinct()
                .toList();
    }

    Range range() {
        return ratios ? ErrorBars.logarithmic(estimates(), 0.95, 1.05) : ErrorBars.fromZero(estimates());
    }

    private List<Estimate> estimates() {
        return rows.stream().flatMap(row -> row.values.values().stream()).toList();
    }

    @Override
    boolean isCut() {
        return ErrorBars.areCut(estimates(), range());
    }

    @Override
    XYPlot plot(boolean narrow) {
        XYPlot plot = new XYPlot(data(0.42), rowAxis(names(narrow)), valueAxis(label, narrow), bars());
        plot.setDomainAxis(1, rowAxis(numbers()));
        plot.setDomainAxisLocation(1, AxisLocation.TOP_OR_RIGHT);
        plot.getDomainAxis(1).setAxisLineVisible(false);
        if (isTall()) {
            plot.setRangeAxis(1, valueAxis(null, narrow));
            plot.setRangeAxisLocation(1, AxisLocation.TOP_OR_RIGHT);
        }
        plot.setDataset(1, data(0));
        plot.setRenderer(1, errors(Ink.PAPER, 3)); // a border, since some bars are as light as the text
        plot.setDataset(2, data(0));
        plot.setRenderer(2, marks());
        plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setDomainGridlinesVisible(false);
        if (ratios) {
            plot.addRangeMarker(new ValueMarker(1, Ink.TEXT.light, new BasicStroke(1.4f)));
        }
        return plot;
    }

    /** @param half of the thickness of a bar, from the start to its value; 0: the ends of the error bars instead */
    private XYIntervalSeriesCollection data(double half) {
        XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
        double beyond = ratios ? range().getLowerBound() / 2 : -range().getUpperBound();
        for (String caller : callers) {
            XYIntervalSeries series = new XYIntervalSeries(caller);
            double next = 0;
            for (Row row : rows) {
                for (String each : callers) {
                    Estimate value = row.values.get(each);
                    if (value != null && each.equals(caller)) {
                        double start = ratios ? 1 : 0;
                        series.add(
                                next,
                                next - half,
                                next + half,
                                value.value(),
                                half == 0 ? Math.max(ErrorBars.low(value), beyond) : Math.min(start, value.value()),
                                half == 0 ? ErrorBars.high(value) : Math.max(start, value.value()));
                    }
                    next += value == null ? 0 : 1;
                }
                next += GAP;
            }
            data.addSeries(series);
        }
        return data;
    }

    private XYBarRenderer bars() {
        XYBarRenderer bars = new XYBarRenderer();
        bars.setUseYInterval(true);
        bars.setBarPainter(new StandardXYBarPainter());
        bars.setShadowVisible(false);
        bars.setDrawBarOutline(true);
        for (int i = 0; i < callers.size(); i++) {
            bars.setSeriesPaint(i, fill(callers.get(i)));
            bars.setSeriesOutlinePaint(i, Style.of(callers.get(i)).ink().light);
            bars.setSeriesOutlineStroke(i, new BasicStroke(1.2f));
        }
        return bars;
    }

    private static Color fill(String caller) {
        return (Style.isHollow(caller) ? Ink.PAPER : Style.of(caller).ink()).light;
    }

    private static XYErrorRenderer errors(Ink ink, float width) {
        XYErrorRenderer errors = new XYErrorRenderer();
        errors.setDrawXError(false);
        errors.setErrorPaint(ink.light);
        errors.setErrorStroke(new BasicStroke(width));
        errors.setCapLength(5);
        errors.setDefaultShapesVisible(false);
        return errors;
    }

    private XYErrorRenderer marks() {
        XYErrorRenderer marks = errors(Ink.TEXT, 1.2f);
        marks.setDefaultShapesVisible(true);
        marks.setUseFillPaint(true);
        for (int i = 0; i < callers.size(); i++) {
            marks.setSeriesPaint(i, Ink.TEXT.light);
            marks.setSeriesFillPaint(i, fill(callers.get(i)));
            marks.setSeriesShape(i, Style.of(callers.get(i)).marker());
        }
        return marks;
    }

    /** The labels of the groups, at their middles; a long label has two lines on a narrow screen. */
    private List<NumberTick> names(boolean narrow) {
        List<NumberTick> names = new ArrayList<>();
        double next = 0;
        for (Row row : rows) {
            double middle = next + (row.values.size() - 1) / 2.0;
            String[] lines =
                    narrow && row.label.length() > LONG ? row.label.split("(?<=,) ", 2) : new String[] {row.label};
            for (int i = 0; i < lines.length; i++) {
                double at = middle + i - (lines.length - 1) / 2.0;
                names.add(new NumberTick(TickType.MAJOR, at, lines[i], TextAnchor.CENTER_RIGHT, TextAnchor.CENTER, 0));
            }
            next += row.values.size() + GAP;
        }
        return names;
    }

    /** Each bar's value, at its right. */
    private List<NumberTick> numbers() {
        List<NumberTick> numbers = new ArrayList<>();
        double next = 0;
        for (Row row : rows) {
            for (String caller : callers) {
                Estimate value = row.values.get(caller);
                if (value != null) {
                    String text = number(value.value());
                    numbers.add(
                            new NumberTick(TickType.MAJOR, next++, text, TextAnchor.CENTER_LEFT, TextAnchor.CENTER, 0));
                }
            }
            next += GAP;
        }
        return numbers;
    }

    private String number(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 || !ratios && value >= 1 ? "%.1f" : "%.2f", value);
    }

    private ValueAxis rowAxis(List<NumberTick> ticks) {
        NumberAxis axis = new NumberAxis() {
            @Override
            @SuppressWarnings("rawtypes") // JFreeChart's
            public List refreshTicks(Graphics2D g2, AxisState state, Rectangle2D area, RectangleEdge edge) {
                return ticks;
            }
        };
        axis.setRange(-0.5 - GAP / 2, barsAndGaps() - 0.5 - GAP / 2);
        axis.setInverted(true);
        axis.setTickMarksVisible(false);
        return axis;
    }

    private ValueAxis valueAxis(String title, boolean narrow) {
        if (ratios) {
            return new LogScale(title, range(), narrow ? 5 : 9, LogScale::number);
        }
        NumberAxis axis = new NumberAxis(title);
        axis.setRange(range());
        return axis;
    }

    @Override
    LegendItemCollection legend() {
        LegendItemCollection legend = new LegendItemCollection();
        for (String caller : callers) {
            Style style = Style.of(caller);
            legend.add(legendItem(style.label(), style, false, true, !Style.isHollow(caller)));
        }
        return legend;
    }

    /** Above the bars, since readers begin there. */
    @Override
    RectangleEdge legendEdge() {
        return RectangleEdge.TOP;
    }

    private double barsAndGaps() {
        return rows.stream().mapToDouble(row -> row.values.size() + GAP).sum();
    }

    /** Whether a reader of the top bars cannot see the scale below. */
    private boolean isTall() {
        return BAR * barsAndGaps() > TALL;
    }

    @Override
    int plotHeight(boolean narrow) {
        return (isTall() ? 60 : 40) + (int) (BAR * barsAndGaps());
    }
}
