// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An exception from a handler leaves {@code poll} at once. No event is lost or repeated. */
@Tag("exception")
public abstract class ExceptionContract extends PollerFixture {
    /** The three kinds of exceptions that a handler can throw. */
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

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwUndeclared(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @ParameterizedTest
    @MethodSource("whatHandlersThrow")
    void anExceptionLeavesPollAtOnce(Throwable thrown) throws IOException {
        TwoReady two = TwoReady.register(poller, descriptors, Trigger.LEVEL);
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
    void anExceptionLosesAndRepeatsNoEvent(Trigger trigger) throws IOException {
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

    @ParameterizedTest
    @EnumSource
    void anUndeclaredCheckedExceptionLosesNoEvent(Trigger trigger) throws Exception {
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

    @Test
    void aHandlerThatAlwaysThrowsStarvesNoDescriptor() throws IOException {
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
                .as("events of each: the next poll delivers the rest")
                .containsOnly(1);
    }

    @Test
    void cancelAndModifyBeforeAnExceptionStayInEffect() throws IOException {
        TwoReady two = TwoReady.register(poller, descriptors, Trigger.ONESHOT);
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

    @Test
    void anExceptionDoesNotRearmAOneshot() throws IOException {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);

        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThat(look()).isEmpty();
    }

    @Test
    void aPollerClosedBeforeAnExceptionStaysClosed() throws IOException {
        TwoReady.register(poller, descriptors, Trigger.ONESHOT);

        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    poller.close();
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        assertThatThrownBy(() -> poller.poll(0, IGNORE)).isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void anotherThreadCanPollAfterAnException() throws Exception {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThatThrownBy(() -> poller.poll(0, (each, ready) -> {
                    throw new IOException("on purpose");
                }))
                .hasMessage("on purpose");

        List<Event> events = Background.start(this::look).get();

        assertThat(events).containsExactly(event(registration, READABLE));
    }
}
