// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Poller;
import java.io.IOException;

class SpinningPollPollerTest extends PollPollerTest {
    @Override
    protected Poller open() throws IOException {
        return Spinning.open(mechanism(), binding);
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return super.open(Spinning.settings(settings));
    }
}
