// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RatiosTest {
    private static final Map<String, String> ONE_READY =
            Map.of("mechanism", "EPOLL", "wait", "BLOCKING", "n", "1000", "a", "1", "position", "SPREAD");

    @Test
    void resultsThatDifferInTheCallerAreOnePoint() throws IOException {
        var points = Ratios.points(results(), "DescriptorScaling");
        assertThat(points).hasSize(2);
        assertThat(points.get(ONE_READY)).containsOnlyKeys(Caller.C, Caller.JNI, Caller.FFM, Caller.JNA);
    }

    @Test
    void theErrorOfARatioIsThatOfBothTimes() throws IOException {
        var point = Ratios.points(results(), "DescriptorScaling").get(ONE_READY);
        Estimate ratio = point.get(Caller.JNI).over(point.get(Caller.C));
        assertThat(ratio.value()).isCloseTo(1.05, within(1e-12));
        assertThat(ratio.error()).isCloseTo(1.05 * 0.05, within(1e-12)); // of 3 % and 4 %
    }

    @Test
    void theErrorOfADifferenceIsThatOfBothTimes() throws IOException {
        var point = Ratios.points(results(), "BindingCost").get(Map.of("call", "FCNTL"));
        Estimate above = point.get(Caller.JNI).above(point.get(Caller.C));
        assertThat(above).isEqualTo(new Estimate(7, 5)); // of 3 and 4
    }

    @Test
    void theSpeedTableHasALineForEachPointAndTheGoalsBesideTheRatios() throws IOException {
        assertThat(Ratios.speed(results())).isEqualTo("""
                | mechanism | wait | N | A | C, ns | C, B/op | JNI / C | goal | JNI, B/op | FFM / C | goal | FFM, B/op | JNA / C | goal | JNA, B/op |
                | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                | EPOLL | BLOCKING | 1000 | 1 | 1,000.0 ± 30.0 | 0.0 | 1.050 ± 0.053 | ≤ 1.10: met | 0.0 | 1.120 ± 0.056 | ≤ 1.10: within error | 0.0 | 1.700 ± 0.054 | ≤ 1.60: **missed** | 24.0 **garbage** |
                | POLL | BLOCKING | 900 | 16 | 20,000.0 ± ? | 0.4 |  |  |  |  |  |  | 1.010 ± ? |  | 0.5 |
                """);
    }

    @Test
    void theCostTableSaysWhatEachCallerAddsToC() throws IOException {
        assertThat(Ratios.cost(results())).isEqualTo("""
                | call | caller | ns | above C, ns | B/op |
                | --- | --- | ---: | ---: | ---: |
                | FCNTL | C | 200.0 ± 3.0 |  | 0.0 |
                | FCNTL | JNI | 207.0 ± 4.0 | 7.0 ± 5.0 | 0.0 |
                | FCNTL | JNA_INTERFACE | 1,100.0 ± 40.0 | 900.0 ± 40.1 | 120.0 |
                """);
    }

    @Test
    void theReplayTableSaysWhatEachCallerAddsToCAndWhoWasNotReplayed() {
        List<Measurement> replayed = List.of(
                replayed(1, Caller.C, 6, 0.3, 1),
                replayed(1, Caller.JNI, 36, 0.4, 1),
                replayed(1, Caller.JNA, 700, 9, 0),
                replayed(64, Caller.C, 69, 3, 1),
                replayed(64, Caller.JNI, 225, 4, 0.999));
        assertThat(Ratios.replay(replayed)).isEqualTo("""
                | caller | A = 1, ns | above C | A = 64, ns | above C | each further event, ns |
                | --- | ---: | ---: | ---: | ---: | ---: |
                | C | 6.0 ± 0.3 |  | 69.0 ± 3.0 |  | 1.00 ± 0.05 |
                | JNI | 36.0 ± 0.4 | 30.0 ± 0.5 | 225.0 ± 4.0 | 156.0 ± 5.0 | 3.00 ± 0.06 |
                | JNA | not replayed |  |  |  |  |
                """);
    }

    private static Measurement replayed(int a, Caller caller, double nanos, double error, double share) {
        return new Measurement("DescriptorScaling", Map.of("a", Integer.toString(a)), caller, nanos, error, 0, share);
    }

    @Test
    void aMissingPlainCLeavesTheRatiosEmpty() throws IOException {
        List<Measurement> withoutC =
                results().stream().filter(each -> each.caller() == Caller.JNI).toList();
        assertThat(Ratios.speed(withoutC)).endsWith("| EPOLL | BLOCKING | 1000 | 1 |  |  |  |  |  |\n");
        assertThat(Ratios.cost(withoutC)).endsWith("| FCNTL | JNI | 207.0 ± 4.0 |  | 0.0 |\n");
    }

    @Test
    void timesInAnotherUnitAreRefused() {
        Reader seconds = new StringReader("""
                [{"benchmark": "a.B.c", "params": {"caller": "C"}, "secondaryMetrics": {},
                  "primaryMetric": {"score": 1, "scoreError": 0, "scoreUnit": "s/op"}}]""");
        assertThatThrownBy(() -> Measurement.read(seconds)).hasMessageContaining("s/op");
    }

    private static List<Measurement> results() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(RatiosTest.class.getResourceAsStream("/results.json")),
                StandardCharsets.UTF_8)) {
            return Measurement.read(reader);
        }
    }
}
