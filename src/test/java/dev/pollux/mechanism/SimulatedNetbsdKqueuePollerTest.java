// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.SimulatedKqueue.Manners;

/** The contract with the wide struct and behaviour of NetBSD. */
class SimulatedNetbsdKqueuePollerTest extends SimulatedKqueuePollerTest {
    @Override
    Manners manners() {
        return Manners.NETBSD;
    }

    @Override
    Kqueue.Abi abi() {
        return Kqueue.Abi.NETBSD;
    }
}
