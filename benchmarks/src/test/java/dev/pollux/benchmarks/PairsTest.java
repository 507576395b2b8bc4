// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairsTest {
    @Test
    void nearlyAllOfSelectsDescriptorsAreForTheWatchedEnds() throws IOException {
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, Caller.C, 900)) {
            assertThat(pairs.fds()).hasSize(900).doesNotHaveDuplicates();
            assertThat(Arrays.stream(pairs.fds()).max().orElseThrow()).isLessThan(1024);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theJdkOpensTheSame(Pairs.Kind kind) throws IOException {
        try (Pairs pairs = Pairs.open(kind, Caller.JDK_KEYS, 3, 1);
                Loop loop = Loops.waiting(Caller.JDK_KEYS, Mechanism.EPOLL, Wait.ZERO, pairs)) {
            assertThat(loop.run(1)).isZero();
            pairs.makeReady(1);
            assertThat(loop.run(2)).isEqualTo(2);
        }
    }

    @Test
    void aWatchedOneCanHaveANumberOfOnesChoice() throws IOException {
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, Caller.C, 2, 1)) {
            pairs.renumber(1, 1025);
            assertThat(pairs.fd(1)).isEqualTo(1025);
        }
    }

    @Test
    void farEndsThatAreNotWrittenToNeedNoRoomOfTheirOwn() throws IOException {
        long limit = Pollers.posix().raiseDescriptorLimit().soft();
        assumeThat(limit).isBetween(10_000L, 30_000L);
        int count = (int) (limit - 2000);
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, Caller.C, count, count - 1);
                Loop loop = Loops.waiting(Caller.C, Mechanism.EPOLL, Wait.ZERO, pairs)) {
            assertThat(pairs.fds()).hasSize(count).doesNotHaveDuplicates();
            assertThat(loop.run(1)).as("none has hung up").isZero();
            pairs.makeReady(count - 1);
            assertThat(loop.run(1)).isEqualTo(1);
        }
    }
}
