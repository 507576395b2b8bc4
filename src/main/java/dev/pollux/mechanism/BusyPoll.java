// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The parameters of {@code ioctl(epfd, EPIOCSPARAMS, ...)}.
 *
 * @param micros how long to poll the queues of the network devices before a wait
 * @param budget how many packets to take at a time; 0 for the kernel's default
 * @param prefer whether the devices defer their interrupts meanwhile
 */
public record BusyPoll(int micros, int budget, boolean prefer) {
    private static final int MAX_BUDGET = 0xffff;

    /**
     * Microseconds are rounded up.
     *
     * @throws IllegalArgumentException if the duration is negative or more than 2^31-1 microseconds, or the budget is
     *     not 0 to 65535
     */
    public static BusyPoll of(Duration busy, int budget, boolean prefer) {
        if (busy.isNegative() || busy.compareTo(Duration.of(Integer.MAX_VALUE, ChronoUnit.MICROS)) > 0) {
            throw new IllegalArgumentException("busy polling lasts 0 to " + Integer.MAX_VALUE + " µs, not " + busy);
        }
        if (budget < 0 || budget > MAX_BUDGET) {
            throw new IllegalArgumentException("the budget is 0 to " + MAX_BUDGET + " packets, not " + budget);
        }
        long nanos = busy.toNanos();
        return new BusyPoll((int) (nanos / 1000 + (nanos % 1000 == 0 ? 0 : 1)), budget, prefer);
    }

    /** As a {@code struct epoll_params}. */
    NativeMemory params(Syscalls syscalls) {
        NativeMemory memory = NativeMemory.allocate(syscalls, Epoll.PARAMS_SIZE);
        memory.putInt(Epoll.BUSY_POLL_USECS, micros);
        memory.putShort(Epoll.BUSY_POLL_BUDGET, (short) budget);
        memory.buffer().put(Epoll.PREFER_BUSY_POLL, (byte) (prefer ? 1 : 0));
        return memory;
    }

    /** The exception for an error that the ioctl returned. */
    UnsupportedOperationException refused(int epfd, int rc) {
        SyscallException e = Failure.of("ioctl", epfd + ", EPIOCSPARAMS, " + text(), rc);
        return new UnsupportedOperationException(
                "EPOLL has no busy polling here: " + e.getMessage()
                        + (rc == -Errno.EPERM
                                ? "; a budget of more than 64 packets (NAPI_POLL_WEIGHT) needs CAP_NET_ADMIN"
                                : "; it needs Linux 6.9 or later, built with CONFIG_NET_RX_BUSY_POLL"),
                e);
    }

    /** As strace would print the struct. */
    private String text() {
        return "{busy_poll_usecs=" + micros + ", busy_poll_budget=" + budget + ", prefer_busy_poll=" + (prefer ? 1 : 0)
                + "}";
    }
}
