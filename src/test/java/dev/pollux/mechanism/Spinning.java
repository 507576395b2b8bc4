// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.CountingSyscalls;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import java.io.IOException;
import java.time.Duration;

/** Opens pollers that spin before they wait, to run the contract on them. */
final class Spinning {
    private static final long NANOS = 100_000;

    private Spinning() {}

    static Poller open(Mechanism mechanism, Binding binding) throws IOException {
        return Pollers.builder()
                .mechanism(mechanism)
                .binding(binding)
                .spin(Duration.ofNanos(NANOS))
                .open();
    }

    /** Adds spinning to the settings, except for tests that count waits. */
    static PollerSettings settings(PollerSettings settings) {
        return settings.syscalls() instanceof CountingSyscalls
                ? settings
                : new PollerSettings(settings.syscalls(), settings.binding(), settings.selectLimit(), NANOS, null);
    }
}
