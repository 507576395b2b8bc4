// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;

/**
 * Finds registrations whose channel or descriptor was closed without a cancel, where the kernel does not report it.
 * Every method needs the lock, except {@link #isDue}.
 */
final class ClosedChecks {
    /** Each 1024th wait checks the descriptors of all ready registrations. */
    private static final int DUE_MASK = 0x3ff;

    /** Each poll checks this many numbers for closed channels, in turn. */
    private static final int SWEPT_NUMBERS = 4;

    /** One in this many fetches of answers checks one descriptor, in turn. */
    private static final int FETCHES_A_CHECK = 8;

    /** It searches at most this many numbers for a registration. */
    private static final int NUMBERS_A_CHECK = 64;

    private final Driver driver;
    private final Registry registry;
    private final Gate gate;
    private final Lifecycle lifecycle;
    private final Batch batch;
    private final boolean missesClosed;
    private int sweptFd;
    private int checkedFd;
    private int fetches;

    ClosedChecks(Driver driver, Gate gate, Lifecycle lifecycle, Batch batch) {
        this.driver = driver;
        this.registry = driver.registry;
        this.gate = gate;
        this.lifecycle = lifecycle;
        this.batch = batch;
        missesClosed = driver.has(Trait.MISSES_CLOSED);
    }

    /** Whether to check the ready registrations of this wait; for the polling thread. */
    boolean isDue() {
        return missesClosed && (gate.waits() & DUE_MASK) == 0;
    }

    /** Ends registrations of closed channels within some polls, even without an event. */
    void sweepChannels() {
        for (int i = 0; i < SWEPT_NUMBERS && registry.channels() > 0; i++) {
            sweptFd = sweptFd + 1 < registry.numbers() ? sweptFd + 1 : 0;
            Entry entry = registry.get(sweptFd);
            if (entry != null && entry.hasClosedChannel()) {
                lifecycle.end(entry);
            }
        }
    }

    /** Called after each fetch of answers: checks a descriptor now and then. */
    void checkNext() {
        if (!missesClosed || ++fetches % FETCHES_A_CHECK != 0) {
            return;
        }
        for (int i = 0; i < NUMBERS_A_CHECK; i++) {
            checkedFd = checkedFd + 1 < registry.numbers() ? checkedFd + 1 : 0;
            Entry entry = registry.get(checkedFd);
            if (entry != null) {
                if (driver.isClosed(entry)) {
                    endClosed(entry);
                }
                return;
            }
        }
    }

    /**
     * Whether the descriptor is closed, or the kernel lost the registration because its number belongs to another file.
     */
    boolean isGone(Entry entry) {
        try {
            return driver.detectLoss(entry);
        } catch (SyscallException e) {
            return false; // unknown; the next check asks again
        }
    }

    /** Ends all closed ones, after a wait failed on one. False if none was found: the number may be in use again. */
    boolean endAllClosed() {
        boolean found = false;
        for (Entry entry : registry.all()) {
            if (entry.state().isWatched() && driver.isClosed(entry)) {
                endClosed(entry);
                found = true;
            }
        }
        return found;
    }

    /** Ends the registration of a closed descriptor, and reports it if the mechanism does. */
    void endClosed(Entry entry) {
        if (driver.has(Trait.REPORTS_CLOSED) && entry.state().isWatched()) {
            endInvalid(entry);
        } else {
            lifecycle.end(entry);
        }
    }

    /** Ends the registration of a closed descriptor, and reports it. */
    void endInvalid(Entry entry) {
        lifecycle.end(entry);
        batch.add(entry, ReadyBits.INVALID); // after the end: it outdates earlier events
    }
}
