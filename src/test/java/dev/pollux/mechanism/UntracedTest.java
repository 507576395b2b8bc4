// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Usable;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.TracingSyscalls;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Without a trace the decorator is not installed, so tracing costs nothing. */
class UntracedTest {
    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void nothingStandsBetweenAPollerAndItsBinding(Usable.Combination combination) throws IOException {
        try (Poller poller = combination.open()) {
            assertThat(callsOf(poller)).isNotInstanceOf(ForwardingSyscalls.class);
        }
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void theTracerStandsBetweenWhereItIsAskedFor(Usable.Combination combination) throws IOException {
        try (Poller poller = Pollers.builder()
                .mechanism(combination.mechanism())
                .binding(combination.binding())
                .trace(line -> {})
                .open()) {
            assertThat(callsOf(poller)).isInstanceOf(TracingSyscalls.class);
        }
    }

    @Test
    void aNullSinkMeansNoTrace() throws IOException {
        try (Poller poller =
                Pollers.builder().mechanism(Mechanism.POLL).trace(null).open()) {
            assertThat(callsOf(poller)).isNotInstanceOf(ForwardingSyscalls.class);
        }
        assertThat(Pollers.builder().syscalls()).isNotInstanceOf(ForwardingSyscalls.class);
    }

    private static Syscalls callsOf(Poller poller) {
        return ((KernelPoller) poller).driver().syscalls;
    }
}
