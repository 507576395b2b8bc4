// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.Locale;

/** A value and how far off it may be; NaN if that is not known. */
record Estimate(double value, double error) {
    String text(int decimals) {
        String number = "%,." + decimals + "f";
        return String.format(Locale.ROOT, number, value)
                + (Double.isNaN(error) ? " ± ?" : String.format(Locale.ROOT, " ± " + number, error));
    }
}
