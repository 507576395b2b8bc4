// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/**
 * Note (b) of {@code EpollDriver}: finds out that the kernel's list holds entries of registrations that have ended. An
 * event of such an entry proves that, unless a handler cancelled its registration just before. So after a first one the
 * next waits are fetched whole, before any handler runs; stale events in two of these in a row are proof.
 */
final class StaleEntries {
    private static final int PROOF = 2;

    /** A rebuild costs a call for each registration, so one that failed is tried again after this many waits. */
    private static final int WAITS_TO_NEXT_REBUILD = 64;

    /** A registration has ended that the kernel may still have. Set under the lock, read by the polling thread. */
    private volatile boolean suspected;

    /** The last wait had a stale event. */
    private boolean seen;

    /** The last wait was fetched whole. */
    private boolean fetchedWhole;

    /** How many such waits in a row had stale events. */
    private int waitsWithStale;

    void suspect() {
        suspected = true;
    }

    /** The last wait has an event that belongs to no registration. */
    void see() {
        if (suspected) {
            seen = true;
        }
    }

    /** Whether the answers of the next wait have to be fetched before any handler runs. */
    boolean needsWholeFetch() {
        return seen || fetchedWhole;
    }

    /**
     * A wait begins that is fetched whole if {@link #needsWholeFetch} says so. Whether the list is known to be stale.
     */
    boolean beginWait() {
        waitsWithStale = seen && fetchedWhole ? waitsWithStale + 1 : 0;
        fetchedWhole = seen;
        seen = false;
        return waitsWithStale >= PROOF;
    }

    /** A rebuild begins, which may fail. */
    void postpone() {
        waitsWithStale = -WAITS_TO_NEXT_REBUILD;
    }

    /** There is a new list without them. */
    void clear() {
        suspected = false;
        fetchedWhole = false;
        waitsWithStale = 0;
    }
}
