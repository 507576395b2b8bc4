// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EstimateTest {
    @Test
    void aRatioWhoseIntervalContainsOneIsNoDifference() {
        assertThat(new Estimate(1.05, 0.06).ratio()).isEqualTo("no difference");
        assertThat(new Estimate(0.95, 0.06).ratio()).isEqualTo("no difference");
        assertThat(new Estimate(1.05, 0.04).ratio()).isEqualTo("1.050 ± 0.040");
        assertThat(new Estimate(0.9, 0.04).ratio()).isEqualTo("0.900 ± 0.040");
    }

    @Test
    void aRatioWithoutAKnownErrorIsPrintedAsSuch() {
        Estimate unknown = new Estimate(1, Double.NaN);
        assertThat(unknown.ratio()).isEqualTo("1.000 ± ?");
        assertThat(unknown.isAboveOne() || unknown.isBelowOne()).isFalse();
    }

    @Test
    void theErrorOfARatioIsThatOfBothValues() {
        Estimate ratio = new Estimate(1050, 42).over(new Estimate(1000, 30)); // 4 % and 3 %
        assertThat(ratio.value()).isCloseTo(1.05, within(1e-12));
        assertThat(ratio.error()).isCloseTo(1.05 * 0.05, within(1e-12));
    }

    @Test
    void theErrorOfADifferenceIsThatOfBothValues() {
        assertThat(new Estimate(207, 4).minus(new Estimate(200, 3))).isEqualTo(new Estimate(7, 5));
    }
}
