// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.benchmarks.Estimate;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.util.ListStatistics;

/** What all rounds saw of one server at one point. */
final class Observations {
    private static final double CONFIDENCE = 0.99;

    /** So much of the ratio half of an interval may be. */
    private static final double PRECISION = 0.03;

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

    Estimate timeBeside(Observations reference) {
        return ratio(times, reference.times);
    }

    Estimate cpuTimeBeside(Observations reference) {
        return ratio(cpuTimes, reference.cpuTimes);
    }

    /**
     * The geometric mean of the ratios of the rounds, each by what the reference took in the same round, with the 99 %
     * interval of Student's t.
     */
    private static Estimate ratio(Map<Integer, Double> measured, Map<Integer, Double> reference) {
        double[] logs = measured.keySet().stream()
                .filter(reference::containsKey)
                .mapToDouble(round -> Math.log(measured.get(round) / reference.get(round)))
                .toArray();
        ListStatistics statistics = new ListStatistics(logs);
        double ratio = Math.exp(statistics.getMean());
        return new Estimate(ratio, ratio * Math.expm1(statistics.getMeanErrorAt(CONFIDENCE)));
    }

    /** Whether the messages of an open loop did not come back as fast as they were sent. */
    boolean isOverloaded(Point point) {
        return perSecond() < ON_TIME * point.perSecond();
    }

    /** Whether no more rounds are needed. */
    boolean isPreciseBeside(Observations reference) {
        return isPrecise(timeBeside(reference)) && isPrecise(cpuTimeBeside(reference));
    }

    /** Whether the interval is narrow. */
    static boolean isPrecise(Estimate ratio) {
        return ratio.error() <= PRECISION * ratio.value();
    }
}
