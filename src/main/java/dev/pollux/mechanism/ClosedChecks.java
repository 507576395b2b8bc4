// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;

/**
 * Finds registrations whose channels or descriptors were closed without a cancel, where the kernel does not say so.
 * Every method needs the lock, except {@link #isDue}.
 */
final class ClosedChecks {
    /** In each 1024th wait the descriptors of all that is ready are checked. */
    private static final int DUE_MASK = 0x3ff;

    /** Each poll looks for closed channels under this many numbers, in turn. */
    private static final int SWEPT_NUMBERS = 4;

    /** One in this many fetches of answers checks one descriptor, in turn. */
    private static final int FETCHES_A_CHECK = 8;

    /** It goes through this many numbers at most to find one. */
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

    /** Whether what is ready now is checked; for the polling thread. */
    boolean isDue() {
        return missesClosed && (gate.waits() & DUE_MASK) == 0;
    }

    /** Closed channels end in the course of some polls, even if nothing is reported of them. */
    void sweepChannels() {
        for (int i = 0; i < SWEPT_NUMBERS && registry.channels() > 0; i++) {
            sweptFd = sweptFd + 1 < registry.numbers() ? sweptFd + 1 : 0;
            Entry entry = registry.get(sweptFd);
            if (entry != null && entry.hasClosedChannel()) {
                lifecycle.end(entry);
            }
        }
    }

    /** After each fetch of answers: checks a descriptor now and then. */
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
     * Whether the registration's descriptor is closed, or the kernel has lost it because its number is another file's.
     */
    boolean isGone(Entry entry) {
        try {
            return driver.detectLoss(entry);
        } catch (SyscallException e) {
            return false; // the kernel does not say; the next check asks again
        }
    }

    /** A wait failed because an armed descriptor is closed. Whether any was found: the number may be in use again. */
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

    /** Ends the registration of a closed descriptor, and reports it where the mechanism does so. */
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
        batch.add(entry, ReadyBits.INVALID); // after the end, which outdates what was fetched before
    }
}
