// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.CountingSyscalls;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code modify} re-arms a registration, makes an edge report again, and drops events fetched before. */
@Tag("modify")
public abstract class ModifyContract extends PollerFixture {
    @ParameterizedTest
    @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
    void modifyRearmsAFiredOneshotEvenForTheSameInterest(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ, trigger, null);
        assertThat(look()).containsExactly(event(registration, READABLE));

        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        registration.modify(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        assertThat(look()).isEmpty();
        registration.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        assertThat(look()).isEmpty();
        descriptors.drain(pair.fd());
        registration.modify(Interest.READ);
        assertThat(look()).isEmpty();
        descriptors.write(pair.peerFd());
        assertThat(await()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"EDGE", "EDGE_ONESHOT"})
    void modifyMakesAnEdgeReportAgain(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ, trigger, null);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();

        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void aCancelledRegistrationCannotBeModified() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        registration.cancel();

        assertThatIllegalStateException()
                .isThrownBy(() -> registration.modify(Interest.READ))
                .isNotInstanceOf(ClosedPollerException.class)
                .withMessageContaining(String.valueOf(registration.fd()));
        assertThat(look()).isEmpty();
        assertThat(poller.size()).isZero();
    }

    @Test
    void anEventFetchedBeforeAModifyIsNotDeliveredAfterIt() throws Exception {
        for (Trigger trigger : List.of(Trigger.LEVEL, Trigger.ONESHOT)) {
            CountingSyscalls kernel = count();
            Pipe pipe = descriptors.readyPipe();
            Registration registration = poller.register(pipe.readFd(), Interest.READ, trigger, null);
            Background<?>[] modifying = new Background<?>[1];
            AtomicBoolean modified = new AtomicBoolean();
            kernel.afterNextWait(() -> {
                drainQuietly(pipe.readFd());
                modifying[0] = Background.start(() -> {
                    registration.modify(Interest.READ);
                    return null;
                });
                modified.set(Eventually.holdsWithin(50_000_000, modifying[0]::isDone));
            });

            int count = poller.poll(1_000_000, IGNORE);

            if (modified.get()) { // elsewhere it waits until the poller has looked
                assertThat(count).as("%s", trigger).isZero();
            }
            modifying[0].get();
            descriptors.write(pipe.writeFd());
            assertThat(look()).as("%s", trigger).containsExactly(event(registration, READABLE));
        }
    }

    private void drainQuietly(int fd) {
        try {
            descriptors.drain(fd);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
