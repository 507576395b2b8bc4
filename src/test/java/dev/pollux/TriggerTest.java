// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TriggerTest {
    @Test
    void theQuestionsTellAnEdgeAndAOneshot() {
        assertThat(Arrays.stream(Trigger.values()).filter(Trigger::isEdge))
                .containsExactlyInAnyOrder(Trigger.EDGE, Trigger.EDGE_ONESHOT);
        assertThat(Arrays.stream(Trigger.values()).filter(Trigger::isOneshot))
                .containsExactlyInAnyOrder(Trigger.ONESHOT, Trigger.EDGE_ONESHOT);
    }
}
