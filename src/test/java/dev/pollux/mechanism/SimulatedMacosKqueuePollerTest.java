// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.SimulatedKqueue.Manners;

/** The contract with the struct and behaviour of macOS, which has an except filter. */
class SimulatedMacosKqueuePollerTest extends SimulatedKqueuePollerTest {
    @Override
    Manners manners() {
        return Manners.MACOS;
    }

    @Override
    Kqueue.Abi abi() {
        return Kqueue.Abi.MACOS;
    }
}
