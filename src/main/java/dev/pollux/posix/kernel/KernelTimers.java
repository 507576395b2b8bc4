// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import static dev.pollux.abi.TimerFd.IT_INTERVAL;
import static dev.pollux.abi.TimerFd.IT_VALUE;
import static dev.pollux.posix.kernel.KernelCalls.requireDescriptor;

import dev.pollux.SyscallException;
import dev.pollux.abi.TimerFd;
import dev.pollux.abi.Timespec;
import dev.pollux.posix.Timers;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.time.Duration;
import java.time.Instant;

/** {@link Timers} over {@link Syscalls}. Calls that never wait share memory, so they take turns. */
final class KernelTimers extends KernelEvents implements Timers {
    private final NativeMemory spec = calls.allocate(TimerFd.ITIMERSPEC_SIZE);

    KernelTimers(Syscalls syscalls) {
        super(syscalls, "Linux has it; the BSDs and macOS have kqueue's EVFILT_TIMER, and an EventLoop has timers");
    }

    @Override
    public int timerfd() throws SyscallException {
        return create(TimerFd.CLOCK_MONOTONIC, "CLOCK_MONOTONIC");
    }

    @Override
    public int wallClockTimerfd() throws SyscallException {
        return create(TimerFd.CLOCK_REALTIME, "CLOCK_REALTIME");
    }

    private int create(int clock, String name) throws SyscallException {
        return check(
                "timerfd_create",
                name + ", TFD_CLOEXEC|TFD_NONBLOCK",
                syscalls.timerfdCreate(clock, TimerFd.TFD_CLOEXEC | TimerFd.TFD_NONBLOCK));
    }

    @Override
    public void armAfter(int fd, Duration delay) throws SyscallException {
        requireNotNegative(delay);
        arm(fd, 0, delay.getSeconds(), delay.getNano(), Duration.ZERO);
    }

    @Override
    public void armEvery(int fd, Duration delay, Duration period) throws SyscallException {
        requireNotNegative(delay);
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("the period " + period + " is not positive");
        }
        arm(fd, 0, delay.getSeconds(), delay.getNano(), period);
    }

    private static void requireNotNegative(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay " + delay + " is negative");
        }
    }

    @Override
    public void armAt(int fd, Instant instant) throws SyscallException {
        Instant reachable = instant.isBefore(Instant.EPOCH) ? Instant.EPOCH : instant;
        arm(fd, TimerFd.TFD_TIMER_ABSTIME, reachable.getEpochSecond(), reachable.getNano(), Duration.ZERO);
    }

    /** The kernel takes the time 0 for "disarm", so this replaces it by the next nanosecond. */
    private void arm(int fd, int flags, long seconds, int nanos, Duration period) throws SyscallException {
        set(fd, flags, seconds, seconds == 0 ? Math.max(nanos, 1) : nanos, period);
    }

    @Override
    public void disarm(int fd) throws SyscallException {
        set(fd, 0, 0, 0, Duration.ZERO);
    }

    private synchronized void set(int fd, int flags, long seconds, int nanos, Duration period) throws SyscallException {
        requireDescriptor(fd);
        TimerFd.put(spec.buffer(), IT_VALUE, seconds, nanos);
        TimerFd.put(spec.buffer(), IT_INTERVAL, period.getSeconds(), period.getNano());
        int rc = syscalls.timerfdSettime(fd, flags, spec, null);
        Reference.reachabilityFence(spec);
        if (rc < 0) {
            String value = Duration.ofSeconds(seconds, nanos).toString();
            check("timerfd_settime", fd + ", " + flags + ", {" + period + ", " + value + "}, NULL", rc);
        }
    }

    @Override
    public synchronized Duration remaining(int fd) throws SyscallException {
        requireDescriptor(fd);
        check("timerfd_gettime", Integer.toString(fd), syscalls.timerfdGettime(fd, spec));
        return Duration.ofSeconds(spec.getLong(IT_VALUE + Timespec.TV_SEC), spec.getLong(IT_VALUE + Timespec.TV_NSEC));
    }

    @Override
    public long expirations(int fd) throws SyscallException {
        NativeMemory count = calls.takeScratch(Long.BYTES); // a blocking timer must not keep others waiting
        try {
            return read(fd, count) == 0 ? 0 : count.getLong(0);
        } finally {
            calls.giveBack(count);
        }
    }
}
