// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What all rounds saw of one server at one point. */
final class Observations {
    /** A server that is not overloaded sends back this share of the messages, or more, in the time that they are due. */
    private static final double ON_TIME = 0.99;

    /** By round, in nanoseconds: the time of one message, or the median latency. */
    final Map<Integer, Double> times = new TreeMap<>();

    /** By round: the processor time of the server for one message, in nanoseconds. */
    final Map<Integer, Double> cpuTimes = new TreeMap<>();

    /** Of all rounds. */
    final Histogram latencies = Observed.histogram();

    private double messages;
    private double nanos;
    private double allMessages;
    private double cpuNanos;

    void add(int round, Observed observed, long cpuNanosOfAll, Point point) {
        if (observed.messages() > 0) { // a busy machine may have stopped the server all the time
            times.put(round, observed.time(point));
            cpuTimes.put(round, (double) cpuNanosOfAll / observed.allMessages());
        }
        latencies.add(observed.latencies());
        messages += observed.messages();
        nanos += observed.nanos();
        allMessages += observed.allMessages();
        cpuNanos += cpuNanosOfAll;
    }

    double perSecond() {
        return messages * 1e9 / nanos;
    }

    double cpuNanos() {
        return cpuNanos / allMessages;
    }

    Ratio timeBeside(Observations reference) {
        return Ratio.of(times, reference.times);
    }

    Ratio cpuTimeBeside(Observations reference) {
        return Ratio.of(cpuTimes, reference.cpuTimes);
    }

    /** Whether the messages of an open loop did not come back as fast as they were sent. */
    boolean isOverloaded(Point point) {
        return perSecond() < ON_TIME * point.perSecond();
    }

    /** Whether no more rounds are needed. */
    boolean isPreciseBeside(Observations reference) {
        return timeBeside(reference).isPrecise() && cpuTimeBeside(reference).isPrecise();
    }
}
