// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The registrations whose last change failed half-way, so the kernel may watch them wrongly. The change is retried
 * before the next wait, and every 50 ms until it succeeds. Guarded by the lock.
 */
final class Retries {
    static final long RETRY_NANOS = 50_000_000;

    private final Set<Entry> entries = new LinkedHashSet<>();

    boolean isEmpty() {
        return entries.isEmpty();
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    void remove(Entry entry) {
        entries.remove(entry);
    }

    /** A copy, because a retry that succeeds removes the entry. */
    List<Entry> all() {
        return List.copyOf(entries);
    }
}
