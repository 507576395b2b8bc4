// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.SimulatedKqueue.Manners;

/** The contract with the struct and behaviour of OpenBSD, which has an except filter. */
class SimulatedOpenbsdKqueuePollerTest extends SimulatedKqueuePollerTest {
    @Override
    Manners manners() {
        return Manners.OPENBSD;
    }

    @Override
    Kqueue.Abi abi() {
        return Kqueue.Abi.OPENBSD;
    }
}
