// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.PollerContract;
import java.io.IOException;

class IoUringPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.IO_URING;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return new IoUringPoller(settings);
    }
}
