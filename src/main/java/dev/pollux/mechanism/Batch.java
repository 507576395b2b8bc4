// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Readiness;
import java.util.Arrays;

/**
 * What was fetched and not yet delivered, in the kernel's order; each registration once. What is owed keeps its place
 * before what comes later, if it comes again in the next fetch.
 */
final class Batch {
    private Entry[] entries = new Entry[64];
    private int[] versions = new int[64];
    private Readiness[] ready = new Readiness[64];
    private int count;
    private int owed;
    private int news;

    int count() {
        return count;
    }

    /** Without those that are only owed. */
    int events() {
        return count - owed;
    }

    /** Grows with each registration and each bit that was not there before. */
    int news() {
        return news;
    }

    Entry entry(int index) {
        return entries[index];
    }

    int version(int index) {
        return versions[index];
    }

    Readiness ready(int index) {
        return ready[index];
    }

    boolean contains(Entry entry) {
        return entry.batchIndex < count && entries[entry.batchIndex] == entry;
    }

    /** Adds, or joins with what is there for the same registration in the same version. */
    void add(Entry entry, int bits) {
        if (contains(entry)) {
            int index = entry.batchIndex;
            int before = ready[index] != null && versions[index] == entry.version ? ready[index].bits() : 0;
            owed -= ready[index] == null ? 1 : 0;
            versions[index] = entry.version;
            news += (before | bits) != before ? 1 : 0;
            ready[index] = Readiness.of(before | bits);
            return;
        }
        if (count == entries.length) {
            grow();
        }
        news++;
        entry.batchIndex = count;
        entries[count] = entry;
        versions[count] = entry.version;
        ready[count++] = Readiness.of(bits);
    }

    private void grow() {
        entries = Arrays.copyOf(entries, 2 * count);
        versions = Arrays.copyOf(versions, 2 * count);
        ready = Arrays.copyOf(ready, 2 * count);
    }

    /** Forgets the first ones, and the registrations they would keep in memory. */
    void removeFirst(int removed) {
        int kept = count - removed;
        for (int index = 0; index < kept; index++) {
            keep(index + removed, index);
        }
        truncate(kept);
    }

    /** Moves one to an earlier place. */
    void keep(int from, int to) {
        entries[to] = entries[from];
        entries[to].batchIndex = to;
        versions[to] = versions[from];
        ready[to] = ready[from];
    }

    void owe(int index) {
        ready[index] = null;
        owed++;
    }

    /** What did not come again is not ready any more. */
    void forgetOwed() {
        if (owed > 0) {
            int kept = 0;
            for (int index = 0; index < count; index++) {
                if (ready[index] != null) {
                    keep(index, kept++);
                }
            }
            owed = 0;
            truncate(kept);
        }
    }

    void truncate(int kept) {
        Arrays.fill(entries, kept, count, null);
        count = kept;
    }
}
