// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.time.Duration;
import java.time.Instant;

/**
 * Timers that are descriptors, {@code timerfd_create(2)}. A timer is readable from its expiration until
 * {@link #expirations} reads it. Close its descriptor with {@link Posix#close}.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * int timer = posix.timers().timerfd();
 * posix.timers().armEvery(timer, Duration.ofMillis(10), Duration.ofMillis(10));
 * try (Poller poller = Pollers.open()) {
 *     poller.register(timer, Interest.READ);
 *     poller.poll((registration, ready) -> {
 *         long ticks = posix.timers().expirations(timer); // more than 1 if this program was late
 *     });
 * }
 * posix.close(timer);
 * }</pre>
 *
 * <p>A timer has one setting: each method that arms it replaces the one before, and forgets expirations that were not
 * read. Linux starts the next period of a timer when its expirations are read, so with an edge trigger read them each
 * time: a timer that is not read is not reported again. None are lost: the next read counts them all.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. {@link #expirations} makes no garbage.
 *
 * <p><b>Errors.</b> As in {@link Posix}; EINVAL if the descriptor is no timer, except in {@link #expirations}, which reads
 * from any descriptor as {@code read(2)} does. Only Linux has these calls: elsewhere an
 * {@link UnsupportedOperationException} says so. The counterpart of the BSDs and macOS is kqueue's EVFILT_TIMER; an
 * {@code EventLoop} has timers on every system.
 */
public interface Timers {
    /**
     * A new timer on the clock that only goes forward (CLOCK_MONOTONIC), for delays and periods. It does not count the
     * time in which the system is suspended.
     */
    int timerfd() throws SyscallException;

    /** A new timer on the wall clock (CLOCK_REALTIME), for {@link #armAt}. */
    int wallClockTimerfd() throws SyscallException;

    /**
     * Lets the timer expire once, after a delay, {@code timerfd_settime(2)}.
     *
     * @param delay zero expires at once
     * @throws IllegalArgumentException if the delay is negative
     */
    void armAfter(int fd, Duration delay) throws SyscallException;

    /**
     * Lets the timer expire again and again. Expirations that are due while none is read are counted, not lost: the
     * period does not drift.
     *
     * @param delay until the first expiration; zero expires at once
     * @param period positive
     * @throws IllegalArgumentException if the delay is negative, or the period is not positive
     */
    void armEvery(int fd, Duration delay, Duration period) throws SyscallException;

    /**
     * Lets a timer expire once, at an instant of the wall clock; at once if that has passed. Setting the clock moves the
     * expiration.
     *
     * @param fd from {@link #wallClockTimerfd}: another timer takes the instant for a time since the system started, and
     *     does not expire for decades
     */
    void armAt(int fd, Instant instant) throws SyscallException;

    /** Stops the timer, and forgets expirations that were not read. */
    void disarm(int fd) throws SyscallException;

    /** The time until the next expiration, {@code timerfd_gettime(2)}; zero if the timer is not armed. */
    Duration remaining(int fd) throws SyscallException;

    /**
     * How often the timer has expired since this was last read or it was last armed, {@code read(2)}.
     *
     * @return 0 if it has not
     */
    long expirations(int fd) throws SyscallException;
}
