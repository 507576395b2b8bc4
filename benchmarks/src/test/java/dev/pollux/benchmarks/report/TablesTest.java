// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pollux.benchmarks.Estimate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final Map<String, String> ONE = point("1000", "1");
    private static final Map<String, String> SIXTEEN = point("1000", "16");
    private static final Map<String, String> FAR = point("100000", "1");

    private static final List<Result> RESULTS = List.of(
            MadeUp.time("DescriptorScaling", ONE, "C", 400, 12),
            MadeUp.time("DescriptorScaling", ONE, "JNI", 420, 16.8),
            MadeUp.time("DescriptorScaling", ONE, "JDK_KEYS", 600, 18),
            MadeUp.time("DescriptorScaling", SIXTEEN, "C", 1000, 3),
            MadeUp.time("DescriptorScaling", SIXTEEN, "JNI", 1080, 4),
            MadeUp.time("DescriptorScaling", FAR, "JNI", 420, Double.NaN));

    @Test
    void eachResultStandsBesidePlainCAndEachPeer() {
        assertThat(Tables.details(RESULTS).markdown()).isEqualTo("""
                | mechanism | n | a | caller | ns/op | B/op | ÷ C | goal | ÷ JDK_KEYS |
                | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |
                | EPOLL | 1000 | 1 | C | 400.0 ± 12.0 | 0.0 |  |  |  |
                | EPOLL | 1000 | 1 | JNI | 420.0 ± 16.8 | 0.0 | 1.050 ± 0.053 | ≤ 1.10: met | 0.700 ± 0.035 |
                | EPOLL | 1000 | 1 | JDK_KEYS | 600.0 ± 18.0 | 0.0 | 1.500 ± 0.064 |  |  |
                | EPOLL | 1000 | 16 | C | 1,000 ± 3 | 0.0 |  |  |  |
                | EPOLL | 1000 | 16 | JNI | 1,080 ± 4 | 0.0 | 1.080 ± 0.005 | ≤ 1.05: **missed** |  |
                | EPOLL | 100000 | 1 | JNI | 420.0 | 0.0 |  |  |  |
                """);
    }

    @Test
    void theSummaryHasTheMeanOfTheRatiosAndCountsTheGoals() {
        Run run = new Run("run", Map.of(), RESULTS);
        assertThat(Tables.summary(run).markdown()).isEqualTo("""
                | workload | of | Pollux through | ÷ C | goals | ÷ JDK_KEYS |
                | --- | --- | --- | ---: | ---: | ---: |
                | DescriptorScaling | EPOLL | JNI | 1.065 ± 0.027 (2: 1.05 … 1.08) | met 1, **missed** 1 | 0.700 ± 0.035 |
                """);
    }

    @Test
    void theMeanOfRatiosIsGeometricAndItsErrorIsThatOfAll() {
        Estimate mean = Tables.geometricMean(List.of(new Estimate(0.5, 0.015), new Estimate(2, 0.08)));
        assertThat(mean.value()).isCloseTo(1, within(1e-12));
        assertThat(mean.error()).isCloseTo(0.05 / 2, within(1e-12)); // of 3 % and 4 %
    }

    @Test
    void aPeerWithoutAMechanismStandsBesideEach() {
        Result poll = MadeUp.time("Echo", Map.of("mechanism", "POLL"), "JNI", 10, 1);
        Result epoll = MadeUp.time("Echo", Map.of("mechanism", "EPOLL"), "JDK_KEYS", 30, 1);
        Result nio = MadeUp.time("Echo", Map.of("mechanism", "NIO"), "NETTY_NIO", 20, 1);
        var points = Run.points(List.of(poll, epoll, nio));
        assertThat(Tables.peer(points, poll, "NETTY_NIO")).isEqualTo(nio);
        assertThat(Tables.peer(points, poll, "JDK_KEYS")).isNull();
    }

    @Test
    void garbageIsNamed() {
        Result c = MadeUp.json("""
                {'benchmark': 'a.B.c', 'params': {'caller': 'C'},
                 'primaryMetric': {'score': 1, 'scoreError': 0, 'scoreUnit': 'ns/op'},
                 'secondaryMetrics': {'worker.alloc.norm': {'score': 0.3, 'scoreError': 0, 'scoreUnit': 'B/op'}}}""");
        Result jni = MadeUp.json("""
                {'benchmark': 'a.B.c', 'params': {'caller': 'JNI'},
                 'primaryMetric': {'score': 1, 'scoreError': 0, 'scoreUnit': 'ns/op'},
                 'secondaryMetrics': {'worker.alloc.norm': {'score': 24, 'scoreError': 0, 'scoreUnit': 'B/op'}}}""");
        assertThat(Tables.details(List.of(c, jni)).markdown()).contains("| JNI | 1.0 ± 0.0 | 24.0 **garbage** |");
    }

    private static Map<String, String> point(String n, String a) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("mechanism", "EPOLL");
        params.put("n", n);
        params.put("a", a);
        return params;
    }
}
