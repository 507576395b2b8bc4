// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class LooksTest {
    private static final int PAUSE = 16;
    private static final int MANY = 1_000_000;

    private final Looks looks = new Looks(PAUSE);

    /** How many of this many polls look; the predicate says whether the n-th poll has a ready descriptor. */
    private int looksOf(int polls, IntPredicate ready) {
        int count = 0;
        for (int poll = 0; poll < polls; poll++) {
            if (looks.begin()) {
                count++;
                looks.end(ready.test(poll));
            }
        }
        return count;
    }

    @Test
    void aNewPollerBeginsWithAPause() {
        assertThat(looksOf(PAUSE - 1, poll -> true)).isZero();
        assertThat(looksOf(1, poll -> true)).isOne();
    }

    @Test
    void aBusyPollerLooksInEveryPoll() {
        looksOf(PAUSE, poll -> true);

        assertThat(looksOf(MANY, poll -> true)).isEqualTo(MANY);
    }

    @Test
    void anIdlePollerHardlyLooks() {
        looksOf(MANY, poll -> false);

        assertThat(looksOf(MANY, poll -> false)).isBetween(1, MANY / 1000);
    }

    @Test
    void looksThatFindSomethingHalfOfTheTimeDoNotPay() {
        looksOf(MANY, poll -> poll % 2 == 0);

        assertThat(looksOf(MANY, poll -> poll % 2 == 0)).isLessThan(MANY / 100);
    }

    @Test
    void aBusyPollerGoesOnAfterALookThatFoundNothing() {
        looksOf(MANY, poll -> true);

        assertThat(looksOf(MANY, poll -> poll % 100 != 0)).isEqualTo(MANY);
    }

    @Test
    void anIdlePollerThatBecomesBusyLooksAgain() {
        looksOf(MANY, poll -> false);

        looksOf(PAUSE << 6, poll -> true);

        assertThat(looksOf(MANY, poll -> true)).isEqualTo(MANY);
    }

    @Test
    void withoutAPauseEveryPollLooks() {
        Looks always = new Looks(0);
        for (int poll = 0; poll < 100; poll++) {
            assertThat(always.begin()).isTrue();
            always.end(false);
        }
    }
}
