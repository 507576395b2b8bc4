// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.ArrayList;
import java.util.List;

/**
 * The muted registrations that the kernel does not watch. Each poll arms them again, a long one every 50 ms. Guarded by
 * the lock.
 */
final class Muted {
    private static final long RELOOK_NANOS = 50_000_000;

    private final List<Entry> entries = new ArrayList<>();

    /** When they were last armed, or the first of them was muted after that. */
    private long startNanos;

    boolean isEmpty() {
        return entries.isEmpty();
    }

    void add(Entry entry) {
        assert entry.place == 0 : entry;
        if (entries.isEmpty()) {
            restart();
        }
        entries.add(entry);
        entry.place = entries.size();
    }

    /** Called when all are armed again. One that failed is due in 50 ms; else a poll would spin on it. */
    void restart() {
        startNanos = System.nanoTime();
    }

    /** Does nothing if it is not in the list. */
    void remove(Entry entry) {
        if (entry.place == 0) {
            return;
        }
        Entry last = entries.remove(entries.size() - 1);
        if (last != entry) {
            entries.set(entry.place - 1, last);
            last.place = entry.place;
        }
        entry.place = 0;
    }

    /** A copy, because arming an entry removes it. */
    List<Entry> all() {
        return List.copyOf(entries);
    }

    /** How long the kernel may wait until they are due; not positive if they are due now. */
    long untilDueNanos() {
        return RELOOK_NANOS - (System.nanoTime() - startNanos);
    }
}
