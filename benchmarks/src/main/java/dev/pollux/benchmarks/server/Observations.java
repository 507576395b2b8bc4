// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.benchmarks.Estimate;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.util.ListStatistics;

/** What all rounds saw of one server at one point. */
final class Observations {
    private static final double CONFIDENCE = 0.99;

    /** An interval of this half width is narrow enough. */
    static final double PRECISION = 0.03;

    /** A server that is not overloaded sends back this share of the messages, or more, in the time that they are due. */
    private static final double ON_TIME = 0.99;

    /** In nanoseconds, by round. */
    final Map<Integer, Double> figures = new TreeMap<>();

    /** Of all rounds. */
    final Histogram latencies = Observed.histogram();

    private double messages;
    private double nanos;
    private double allMessages;
    private double cpuNanos;

    void add(int round, Observed observed, Duration cpuTime, Point point) {
        if (observed.messages() > 0) { // a busy machine may have stopped the server all the time
            figures.put(round, observed.figure(point));
        }
        latencies.add(observed.latencies());
        messages += observed.messages();
        nanos += observed.nanos();
        allMessages += observed.allMessages();
        cpuNanos += cpuTime.toNanos();
    }

    double perSecond() {
        return messages * 1e9 / nanos;
    }

    /** Of the server's process, for one message. */
    double cpuNanos() {
        return cpuNanos / allMessages;
    }

    /**
     * The geometric mean of the ratios of the rounds, each by what the reference took in the same round, with the 99 %
     * interval of Student's t.
     */
    Estimate ratioTo(Observations reference) {
        double[] logs = figures.keySet().stream()
                .filter(reference.figures::containsKey)
                .mapToDouble(round -> Math.log(figures.get(round) / reference.figures.get(round)))
                .toArray();
        ListStatistics statistics = new ListStatistics(logs);
        double ratio = Math.exp(statistics.getMean());
        return new Estimate(ratio, ratio * Math.expm1(statistics.getMeanErrorAt(CONFIDENCE)));
    }

    /** Whether the messages of an open loop did not come back as fast as they were sent. */
    boolean isOverloaded(Point point) {
        return perSecond() < ON_TIME * point.perSecond();
    }

    /** Whether this is so narrow that no more rounds are needed. */
    static boolean isPrecise(Estimate ratio) {
        return ratio.error() <= PRECISION * ratio.value();
    }
}
