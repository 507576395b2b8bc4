// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Estimate;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jfree.data.Range;

/** How much of the error bars a picture shows: all, unless they would leave the values too little room. */
final class ErrorBars {
    /** Said where not all is shown. */
    static final String CUT = "Error bars without an end go on beyond the edge.";

    /** Beyond the values there may be so many times the largest, and on a logarithmic scale the smallest divided by it. */
    private static final double ROOM = 1.5;

    private ErrorBars() {}

    static double low(Estimate estimate) {
        return estimate.value() - error(estimate);
    }

    static double high(Estimate estimate) {
        return estimate.value() + error(estimate);
    }

    private static double error(Estimate estimate) {
        return Double.isFinite(estimate.error()) ? estimate.error() : 0;
    }

    private static DoubleStream ends(List<Estimate> estimates) {
        return estimates.stream().flatMapToDouble(each -> DoubleStream.of(low(each), high(each)));
    }

    /** For a logarithmic scale; where the values themselves lie far apart, the error bars may, too. */
    static Range logarithmic(List<Estimate> estimates, double... besides) {
        var values = DoubleStream.concat(estimates.stream().mapToDouble(Estimate::value), DoubleStream.of(besides))
                .filter(value -> value > 0)
                .summaryStatistics();
        double room = Math.max(ROOM, Math.sqrt(values.getMax() / values.getMin()));
        double least = values.getMin() / room;
        double most = values.getMax() * room;
        return LogScale.range(DoubleStream.concat(
                ends(estimates).map(end -> Math.min(Math.max(end, least), most)), DoubleStream.of(besides)));
    }

    static Range fromZero(List<Estimate> estimates) {
        double largest = estimates.stream().mapToDouble(Estimate::value).max().orElse(0);
        double end = Math.min(ends(estimates).max().orElse(0), ROOM * largest);
        return new Range(0, Math.max(end * 1.05, 1e-9));
    }

    static boolean areCut(List<Estimate> estimates, Range range) {
        return ends(estimates).anyMatch(end -> !range.contains(end));
    }
}
