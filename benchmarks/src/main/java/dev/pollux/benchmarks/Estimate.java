// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.Locale;
import org.openjdk.jmh.util.Statistics;

/**
 * A value with its error.
 *
 * @param error half of the 99.9 % confidence interval; NaN if there was only one sample
 */
public record Estimate(double value, double error) {
    private static final double CONFIDENCE = 0.999;

    /** So many standard errors are half of that interval. */
    private static final double STANDARD_ERRORS = 3.29;

    /** What is printed instead of a ratio that tells nothing. */
    public static final String NO_DIFFERENCE = "no difference";

    /** The mean of all samples. */
    static Estimate mean(Statistics samples) {
        return new Estimate(samples.getMean(), samples.getMeanErrorAt(CONFIDENCE));
    }

    /** The median, with the interval that its rank can have: neither depends on a few samples that were disturbed. */
    static Estimate median(Statistics samples) {
        double ranks = 50 * STANDARD_ERRORS / Math.sqrt(samples.getN());
        double half =
                (samples.getPercentile(Math.min(50 + ranks, 100)) - samples.getPercentile(Math.max(50 - ranks, 0))) / 2;
        return new Estimate(samples.getPercentile(50), samples.getN() > 1 ? half : Double.NaN);
    }

    public String text(int decimals) {
        String number = "%,." + decimals + "f";
        return String.format(Locale.ROOT, number, value)
                + (Double.isNaN(error) ? " ± ?" : String.format(Locale.ROOT, " ± " + number, error));
    }

    /** A ratio, unless its interval contains 1. */
    public String ratio() {
        return isOne() ? NO_DIFFERENCE : text(value >= 100 ? 0 : value >= 10 ? 1 : 3);
    }

    /** Whether 1 is in the interval. */
    public boolean isOne() {
        return Math.abs(value - 1) <= error;
    }

    /** Whether the whole interval is below 1; false if the error is unknown. */
    public boolean isBelowOne() {
        return value + error < 1;
    }

    /** Whether the whole interval is above 1; false if the error is unknown. */
    public boolean isAboveOne() {
        return value - error > 1;
    }

    /** Divided by an independent one. */
    public Estimate over(Estimate other) {
        double ratio = value / other.value;
        return new Estimate(ratio, Math.abs(ratio) * Math.hypot(error / value, other.error / other.value));
    }

    /** Less an independent one. */
    Estimate minus(Estimate other) {
        return new Estimate(value - other.value, Math.hypot(error, other.error));
    }

    Estimate times(double factor) {
        return new Estimate(value * factor, error * factor);
    }
}
