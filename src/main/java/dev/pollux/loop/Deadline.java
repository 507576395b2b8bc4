// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import java.time.Duration;

/** Moments of {@link System#nanoTime} as longs. */
final class Deadline {
    /** Longer waits count as this: 146 years. */
    static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    /** No deadline. A moment that happens to have this value is 1 ns late. */
    static final long NEVER = Long.MIN_VALUE;

    private Deadline() {}

    static long after(Duration timeout) {
        long deadlineNanos = System.nanoTime() + Math.min(EventLoop.nanos(timeout), LONGEST_NANOS);
        return deadlineNanos == NEVER ? NEVER + 1 : deadlineNanos;
    }

    /** Not positive once it has passed. */
    static long remainingNanos(long deadlineNanos) {
        return deadlineNanos == NEVER ? Long.MAX_VALUE : deadlineNanos - System.nanoTime();
    }
}
