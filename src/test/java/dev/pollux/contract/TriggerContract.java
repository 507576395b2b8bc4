// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a ready descriptor is reported: {@code LEVEL}, {@code EDGE}, {@code ONESHOT}, {@code EDGE_ONESHOT}. */
@Tag("trigger")
public abstract class TriggerContract extends PollerFixture {
    @Test
    void everyMechanismSupportsLevelAndOneshotAndOnlyEpollKqueueAndIoUringTheEdges() {
        boolean edges =
                Set.of(Mechanism.EPOLL, Mechanism.KQUEUE, Mechanism.IO_URING).contains(mechanism());

        assertThat(poller.supports(Trigger.LEVEL)).isTrue();
        assertThat(poller.supports(Trigger.ONESHOT)).isTrue();
        assertThat(poller.supports(Trigger.EDGE)).isEqualTo(edges);
        assertThat(poller.supports(Trigger.EDGE_ONESHOT)).isEqualTo(edges);
    }

    @Test
    void aLevelIsReportedByEveryPollWhileItIsReady() throws IOException {
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);

        for (int i = 0; i < 5; i++) {
            assertThat(look()).containsExactly(event(registration, READABLE));
        }
        descriptors.drain(pipe.readFd());
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
    void aOneshotFiresOnceAndHidesEvenAHangUp(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, trigger, null);

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).isEmpty();
        descriptors.close(pipe.writeFd());
        assertThat(look()).isEmpty();
        assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();

        assertThat(registration.isValid()).isTrue();
        assertThat(registration.interest()).as("its interest").isSameAs(Interest.READ);
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void aOneshotThatIsModifiedBeforeItFiresStillFiresOnce() throws IOException {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.ONESHOT, null);
        registration.modify(Interest.READ);
        registration.modify(Interest.READ);
        descriptors.write(pipe.writeFd());

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void aOneshotForBothDirectionsFiresOnceForTheReadyOne() throws IOException {
        SocketPair pair = descriptors.socketPair();
        Registration registration = poller.register(pair.fd(), Interest.READ_WRITE, Trigger.ONESHOT, null);

        assertThat(look()).containsExactly(event(registration, WRITABLE));
        descriptors.write(pair.peerFd());
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
    }

    @Test
    void anEdgeIsReportedOnlyWhenSomethingArrives() throws IOException {
        assumeSupported(Trigger.EDGE);
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.EDGE, null);

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.drain(pipe.readFd());
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        descriptors.close(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void anEdgeIsReportedWhenRoomAppears() throws IOException {
        assumeSupported(Trigger.EDGE);
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        Registration registration = poller.register(pair.fd(), Interest.WRITE, Trigger.EDGE, null);
        assertThat(look()).isEmpty();

        descriptors.drain(pair.peerFd());

        assertThat(await()).containsExactly(event(registration, WRITABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void anEdgeOneshotIsSilentUntilItIsRearmed() throws IOException {
        assumeSupported(Trigger.EDGE_ONESHOT);
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.EDGE_ONESHOT, null);
        assertThat(look()).containsExactly(event(registration, READABLE));

        descriptors.write(pipe.writeFd());
        assertThat(look()).isEmpty();
        descriptors.drain(pipe.readFd());
        registration.modify(Interest.READ);
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(await()).containsExactly(event(registration, READABLE));
    }
}
