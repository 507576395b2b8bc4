// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.pollux.benchmarks.Estimate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class ObservationsTest {
    private static final Point CLOSED = new Point(10, 64, 0);
    private static final Point OPEN = new Point(10, 64, 1000);

    private static Observed observed(String lines) throws IOException {
        return Observed.read(new BufferedReader(new StringReader(lines)));
    }

    /** So many messages in a second, in each round. */
    private static Observations rounds(int... messages) throws IOException {
        Observations observations = new Observations();
        for (int i = 0; i < messages.length; i++) {
            observations.add(i, observed("messages " + messages[i] + " 1000000000 2000\n7 1\n"), 2_000_000, CLOSED);
        }
        return observations;
    }

    @Test
    void aClientsLinesAreReadFromTheHeadOn() throws IOException {
        Observed observed = observed("Running 1s test\nmessages 30 1500000000 40\n1000 2\n2000 1\n");
        assertThat(observed.perSecond()).isEqualTo(20);
        assertThat(observed.allMessages()).isEqualTo(40);
        assertThat(observed.latencies().getTotalCount()).isEqualTo(3);
        assertThat(observed.time(CLOSED)).as("the time of one").isEqualTo(50_000_000);
        assertThat(observed.time(OPEN)).as("the median latency").isEqualTo(1000);
    }

    @Test
    void aClientThatEndsEarlyIsAnErrorWithItsLastLine() {
        assertThatThrownBy(() -> observed("Running 1s test\nwrk counted errors\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("it ended early: wrk counted errors");
    }

    @Test
    void theLatenciesOfAllRoundsAreMerged() throws IOException {
        Observations observations = new Observations();
        observations.add(1, observed("messages 3 1000000000 4\n10 1\n20 2\n"), 3_000_000, OPEN);
        observations.add(2, observed("messages 1 1000000000 2\n30 1\n"), 3_000_000, OPEN);
        assertThat(observations.latencies.getTotalCount()).isEqualTo(4);
        assertThat(observations.latencies.getMaxValue()).isEqualTo(30);
        assertThat(observations.latencies.getValueAtPercentile(50)).isEqualTo(20);
        assertThat(observations.perSecond()).isEqualTo(2);
        assertThat(observations.cpuNanos()).as("6 ms for 6 messages").isEqualTo(1_000_000);
    }

    @Test
    void aRatioIsThatOfTheSameRoundsHoweverTheMachineChanges() throws IOException {
        Estimate ratio = rounds(1000, 500, 250, 125).timeBeside(rounds(1100, 550, 275, 0)); // the last saw no message
        assertThat(ratio.value()).isCloseTo(1.1, within(1e-9));
        assertThat(Observations.isPrecise(ratio)).isTrue();
        assertThat(Tables.ratio(ratio)).containsExactly("1.100 ± 0.000", "");
    }

    @Test
    void theIntervalIsThatOfStudentsT() throws IOException {
        Estimate ratio = rounds(100, 110, 121).timeBeside(rounds(100, 100, 100));
        double halfOfTheLogs = 9.924843 * Math.log(1.1) / Math.sqrt(3); // t for 99 % and two degrees of freedom
        assertThat(ratio.value()).isCloseTo(1 / 1.1, within(1e-9));
        assertThat(ratio.error()).isCloseTo(Math.expm1(halfOfTheLogs) / 1.1, within(1e-5));
        assertThat(Tables.ratio(ratio)).endsWith("no difference, not within 3 %");
    }

    @Test
    void bothRatiosHaveToBePrecise() throws IOException {
        Observations reference = rounds(100, 100, 100);
        assertThat(rounds(110, 110, 110).isPreciseBeside(reference)).isTrue();
        Observations unsteady = rounds(110, 110);
        unsteady.add(2, observed("messages 110 1000000000 2000\n7 1\n"), 4_000_000, CLOSED);
        assertThat(unsteady.timeBeside(reference).error()).isCloseTo(0, within(1e-9));
        assertThat(unsteady.isPreciseBeside(reference)).isFalse();
    }

    @Test
    void moreRoundsAreNeededUntilTheIntervalIsWithinThreePercent() {
        assertThat(Observations.isPrecise(new Estimate(2, 0.06))).isTrue();
        assertThat(Observations.isPrecise(new Estimate(2, 0.061))).isFalse();
        assertThat(Observations.isPrecise(new Estimate(1, Double.NaN))).isFalse();
        assertThat(Tables.ratio(new Estimate(1.01, 0.02))).containsExactly("1.010 ± 0.020", "no difference");
        assertThat(Tables.ratio(new Estimate(1.2, 0.1))).containsExactly("1.200 ± 0.100", "not within 3 %");
    }

    @Test
    void aServerThatSendsBackLessThanIsDueIsOverloaded() throws IOException {
        assertThat(rounds(995, 990).isOverloaded(OPEN)).isFalse();
        assertThat(rounds(995, 980).isOverloaded(OPEN)).isTrue();
        assertThat(rounds(1).isOverloaded(CLOSED)).isFalse();
    }
}
