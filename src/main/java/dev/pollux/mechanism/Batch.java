// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * The events that are fetched and not yet delivered, in the kernel's order; each registration once. A registration may
 * also only reserve its place: if the next fetch reports it again, its event comes before later ones. The events are
 * stored in the entries. Only the polling thread uses it (rule 6).
 */
final class Batch {
    private Entry[] entries = new Entry[64];
    private int count;
    private int reserved;

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** The number of events, without reserved places. */
    int events() {
        return count - reserved;
    }

    /** Adds an event, or joins it with one that was fetched for the same registration under the same version. */
    void add(Entry entry, int bits) {
        int joined = bits;
        if (entry.fetched == Entry.NOT_IN_BATCH) {
            place(entry);
        } else if (entry.fetched == Entry.RESERVED) {
            reserved--;
        } else if (entry.fetchedVersion == entry.version()) {
            joined |= entry.fetched;
        }
        entry.fetched = joined;
        entry.fetchedVersion = entry.version();
    }

    /** Reserves the place of an event that may come again, and drops the event. */
    void reserve(Entry entry) {
        if (entry.fetched == Entry.RESERVED) {
            return;
        }
        if (entry.fetched == Entry.NOT_IN_BATCH) {
            place(entry);
        }
        entry.fetched = Entry.RESERVED;
        reserved++;
    }

    private void place(Entry entry) {
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, 2 * count);
        }
        entries[count++] = entry;
    }

    Entry get(int index) {
        return entries[index];
    }

    /** Takes an event; {@link #removeFirst} later closes the gap. */
    void take(int index) {
        release(entries[index]);
        entries[index] = null;
    }

    /** Closes the gap of the first ones, which were taken. */
    void removeFirst(int taken) {
        System.arraycopy(entries, taken, entries, 0, count - taken);
        int before = count;
        count -= taken;
        Arrays.fill(entries, Math.max(count, taken), before, null);
    }

    /** Drops the reserved places: those registrations are no longer ready. */
    void dropReserved() {
        if (reserved > 0) {
            retain(entry -> entry.fetched != Entry.RESERVED);
        }
    }

    /** Keeps the entries for which this is true, in their order. */
    void retain(Predicate<Entry> isKept) {
        int kept = 0;
        for (int index = 0; index < count; index++) {
            Entry entry = entries[index];
            if (isKept.test(entry)) {
                entries[kept++] = entry;
            } else {
                release(entry);
            }
        }
        Arrays.fill(entries, kept, count, null);
        count = kept;
    }

    private void release(Entry entry) {
        if (entry.fetched == Entry.RESERVED) {
            reserved--;
        }
        entry.fetched = Entry.NOT_IN_BATCH;
    }
}
