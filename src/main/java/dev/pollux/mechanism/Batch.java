// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * What was fetched and not yet delivered, in the kernel's order; each registration once. What is owed keeps its place
 * before what comes later, if it comes again in the next fetch. What was fetched is noted in the entry itself.
 */
final class Batch {
    private Entry[] entries = new Entry[64];
    private int count;
    private int owed;
    private int joined;

    int count() {
        return count;
    }

    /** Without those that are only owed. */
    int events() {
        return count - owed;
    }

    /** Grows with each registration and each bit that was not there before. */
    int news() {
        return count + joined;
    }

    /** Adds, or joins with what is there for the same registration in the same version. */
    void add(Entry entry, int bits) {
        if (entry.isFetched) {
            join(entry, bits);
            return;
        }
        place(entry);
        entry.fetchedBits = bits;
        entry.fetchedVersion = entry.version;
    }

    private void place(Entry entry) {
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, 2 * count);
        }
        entries[count++] = entry;
        entry.isFetched = true;
    }

    private void join(Entry entry, int bits) {
        int before = entry.fetchedVersion == entry.version ? entry.fetchedBits : 0;
        owed -= entry.fetchedBits == 0 ? 1 : 0;
        joined += (before | bits) != before ? 1 : 0;
        entry.fetchedBits = before | bits;
        entry.fetchedVersion = entry.version;
    }

    /** Takes one out for delivery; its place stays until {@link #removeFirst}. */
    Entry take(int index) {
        Entry entry = entries[index];
        entries[index] = null;
        entry.isFetched = false;
        owed -= entry.fetchedBits == 0 ? 1 : 0;
        return entry;
    }

    /** Closes up after the first ones, which were taken. */
    void removeFirst(int taken) {
        System.arraycopy(entries, taken, entries, 0, count - taken);
        int before = count;
        count -= taken;
        Arrays.fill(entries, Math.max(count, taken), before, null);
    }

    /** Keeps a place for what may come again. */
    void owe(Entry entry) {
        if (!entry.isFetched) {
            place(entry);
        } else if (entry.fetchedBits == 0) {
            return;
        }
        entry.fetchedBits = 0;
        owed++;
    }

    /** What did not come again is not ready any more. */
    void forgetOwed() {
        if (owed > 0) {
            retain(entry -> entry.fetchedBits != 0);
        }
    }

    /** Keeps those of which this is true, in their order. */
    void retain(Predicate<Entry> isKept) {
        int kept = 0;
        for (int index = 0; index < count; index++) {
            Entry entry = entries[index];
            entry.isFetched = isKept.test(entry);
            if (entry.isFetched) {
                entries[kept++] = entry;
            } else {
                owed -= entry.fetchedBits == 0 ? 1 : 0;
            }
        }
        Arrays.fill(entries, kept, count, null);
        count = kept;
    }
}
