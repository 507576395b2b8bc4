// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.CountingSyscalls;
import dev.pollux.Poller;
import dev.pollux.SelectLimit;
import java.io.IOException;

/** The contract on pollers that look before each wait. */
class LookingEpollPollerTest extends EpollPollerTest {
    @Override
    protected Poller open() throws IOException {
        return open(new PollerSettings(calls, binding, SelectLimit.FD_SETSIZE));
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        boolean counted = settings.syscalls() instanceof CountingSyscalls;
        return super.open(counted ? settings : looking(settings));
    }

    private static PollerSettings looking(PollerSettings settings) {
        return new PollerSettings(
                settings.syscalls(),
                settings.binding(),
                settings.selectLimit(),
                settings.spinNanos(),
                settings.busyPoll(),
                0);
    }
}
