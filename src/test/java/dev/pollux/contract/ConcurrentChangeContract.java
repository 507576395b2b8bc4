// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes by other threads take effect in the poll that is already waiting. */
@Tag("concurrent-change")
public abstract class ConcurrentChangeContract extends PollerFixture {
    @ParameterizedTest
    @EnumSource
    void aReadyDescriptorRegisteredDuringAPollIsReported(Trigger trigger) throws Exception {
        assumeSupported(trigger);
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }

    @Test
    void aDescriptorRegisteredDuringAPollIsReportedOnceItIsReady() throws Exception {
        Background<Integer> waiting = waitInBackground(IGNORE);
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        waiting.awaitInKernel();

        descriptors.write(pipe.writeFd());

        assertThat(waiting.get()).isEqualTo(1);
    }

    @Test
    void aRegistrationModifiedDuringAPollIsReportedForItsNewInterest() throws Exception {
        for (Trigger trigger : List.of(Trigger.LEVEL, Trigger.ONESHOT)) {
            SocketPair pair = descriptors.socketPair();
            Registration registration = poller.register(pair.fd(), Interest.READ, trigger, null);
            List<Event> events = new ArrayList<>();
            Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

            registration.modify(Interest.WRITE);

            assertThat(waiting.get()).isEqualTo(1);
            assertThat(events).containsExactly(event(registration, WRITABLE));
            registration.cancel();
        }
    }

    @Test
    void aOneshotRearmedDuringAPollIsReported() throws Exception {
        Registration registration =
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
        assertThat(look()).hasSize(1);
        Background<Integer> waiting = waitInBackground(IGNORE);

        registration.modify(Interest.READ);

        assertThat(waiting.get()).isEqualTo(1);
    }

    @Test
    void aRegistrationSilencedDuringAPollIsNotReported() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        registration.modify(Interest.NONE);
        descriptors.write(pipe.writeFd());
        waiting.awaitInKernel();
        poller.wakeup();

        assertThat(waiting.get()).isZero();
    }

    @Test
    void aRegistrationCancelledDuringAPollIsNotReported() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        registration.cancel();
        descriptors.write(pipe.writeFd());
        waiting.awaitInKernel();
        poller.wakeup();

        assertThat(waiting.get()).isZero();
    }

    @Test
    void changesByOtherThreadsNeitherEndNorShortenAPoll() throws Exception {
        long timeoutNanos = 50_000_000;
        Background<Long> polling = Background.start(() -> {
            long startNanos = System.nanoTime();
            assertThat(poller.poll(timeoutNanos, UNEXPECTED)).isZero();
            return System.nanoTime() - startNanos;
        });
        int fd = descriptors.pipe().readFd();
        while (!polling.isDone()) {
            Registration registration = poller.register(fd, Interest.READ);
            registration.modify(Interest.NONE);
            registration.modify(Interest.READ);
            registration.cancel();
        }

        assertThat(polling.get()).isGreaterThanOrEqualTo(timeoutNanos);
    }
}
