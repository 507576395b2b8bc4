// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.util.ListStatistics;

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
    void theMedianAndItsErrorIgnoreAFewDisturbedSamples() {
        ListStatistics samples = new ListStatistics();
        for (int i = 0; i < 100; i++) {
            samples.addValue(i < 90 ? 100 + i % 10 : 1_000_000);
        }
        Estimate median = Estimate.median(samples);
        assertThat(median.value()).isBetween(104.0, 106.0);
        assertThat(median.error()).isBetween(1.0, 3.0);
        assertThat(Estimate.mean(samples).error()).isGreaterThan(50_000);
    }

    @Test
    void oneSampleHasNoError() {
        ListStatistics one = new ListStatistics(new double[] {7});
        assertThat(Estimate.median(one)).isEqualTo(new Estimate(7, Double.NaN));
        assertThat(Estimate.mean(one)).isEqualTo(new Estimate(7, Double.NaN));
    }

    @Test
    void theErrorOfADifferenceIsThatOfBothValues() {
        assertThat(new Estimate(207, 4).minus(new Estimate(200, 3))).isEqualTo(new Estimate(7, 5));
    }
}
