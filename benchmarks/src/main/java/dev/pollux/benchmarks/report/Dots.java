// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.DefaultDrawingSupplier;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.StatisticalLineAndShapeRenderer;
import org.jfree.data.statistics.DefaultStatisticalCategoryDataset;

/** A row for each point, and in it a dot with an error bar for each caller. */
final class Dots {
    /** More rows would not fit on a screen. */
    private static final int MOST_ROWS = 8;

    /** What is left out first where there are more rows: all other values of the parameter. */
    private static final Map<String, String> USUAL = usual();

    private static final Color[] COLORS = {
        new Color(0x000000),
        new Color(0x0072b2),
        new Color(0x009e73),
        new Color(0xd55e00),
        new Color(0xcc79a7),
        new Color(0x56b4e9),
        new Color(0xe69f00),
        new Color(0x7f7f7f)
    };

    private Dots() {}

    private static Map<String, String> usual() {
        Map<String, String> usual = new LinkedHashMap<>();
        usual.put("n", "1000");
        usual.put("wait", "BLOCKING");
        usual.put("position", "RANDOM");
        usual.put("connections", "100");
        usual.put("mechanism", "EPOLL");
        return usual;
    }

    /**
     * @param value null: no dot
     * @param isRatio whether 1 is marked
     * @return empty if there are no dots
     */
    static Optional<Picture> of(
            String name, String title, List<Result> all, Function<Result, Estimate> value, boolean isRatio) {
        List<Result> results =
                few(all.stream().filter(each -> value.apply(each) != null).toList());
        if (results.isEmpty()) {
            return Optional.empty();
        }
        List<String> varying = Tables.varying(results);
        DefaultStatisticalCategoryDataset data = new DefaultStatisticalCategoryDataset();
        StatisticalLineAndShapeRenderer dots = new StatisticalLineAndShapeRenderer(false, true);
        for (Result each : results) {
            Estimate estimate = value.apply(each);
            Map<String, String> point = new LinkedHashMap<>(each.params());
            point.keySet().retainAll(varying);
            data.add(
                    estimate.value(),
                    Double.isNaN(estimate.error()) ? 0 : estimate.error(),
                    each.caller().label(),
                    varying.isEmpty() ? "" : Words.of(point));
            style(dots, data.getRowIndex(each.caller().label()), each.caller());
        }
        dots.setUseSeriesOffset(true);
        dots.setItemMargin(0.1);
        dots.setErrorIndicatorStroke(new BasicStroke(1));
        dots.setDefaultToolTipGenerator((values, row, column) -> String.format(
                Locale.ROOT,
                "%s, %s: %,.3f ± %,.3f",
                data.getRowKey(row),
                data.getColumnKey(column),
                data.getMeanValue(row, column).doubleValue(),
                data.getStdDevValue(row, column).doubleValue()));
        Map<String, String> fixed = new LinkedHashMap<>(results.get(0).params());
        fixed.keySet().removeAll(varying);
        CategoryPlot plot = new CategoryPlot(data, new CategoryAxis(), axis(results, value, isRatio), dots);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.4f);
        if (isRatio) {
            plot.addRangeMarker(new ValueMarker(1, Color.BLACK, new BasicStroke(1.4f)));
        }
        int height = 110 + data.getColumnCount() * (14 + 11 * data.getRowCount());
        return Optional.of(
                Picture.of(name, title + (fixed.isEmpty() ? "" : " (" + Words.of(fixed) + ")"), plot, height));
    }

    private static List<Result> few(List<Result> all) {
        List<Result> results = all;
        for (Map.Entry<String, String> each : USUAL.entrySet()) {
            List<Result> usual = results.stream()
                    .filter(result -> each.getValue().equals(result.params().get(each.getKey())))
                    .toList();
            if (Run.points(results).size() > MOST_ROWS && !usual.isEmpty()) {
                results = usual;
            }
        }
        return results;
    }

    private static void style(StatisticalLineAndShapeRenderer dots, int row, Caller caller) {
        int index = caller.ordinal();
        dots.setSeriesPaint(row, COLORS[index % COLORS.length]);
        dots.setSeriesShape(
                row,
                DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE[
                        index % DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE.length]);
    }

    /** Has room for all values; an error bar that is much longer than they are apart is cut at its edge. */
    private static NumberAxis axis(List<Result> results, Function<Result, Estimate> value, boolean isRatio) {
        var range = results.stream().map(value).collect(Collectors.summarizingDouble(Estimate::value));
        NumberAxis axis = new NumberAxis(isRatio ? "times; left of 1 is cheaper" : "µs; left is better");
        double low = isRatio ? Math.min(range.getMin(), 1) : range.getMin();
        double high = isRatio ? Math.max(range.getMax(), 1) : range.getMax();
        double room = Math.max(0.15 * (high - low), 0.02 * high);
        axis.setRange(Math.max(low - room, 0), high + room);
        return axis;
    }
}
