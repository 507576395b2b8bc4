// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a deadline. The only thing in the tests that looks, pauses and looks again. */
public final class Eventually {
    /** The limit of everything that a test waits for: minutes, since a busy machine makes tests slow but not wrong. */
    public static final int DEADLINE_SECONDS = 300;

    public static final long DEADLINE_NANOS = DEADLINE_SECONDS * 1_000_000_000L;
    public static final int DEADLINE_MILLIS = DEADLINE_SECONDS * 1_000;

    /** The limit of a whole test, in seconds: more, so that a wait that fails can say what it waited for. */
    public static final int TEST_SECONDS = 2 * DEADLINE_SECONDS;

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
            throw new AssertionError("not within " + DEADLINE_SECONDS + " seconds: " + what);
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
