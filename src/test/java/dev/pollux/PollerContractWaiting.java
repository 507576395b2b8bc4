// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a poll waits, what ends it, and what other threads may do meanwhile. */
public abstract class PollerContractWaiting extends PollerContractHandling {
    // Timeouts.

    @Test
    void aPollWithoutTimeoutLooksAndReturns() throws IOException {
        assertThat(poller.poll(0, UNEXPECTED)).isZero();
        assertThat(poller.poll(Duration.ZERO, UNEXPECTED)).isZero();
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);

        assertThat(poller.poll(0, IGNORE)).isEqualTo(1);
        assertThat(poller.poll(Duration.ZERO, IGNORE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999, 100_000, 999_999, 1_000_000, 1_000_001, 1_500_000, 20_000_000, 55_000_001})
    void aTimeoutIsNeverCutShort(long timeoutNanos) throws IOException {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 5; i++) {
            long startNanos = System.nanoTime();
            assertThat(poller.poll(timeoutNanos, UNEXPECTED)).isZero();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
        }
        long startNanos = System.nanoTime();
        assertThat(poller.poll(Duration.ofNanos(timeoutNanos), UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
    }

    /** A system that has neither the calls with nanoseconds nor eventfd. */
    private void openOnAnOlderKernel() throws IOException {
        poller = openOver(new MillisOnlySyscalls(calls) {
            @Override
            public int eventfd(int initval, int flags) {
                return -Errno.ENOSYS;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999_999, 1_000_001, 3_500_000})
    void aTimeoutIsRoundedUpWhereTheKernelKnowsMillisecondsOnly(long timeoutNanos) throws IOException {
        openOnAnOlderKernel();
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 5; i++) {
            long startNanos = System.nanoTime();
            assertThat(poller.poll(timeoutNanos, UNEXPECTED)).isZero();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
        }
    }

    @Test
    void wakeupsAndChangesAndInterruptsNeedNoEventfd() throws Exception {
        openOnAnOlderKernel();
        Pipe pipe = descriptors.pipe();
        for (int i = 0; i < 100; i++) {
            poller.wakeup();
        }
        assertThat(poller.poll(UNEXPECTED)).isZero();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
        Background<Integer> waiting = waitInBackground(UNEXPECTED);
        poller.wakeup();
        assertThat(waiting.get()).isZero();
        waiting = waitInBackground(UNEXPECTED);
        waiting.thread().interrupt();
        assertThat(waiting.get()).isZero();
        waiting = waitInBackground(IGNORE);
        poller.register(pipe.readFd(), Interest.READ);
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);
        descriptors.drain(pipe.readFd());
        waiting = waitInBackground(UNEXPECTED);
        poller.close();
        assertThat(waiting.failure()).isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void aTimeoutIsNotCutShortWithNothingRegisteredOrOnlyTheSilent() throws IOException {
        long startNanos = System.nanoTime();
        assertThat(poller.poll(3_000_001, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(3_000_001);

        poller.register(descriptors.regularFile(), Interest.NONE);
        startNanos = System.nanoTime();
        assertThat(poller.poll(3_000_001, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(3_000_001);
    }

    @Test
    void aTimeoutDoesNotDelayWhatIsReady() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);

        assertThat(poll(TimeUnit.DAYS.toNanos(1))).containsExactly(event(registration, READABLE));
        assertThat(poll(Long.MAX_VALUE)).containsExactly(event(registration, READABLE));
        assertThat(poll(1)).containsExactly(event(registration, READABLE));
        assertThat(poll(-1)).containsExactly(event(registration, READABLE));
        assertThat(poll(Long.MIN_VALUE)).containsExactly(event(registration, READABLE));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_000_000_000L, 3_600_000_000_000L})
    void aLongWaitIsEndedByAWakeup(long timeoutNanos) throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        Background<Integer> waiting = pollInBackground(timeoutNanos, UNEXPECTED).awaitInKernel();

        poller.wakeup();

        assertThat(waiting.get()).isZero();
    }

    @Test
    void aDurationThatOverflowsWaitsForAslongAsThereIs() throws Exception {
        for (Duration duration : List.of(
                Duration.ofSeconds(Long.MAX_VALUE),
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofDays(110_000),
                Duration.ofNanos(-1))) {
            Background<Integer> waiting = Background.start(() -> poller.poll(duration, UNEXPECTED));
            waiting.awaitInKernel();
            poller.wakeup();
            assertThat(waiting.get()).as("%s", duration).isZero();
        }
    }

    @Test
    void aPollWithoutLimitReturnsWhenSomethingBecomesReady() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        descriptors.write(pipe.writeFd());

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }

    @Test
    void aSignalEndsNoPollAndTakesNothingFromItsTime() throws Exception {
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

    // Wakeups.

    @Test
    void aWakeupBeforeAPollMakesItReturnAtOnce() throws IOException {
        poller.register(descriptors.pipe().readFd(), Interest.READ);

        poller.wakeup();

        assertThat(poller.poll(UNEXPECTED)).isZero();
    }

    @Test
    void manyWakeupsBeforeAPollCountAsOne() throws IOException {
        for (int i = 0; i < 100; i++) {
            poller.wakeup();
        }

        assertThat(poller.poll(UNEXPECTED)).isZero();
        long startNanos = System.nanoTime();
        assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void aWakeupIsUsedUpByThePollThatFollowsItEvenIfThatOneOnlyLooks() throws IOException {
        poller.wakeup();

        assertThat(poller.poll(0, UNEXPECTED)).isZero();

        long startNanos = System.nanoTime();
        assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void aWakeupEndsThePollThatIsWaiting() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 20; i++) {
            Background<Integer> waiting = waitInBackground(UNEXPECTED);
            poller.wakeup();
            assertThat(waiting.get()).isZero();
        }
    }

    @Test
    void aWakeupIsNoEventAndHidesNone() throws IOException {
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

    // Interrupts.

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
    void anInterruptedThreadStillDeliversWhatIsReady() throws Exception {
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
    void anInterruptEndsThePollThatIsWaitingAndStaysSet() throws Exception {
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
    void afterAnInterruptWasTakenAPollWaitsAgain() throws Exception {
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
    void anInterruptOfAnotherThreadThanThePollingOneChangesNothing() throws Exception {
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

    // Close.

    @Test
    void closeEndsThePollThatIsWaiting() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        poller.close();

        assertThat(waiting.failure()).isExactlyInstanceOf(ClosedPollerException.class);
        assertThat(poller.isOpen()).isFalse();
        assertThat(registration.isValid()).isFalse();
        assertThat(posix.isOpen(pipe.readFd())).isTrue();
        poller.close();
    }

    @Test
    void closeByInterruptedThreadClosesAllTheSame() throws Exception {
        Background<Integer> waiting = waitInBackground(UNEXPECTED);
        Background<Boolean> closing = Background.start(() -> {
            Thread.currentThread().interrupt();
            poller.close();
            return Thread.interrupted();
        });

        assertThat(closing.get()).isTrue();
        assertThat(waiting.failure()).isInstanceOf(ClosedPollerException.class);
    }

    // One thread polls at a time.

    @Test
    void aSecondThreadCannotPollMeanwhile() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(IGNORE);

        for (long timeoutNanos : new long[] {0, 1, -1}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> poller.poll(timeoutNanos, UNEXPECTED))
                    .isNotInstanceOf(ClosedPollerException.class)
                    .withMessageContaining("thread");
        }

        assertThat(waiting.isDone()).isFalse();
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);
        assertThat(poller.poll(IGNORE)).isEqualTo(1);
    }

    @Test
    void aSecondThreadCannotPollWhileAHandlerRuns() throws Exception {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        List<Throwable> refusals = new ArrayList<>();

        poller.poll((registration, ready) -> {
            try {
                refusals.add(Background.start(() -> poller.poll(0, UNEXPECTED)).failure());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        assertThat(refusals)
                .hasSize(1)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("thread"));
    }

    // Changes by other threads take effect in the poll that is waiting.

    @ParameterizedTest
    @EnumSource
    void whatIsRegisteredMeanwhileIsReported(Trigger trigger) throws Exception {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }

    @Test
    void whatIsRegisteredMeanwhileAndAlwaysReadyIsReported() throws Exception {
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        Registration registration = poller.register(descriptors.regularFile(), Interest.READ);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }

    @Test
    void whatIsAlwaysReadyAndArmedMeanwhileIsReported() throws Exception {
        Registration silent = poller.register(descriptors.regularFile(), Interest.NONE);
        Registration fired = poller.register(descriptors.regularFile(), Interest.READ, Trigger.ONESHOT, null);
        assertThat(look()).containsExactly(event(fired, READABLE));
        for (Registration registration : List.of(silent, fired)) {
            List<Event> events = new ArrayList<>();
            Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

            registration.modify(Interest.WRITE);

            assertThat(waiting.get()).isEqualTo(1);
            assertThat(events).containsExactly(event(registration, WRITABLE));
            registration.modify(Interest.NONE);
        }
    }

    @Test
    void whatIsRegisteredMeanwhileAndBecomesReadyLaterIsReported() throws Exception {
        Background<Integer> waiting = waitInBackground(IGNORE);
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        waiting.awaitInKernel();

        descriptors.write(pipe.writeFd());

        assertThat(waiting.get()).isEqualTo(1);
    }

    @Test
    void whatIsModifiedMeanwhileIsReportedForItsNewInterest() throws Exception {
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
    void aOneshotThatIsArmedMeanwhileIsReported() throws Exception {
        Registration registration =
                poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
        assertThat(look()).hasSize(1);
        Background<Integer> waiting = waitInBackground(IGNORE);

        registration.modify(Interest.READ);

        assertThat(waiting.get()).isEqualTo(1);
    }

    @Test
    void whatIsSilencedMeanwhileIsNotReported() throws Exception {
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
    void whatIsCancelledMeanwhileIsNotReported() throws Exception {
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
    void cancelReturnsWhenTheKernelHasLetGo() throws Exception {
        SocketPair pair = descriptors.socketPair();
        SocketPair tcp = descriptors.tcpPair();
        Registration one = poller.register(pair.fd(), Interest.READ);
        Registration other =
                poller.register(tcp.fd(), Interest.READ.and(Interest.WRITE).without(Interest.WRITE));
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
    void aNumberThatIsCancelledAndUsedAgainMeanwhileIsReportedForTheNewOneOnly() throws Exception {
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

    @Test
    void changesByOtherThreadsEndNoPollAndTakeNothingFromItsTime() throws Exception {
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

    @Test
    void theTableCanBeReadMeanwhile() throws Exception {
        Registration registration = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        assertThat(poller.size()).isEqualTo(1);
        assertThat(poller.registration(registration.fd())).isSameAs(registration);
        assertThat(registration.isValid()).isTrue();
        assertThat(poller.isOpen()).isTrue();

        assertThat(waiting.isDone()).isFalse();
        poller.wakeup();
        assertThat(waiting.get()).isZero();
    }

    @Test
    void aPollerMayBePolledByOneThreadAfterTheOther() throws Exception {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, "attached");
        for (int i = 0; i < 10; i++) {
            assertThat(Background.start(this::await).get()).containsExactly(event(registration, READABLE));
        }
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void whatTheKernelToldBeforeAModifyIsNotDeliveredAfterIt() throws Exception {
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
