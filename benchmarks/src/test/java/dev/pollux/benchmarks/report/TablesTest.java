// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pollux.benchmarks.Caller;
import dev.pollux.benchmarks.Estimate;
import dev.pollux.benchmarks.Made;
import dev.pollux.benchmarks.Result;
import dev.pollux.benchmarks.Run;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static Result poll(Caller caller, double nanos, double error, String a) {
        return Made.up("DescriptorScaling", caller, nanos, error, "mechanism", "EPOLL", "n", "1000", "a", a);
    }

    private static final List<Result> RESULTS = List.of(
            poll(Caller.C, 400, 12, "1"),
            poll(Caller.JNI, 420, 16.8, "1"),
            poll(Caller.JDK_KEYS, 600, 18, "1"),
            poll(Caller.C, 1000, 3, "16"),
            poll(Caller.JNI, 1080, 4, "16"));

    @Test
    void pointsAreRowsAndCallersAreColumns() {
        assertThat(Tables.times(RESULTS)).isEqualTo("""
                <table>
                <caption>EPOLL: time in ns</caption>
                <thead><tr><th class="left">a</th><th>plain C</th><th>Pollux, JNI</th><th>JDK Selector, keys</th></tr>
                </thead>
                <tbody>
                <tr><td class="left">A = 1</td><td>400 ± 12</td><td>420 ± 17</td><td>600 ± 18</td></tr>
                <tr><td class="left">A = 16</td><td>1,000 ± 3</td><td>1,080 ± 4</td><td></td></tr>
                </tbody></table>
                """);
    }

    @Test
    void aRatioToCThatMayBeOneIsNoDifference() {
        assertThat(Tables.ratiosToC(RESULTS))
                .contains("<td>no difference</td><td>1.500 ± 0.064</td>", "<td>1.080 ± 0.005</td><td></td>");
    }

    @Test
    void polluxIsComparedWithEachPeer() {
        assertThat(Tables.ratiosToPeers(RESULTS))
                .contains("<th>JDK Selector, keys</th></tr>", "<td>0.700 ± 0.035</td>");
    }

    @Test
    void theSummaryHasTheMeanAndTheNumberOfPointsWithADifference() {
        assertThat(Tables.summary(new Run("run", Map.of(), RESULTS)))
                .contains("<td class=\"left\">DescriptorScaling</td><td class=\"left\">EPOLL</td>"
                        + "<td>1.065 ± 0.027 (1/2)</td><td>0.700 ± 0.035 (1/1)</td>");
    }

    @Test
    void whatIsAllocatedBeyondTheLoopInCStandsBesideTheTime() {
        Result garbage = Made.up(
                "B", Caller.JDK_KEYS, 300, 1, Map.of("worker.alloc.norm", new Estimate(32, 0)), "mechanism", "EPOLL");
        Result inC = Made.up("B", Caller.C, 300, 1, "mechanism", "EPOLL");
        assertThat(Tables.times(List.of(inC, garbage))).contains("<td>300 ± 1</td><td>300 ± 1, 32 B</td>");
    }

    @Test
    void theMeanOfRatiosIsGeometricAndItsErrorIsThatOfAll() {
        Estimate mean = Tables.geometricMean(List.of(new Estimate(0.5, 0.015), new Estimate(2, 0.08)));
        assertThat(mean.value()).isCloseTo(1, within(1e-12));
        assertThat(mean.error()).isCloseTo(0.05 / 2, within(1e-12)); // of 3 % and 4 %
    }
}
