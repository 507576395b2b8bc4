// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.PollerFixture;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler may do to its own registration, to others in the same batch, and to its poller. */
@Tag("handler")
public abstract class HandlerContract extends PollerFixture {
    @Test
    void theHandlerRunsOnThePollingThread() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        AtomicReference<Thread> thread = new AtomicReference<>();

        poller.poll((registration, ready) -> thread.set(Thread.currentThread()));

        assertThat(thread).hasValue(Thread.currentThread());
    }

    @Test
    void eachReadyDescriptorIsReportedOnceInAPoll() throws IOException {
        List<Event> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            expected.add(event(poller.register(descriptors.readyPipe().readFd(), Interest.READ), READABLE));
            poller.register(descriptors.pipe().readFd(), Interest.READ);
        }

        assertThat(look()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void aRegistrationCancelledByAHandlerIsNotDeliveredInTheSameBatch(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        TwoReady two = TwoReady.register(poller, descriptors, trigger);
        List<Registration> delivered = new ArrayList<>();

        int count = poller.poll(0, (registration, ready) -> {
            delivered.add(registration);
            two.not(registration).cancel();
        });

        assertThat(count).isEqualTo(1);
        assertThat(delivered).hasSize(1);
        assertThat(poller.size()).isEqualTo(1);
        assertThat(two.not(delivered.get(0)).isValid()).isFalse();
    }

    @Test
    void aHandlerCanCancelItsOwnRegistration() throws IOException {
        TwoReady two = TwoReady.register(poller, descriptors, Trigger.LEVEL);

        assertThat(poller.poll(0, (registration, ready) -> registration.cancel()))
                .isEqualTo(2);

        assertThat(poller.size()).isZero();
        assertThat(look()).isEmpty();
        assertThat(two.one().isValid()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aNumberReusedInTheSameBatchInheritsNoEvent(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        TwoReady two = TwoReady.register(poller, descriptors, trigger);
        int empty = descriptors.pipe().readFd();
        List<Registration> delivered = new ArrayList<>();
        List<Registration> registered = new ArrayList<>();

        poller.poll(0, (registration, ready) -> {
            delivered.add(registration);
            Registration other = two.not(registration);
            if (other.isValid()) {
                other.cancel();
                descriptors.close(other.fd());
                descriptors.dupAs(empty, other.fd());
                registered.add(poller.register(other.fd(), Interest.READ, trigger, "new"));
            }
        });

        assertThat(delivered).hasSize(1);
        assertThat(registered).hasSize(1);
        assertThat(poller.registration(registered.get(0).fd())).isSameAs(registered.get(0));
        registered.get(0).modify(Interest.READ);
        assertThat(look()).extracting(Event::registration).doesNotContain(registered.get(0));
    }

    @ParameterizedTest
    @EnumSource
    void aRegistrationModifiedByAHandlerIsNotDeliveredForItsOldInterest(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        SocketPair one = descriptors.socketPair();
        SocketPair other = descriptors.socketPair();
        descriptors.write(one.peerFd());
        descriptors.write(other.peerFd());
        TwoReady two = new TwoReady(
                poller.register(one.fd(), Interest.READ, trigger, null),
                poller.register(other.fd(), Interest.READ, trigger, null));
        List<Event> events = new ArrayList<>();

        poller.poll(0, (registration, ready) -> {
            events.add(event(registration, ready));
            two.not(registration).modify(Interest.WRITE);
        });

        assertThat(events).hasSize(1);
        Registration first = events.get(0).registration();
        assertThat(events).containsExactly(event(first, READABLE));
        assertThat(look()).contains(event(two.not(first), WRITABLE)).doesNotContain(event(two.not(first), READABLE));
    }

    @ParameterizedTest
    @EnumSource
    void aRegistrationModifiedToTheSameInterestIsDeliveredWhileItIsStillReady(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        TwoReady two = TwoReady.register(poller, descriptors, trigger);
        Map<Registration, Integer> seen = new HashMap<>();

        int count = poller.poll(0, (registration, ready) -> {
            seen.merge(registration, 1, Integer::sum);
            two.not(registration).modify(Interest.READ);
        });
        assertThat(count).isEqualTo(1);
        poller.poll(0, (registration, ready) -> seen.merge(registration, 1, Integer::sum));

        assertThat(seen).containsKeys(two.one(), two.other());
    }

    @Test
    void aDescriptorModifiedInEveryPollStillGetsItsTurn() throws IOException {
        TwoReady two = TwoReady.register(poller, descriptors, Trigger.LEVEL);
        Map<Registration, Integer> seen = new HashMap<>(Map.of(two.one(), 0, two.other(), 0));

        for (int polls = 0; polls < 10; polls++) {
            poller.poll(0, (registration, ready) -> {
                seen.merge(registration, 1, Integer::sum);
                two.not(registration).modify(Interest.READ);
            });
        }

        assertThat(seen.values()).as("events of each in 10 polls").allMatch(count -> count >= 4);
    }

    @ParameterizedTest
    @EnumSource
    void aDescriptorModifiedAndClosedByAHandlerCostsTheOthersNoEvent(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        List<Registration> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null));
        }
        List<Registration> delivered = new ArrayList<>();
        AtomicReference<Registration> closed = new AtomicReference<>();

        for (int polls = 0; polls < 2; polls++) { // a descriptor closed this way may cost a poll, but no event
            poller.poll(0, (registration, ready) -> {
                if (!ready.isInvalid()) {
                    delivered.add(registration);
                }
                if (closed.get() == null) {
                    Registration next = all.get((all.indexOf(registration) + 1) % all.size());
                    next.modify(Interest.READ);
                    descriptors.close(next.fd());
                    closed.set(next);
                }
            });
        }

        List<Registration> others = new ArrayList<>(all);
        others.remove(closed.get());
        assertThat(delivered).containsAll(others).doesNotContain(closed.get());
    }

    @Test
    void aRegistrationSilencedByAHandlerIsNotDelivered() throws IOException {
        TwoReady two = TwoReady.register(poller, descriptors, Trigger.LEVEL);

        int count =
                poller.poll(0, (registration, ready) -> two.not(registration).modify(Interest.NONE));

        assertThat(count).isEqualTo(1);
    }

    @Test
    void aDescriptorRegisteredByAHandlerIsReportedByTheNextPoll() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
        Pipe pipe = descriptors.readyPipe();
        List<Registration> registered = new ArrayList<>();

        assertThat(poller.poll(
                        0, (registration, ready) -> registered.add(poller.register(pipe.readFd(), Interest.READ))))
                .isEqualTo(1);

        assertThat(look()).containsExactly(event(registered.get(0), READABLE));
    }

    @Test
    void aHandlerRearmsItsOwnOneshot() throws IOException {
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.ONESHOT, null);

        for (int i = 0; i < 3; i++) {
            assertThat(poller.poll(0, (each, ready) -> each.modify(Interest.READ)))
                    .isEqualTo(1);
        }
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void aHandlerCanPollAnotherPoller() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        Poller other = opened(open());
        other.register(descriptors.readyPipe().readFd(), Interest.READ);
        AtomicInteger inner = new AtomicInteger();

        poller.poll(0, (registration, ready) -> inner.addAndGet(other.poll(0, IGNORE)));

        assertThat(inner).hasValue(1);
    }

    @Test
    void aHandlerCannotPollItsOwnPoller() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        List<Throwable> refusals = new ArrayList<>();
        ReadyHandler handler = (registration, ready) -> {
            for (long timeoutNanos : new long[] {0, 1, -1}) {
                try {
                    poller.poll(timeoutNanos, IGNORE);
                } catch (IllegalStateException e) {
                    refusals.add(e);
                }
            }
        };

        assertThat(poller.poll(0, handler)).isEqualTo(1);

        assertThat(refusals)
                .hasSize(3)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isNotInstanceOf(ClosedPollerException.class)
                        .hasMessageContaining("handler"));
        assertThat(look()).hasSize(1);
    }

    @Test
    void aPollerClosedByAHandlerDeliversNothingMore() throws IOException {
        TwoReady two = TwoReady.register(poller, descriptors, Trigger.LEVEL);
        AtomicInteger calls = new AtomicInteger();

        try {
            int count = poller.poll(0, (registration, ready) -> {
                calls.incrementAndGet();
                poller.close();
            });
            assertThat(count).isEqualTo(1);
        } catch (ClosedPollerException e) {
            assertThat(e).hasMessageContaining(mechanism().name());
        }

        assertThat(calls).hasValue(1);
        assertThat(poller.isOpen()).isFalse();
        assertThat(two.one().isValid()).isFalse();
        assertThat(two.other().isValid()).isFalse();
        assertThatThrownBy(() -> poller.poll(0, IGNORE)).isInstanceOf(ClosedPollerException.class);
    }
}
