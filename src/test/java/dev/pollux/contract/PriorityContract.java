// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Urgent TCP data is {@link Interest#PRIORITY}, also after a hang-up outside the interest. */
@Tag("priority")
public abstract class PriorityContract extends PollerFixture {
    @Test
    void anUrgentByteIsPriorityAndNotReadable() throws IOException {
        assumePriority();
        SocketPair tcp = descriptors.tcpPair();
        Registration registration = poller.register(tcp.fd(), Interest.READ.plus(Interest.PRIORITY));

        posix.sendUrgent(tcp.peerFd(), (byte) 1);

        assertThat(await()).containsExactly(event(registration, PRIORITY));
        registration.modify(Interest.READ);
        assertThat(look()).isEmpty();
        descriptors.write(tcp.peerFd());
        assertThat(await()).containsExactly(event(registration, READABLE));
    }

    @Test
    void anUrgentByteEndsAWaitOnAMutedDescriptor() throws Exception {
        assumePriority();
        int listener = descriptors.listener(1);
        int client = descriptors.tcpSocket();
        Registration registration = poller.register(client, Interest.PRIORITY);
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        posix.connect(client, posix.localAddress(listener));
        posix.sendUrgent(descriptors.accept(listener), (byte) 1);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, PRIORITY));
    }

    @Test
    void anUrgentByteIsReportedAfterAnUnaskedHangUp() throws Exception {
        assumePriority();
        for (Trigger trigger : Trigger.values()) {
            if (!poller.supports(trigger)) {
                continue;
            }
            CountingSyscalls counting = count();
            int listener = descriptors.listener(1);
            int client = descriptors.tcpSocket(); // OUT|HUP until it is connected
            Registration registration = poller.register(client, Interest.PRIORITY, trigger, null);
            assertThat(look()).isEmpty();
            int before = counting.waits();
            assertThat(poller.poll(120_000_000, UNEXPECTED)).isZero();
            assertThat(counting.waits() - before).as("waits in 120 ms").isLessThanOrEqualTo(60);

            posix.connect(client, posix.localAddress(listener));
            int server = descriptors.accept(listener);
            assertThat(look()).isEmpty();
            posix.sendUrgent(server, (byte) 1);

            assertThat(await()).containsExactly(event(registration, PRIORITY));
            assertThat(look()).hasSize(trigger == Trigger.LEVEL ? 1 : 0);
            registration.modify(Interest.PRIORITY);
            assertThat(look()).containsExactly(event(registration, PRIORITY));
        }
    }
}
