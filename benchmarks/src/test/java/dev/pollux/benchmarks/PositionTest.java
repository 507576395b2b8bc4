// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PositionTest {
    @Test
    void firstAndLastAreTheEnds() {
        assertThat(Position.FIRST.choose(10, 3)).containsExactly(0, 1, 2);
        assertThat(Position.LAST.choose(10, 3)).containsExactly(7, 8, 9);
    }

    @Test
    void spreadStandsAtEvenDistances() {
        assertThat(Position.SPREAD.choose(900, 1)).containsExactly(450);
        assertThat(Position.SPREAD.choose(100, 4)).containsExactly(12, 37, 62, 87);
        assertThat(Position.SPREAD.choose(3, 3)).containsExactly(0, 1, 2);
        int[] chosen = Position.SPREAD.choose(900, 128);
        for (int i = 1; i < chosen.length; i++) {
            assertThat(chosen[i] - chosen[i - 1]).isBetween(7, 8);
        }
    }

    @Test
    void randomStandsAtTheSameShareOfTheWay() {
        int ofAThousand = Position.RANDOM.choose(1000, 1)[0];
        assertThat(Position.RANDOM.choose(10, 1)).containsExactly(ofAThousand / 100);
        assertThat(Position.RANDOM.choose(100, 1)).containsExactly(ofAThousand / 10);
    }

    @ParameterizedTest
    @EnumSource
    void eachIsTheSameInEachRunAndNoneIsChosenTwice(Position position) {
        int[] chosen = position.choose(1000, 100);
        assertThat(chosen).hasSize(100).doesNotHaveDuplicates().isSorted().isEqualTo(position.choose(1000, 100));
        assertThat(chosen[0]).isNotNegative();
        assertThat(chosen[99]).isLessThan(1000);
        assertThat(position.choose(5, 0)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void moreThanThereAreIsRefused(Position position) {
        assertThatThrownBy(() -> position.choose(1, 2)).hasMessage("2 of 1 cannot be ready");
    }
}
