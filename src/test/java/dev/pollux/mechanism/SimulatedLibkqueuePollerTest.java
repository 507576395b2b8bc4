// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Interest;
import dev.pollux.Registration;
import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.SimulatedKqueue.Manners;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The contract with the behaviour of libkqueue up to release 2.6. */
class SimulatedLibkqueuePollerTest extends SimulatedKqueuePollerTest {
    @Override
    Manners manners() {
        return Manners.LIBKQUEUE;
    }

    @Override
    Kqueue.Abi abi() {
        return Kqueue.Abi.LIBKQUEUE;
    }

    @Test
    void aRegistrationThatANewKqueueFoundClosedMayBeCancelledAndItsNumberRegisteredAgain() throws IOException {
        Registration closed = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Registration cancelled = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Pipe pipe = descriptors.pipe();
        Pipe other = descriptors.pipe();
        descriptors.close(cancelled.fd());
        cancelled.cancel();
        descriptors.close(closed.fd());
        poller.register(descriptors.dupAs(other.readFd(), cancelled.fd()), Interest.READ); // needs a new kqueue
        closed.cancel();
        Registration fresh = poller.register(descriptors.dupAs(pipe.readFd(), closed.fd()), Interest.READ);

        descriptors.write(pipe.writeFd());

        assertThat(look()).containsExactly(event(fresh, READABLE));
        assertThat(poller.size()).isEqualTo(2);
        assertThat(poller.registration(fresh.fd())).isSameAs(fresh);
    }
}
