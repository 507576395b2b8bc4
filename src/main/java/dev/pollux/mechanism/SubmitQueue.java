// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.Arrays;

/** The registrations whose polls {@code IoUringDriver} submits with the next wait, each once. */
final class SubmitQueue {
    private IoUringEntry[] entries = new IoUringEntry[64];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Does nothing if it is queued. */
    void add(IoUringEntry entry) {
        if (entry.queued == 0) {
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, 2 * count);
            }
            entries[count++] = entry;
            entry.queued = count;
        }
    }

    /** Does nothing if it is not queued. The last one takes its place. */
    void remove(IoUringEntry entry) {
        if (entry.queued != 0) {
            IoUringEntry last = entries[--count];
            entries[entry.queued - 1] = last;
            last.queued = entry.queued;
            entries[count] = null;
            entry.queued = 0;
        }
    }

    int count() {
        return count;
    }

    IoUringEntry get(int index) {
        return entries[index];
    }

    /** Removes those that were submitted. */
    void removeFirst(int submitted) {
        for (int i = 0; i < submitted; i++) {
            entries[i].queued = 0;
        }
        int before = count;
        count -= submitted;
        System.arraycopy(entries, submitted, entries, 0, count);
        Arrays.fill(entries, count, before, null);
        for (int i = 0; i < count; i++) {
            entries[i].queued = i + 1;
        }
    }
}
