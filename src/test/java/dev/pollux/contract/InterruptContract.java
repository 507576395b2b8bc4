// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.posix.Posix.Pipe;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code Thread.interrupt} ends a poll and leaves the flag set; a signal does not end a poll. */
@Tag("interrupt")
public abstract class InterruptContract extends PollerFixture {
    @Test
    void anInterruptBeforeAPollMakesItReturnAtOnceAndStaysSet() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        Background<Boolean> polling = Background.start(() -> {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 3; i++) {
                assertThat(poller.poll(UNEXPECTED)).isZero();
                assertThat(poller.poll(TimeUnit.DAYS.toNanos(1), UNEXPECTED)).isZero();
                assertThat(poller.poll(0, UNEXPECTED)).isZero();
            }
            return Thread.currentThread().isInterrupted();
        });

        assertThat(polling.get()).isTrue();
    }

    @Test
    void anInterruptedThreadStillDeliversReadyDescriptors() throws Exception {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        Background<Boolean> polling = Background.start(() -> {
            Thread.currentThread().interrupt();
            assertThat(poll(-1)).containsExactly(event(registration, READABLE));
            assertThat(look()).containsExactly(event(registration, READABLE));
            return Thread.currentThread().isInterrupted();
        });

        assertThat(polling.get()).isTrue();
    }

    @Test
    void anInterruptEndsAWaitingPollAndStaysSet() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 10; i++) {
            Background<Boolean> polling = Background.start(() -> {
                assertThat(poller.poll(UNEXPECTED)).isZero();
                return Thread.currentThread().isInterrupted();
            });
            polling.awaitInKernel().thread().interrupt();
            assertThat(polling.get()).isTrue();
        }
    }

    @Test
    void aPollWaitsAgainOnceTheInterruptIsCleared() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        CountDownLatch taken = new CountDownLatch(1);
        Background<Integer> polling = Background.start(() -> {
            assertThat(poller.poll(UNEXPECTED)).isZero();
            assertThat(Thread.interrupted()).isTrue();
            long startNanos = System.nanoTime();
            assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(5_000_000);
            taken.countDown();
            return poller.poll(IGNORE);
        });
        polling.awaitInKernel().thread().interrupt();
        assertThat(taken.await(DEADLINE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
        polling.awaitInKernel();

        descriptors.write(pipe.writeFd());

        assertThat(polling.get()).isEqualTo(1);
    }

    @Test
    void interruptingAnotherThreadDoesNotEndThePoll() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(IGNORE);
        Background<Boolean> interrupted = Background.start(() -> {
            Thread.currentThread().interrupt();
            poller.register(descriptors.pipe().readFd(), Interest.READ).modify(Interest.WRITE);
            return Thread.currentThread().isInterrupted();
        });

        assertThat(interrupted.get()).isTrue();
        waiting.awaitInKernel();
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);
    }

    @Test
    void aSignalNeitherEndsNorShortensAPoll() throws Exception {
        CountingSyscalls kernel = count();
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        for (int i = 0; i < 3; i++) {
            kernel.interruptNext(7);
            long startNanos = System.nanoTime();
            assertThat(poller.poll(2_000_000, UNEXPECTED)).isZero();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(2_000_000);
        }
        kernel.interruptNext(5);
        Background<Integer> waiting = waitInBackground(IGNORE);
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);
    }
}
