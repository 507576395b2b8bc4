// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/** A plot for wide and for narrow screens. */
abstract class Picture {
    /** Groups of fonts with the same metrics. */
    private static final List<List<String>> FONTS =
            List.of(List.of("Arial", "Liberation Sans", "Helvetica"), List.of("Verdana", "DejaVu Sans"));

    /** The fonts of the layout; without them the reader's system stretches another font to the same width. */
    static final List<String> ALIKE = alike();

    private static final String FONT =
            ALIKE.stream().filter(installed()::contains).findFirst().orElse(Font.SANS_SERIF);

    static final int WIDE = 880;
    static final int NARROW = 380;

    private final String name;
    private final String title;
    private final String subtitle;

    /** @param name the file name, without its extension */
    Picture(String name, String title, String subtitle) {
        this.name = name;
        this.title = title;
        this.subtitle = subtitle;
    }

    /** The plot without titles and legend. */
    abstract XYPlot plot(boolean narrow);

    abstract LegendItemCollection legend();

    RectangleEdge legendEdge() {
        return RectangleEdge.BOTTOM;
    }

    /** Whether the plot cuts off some error bars. */
    abstract boolean isCut();

    /** The height of the plot itself in pixels. */
    abstract int plotHeight(boolean narrow);

    String name() {
        return name;
    }

    String title() {
        return title;
    }

    String svg(boolean narrow) {
        XYPlot plot = plot(narrow);
        plot.setBackgroundPaint(Ink.PAPER.light);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(Ink.GRID.light);
        plot.setRangeGridlinePaint(Ink.GRID.light);
        plot.setDomainGridlineStroke(new BasicStroke(1));
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setFixedLegendItems(legend());
        plot.setInsets(new RectangleInsets(8, 2, 2, 14));
        for (int i = 0; i < plot.getDomainAxisCount(); i++) {
            style(plot.getDomainAxis(i));
        }
        for (int i = 0; i < plot.getRangeAxisCount(); i++) {
            style(plot.getRangeAxis(i));
        }
        JFreeChart chart = new JFreeChart(null, null, plot, false);
        chart.setBackgroundPaint(Ink.PAPER.light);
        chart.setPadding(new RectangleInsets(10, 10, 8, 6));
        chart.addSubtitle(text(title, font(Font.BOLD, 15), Ink.TEXT));
        String below = Stream.of(subtitle, isCut() ? ErrorBars.CUT : "")
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(". "));
        if (!below.isEmpty()) {
            chart.addSubtitle(text(below, font(Font.PLAIN, 12), Ink.SOFT));
        }
        chart.addSubtitle(legend(plot));
        int columns = narrow ? 2 : 6;
        int legendHeight = 20 * ((plot.getLegendItems().getItemCount() + columns - 1) / columns);
        int height = plotHeight(narrow) + legendHeight + (narrow ? 120 : 90);
        return Svg.of(chart, narrow ? NARROW : WIDE, height, name + (narrow ? "-narrow" : ""), title + ". " + below);
    }

    static Font font(int style, int size) {
        return new Font(FONT, style, size);
    }

    private static Set<String> installed() {
        return Set.copyOf(
                Arrays.asList(GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames()));
    }

    private static List<String> alike() {
        Set<String> installed = installed();
        return FONTS.stream()
                .filter(fonts -> fonts.stream().anyMatch(installed::contains))
                .findFirst()
                .orElse(FONTS.get(0));
    }

    private static TextTitle text(String text, Font font, Ink ink) {
        TextTitle title = new TextTitle(text, font);
        title.setPaint(ink.light);
        title.setHorizontalAlignment(HorizontalAlignment.LEFT);
        title.setTextAlignment(HorizontalAlignment.LEFT);
        title.setExpandToFitSpace(true);
        title.setPadding(new RectangleInsets(0, 4, 4, 4));
        return title;
    }

    private LegendTitle legend(XYPlot plot) {
        LegendTitle legend = new LegendTitle(plot);
        legend.setPosition(legendEdge());
        legend.setHorizontalAlignment(HorizontalAlignment.LEFT);
        legend.setFrame(BlockBorder.NONE);
        legend.setBackgroundPaint(Ink.PAPER.light);
        legend.setItemFont(font(Font.PLAIN, 12));
        legend.setItemPaint(Ink.TEXT.light);
        legend.setItemLabelPadding(new RectangleInsets(2, 4, 2, 10));
        return legend;
    }

    private static void style(ValueAxis axis) {
        axis.setTickLabelFont(font(Font.PLAIN, 12));
        axis.setTickLabelPaint(Ink.SOFT.light);
        axis.setLabelFont(font(Font.PLAIN, 12));
        axis.setLabelPaint(Ink.TEXT.light);
        axis.setAxisLinePaint(Ink.SOFT.light);
        axis.setTickMarkPaint(Ink.SOFT.light);
    }

    static LegendItem legendItem(String label, Style style, boolean line, boolean marker, boolean filled) {
        return new LegendItem(
                label,
                null,
                null,
                null,
                marker,
                style.marker(),
                true,
                filled ? style.ink().light : Ink.PAPER.light,
                true,
                style.ink().light,
                new BasicStroke(1.4f),
                line,
                new java.awt.geom.Line2D.Double(-14, 0, 14, 0),
                style.stroke(),
                style.ink().light);
    }
}
