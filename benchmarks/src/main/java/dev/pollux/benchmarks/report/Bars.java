// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Estimate;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jfree.chart.LegendItemCollection;
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

/** Lying bars in groups, one for each caller: ratios from 1 to either side, logarithmic; or values from 0. */
final class Bars extends Picture {
    /** Pixels of a bar with the space to the next. */
    private static final int BAR = 14;

    /** Between two groups, in bars. */
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
        DoubleStream ends = rows.stream()
                .flatMap(row -> row.values.values().stream())
                .flatMapToDouble(each -> DoubleStream.of(Curves.low(each), Curves.high(each)));
        return ratios
                ? LogScale.range(DoubleStream.concat(ends, DoubleStream.of(0.95, 1.05)))
                : new Range(0, Math.max(ends.max().orElse(0) * 1.05, 1e-9));
    }

    @Override
    XYPlot plot(boolean narrow) {
        XYPlot plot = new XYPlot(data(0.42), names(), values(narrow), bars());
        plot.setDataset(1, data(0));
        plot.setRenderer(1, marks());
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
                                half == 0 ? Curves.low(value) : Math.min(start, value.value()),
                                half == 0 ? Curves.high(value) : Math.max(start, value.value()));
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
        bars.setDrawBarOutline(false);
        for (int i = 0; i < callers.size(); i++) {
            bars.setSeriesPaint(i, Look.of(callers.get(i)).ink().light);
        }
        return bars;
    }

    private XYErrorRenderer marks() {
        XYErrorRenderer marks = new XYErrorRenderer();
        marks.setDrawXError(false);
        marks.setErrorPaint(Ink.TEXT.light);
        marks.setErrorStroke(new BasicStroke(1.2f));
        marks.setCapLength(5);
        marks.setUseFillPaint(true);
        for (int i = 0; i < callers.size(); i++) {
            Look look = Look.of(callers.get(i));
            marks.setSeriesPaint(i, Ink.TEXT.light);
            marks.setSeriesFillPaint(i, look.ink().light);
            marks.setSeriesShape(i, look.marker());
        }
        return marks;
    }

    /** The labels of the groups, at their middles. */
    private ValueAxis names() {
        List<NumberTick> names = new ArrayList<>();
        double next = 0;
        for (Row row : rows) {
            double middle = next + (row.values.size() - 1) / 2.0;
            names.add(new NumberTick(TickType.MAJOR, middle, row.label, TextAnchor.CENTER_RIGHT, TextAnchor.CENTER, 0));
            next += row.values.size() + GAP;
        }
        NumberAxis axis = new NumberAxis() {
            @Override
            @SuppressWarnings("rawtypes") // JFreeChart's
            public List refreshTicks(Graphics2D g2, AxisState state, Rectangle2D area, RectangleEdge edge) {
                return names;
            }
        };
        axis.setRange(-0.5 - GAP / 2, next - 0.5 - GAP / 2);
        axis.setInverted(true);
        axis.setTickMarksVisible(false);
        return axis;
    }

    private ValueAxis values(boolean narrow) {
        if (ratios) {
            return new LogScale(label, range(), narrow ? 4 : 9, LogScale::number);
        }
        NumberAxis axis = new NumberAxis(label);
        axis.setRange(range());
        return axis;
    }

    @Override
    LegendItemCollection legend() {
        LegendItemCollection legend = new LegendItemCollection();
        callers.stream().map(Look::of).forEach(look -> legend.add(legendItem(look.label(), look, false, true, true)));
        return legend;
    }

    @Override
    int plotHeight(boolean narrow) {
        double bars = rows.stream().mapToDouble(row -> row.values.size() + GAP).sum();
        return 40 + (int) (BAR * bars);
    }
}
