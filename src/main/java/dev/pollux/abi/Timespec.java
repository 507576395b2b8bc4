// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * {@code <time.h>}, on a 64-bit system:
 *
 * <pre>{@code
 * struct timespec {
 *     time_t tv_sec;     //  0: 8 bytes, signed
 *     long   tv_nsec;    //  8: 8 bytes, 0 to 999999999
 * };                     // 16
 * }</pre>
 */
public final class Timespec {
    public static final int SIZE = 16;
    public static final int TV_SEC = 0;
    public static final int TV_NSEC = 8;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Timespec() {}

    /** Writes a duration of 0 or more nanoseconds; the kernel refuses a negative one with EINVAL. */
    public static void put(ByteBuffer buffer, long nanos) {
        buffer.putLong(TV_SEC, nanos / NANOS_PER_SECOND);
        buffer.putLong(TV_NSEC, nanos % NANOS_PER_SECOND);
    }
}
