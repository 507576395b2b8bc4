// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A duration on the command line: {@code 2}, {@code 0.5}; more than 0 and at most a day. */
record Seconds(double value) {
    private static final double MAX = 86_400;
    private static final double NANOS_PER_SECOND = 1e9;

    long nanos() {
        return (long) (value * NANOS_PER_SECOND);
    }

    /** {@code 2}, {@code 0.5}. */
    @Override
    public String toString() {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** {@code 0.3 ms}. */
    static String millisText(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    static final class Converter implements ITypeConverter<Seconds> {
        @Override
        public Seconds convert(String text) {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a number of seconds");
            }
            if (!(value > 0 && value <= MAX)) {
                throw new TypeConversionException("'" + text + "' is not a number of seconds above 0 and up to 86400");
            }
            return new Seconds(value);
        }
    }
}
