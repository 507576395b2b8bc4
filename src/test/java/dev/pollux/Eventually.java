// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a deadline. The only thing in the tests that looks, pauses and looks again. */
public final class Eventually {
    /** Long enough for the slowest machine; no test that passes ever takes so long. */
    public static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("pollux.deadline.seconds", 20));

    private static final long PAUSE_NANOS = 200_000;

    private Eventually() {}

    /** What is waited for. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Returns as soon as the condition holds; an {@link AssertionError} if it does not before the deadline. */
    public static void until(String what, Condition condition) {
        if (!holdsWithin(DEADLINE_NANOS, condition)) {
            throw new AssertionError("not within " + DEADLINE_NANOS / 1_000_000_000 + " seconds: " + what);
        }
    }

    /** Whether the condition holds before so many nanoseconds are over; returns as soon as it does. */
    public static boolean holdsWithin(long nanos, Condition condition) {
        long startNanos = System.nanoTime();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() - startNanos > nanos) {
                    return false;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
