// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.CountingSyscalls;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.PollerContract;
import dev.pollux.Pollers;
import java.io.IOException;
import java.time.Duration;

/** The promise, kept by a poller that spins before it waits. */
class SpinningEpollPollerTest extends PollerContract {
    private static final long SPIN_NANOS = 100_000;

    @Override
    protected Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    protected Poller open() throws IOException {
        return Pollers.builder()
                .mechanism(mechanism())
                .binding(binding)
                .spin(Duration.ofNanos(SPIN_NANOS))
                .open();
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        boolean looksAreCounted = settings.syscalls() instanceof CountingSyscalls;
        return new EpollPoller(new PollerSettings(
                settings.syscalls(), binding, settings.selectLimit(), looksAreCounted ? 0 : SPIN_NANOS, null));
    }
}
