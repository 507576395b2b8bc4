// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.abi.Os;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hang-ups and errors: their readiness, their details, and those outside the interest. */
@Tag("hangup")
public abstract class HangupContract extends PollerFixture {
    @Test
    void aHangUpIsReadableAndAnErrorIsReadableAndWritable() throws IOException {
        Registration hungUp = poller.register(descriptors.hungUpPipe(), Interest.READ);
        Pipe broken = descriptors.pipe();
        descriptors.fill(broken.writeFd());
        descriptors.close(broken.readFd());
        Registration write = poller.register(broken.writeFd(), Interest.WRITE);

        assertThat(look()).containsExactlyInAnyOrder(event(hungUp, READABLE), event(write, WRITABLE));
        assumeThat(isKqueue())
                .as("kqueue, which does not watch a write end for reading")
                .isFalse();
        write.modify(Interest.READ);
        assertThat(look()).containsExactlyInAnyOrder(event(hungUp, READABLE), event(write, READABLE));
    }

    @Test
    void anUnaskedHangUpDoesNotSpin() throws Exception {
        assumeThat(isKqueue())
                .as("kqueue, which does not watch a read end for writing")
                .isFalse();
        CountingSyscalls counting = count();
        for (Trigger trigger : new Trigger[] {Trigger.LEVEL, Trigger.ONESHOT}) {
            poller.register(descriptors.hungUpPipe(), Interest.WRITE, trigger, null);
            poller.register(descriptors.hungUpPipe(), Interest.PRIORITY, trigger, null);
            poller.register(descriptors.hungUpPipe(), Interest.WRITE.plus(Interest.PRIORITY), trigger, null);
        }
        int before = counting.waits();

        assertThat(poller.poll(300_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 300 ms").isLessThanOrEqualTo(60);
    }

    @Test
    void aMutedDescriptorCanBeModifiedAndCancelled() throws Exception {
        assumeThat(isKqueue())
                .as("kqueue, which does not watch a read end for writing")
                .isFalse();
        Registration muted = poller.register(descriptors.hungUpPipe(), Interest.WRITE);
        Registration another = poller.register(descriptors.hungUpPipe(), Interest.WRITE);
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();

        muted.modify(Interest.READ);
        assertThat(look()).containsExactly(event(muted, READABLE));
        muted.modify(Interest.WRITE);
        assertThat(look()).isEmpty();
        muted.cancel();
        another.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        Registration again = poller.register(muted.fd(), Interest.READ);
        assertThat(look()).containsExactly(event(again, READABLE));
    }

    @Test
    void theDetailsAreThoseOfPollWhereTheMechanismReportsThem() throws IOException {
        assumeThat(Os.here()).as("the system with these bits").isEqualTo(Os.LINUX);
        assumeThat(mechanism()).as("kqueue's differ").isNotEqualTo(Mechanism.KQUEUE);
        boolean reported = mechanism() != Mechanism.SELECT;
        assertThat(detailsOf(descriptors.hungUpPipe(), Interest.READ)).isEqualTo(reported ? ReadyBits.HANGUP : 0);
        SocketPair half = descriptors.socketPair();
        posix.shutdownWrite(half.peerFd());
        assertThat(detailsOf(half.fd(), Interest.READ)).isEqualTo(reported ? ReadyBits.READ_HANGUP : 0);
        assertThat(detailsOf(half.fd(), Interest.WRITE)).isZero();
        assertThat(detailsOf(half.fd(), Interest.READ_WRITE)).isEqualTo(reported ? ReadyBits.READ_HANGUP : 0);
        Pipe broken = descriptors.pipe();
        descriptors.close(broken.readFd());
        assertThat(detailsOf(broken.writeFd(), Interest.WRITE)).isEqualTo(reported ? ReadyBits.ERROR : 0);
        assertThat(detailsOf(descriptors.readyPipe().readFd(), Interest.READ)).isZero();
    }

    private int detailsOf(int fd, Interest interest) throws IOException {
        Registration registration = poller.register(fd, interest);
        int[] bits = {0};
        assertThat(poller.poll(DEADLINE_NANOS, (each, ready) -> bits[0] = ReadyBits.of(ready)))
                .isEqualTo(1);
        registration.cancel();
        return bits[0] & (ReadyBits.HANGUP | ReadyBits.READ_HANGUP | ReadyBits.ERROR);
    }

    @Test
    void aFullSocketWhosePeerShutBothDirectionsIsReadableAndNotWritable() throws IOException {
        assumeThat(Os.here()).as("the system with this answer").isEqualTo(Os.LINUX);
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        posix.shutdownBoth(pair.peerFd());

        Registration registration = poller.register(pair.fd(), Interest.READ.plus(Interest.WRITE));
        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.modify(Interest.WRITE);
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void aHungUpSocketThatBecomesWritableIsReportedThoughAnotherDescriptorIsAlwaysReady() throws IOException {
        assumeThat(Os.here()).as("the system with this answer").isEqualTo(Os.LINUX);
        Registration file = poller.register(descriptors.regularFile(), Interest.READ);
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        posix.shutdownBoth(pair.peerFd());
        Registration socket = poller.register(pair.fd(), Interest.WRITE);
        for (int polls = 0; polls < 3; polls++) {
            assertThat(look()).containsExactly(event(file, READABLE));
        }

        descriptors.drain(pair.peerFd());

        assertThat(look()).containsExactlyInAnyOrder(event(file, READABLE), event(socket, WRITABLE));
    }
}
