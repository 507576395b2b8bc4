// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.jfree.data.Range;
import org.junit.jupiter.api.Test;

class LogScaleTest {
    @Test
    void theRangeHasRoomOnBothSidesAndStaysAboveZero() {
        Range range = LogScale.range(DoubleStream.of(10, 100_000, 1000));
        assertThat(range.getLowerBound()).isBetween(5.0, 9.9);
        assertThat(range.getUpperBound()).isBetween(101_000.0, 200_000.0);
    }

    @Test
    void whatHasNoLogarithmIsNoPartOfTheRange() {
        Range range = LogScale.range(DoubleStream.of(0, -3, Double.NaN, Double.POSITIVE_INFINITY, 7));
        assertThat(range.contains(7)).isTrue();
        assertThat(range.getLength()).isPositive().isLessThan(1);
        assertThat(LogScale.range(DoubleStream.empty()).getLength()).isPositive();
    }

    @Test
    void manyDecadesHaveTheirPowersOfTen() {
        assertThat(LogScale.ticks(new Range(6, 160_000), 8)).containsExactly(10.0, 100.0, 1000.0, 10_000.0, 100_000.0);
    }

    @Test
    void fewDecadesHaveStepsBetween() {
        assertThat(LogScale.ticks(new Range(8, 250), 8)).containsExactly(10.0, 20.0, 50.0, 100.0, 200.0);
    }

    @Test
    void aFewPercentHaveEvenSteps() {
        assertThat(LogScale.ticks(new Range(0.94, 1.17), 5)).containsExactly(0.95, 1.0, 1.05, 1.1, 1.15);
        assertThat(LogScale.ticks(new Range(1021.5, 1025.5), 10)).containsExactly(1022.0, 1023.0, 1024.0, 1025.0);
    }

    @Test
    void ticksAreWrittenWithTheirUnit() {
        assertThat(LogScale.time(500)).isEqualTo("500 ns");
        assertThat(LogScale.time(1500)).isEqualTo("1.5 µs");
        assertThat(LogScale.time(2e7)).isEqualTo("20 ms");
        assertThat(LogScale.time(3e9)).isEqualTo("3 s");
        assertThat(LogScale.number(100_000)).isEqualTo("100,000");
        assertThat(LogScale.number(1.05)).isEqualTo("1.05");
    }
}
