// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.Locale;

/** A value and how far off it may be; NaN if that is not known. */
public record Estimate(double value, double error) {
    public String text(int decimals) {
        String number = "%,." + decimals + "f";
        return String.format(Locale.ROOT, number, value)
                + (Double.isNaN(error) ? " ± ?" : String.format(Locale.ROOT, " ± " + number, error));
    }
}
