// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.benchmarks.Estimate;
import java.util.List;
import org.jfree.data.Range;
import org.junit.jupiter.api.Test;

class ErrorBarsTest {
    @Test
    void usualOnesAreShownWhole() {
        List<Estimate> estimates = List.of(new Estimate(1.1, 0.2), new Estimate(1.3, 0.1));
        Range range = ErrorBars.logarithmic(estimates, 0.95, 1.05);
        assertThat(range.getLowerBound()).isBetween(0.8, 0.9);
        assertThat(range.getUpperBound()).isBetween(1.4, 1.5);
        assertThat(ErrorBars.areCut(estimates, range)).isFalse();
    }

    @Test
    void oneThatIsLongerThanTheValuesAreApartIsCut() {
        List<Estimate> estimates = List.of(new Estimate(1.1, 5), new Estimate(1.2, 0.1));
        Range range = ErrorBars.logarithmic(estimates, 0.95, 1.05);
        assertThat(range.getLowerBound()).isBetween(0.5, 0.7);
        assertThat(range.getUpperBound()).isBetween(1.7, 2.0);
        assertThat(ErrorBars.areCut(estimates, range)).isTrue();
    }

    @Test
    void barsFromZeroFillHalfOfThePictureAtLeast() {
        List<Estimate> estimates = List.of(new Estimate(100, 900), new Estimate(50, 1));
        assertThat(ErrorBars.fromZero(estimates).getUpperBound()).isBetween(150.0, 200.0);
        assertThat(ErrorBars.areCut(estimates, ErrorBars.fromZero(estimates))).isTrue();
    }

    @Test
    void anUnknownErrorHasNoBar() {
        List<Estimate> estimates = List.of(new Estimate(100, Double.NaN), new Estimate(50, Double.POSITIVE_INFINITY));
        assertThat(ErrorBars.fromZero(estimates).getUpperBound()).isBetween(100.0, 110.0);
        assertThat(ErrorBars.areCut(estimates, ErrorBars.fromZero(estimates))).isFalse();
    }
}
