// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * Linux, {@code <sys/timerfd.h>} and {@code <time.h>}, on a 64-bit system:
 *
 * <pre>{@code
 * struct itimerspec {
 *     struct timespec it_interval;    //  0: 16 bytes; 0 means once
 *     struct timespec it_value;       // 16: 16 bytes; 0 disarms the timer
 * };                                  // 32
 * }</pre>
 *
 * A read transfers how often the timer has expired:
 *
 * <pre>{@code
 * uint64_t expirations;    // 8 bytes, native order
 * }</pre>
 */
public final class TimerFd {
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_MONOTONIC = 1;

    public static final int TFD_NONBLOCK = 0x800;
    public static final int TFD_CLOEXEC = 0x80000;
    public static final int TFD_TIMER_ABSTIME = 1;
    public static final int TFD_TIMER_CANCEL_ON_SET = 2;

    public static final int ITIMERSPEC_SIZE = 32;
    public static final int IT_INTERVAL = 0;
    public static final int IT_VALUE = 16;

    private TimerFd() {}

    /** Writes one of the two times at its offset. */
    public static void put(ByteBuffer itimerspec, int offset, long seconds, int nanos) {
        itimerspec.putLong(offset + Timespec.TV_SEC, seconds);
        itimerspec.putLong(offset + Timespec.TV_NSEC, nanos);
    }
}
