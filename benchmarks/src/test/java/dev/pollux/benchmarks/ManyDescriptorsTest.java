// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManyDescriptorsTest {
    @Test
    void aRegistrationKeepsAtMost150BytesOfHeap() throws IOException {
        assertThat(ManyDescriptors.heapBytes(1_000_000)).isBetween(50.0, 150.0);
    }

    @Test
    void theTableHasARowForEachNumberOfDescriptors() throws IOException {
        assertThat(ManyDescriptors.measure(List.of(100, 2_000), 1, 1_000, each -> {})
                        .toString())
                .contains("| 100 |")
                .contains("| 2000 |");
    }
}
