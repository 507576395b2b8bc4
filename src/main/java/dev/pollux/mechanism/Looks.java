// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/**
 * Decides whether a poll looks once, with a timeout of 0, before it waits. A look that finds something saves the
 * interrupt hook, and through FFM the JVM's thread state changes; one that finds nothing costs a system call.
 *
 * <p>A busy poller looks in every poll. Each look that finds nothing takes {@link #PRICE} of the credit that the
 * successful ones earned. Without credit there is a pause, which doubles each time: an idle poller hardly
 * looks. A new poller begins with a pause.
 *
 * <p>The polling thread runs all of it.
 */
final class Looks {
    /** A look that finds nothing costs about as much as this many successful ones save. */
    static final int PRICE = 16;

    static final int MOST_CREDIT = 4 * PRICE;

    /** How often a pause doubles at most. */
    private static final int DOUBLINGS = 6;

    private final int firstPause;
    private final int longestPause;

    private int pause;

    /** How many polls are left of the pause, with the one that looks again. */
    private int polls;

    private int credit;

    /** The first pause, in polls; 0: every poll looks. */
    Looks(int firstPause) {
        this.firstPause = firstPause;
        longestPause = (int) Math.min((long) firstPause << DOUBLINGS, Integer.MAX_VALUE);
        pause = firstPause;
        polls = firstPause;
    }

    /** Whether this poll looks first. Counts the poll. */
    boolean begin() {
        return polls == 0 || --polls == 0;
    }

    /** What the look that {@link #begin} asked for found. */
    void end(boolean found) {
        if (found) {
            earn();
        } else {
            pay();
        }
    }

    private void earn() {
        if (credit < MOST_CREDIT && ++credit >= PRICE) {
            pause = firstPause;
        }
    }

    private void pay() {
        credit -= PRICE;
        if (credit < 0) {
            credit = 0;
            polls = pause;
            pause = (int) Math.min(2L * pause, longestPause);
        }
    }
}
