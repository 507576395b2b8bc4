// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PipesTest {
    @Test
    void theReadyOnesStandAtEvenDistances() {
        assertThat(Pipes.spread(900, 1)).containsExactly(450);
        assertThat(Pipes.spread(100, 4)).containsExactly(12, 37, 62, 87);
        assertThat(Pipes.spread(3, 3)).containsExactly(0, 1, 2);
        assertThat(Pipes.spread(3, 0)).isEmpty();
    }

    @Test
    void theDistancesDifferByOneAtMost() {
        int[] chosen = Pipes.spread(900, 128);
        assertThat(chosen).hasSize(128);
        for (int i = 1; i < chosen.length; i++) {
            assertThat(chosen[i] - chosen[i - 1]).isBetween(7, 8);
        }
    }

    @Test
    void moreReadyThanThereAreIsRefused() {
        assertThatThrownBy(() -> Pipes.open(1, 2)).hasMessage("2 of 1 cannot be ready");
    }

    @Test
    void nearlyAllOfSelectsDescriptorsAreForReadEnds() throws IOException {
        try (Pipes pipes = Pipes.open(900, 1)) {
            assertThat(pipes.readFds()).hasSize(900).doesNotHaveDuplicates();
            assertThat(Arrays.stream(pipes.readFds()).max().orElseThrow()).isLessThan(1024);
        }
    }
}
