// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.contract.PollerContract;
import java.io.IOException;

class SelectPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.SELECT;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(SelectDriver::new, settings);
    }
}
