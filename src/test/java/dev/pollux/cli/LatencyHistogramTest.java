// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void nothingRecordedIsZero() {
        assertThat(histogram.percentileNanos(50)).isZero();
        assertThat(histogram.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31, 32, 63, 64, 65, 127, 128, 1_000, 123_456, 999_999_999, 1L << 40, (1L << 62) + 1})
    void oneValueIsEveryPercentileAndIsKnownTo3Percent(long nanos) {
        histogram.record(nanos);

        assertThat(histogram.percentileNanos(0.1)).isCloseTo(nanos, withinPercentage(3));
        assertThat(histogram.percentileNanos(50)).isCloseTo(nanos, withinPercentage(3));
        assertThat(histogram.percentileNanos(100)).isCloseTo(nanos, withinPercentage(3));
    }

    @Test
    void percentilesCountFromBelow() {
        for (int micros = 1; micros <= 1000; micros++) {
            histogram.record(micros * 1_000L);
        }

        assertThat(histogram.count()).isEqualTo(1000);
        assertThat(histogram.percentileNanos(50)).isCloseTo(500_000, withinPercentage(3));
        assertThat(histogram.percentileNanos(99)).isCloseTo(990_000, withinPercentage(3));
    }

    @Test
    void everyValueBelow64IsKeptExactly() {
        for (int nanos = 0; nanos < 64; nanos++) {
            histogram.record(nanos);
        }

        assertThat(histogram.percentileNanos(50)).isEqualTo(31);
        assertThat(histogram.percentileNanos(100)).isEqualTo(63);
    }
}
