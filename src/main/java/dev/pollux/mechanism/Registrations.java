// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The registered descriptors by number. Guarded by the poller's lock. */
final class Registrations {
    private Entry[] byFd = new Entry[64];
    private int size;
    private int channels;
    private int nextFd;
    private int lastGeneration;

    int size() {
        return size;
    }

    /** How many of them are of channels. */
    int channels() {
        return channels;
    }

    /** The table's numbers in turn, round and round; null for one that is not registered. */
    Entry next() {
        nextFd = nextFd + 1 < byFd.length ? nextFd + 1 : 0;
        return byFd[nextFd];
    }

    /** 0 is nobody's. */
    int nextGeneration() {
        if (++lastGeneration == 0) {
            lastGeneration = 1;
        }
        return lastGeneration;
    }

    /** The registered descriptors are all below this. */
    int numbers() {
        return byFd.length;
    }

    /** Also without the lock, by who can do with an answer from before. */
    Entry get(int fd) {
        Entry[] table = byFd;
        return fd >= 0 && fd < table.length ? table[fd] : null;
    }

    /** The registration that had this number and this generation, null if that one has ended. */
    Entry get(int fd, int generation) {
        Entry entry = get(fd);
        return entry != null && entry.generation == generation ? entry : null;
    }

    /** Only for a descriptor that is open, so that the table never outgrows the process's own. */
    void add(Entry entry) {
        if (entry.fd() >= byFd.length) {
            byFd = Arrays.copyOf(byFd, Math.max(entry.fd() + 1, (int) Math.min(2L * byFd.length, 1 << 30)));
        }
        byFd[entry.fd()] = entry;
        size++;
        channels += entry.channel == null ? 0 : 1;
    }

    void remove(Entry entry) {
        byFd[entry.fd()] = null;
        size--;
        channels -= entry.channel == null ? 0 : 1;
    }

    void clear() {
        Arrays.fill(byFd, null);
        size = 0;
        channels = 0;
    }

    /** A copy, for what is rare. */
    List<Entry> all() {
        return Arrays.stream(byFd).filter(Objects::nonNull).toList();
    }
}
