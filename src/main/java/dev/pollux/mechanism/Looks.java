// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/**
 * Decides whether a poll looks once, with a timeout of 0, before it waits. A look that finds an event saves the
 * interrupt hook and, through FFM, the JVM's thread state changes. A look that finds nothing costs a system call.
 *
 * <p>A busy poller looks in every poll. Each look that finds nothing takes {@link #PRICE} of the credit that the
 * successful ones earned. Without credit it pauses, twice as long each time, so an idle poller hardly looks. A new
 * poller starts with a pause.
 *
 * <p>Only the polling thread uses it.
 */
final class Looks {
    /** A look that finds nothing costs about as much as this many successful looks save. */
    static final int PRICE = 16;

    static final int MOST_CREDIT = 4 * PRICE;

    /** The longest pause is the first one, doubled this many times. */
    private static final int DOUBLINGS = 6;

    private final int firstPause;
    private final int longestPause;

    private int pause;

    /** How many polls are left of the pause, including the one that looks again. */
    private int polls;

    private int credit;

    /** Takes the first pause, in polls; 0 makes every poll look. */
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

    /** Records whether the look found an event. */
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
