// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/**
 * Note (b) of {@code EpollDriver}: detects that the kernel's list holds entries of ended registrations. A stale event
 * alone is no proof: a handler may have cancelled its registration just before. So after a first one the next waits are
 * fetched whole, before any handler runs. Stale events in two of these in a row are proof.
 */
final class StaleEntries {
    private static final int PROOF = 2;

    /** A rebuild costs a call for each registration, so a failed one is retried after this many waits. */
    private static final int WAITS_TO_NEXT_REBUILD = 64;

    /** Whether the kernel may still have an ended registration. Set under the lock, read by the polling thread. */
    private volatile boolean suspected;

    /** Whether the last wait had a stale event. */
    private boolean seen;

    /** Whether the last wait was fetched whole. */
    private boolean fetchedWhole;

    /** How many waits in a row that were fetched whole had stale events. */
    private int waitsWithStale;

    void suspect() {
        suspected = true;
    }

    /** Notes that the last wait has an event of no registration. Returns whether that matters. */
    boolean see() {
        seen |= suspected;
        return seen;
    }

    /** Whether the answers of the next wait must be fetched before any handler runs. */
    boolean needsWholeFetch() {
        return seen || fetchedWhole;
    }

    /** Called before a wait. Returns whether the list is proven to be stale. */
    boolean beginWait() {
        waitsWithStale = seen && fetchedWhole ? waitsWithStale + 1 : 0;
        fetchedWhole = seen;
        seen = false;
        return waitsWithStale >= PROOF;
    }

    /** Called when a rebuild begins; delays the next one if it fails. */
    void postpone() {
        waitsWithStale = -WAITS_TO_NEXT_REBUILD;
    }

    /** Called after a rebuild: the new list has no stale entries. */
    void clear() {
        suspected = false;
        fetchedWhole = false;
        waitsWithStale = 0;
    }
}
