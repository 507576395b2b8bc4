// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InterestTest {
    @Test
    void aUnionIsTheSameInstanceWhicheverWayItIsMade() {
        assertThat(Interest.READ.plus(Interest.WRITE))
                .isSameAs(Interest.READ_WRITE)
                .isSameAs(Interest.WRITE.plus(Interest.READ));
        assertThat(Interest.READ.plus(Interest.READ)).isSameAs(Interest.READ);
        assertThat(Interest.READ.plus(Interest.NONE)).isSameAs(Interest.READ);
        assertThat(Interest.READ_WRITE.plus(Interest.PRIORITY).without(Interest.READ))
                .isSameAs(Interest.WRITE.plus(Interest.PRIORITY));
    }

    @Test
    void minusRemovesAPartAndIgnoresAPartThatIsNotThere() {
        assertThat(Interest.READ_WRITE.without(Interest.READ)).isSameAs(Interest.WRITE);
        assertThat(Interest.READ.without(Interest.WRITE)).isSameAs(Interest.READ);
        assertThat(Interest.READ.without(Interest.READ_WRITE)).isSameAs(Interest.NONE);
    }

    @Test
    void anInterestContainsItsPartsAndNothingContainsNothing() {
        assertThat(Interest.READ_WRITE.contains(Interest.READ)).isTrue();
        assertThat(Interest.READ_WRITE.contains(Interest.READ_WRITE)).isTrue();
        assertThat(Interest.READ.contains(Interest.READ_WRITE)).isFalse();
        assertThat(Interest.READ.contains(Interest.NONE)).isTrue();
        assertThat(Interest.NONE.contains(Interest.NONE)).isTrue();
        assertThat(Interest.NONE.contains(Interest.READ)).isFalse();
    }

    @Test
    void theQuestionsTellWhichPartsAnInterestHas() {
        assertThat(Interest.READ.isRead()).isTrue();
        assertThat(Interest.READ.isWrite()).isFalse();
        assertThat(Interest.READ.isPriority()).isFalse();
        assertThat(Interest.READ_WRITE.isWrite()).isTrue();
        assertThat(Interest.PRIORITY.isPriority()).isTrue();
        assertThat(Interest.NONE.isRead() || Interest.NONE.isWrite() || Interest.NONE.isPriority())
                .isFalse();
    }

    @Test
    void anInterestReadsAsItsNames() {
        assertThat(Interest.NONE).hasToString("NONE");
        assertThat(Interest.READ).hasToString("READ");
        assertThat(Interest.READ_WRITE.plus(Interest.PRIORITY)).hasToString("READ|WRITE|PRIORITY");
    }
}
