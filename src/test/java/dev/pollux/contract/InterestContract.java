// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A poller reports exactly the interest, and nothing for {@link Interest#NONE}. */
@Tag("interest")
public abstract class InterestContract extends PollerFixture {
    @Test
    void bothDirectionsAreReportedInOneEvent() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ_WRITE);

        assertThat(await()).containsExactly(event(registration, READABLE | WRITABLE));
    }

    @Test
    void onlyTheAskedInterestIsReported() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ);

        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.modify(Interest.WRITE);
        assertThat(registration.interest()).isSameAs(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        registration.modify(Interest.READ_WRITE.without(Interest.WRITE));
        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.modify(Interest.NONE);
        assertThat(look()).isEmpty();
    }

    @Test
    void interestNoneReportsNothingNotEvenAHangUpAndDoesNotSpin() throws Exception {
        CountingSyscalls counting = count();
        Registration hungUp = poller.register(descriptors.hungUpPipe(), Interest.NONE);
        SocketPair pair = descriptors.socketPair();
        Registration socket = poller.register(pair.fd(), Interest.NONE);
        descriptors.close(pair.peerFd());
        poller.register(descriptors.readyPipe().readFd(), Interest.NONE);
        poller.register(descriptors.regularFile(), Interest.NONE);
        assertThat(look()).isEmpty();
        int before = counting.waits();

        assertThat(poller.poll(50_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 50 ms").isLessThanOrEqualTo(3);
        hungUp.modify(Interest.READ);
        assertThat(look()).containsExactly(event(hungUp, READABLE));
        hungUp.modify(Interest.NONE);
        socket.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(socket, READABLE | WRITABLE));
        socket.modify(Interest.NONE);
        assertThat(look()).isEmpty();
    }
}
