// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** After {@code cancel} there are no events, and the descriptor and its number are free at once. */
@Tag("cancel")
public abstract class CancelContract extends PollerFixture {
    @Test
    void aCancelledRegistrationReportsNothing() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, "attached");
        assertThat(look()).hasSize(1);

        registration.cancel();

        assertThat(look()).isEmpty();
        assertThat(registration.isValid()).isFalse();
        assertThat(registration.fd()).isNotNegative();
        assertThat(registration.attachment()).isEqualTo("attached");
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(registration.fd())).isNull();
    }

    @Test
    void aSecondCancelLeavesALaterRegistrationOfTheNumberAlone() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        Registration first = poller.register(fd, Interest.READ);
        first.cancel();
        first.cancel();
        Registration second = poller.register(fd, Interest.READ);

        first.cancel();

        assertThat(second.isValid()).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(poller.registration(fd)).isSameAs(second);
        assertThat(look()).containsExactly(event(second, READABLE));
    }

    @Test
    void aRegistrationCanBeCancelledAfterItsPollerIsClosed() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        poller.close();

        registration.cancel();

        assertThat(registration.isValid()).isFalse();
    }

    @Test
    void aCancelledDescriptorCanBeClosedAndItsNumberReusedAtOnce() throws IOException {
        int empty = descriptors.pipe().readFd();
        for (Trigger trigger : Trigger.values()) {
            if (poller.supports(trigger)) {
                Registration old = poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null);
                old.cancel();
                descriptors.close(old.fd());
                int again = descriptors.dupAs(empty, old.fd());
                Registration registration = poller.register(again, Interest.READ, trigger, null);

                assertThat(look()).isEmpty();
                registration.cancel();
            }
        }
    }

    @Test
    void cancelReturnsOnceTheKernelNoLongerWatches() throws Exception {
        SocketPair pair = descriptors.socketPair();
        SocketPair tcp = descriptors.tcpPair();
        Registration one = poller.register(pair.fd(), Interest.READ);
        Registration other =
                poller.register(tcp.fd(), Interest.READ.plus(Interest.WRITE).without(Interest.WRITE));
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        one.cancel();
        descriptors.close(pair.fd());
        assertThat(descriptors.read(pair.peerFd(), 1))
                .as("the end of the stream, at once")
                .isEqualTo(-1);
        other.cancel();
        descriptors.close(tcp.fd());
        Eventually.until("the end of the TCP stream", () -> descriptors.read(tcp.peerFd(), 1) == -1);

        assertThat(waiting.isDone()).as("the poll still waits").isFalse();
        waiting.awaitInKernel();
        poller.wakeup();
        assertThat(waiting.get()).isZero();
    }

    @Test
    void aNumberCancelledAndReusedDuringAPollIsReportedForItsNewRegistrationOnly() throws Exception {
        Pipe old = descriptors.pipe();
        Pipe fresh = descriptors.pipe();
        Registration first = poller.register(old.readFd(), Interest.READ);
        List<Event> events = Collections.synchronizedList(new ArrayList<>());
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        first.cancel();
        descriptors.close(old.readFd());
        int again = descriptors.dupAs(fresh.readFd(), old.readFd());
        Registration second = poller.register(again, Interest.READ);
        waiting.awaitInKernel();
        assertThat(events).isEmpty();
        descriptors.write(fresh.writeFd());

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(second, READABLE));
    }
}
