// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
        Ratio ratio = rounds(1000, 500, 250, 125).timeBeside(rounds(1100, 550, 275, 0)); // the last saw no message
        assertThat(ratio.value()).isCloseTo(1.1, within(1e-9));
        assertThat(ratio.isPrecise()).isTrue();
        assertThat(ratio).hasToString("1.100 (1.100 to 1.100)");
        assertThat(ratio.verdict()).isEmpty();
    }

    @Test
    void theIntervalIsThatOfStudentsT() throws IOException {
        Ratio ratio = rounds(100, 110, 121).timeBeside(rounds(100, 100, 100));
        double halfOfTheLogs = 9.924843 * Math.log(1.1) / Math.sqrt(3); // t for 99 % and two degrees of freedom
        assertThat(ratio.value()).isCloseTo(1 / 1.1, within(1e-9));
        assertThat(ratio.low()).isCloseTo(Math.exp(-halfOfTheLogs) / 1.1, within(1e-5));
        assertThat(ratio.high()).isCloseTo(Math.exp(halfOfTheLogs) / 1.1, within(1e-5));
    }

    @Test
    void bothRatiosHaveToBePrecise() throws IOException {
        Observations reference = rounds(100, 100, 100);
        assertThat(rounds(110, 110, 110).isPreciseBeside(reference)).isTrue();
        Observations unsteady = rounds(110, 110);
        unsteady.add(2, observed("messages 110 1000000000 2000\n7 1\n"), 4_000_000, CLOSED);
        assertThat(unsteady.timeBeside(reference).isPrecise()).isTrue();
        assertThat(unsteady.isPreciseBeside(reference)).isFalse();
    }

    @Test
    void moreRoundsAreNeededUntilTheIntervalIsWithinThreePercent() {
        assertThat(new Ratio(2, 1.95, 2.06).isPrecise()).isTrue();
        assertThat(new Ratio(2, 1.95, 2.061).isPrecise()).isFalse();
        assertThat(new Ratio(1.01, 0.99, 1.03).verdict()).isEqualTo("no difference");
        assertThat(new Ratio(1.2, 1.1, 1.31).verdict()).isEqualTo("not within 3 %");
        assertThat(new Ratio(1.2, 0.9, 1.6).verdict()).isEqualTo("no difference, not within 3 %");
    }

    @Test
    void twoRoundsHaveNoInterval() throws IOException {
        Ratio ratio = rounds(100, 110).timeBeside(rounds(100, 100));
        assertThat(ratio.toString()).isEqualTo("0.953");
        assertThat(ratio.verdict()).isEqualTo("not within 3 %");
    }

    @Test
    void aServerThatSendsBackLessThanIsDueIsOverloaded() throws IOException {
        assertThat(rounds(995, 990).isOverloaded(OPEN)).isFalse();
        assertThat(rounds(995, 980).isOverloaded(OPEN)).isTrue();
        assertThat(rounds(1).isOverloaded(CLOSED)).isFalse();
    }
}
