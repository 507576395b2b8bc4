// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.benchmarks.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.util.ListStatistics;

/** A geometric mean with its 99 % interval, whose ends are NaN if there were fewer than three rounds. */
record Ratio(double value, double low, double high) {
    private static final double CONFIDENCE = 0.99;
    private static final double PRECISION = 0.03;

    /** Of the ratios of the rounds, each by what the reference took in the same round; the interval is Student's. */
    static Ratio of(Map<Integer, Double> measured, Map<Integer, Double> reference) {
        double[] logs = measured.keySet().stream()
                .filter(reference::containsKey)
                .mapToDouble(round -> Math.log(measured.get(round) / reference.get(round)))
                .toArray();
        ListStatistics statistics = new ListStatistics(logs);
        double mean = statistics.getMean();
        double error = statistics.getMeanErrorAt(CONFIDENCE);
        return new Ratio(Math.exp(mean), Math.exp(mean - error), Math.exp(mean + error));
    }

    /** Whether the interval is so narrow that no more rounds are needed. */
    boolean isPrecise() {
        return high <= value * (1 + PRECISION);
    }

    /** What it tells; empty if it is a difference that is known well. */
    String verdict() {
        List<String> words = new ArrayList<>();
        if (low <= 1 && 1 <= high) {
            words.add(Estimate.NO_DIFFERENCE);
        }
        if (!isPrecise()) {
            words.add("not within 3 %");
        }
        return String.join(", ", words);
    }

    @Override
    public String toString() {
        return Double.isNaN(low)
                ? String.format(Locale.ROOT, "%.3f", value)
                : String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", value, low, high);
    }
}
