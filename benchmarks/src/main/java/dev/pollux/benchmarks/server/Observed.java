// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.io.BufferedReader;
import java.io.IOException;
import org.HdrHistogram.Histogram;

/**
 * What a client saw.
 *
 * @param messages that came back in the measured time
 * @param allMessages those before and after it, too
 * @param latencies in nanoseconds
 */
record Observed(long messages, long nanos, long allMessages, Histogram latencies) {
    private static final String HEAD = "messages ";
    private static final int SIGNIFICANT_DIGITS = 3;

    static Histogram histogram() {
        return new Histogram(SIGNIFICANT_DIGITS);
    }

    /** Reads a line {@code messages IN_TIME NANOS ALL}, whatever is before it, then lines {@code LATENCY COUNT}. */
    static Observed read(BufferedReader lines) throws IOException {
        String line = "";
        while (!line.startsWith(HEAD)) {
            String before = line;
            line = lines.readLine();
            if (line == null) {
                throw new IOException("it ended early: " + before);
            }
        }
        String[] head = line.split(" ");
        Histogram latencies = histogram();
        for (line = lines.readLine(); line != null; line = lines.readLine()) {
            int space = line.indexOf(' ');
            latencies.recordValueWithCount(
                    Long.parseLong(line, 0, space, 10), Long.parseLong(line, space + 1, line.length(), 10));
        }
        return new Observed(Long.parseLong(head[1]), Long.parseLong(head[2]), Long.parseLong(head[3]), latencies);
    }

    double perSecond() {
        return messages * 1e9 / nanos;
    }

    /** What is compared: the time of one message in a closed loop, the median latency in an open one. */
    double time(Point point) {
        return point.isOpen() ? latencies.getValueAtPercentile(50) : (double) nanos / messages;
    }
}
