// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Map<String, String> HERE = Map.of("n", "10");
    private static final Map<String, String> THERE = Map.of("n", "20");

    private static final List<Result> BEFORE = List.of(
            MadeUp.time("B", HERE, "C", 100, 3),
            MadeUp.time("B", HERE, "JNI", 200, 6),
            MadeUp.time("B", THERE, "JNI", 200, 6),
            MadeUp.time("Gone", HERE, "JNI", 200, 6));

    private static final List<Result> AFTER = List.of(
            MadeUp.time("B", HERE, "C", 102, 4),
            MadeUp.time("B", HERE, "JNI", 150, 6),
            MadeUp.time("B", THERE, "JNI", 220, 6),
            MadeUp.time("B", THERE, "FFM", 220, 6));

    @Test
    void onlyWhatBothHaveIsCompared() {
        assertThat(Comparison.pairs(BEFORE, AFTER)).hasSize(3);
        assertThat(Comparison.missing(BEFORE, AFTER)).isEqualTo(Map.of("Gone", 1L));
        assertThat(Comparison.missing(AFTER, BEFORE)).isEqualTo(Map.of("B", 1L));
    }

    @Test
    void aChangeIsCalledOneOnlyIfItIsGreaterThanItsError() {
        assertThat(Comparison.pairs(BEFORE, AFTER))
                .extracting(Comparison.Pair::verdict)
                .containsExactly("within error", "**faster**", "**slower**");
    }

    @Test
    void ofOneSampleNothingIsSaid() {
        Result before = MadeUp.time("B", HERE, "C", 100, Double.NaN);
        assertThat(new Comparison.Pair(before, AFTER.get(0)).verdict()).isEqualTo("no error known");
    }

    @Test
    void theTableHasBothAndTheirRatiosToC() {
        assertThat(Comparison.details(Comparison.pairs(BEFORE, AFTER)).markdown())
                .isEqualTo("""
                | n | caller | unit | before | after | after ÷ before |  | ÷ C before | ÷ C after |
                | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
                | 10 | C | ns/op | 100.0 ± 3.0 | 102.0 ± 4.0 | 1.020 ± 0.050 | within error |  |  |
                | 10 | JNI | ns/op | 200.0 ± 6.0 | 150.0 ± 6.0 | 0.750 ± 0.038 | **faster** | 2.000 ± 0.085 | 1.471 ± 0.082 |
                | 20 | JNI | ns/op | 200.0 ± 6.0 | 220.0 ± 6.0 | 1.100 ± 0.045 | **slower** |  |  |
                """);
    }

    @Test
    void theSummaryCountsTheChangesOfEachCaller() {
        var pairs = Comparison.pairs(BEFORE, AFTER);
        assertThat(Comparison.summary(Map.of("B", pairs)).markdown()).isEqualTo("""
                | workload | caller | cells | after ÷ before | faster | slower | within error |
                | --- | --- | ---: | ---: | ---: | ---: | ---: |
                | B | C | 1 | 1.020 ± 0.050 | 0 | 0 | 1 |
                | B | JNI | 2 | 0.908 ± 0.029 | 1 | 1 | 0 |
                """);
    }
}
