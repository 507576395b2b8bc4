// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.jfr.RecordedPoller;
import java.io.IOException;

/** Recording changes nothing about a poller. */
class RecordedEpollPollerTest extends EpollPollerTest {
    @Override
    protected Poller open() throws IOException {
        return Pollers.builder()
                .mechanism(mechanism())
                .binding(binding)
                .jfr(true)
                .open();
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return RecordedPoller.open(
                settings.syscalls(),
                timed -> KernelPoller.open(
                        EpollDriver::new, new PollerSettings(timed, settings.binding(), settings.selectLimit())));
    }
}
