// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.Range;

/** A logarithmic axis with round numbers at its ticks, also where it covers a few percent only. */
final class LogScale extends LogAxis {
    private static final List<double[]> MANTISSAS =
            List.of(new double[] {1, 1.5, 2, 3, 4, 5, 7}, new double[] {1, 2, 5}, new double[] {1});

    /** Of numbers above this, no fractions are shown. */
    private static final int WHOLE_ABOVE = 100;

    private final transient DoubleFunction<String> text;
    private final int most;

    /** At most so many ticks with a number. */
    LogScale(String label, Range range, int most, DoubleFunction<String> text) {
        super(label);
        this.text = text;
        this.most = most;
        setRange(range);
    }

    /** Where all values are inside, with some room. */
    static Range range(DoubleStream values) {
        var summary =
                values.filter(value -> value > 0 && Double.isFinite(value)).summaryStatistics();
        if (summary.getCount() == 0) {
            return new Range(0.9, 1.1);
        }
        double room = Math.max(Math.pow(summary.getMax() / summary.getMin(), 0.05), 1.0005);
        return new Range(summary.getMin() / room, summary.getMax() * room);
    }

    /** As many round numbers as are allowed: 1, 2, 5, 10, or 1.0, 1.1, 1.2. */
    static List<Double> ticks(Range range, int most) {
        for (double[] mantissas : MANTISSAS) {
            List<Double> ticks = ticks(range, mantissas);
            if (ticks.size() <= most && ticks.size() >= Math.min(4, most - 2)) {
                return ticks;
            }
        }
        List<Double> decades = ticks(range, new double[] {1});
        return decades.size() > 2 ? decades : evenTicks(range, most);
    }

    private static List<Double> ticks(Range range, double... mantissas) {
        List<Double> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(range.getLowerBound()));
                Math.pow(10, power) <= range.getUpperBound();
                power++) {
            for (double mantissa : mantissas) {
                double tick = rounded(mantissa * Math.pow(10, power));
                if (range.contains(tick)) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private static List<Double> evenTicks(Range range, int most) {
        double step = Math.pow(10, Math.floor(Math.log10(range.getLength() / most)));
        for (double factor : new double[] {1, 2, 5, 10}) {
            if (range.getLength() / (step * factor) <= most) {
                step *= factor;
                break;
            }
        }
        step = range.getLowerBound() > WHOLE_ABOVE ? Math.max(step, 1) : step;
        List<Double> ticks = new ArrayList<>();
        for (double i = Math.ceil(range.getLowerBound() / step); i * step <= range.getUpperBound(); i++) {
            ticks.add(rounded(i * step));
        }
        return ticks;
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(10)).doubleValue();
    }

    @Override
    @SuppressWarnings("rawtypes") // JFreeChart's
    public List refreshTicks(Graphics2D g2, AxisState state, Rectangle2D dataArea, RectangleEdge edge) {
        TextAnchor anchor = edge == RectangleEdge.TOP
                ? TextAnchor.BOTTOM_CENTER
                : edge == RectangleEdge.BOTTOM ? TextAnchor.TOP_CENTER : TextAnchor.CENTER_RIGHT;
        List<NumberTick> ticks = new ArrayList<>();
        for (double tick : ticks(getRange(), most)) {
            ticks.add(new NumberTick(TickType.MAJOR, tick, text.apply(tick), anchor, TextAnchor.CENTER, 0));
        }
        return ticks;
    }

    /** {@code 500 ns}, {@code 1.5 µs}. */
    static String time(double nanos) {
        String[] units = {"ns", "µs", "ms", "s"};
        int unit = 0;
        double value = nanos;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return number(value) + " " + units[unit];
    }

    /** {@code 1,000}, {@code 1.05}. */
    static String number(double value) {
        return String.format(Locale.ROOT, "%,.4f", value)
                .replaceFirst("0+$", "")
                .replaceFirst("\\.$", "");
    }
}
