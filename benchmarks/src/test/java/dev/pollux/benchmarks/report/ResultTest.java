// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pollux.benchmarks.Estimate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTest {
    @Test
    void anyTimeIsReadAsNanoseconds() {
        Result result = MadeUp.json("""
                {'benchmark': 'a.B.c', 'mode': 'avgt', 'params': {'n': '10', 'caller': 'JNI'},
                 'primaryMetric': {'score': 2.5, 'scoreError': 0.5, 'scoreUnit': 'us/op'},
                 'secondaryMetrics': {'·gc.alloc.rate.norm': {'score': 24, 'scoreError': 0, 'scoreUnit': 'B/op'},
                                      'gc.count': {'score': 1, 'scoreError': 'NaN', 'scoreUnit': 'counts'},
                                      'latency.p99': {'score': 7, 'scoreError': 'NaN', 'scoreUnit': 'ns'}}}""");
        assertThat(result)
                .isEqualTo(new Result(
                        "B",
                        Map.of("n", "10"),
                        "JNI",
                        new Estimate(2500, 500),
                        "ns/op",
                        24,
                        Map.of("latency.p99, ns", new Estimate(7, Double.NaN))));
    }

    @Test
    void aResultWithoutParametersAndOfAnUnknownUnitIsReadAsItIs() {
        Result result = MadeUp.json("""
                {'benchmark': 'a.B.c', 'primaryMetric': {'score': 3, 'scoreError': 'NaN', 'scoreUnit': 'apples'}}""");
        assertThat(result.unit()).isEqualTo("apples");
        assertThat(result.caller()).isEmpty();
        assertThat(result.score()).isEqualTo(new Estimate(3, Double.NaN));
        assertThat(result.bytesPerOp()).isNaN();
    }

    @Test
    void onlySamplesHavePercentilesOfSingleOperations() {
        String json = """
                {'benchmark': 'a.B.c', 'mode': '%s', 'primaryMetric': {'score': 1, 'scoreError': 0, 'scoreUnit': 'us/op',
                 'scorePercentiles': {'50.0': 0.5, '90.0': 2, '99.0': 3}}}""";
        assertThat(MadeUp.json(json.formatted("avgt")).others()).isEmpty();
        assertThat(MadeUp.json(json.formatted("sample")).others()).containsOnlyKeys("p50, ns/op", "p99, ns/op");
    }

    @Test
    void theErrorOfARatioIsThatOfBothTimes() {
        Estimate ratio =
                MadeUp.time("B", Map.of(), "JNI", 1050, 42).costOver(MadeUp.time("B", Map.of(), "C", 1000, 30));
        assertThat(ratio.value()).isCloseTo(1.05, within(1e-12));
        assertThat(ratio.error()).isCloseTo(1.05 * 0.05, within(1e-12)); // of 4 % and 3 %
    }

    @Test
    void halfAsManyInASecondCostTwiceAsMuch() {
        Estimate ratio = rate(2, 0.08).costOver(rate(4, 0.12));
        assertThat(ratio.value()).isCloseTo(2, within(1e-12));
        assertThat(ratio.error()).isCloseTo(2 * 0.05, within(1e-12));
    }

    @Test
    void aTimeIsARateToo() {
        Result result = MadeUp.time("B", Map.of(), "C", 4000, 400);
        assertThat(result.rate()).isEqualTo(new Estimate(250_000, 25_000));
    }

    private static Result rate(double score, double error) {
        return new Result("B", Map.of(), "C", new Estimate(score, error), "ops/s", 0, Map.of());
    }
}
