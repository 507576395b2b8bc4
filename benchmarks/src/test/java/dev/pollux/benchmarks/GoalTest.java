// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import org.junit.jupiter.api.Test;

class GoalTest {
    @Test
    void epollThroughJniAndFfmHasMoreRoomWhereOneIsReady() {
        assertThat(Goal.of(Mechanism.EPOLL, Caller.JNI, 1)).isEqualTo(new Goal(1.10));
        assertThat(Goal.of(Mechanism.EPOLL, Caller.FFM, 16)).isEqualTo(new Goal(1.03));
        assertThat(Goal.of(Mechanism.EPOLL, Caller.FFM, 1000)).isEqualTo(new Goal(1.03));
    }

    @Test
    void pollAndSelectThroughJniAndFfmHaveNone() {
        assertThat(Goal.of(Mechanism.POLL, Caller.JNI, 1)).isEqualTo(new Goal(1.05));
        assertThat(Goal.of(Mechanism.SELECT, Caller.FFM, 128)).isEqualTo(new Goal(1.05));
    }

    @Test
    void jnaHasGoalsForOneAndForManyReady() {
        assertThat(Goal.of(Mechanism.EPOLL, Caller.JNA, 1)).isEqualTo(new Goal(1.6));
        assertThat(Goal.of(Mechanism.EPOLL, Caller.JNA, 16)).isNull();
        assertThat(Goal.of(Mechanism.EPOLL, Caller.JNA, 128)).isEqualTo(new Goal(1.1));
    }

    @Test
    void aRatioAboveTheGoalIsMissedUnlessItsErrorReachesDownToIt() {
        Goal goal = new Goal(1.05);
        assertThat(goal.verdict(new Estimate(1.05, 0.2))).isEqualTo("≤ 1.05: met");
        assertThat(goal.verdict(new Estimate(1.06, 0.02))).isEqualTo("≤ 1.05: within error");
        assertThat(goal.verdict(new Estimate(1.08, 0.02))).isEqualTo("≤ 1.05: **missed**");
        assertThat(goal.verdict(new Estimate(1.08, Double.NaN))).isEqualTo("≤ 1.05: **missed**");
    }
}
