// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a handler may do, and what becomes of the rest of its batch. */
public abstract class PollerContractHandling extends PollerContractRegistering {
    /** Two descriptors that are ready in the same poll; which of them comes first is not promised. */
    private record Two(Registration one, Registration other) {
        Registration not(Registration registration) {
            return registration == one ? other : one;
        }
    }

    private Two twoReady(Trigger trigger) throws IOException {
        return new Two(
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null),
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null));
    }

    private void assumeSupported(Trigger trigger) {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
    }

    // The batch.

    @Test
    void theHandlerRunsOnThePollingThread() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        AtomicReference<Thread> thread = new AtomicReference<>();

        poller.poll((registration, ready) -> thread.set(Thread.currentThread()));

        assertThat(thread).hasValue(Thread.currentThread());
    }

    @ParameterizedTest
    @EnumSource
    void whatAHandlerCancelsIsNotDeliveredInTheSameBatch(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        Two two = twoReady(trigger);
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
    void aHandlerMayCancelWhatItIsCalledFor() throws IOException {
        Two two = twoReady(Trigger.LEVEL);

        assertThat(poller.poll(0, (registration, ready) -> registration.cancel()))
                .isEqualTo(2);

        assertThat(poller.size()).isZero();
        assertThat(look()).isEmpty();
        assertThat(two.one().isValid()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aNumberUsedAgainInTheSameBatchInheritsNoEvent(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        Two two = twoReady(trigger);
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
    void whatAHandlerModifiesIsNotDeliveredForItsOldInterest(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        SocketPair one = descriptors.socketPair();
        SocketPair other = descriptors.socketPair();
        descriptors.write(one.peerFd());
        descriptors.write(other.peerFd());
        Two two = new Two(
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
    void whatAHandlerModifiesToTheSameInterestComesAgainIfItStillHolds(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        Two two = twoReady(trigger);
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
    void whatAHandlerSilencesIsNotDelivered() throws IOException {
        Two two = twoReady(Trigger.LEVEL);

        int count =
                poller.poll(0, (registration, ready) -> two.not(registration).modify(Interest.NONE));

        assertThat(count).isEqualTo(1);
    }

    @Test
    void whatAHandlerRegistersIsReportedByTheNextPoll() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
        Pipe pipe = descriptors.readyPipe();
        List<Registration> registered = new ArrayList<>();

        assertThat(poller.poll(
                        0, (registration, ready) -> registered.add(poller.register(pipe.readFd(), Interest.READ))))
                .isEqualTo(1);

        assertThat(look()).containsExactly(event(registered.get(0), READABLE));
    }

    @Test
    void aHandlerArmsItsOwnOneshotAgain() throws IOException {
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
    void aHandlerMayPollAnotherPoller() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        Poller other = opened(open());
        other.register(descriptors.readyPipe().readFd(), Interest.READ);
        AtomicInteger inner = new AtomicInteger();

        poller.poll(0, (registration, ready) -> inner.addAndGet(other.poll(0, IGNORE)));

        assertThat(inner).hasValue(1);
    }

    @Test
    void aPollInsideAHandlerIsRefused() throws IOException {
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
    void whatAHandlerClosesEndsWithoutAnotherEvent() throws IOException {
        Two two = twoReady(Trigger.LEVEL);
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

    // Exceptions.

    /** Something that a handler throws; the three kinds there are. */
    private static List<Throwable> whatHandlersThrow() {
        return List.of(new IOException("checked"), new IllegalArgumentException("unchecked"), new Error("error"));
    }

    private static void sneak(Throwable thrown) throws IOException {
        if (thrown instanceof IOException checked) {
            throw checked;
        } else if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @ParameterizedTest
    @MethodSource("whatHandlersThrow")
    void whatAHandlerThrowsLeavesPollAtOnce(Throwable thrown) throws IOException {
        Two two = twoReady(Trigger.LEVEL);
        AtomicInteger calls = new AtomicInteger();

        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    calls.incrementAndGet();
                    sneak(thrown);
                }))
                .isSameAs(thrown);

        assertThat(calls).hasValue(1);
        assertThat(look()).containsExactlyInAnyOrder(event(two.one(), READABLE), event(two.other(), READABLE));
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionLosesNothingAndDoublesNothing(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        Map<Registration, Integer> seen = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            seen.put(poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null), 0);
        }
        seen.put(poller.register(descriptors.regularFile(), Interest.READ, trigger, null), 0);
        AtomicInteger calls = new AtomicInteger();
        ReadyHandler everyThirdThrows = (registration, ready) -> {
            if (seen.merge(registration, 1, Integer::sum) == 1 && calls.incrementAndGet() % 3 == 0) {
                sneak(whatHandlersThrow().get(calls.get() / 3 % 3));
            }
        };

        for (int polls = 0; polls < 60 && seen.containsValue(0); polls++) {
            try {
                poller.poll(0, everyThirdThrows);
            } catch (IOException | IllegalArgumentException | Error e) {
                if (e instanceof AssertionError) {
                    throw e;
                }
            }
        }

        assertThat(seen.values()).as("events of each").doesNotContain(0);
        if (trigger != Trigger.LEVEL) {
            assertThat(seen.values()).as("events of each").containsOnly(1);
            assertThat(look()).isEmpty();
        } else {
            assertThat(look()).hasSize(51);
        }
    }

    @Test
    void aDescriptorWhoseHandlerAlwaysThrowsKeepsNoneOfTheOthersBack() throws IOException {
        Map<Registration, Integer> seen = new HashMap<>();
        for (int i = 0; i < 5; i++) {
            seen.put(poller.register(descriptors.readyPipe().readFd(), Interest.READ), 0);
        }

        for (int polls = 0; polls < 5; polls++) {
            assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                        seen.merge(registration, 1, Integer::sum);
                        throw new IOException("on purpose");
                    }))
                    .hasMessage("on purpose");
        }

        assertThat(seen.values())
                .as("events of each: what was not delivered comes with the next poll")
                .containsOnly(1);
    }

    @Test
    void whatAHandlerCancelsOrModifiesBeforeItThrowsIsNotPutBack() throws IOException {
        Two two = twoReady(Trigger.ONESHOT);
        Registration third = poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
        List<Registration> all = List.of(two.one(), two.other(), third);
        List<Registration> delivered = new ArrayList<>();

        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    delivered.add(registration);
                    List<Registration> others = new ArrayList<>(all);
                    others.remove(registration);
                    others.get(0).cancel();
                    others.get(1).modify(Interest.WRITE);
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThat(delivered).hasSize(1);
        assertThat(look()).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwUndeclared(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionThatNoHandlerDeclaresLosesNothingEither(Trigger trigger) throws Exception {
        assumeSupported(trigger);
        Map<Registration, Integer> seen = new HashMap<>();
        for (int i = 0; i < 5; i++) {
            seen.put(poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null), 0);
        }

        for (int polls = 0; polls < 5; polls++) {
            assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                        seen.merge(registration, 1, Integer::sum);
                        throwUndeclared(new Exception("on purpose"));
                    }))
                    .hasMessage("on purpose");
        }

        assertThat(seen.values()).as("events of each").containsOnly(1);
    }

    @ParameterizedTest
    @EnumSource
    void aDescriptorThatAHandlerModifiesAndClosesCostsTheOthersNothing(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        List<Registration> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null));
        }
        List<Registration> delivered = new ArrayList<>();
        AtomicReference<Registration> closed = new AtomicReference<>();

        for (int polls = 0; polls < 2; polls++) { // what is closed so may cost one poll, not an event
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
    void aDescriptorThatAHandlerModifiesInEachPollHasItsTurnAllTheSame() throws IOException {
        Two two = twoReady(Trigger.LEVEL);
        Map<Registration, Integer> seen = new HashMap<>(Map.of(two.one(), 0, two.other(), 0));

        for (int polls = 0; polls < 10; polls++) {
            poller.poll(0, (registration, ready) -> {
                seen.merge(registration, 1, Integer::sum);
                two.not(registration).modify(Interest.READ);
            });
        }

        assertThat(seen.values()).as("events of each in 10 polls").allMatch(count -> count >= 4);
    }

    @Test
    void anExceptionWhileAOneshotIsHandledDoesNotArmItAgain() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);

        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThat(look()).isEmpty();
    }

    @Test
    void whatAHandlerClosedBeforeItThrewStaysClosed() throws IOException {
        twoReady(Trigger.ONESHOT);

        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    poller.close();
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThatThrownBy(() -> poller.poll(0, IGNORE)).isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void afterAnExceptionAnotherThreadMayPoll() throws Exception {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThatThrownBy(() -> poller.poll(0, (each, ready) -> {
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        List<Event> events = Background.start(this::look).get();

        assertThat(events).containsExactly(event(registration, READABLE));
    }
}
