// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.contract.PollerContract;
import java.io.IOException;

class DevPollPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.DEVPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(DevPollDriver::new, settings);
    }
}
