// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wakeup is sticky, coalesced, and never an event. */
@Tag("wakeup")
public abstract class WakeupContract extends PollerFixture {
    @Test
    void aWakeupBeforeAPollMakesItReturnAtOnce() throws IOException {
        poller.register(descriptors.pipe().readFd(), Interest.READ);

        poller.wakeup();

        assertThat(poller.poll(UNEXPECTED)).isZero();
    }

    @Test
    void wakeupsBeforeAPollCoalesce() throws IOException {
        for (int i = 0; i < 100; i++) {
            poller.wakeup();
        }

        assertThat(poller.poll(UNEXPECTED)).isZero();
        long startNanos = System.nanoTime();
        assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void aPollThatOnlyLooksConsumesTheWakeup() throws IOException {
        poller.wakeup();

        assertThat(poller.poll(0, UNEXPECTED)).isZero();

        long startNanos = System.nanoTime();
        assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void aWakeupEndsAWaitingPoll() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 20; i++) {
            Background<Integer> waiting = waitInBackground(UNEXPECTED);
            poller.wakeup();
            assertThat(waiting.get()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_000_000_000L, 3_600_000_000_000L})
    void aWakeupEndsAPollWithALongTimeout(long timeoutNanos) throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        Background<Integer> waiting = pollInBackground(timeoutNanos, UNEXPECTED).awaitInKernel();

        poller.wakeup();

        assertThat(waiting.get()).isZero();
    }

    @Test
    void aWakeupIsNotAnEventAndHidesNone() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThat(poller.size()).isEqualTo(1);

        poller.wakeup();

        assertThat(poll(-1)).containsExactly(event(registration, READABLE));
    }

    @Test
    void aWakeupInsideAHandlerMakesTheNextPollReturnAtOnce() throws IOException {
        Registration registration =
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);

        assertThat(poller.poll((each, ready) -> poller.wakeup())).isEqualTo(1);

        assertThat(poller.poll(UNEXPECTED)).isZero();
        assertThat(registration.isValid()).isTrue();
    }

    @Test
    void aWakeupOfAClosedPollerDoesNothing() throws IOException {
        poller.close();
        Pipe first = descriptors.pipe();
        Pipe second = descriptors.pipe();

        for (int i = 0; i < 10; i++) {
            poller.wakeup();
        }

        assertThat(descriptors.drain(first.readFd())).isZero();
        assertThat(descriptors.drain(second.readFd())).isZero();
    }
}
