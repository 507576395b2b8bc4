// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import dev.pollux.Descriptors;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import java.io.IOException;

/** Two registrations that are ready in the same poll; the order of delivery is unspecified. */
record TwoReady(Registration one, Registration other) {
    static TwoReady register(Poller poller, Descriptors descriptors, Trigger trigger) throws IOException {
        return new TwoReady(
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null),
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null));
    }

    Registration not(Registration registration) {
        return registration == one ? other : one;
    }
}
