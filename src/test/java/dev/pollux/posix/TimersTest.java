// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pollux.Background;
import dev.pollux.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimersTest extends EventFixture {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MILLI = Duration.ofMillis(1);

    private Timers timers;
    private int timer;

    @BeforeEach
    void open() throws IOException {
        super.open();
        timers = posix.timers();
        timer = descriptors.opened(timers.timerfd());
    }

    @Test
    void aNewTimerIsNotArmedAndItsDescriptorIsNonBlockingAndCloseOnExec() throws IOException {
        register(timer);

        assertNothingIsReady();
        assertThat(timers.expirations(timer)).isZero();
        assertThat(timers.remaining(timer)).isZero();
        assertNonBlockingAndCloseOnExec(timer);
        assertNonBlockingAndCloseOnExec(descriptors.opened(timers.wallClockTimerfd()));
    }

    @Test
    void aTimerIsReadableOnceItHasExpiredUntilItIsRead() throws IOException {
        register(timer);
        long startNanos = System.nanoTime();
        timers.armAfter(timer, Duration.ofMillis(20));

        awaitReadable(timer);

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(20_000_000);
        awaitReadable(timer);
        assertThat(timers.expirations(timer)).isEqualTo(1);
        assertNothingIsReady();
        assertThat(timers.expirations(timer)).isZero();
        assertThat(timers.remaining(timer)).isZero();
    }

    @Test
    void aTimerThatIsArmedForLaterIsNotReadyAndSaysHowLong() throws IOException {
        register(timer);
        timers.armAfter(timer, HOUR);

        assertNothingIsReady();
        assertThat(timers.remaining(timer)).isBetween(Duration.ofMinutes(45), HOUR);
    }

    @Test
    void aDelayOfZeroExpiresAtOnce() throws IOException {
        register(timer);
        timers.armAfter(timer, Duration.ZERO);
        awaitReadable(timer);
        assertThat(timers.expirations(timer)).isEqualTo(1);

        timers.armEvery(timer, Duration.ZERO, HOUR);
        awaitReadable(timer);
        assertThat(timers.expirations(timer)).isEqualTo(1);
        assertThat(timers.remaining(timer)).isBetween(Duration.ofMinutes(45), HOUR);
    }

    @Test
    void aPeriodicTimerExpiresAgainAndAgainAndCountsWhatWasNotRead() throws IOException {
        register(timer);
        timers.armEvery(timer, MILLI, MILLI);
        for (int i = 0; i < 3; i++) {
            awaitReadable(timer);
            assertThat(timers.expirations(timer)).isPositive();
        }
        Eventually.until("several expirations in one read", () -> {
            LockSupport.parkNanos(5_000_000);
            return timers.expirations(timer) > 1;
        });
    }

    @Test
    void aThreadThatWaitsForABlockingTimerDoesNotKeepOthersFromArmingIt() throws Exception {
        posix.setNonBlocking(timer, false);
        Background<Long> waiting =
                Background.start(() -> timers.expirations(timer)).awaitInKernel();

        Background<Void> arming = Background.start(() -> {
            timers.armAfter(timer, MILLI);
            return null;
        });

        arming.get();
        assertThat(waiting.get()).isEqualTo(1);
    }

    @Test
    void disarmingStopsATimerAndForgetsItsExpirations() throws IOException {
        register(timer);
        timers.armEvery(timer, Duration.ZERO, MILLI);
        awaitReadable(timer);

        timers.disarm(timer);

        assertNothingIsReady();
        assertThat(timers.expirations(timer)).isZero();
        assertThat(timers.remaining(timer)).isZero();
    }

    @Test
    void armingAgainReplacesTheSettingAndForgetsExpirations() throws IOException {
        register(timer);
        timers.armEvery(timer, Duration.ZERO, MILLI);
        awaitReadable(timer);

        timers.armAfter(timer, HOUR);

        assertNothingIsReady();
        assertThat(timers.expirations(timer)).isZero();
    }

    @Test
    void aTimerOnTheWallClockExpiresAtAnInstantAndAtOnceIfThatHasPassed() throws IOException {
        int wallClock = descriptors.opened(timers.wallClockTimerfd());
        register(wallClock);
        for (Instant past :
                new Instant[] {Instant.MIN, Instant.EPOCH, Instant.now().minusSeconds(1)}) {
            timers.armAt(wallClock, past);
            awaitReadable(wallClock);
            assertThat(timers.expirations(wallClock)).isEqualTo(1);
        }
        timers.armAt(wallClock, Instant.now().plus(HOUR));
        assertNothingIsReady();
        assertThat(timers.remaining(wallClock)).isBetween(Duration.ofMinutes(45), HOUR);

        timers.armAt(wallClock, Instant.now().plusMillis(20));
        awaitReadable(wallClock);
    }

    @Test
    void withAnEdgeTriggerAPeriodicTimerIsReportedAgainOnlyAfterItWasRead() throws IOException {
        registerEdge(timer);
        timers.armEvery(timer, MILLI, MILLI);
        awaitReadable(timer);

        assertThat(poller.poll(Duration.ofMillis(20), (registration, ready) -> {}))
                .isZero();

        assertThat(timers.expirations(timer)).isGreaterThan(1);
        awaitReadable(timer);
    }

    @Test
    void misuseIsRefused() throws IOException {
        int pipe = descriptors.pipe().readFd();
        int closed = descriptors.closedNumber();

        assertThatIllegalArgumentException().isThrownBy(() -> timers.armAfter(timer, MILLI.negated()));
        assertThatIllegalArgumentException().isThrownBy(() -> timers.armEvery(timer, MILLI.negated(), MILLI));
        assertThatIllegalArgumentException().isThrownBy(() -> timers.armEvery(timer, MILLI, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> timers.armAfter(-1, MILLI));
        assertThatIllegalArgumentException().isThrownBy(() -> timers.expirations(-1));
        assertRefused("EINVAL", "timerfd_settime(" + pipe + ", ", () -> timers.armAfter(pipe, MILLI));
        assertRefused("EINVAL", "timerfd_gettime(" + pipe + ")", () -> timers.remaining(pipe));
        assertRefused("EBADF", "timerfd_settime(" + closed + ", ", () -> timers.disarm(closed));
        assertRefused("EBADF", "read(" + closed + ", ", () -> timers.expirations(closed));
        assertThat(timers.remaining(timer)).isZero();
    }

    @Test
    void aSystemWithoutTheCallNamesTheCounterpart() {
        Timers elsewhere = elsewhere().timers();
        assertMissing("timerfd_create", "EVFILT_TIMER", elsewhere::timerfd);
        assertMissing("timerfd_settime", "EVFILT_TIMER", () -> elsewhere.armAfter(1, MILLI));
    }
}
