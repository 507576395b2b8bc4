// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.SelectLimit;
import dev.pollux.Usable;
import dev.pollux.contract.PollerContract;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;

/** The contract on {@link DevPollDriver}, over a /dev/poll that is simulated, since Linux has none. */
class SimulatedDevPollPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.DEVPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(DevPollDriver::new, settings);
    }

    @Override
    protected Poller open() throws IOException {
        return open(new PollerSettings(calls, binding, SelectLimit.FD_SETSIZE));
    }

    @Override
    protected Syscalls syscalls() throws IOException {
        return new SimulatedDevPoll(super.syscalls());
    }

    @Override
    protected String unusable() {
        return Usable.reasonAgainst(Mechanism.POLL, binding);
    }
}
