// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static dev.pollux.Mechanism.EPOLL;
import static dev.pollux.Mechanism.IO_URING;
import static dev.pollux.Mechanism.POLL;
import static dev.pollux.Mechanism.SELECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Mechanism;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostComparisonTest {
    private final CostComparison costs = new CostComparison(List.of(EPOLL, POLL, SELECT, IO_URING));

    private void add(Mechanism mechanism, int connections, double... micros) {
        for (double each : micros) {
            costs.add(mechanism, connections, each);
        }
    }

    private void addKnownNumbers() {
        add(EPOLL, 100, 5, 4, 6);
        add(POLL, 100, 8, 5.5, 9);
        add(SELECT, 100, 12, 10, 11);
        add(IO_URING, 100, 20, 30, 40);
        add(EPOLL, 5_000, 6, 5, 7);
        add(POLL, 5_000, 1_500, 1_400, 1_600);
        add(IO_URING, 5_000, 6.4, 6.2, 8);
        costs.end(SELECT, 5_000, new DescriptorLimitException(SELECT, 1024, "FD_SETSIZE", 1024, ""));
    }

    private String printed() {
        StringWriter out = new StringWriter();
        costs.print(new PrintWriter(out), Terminal.plain(80));
        return out.toString();
    }

    @Test
    void theTableHasTheMedianAndTheIntervalOfTheTurns() {
        addKnownNumbers();
        assertThat(printed()).startsWith("""
                        connections  EPOLL          POLL                 SELECT      IO_URING
                                100  5.0 (4.0-6.0)  8.0 (5.5-9.0)        11 (10-12)  30 (20-40)
                              5,000  6.0 (5.0-7.0)  1,500 (1,400-1,600)  -           6.4 (6.2-8.0)
                        """.replace("\n", System.lineSeparator()));
    }

    @Test
    void theConclusionCallsADifferenceRealWhereNoIntervalsOverlap() {
        addKnownNumbers();
        assertThat(costs.conclusion())
                .contains(
                        "A difference is real ('<') where the intervals of the turns do not overlap, and may be chance"
                                + " ('~') where they do: at 100 connections EPOLL ~ POLL < SELECT < IO_URING (IO_URING costs"
                                + " 6.0 times as much as EPOLL); at 5,000 connections EPOLL ~ IO_URING < POLL (POLL costs 250"
                                + " times as much as EPOLL).");
    }

    @Test
    void aWideIntervalMakesEveryDifferenceInItChance() {
        add(EPOLL, 100, 1, 2, 50);
        add(POLL, 100, 3, 4, 5);
        add(SELECT, 100, 6, 7, 8);
        assertThat(costs.conclusion()).get().asString().endsWith(": at 100 connections EPOLL ~ POLL ~ SELECT.");
    }

    @Test
    void oneMechanismHasNothingToBeComparedWith() {
        add(EPOLL, 100, 1, 2, 3);
        assertThat(costs.conclusion()).isEmpty();
        assertThat(printed()).contains("2.0 (1.0-3.0)").doesNotContain("difference");
    }

    @Test
    void aMechanismThatEndsAtItsLimitIsExplained() {
        addKnownNumbers();
        assertThat(costs.hasEnded(SELECT)).isTrue();
        assertThat(costs.hasEnded(POLL)).isFalse();
        assertThat(printed().replaceAll("\\s+", " "))
                .contains("SELECT stops before 5,000 connections: it cannot watch descriptors beyond FD_SETSIZE (1024),"
                        + " the size of C's fd_set. Use another mechanism, or --select-limit KERNEL.");
    }

    @Test
    void thePlotHasALetterForEachMedianAndNoneWhereAMechanismHasEnded() {
        addKnownNumbers();
        List<String> plot = costs.plot(Terminal.plain(80));
        assertThat(plot).hasSize(16).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(plot.get(1)).matches(" +\\| +P");
        assertThat(plot.get(12)).matches(" +5\\.0 \\| E +EU");
        assertThat(String.join("", plot.subList(1, 13)).replaceAll("[^EPSU]", ""))
                .hasSize(7);
        assertThat(plot.get(14)).matches(" +100 +5,000");
        assertThat(plot.get(15)).isEqualTo("           connections; E EPOLL, P POLL, S SELECT, U IO_URING");
    }

    @Test
    void oneNumberOfConnectionsNeedsNoPlot() {
        add(EPOLL, 100, 1, 2, 3);
        add(POLL, 100, 1, 2, 3);
        assertThat(printed()).doesNotContain(" | ");
    }
}
