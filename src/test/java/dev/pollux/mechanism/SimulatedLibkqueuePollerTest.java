// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.SimulatedKqueue.Manners;

/** The same with what the library libkqueue makes of it, up to its release 2.6. */
class SimulatedLibkqueuePollerTest extends SimulatedKqueuePollerTest {
    @Override
    Manners manners() {
        return Manners.LIBKQUEUE;
    }

    @Override
    Kqueue.Abi abi() {
        return Kqueue.Abi.LIBKQUEUE;
    }
}
