// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The registrations by descriptor. Changed under the lock; {@link #get} also works without it (rule 5). */
final class Registry {
    /** A check of a larger table looks at this many numbers at a time, in turn. */
    private static final int CHECKED_NUMBERS = 512;

    private Entry[] byFd = new Entry[64];
    private int size;
    private int channels;
    private int lastGeneration;
    private int nextChecked;

    int size() {
        return size;
    }

    /** How many registrations have a channel. */
    int channels() {
        return channels;
    }

    /** Never 0, which belongs to the waker. */
    int nextGeneration() {
        if (++lastGeneration == 0) {
            lastGeneration = 1;
        }
        return lastGeneration;
    }

    /** All registered descriptors are below this. */
    int numbers() {
        return byFd.length;
    }

    Entry get(int fd) {
        Entry[] table = byFd;
        return fd >= 0 && fd < table.length ? table[fd] : null;
    }

    /** The registration of this number and this generation; null if it has ended. */
    Entry get(int fd, int generation) {
        Entry entry = get(fd);
        return entry != null && entry.generation == generation ? entry : null;
    }

    /** For open descriptors only, so that the table never outgrows the process's descriptor table. */
    void add(Entry entry) {
        if (entry.fd() >= byFd.length) {
            byFd = Arrays.copyOf(byFd, Math.max(entry.fd() + 1, (int) Math.min(2L * byFd.length, 1 << 30)));
        }
        assert byFd[entry.fd()] == null : byFd[entry.fd()];
        byFd[entry.fd()] = entry;
        size++;
        if (entry.channel != null) {
            channels++;
        }
    }

    void remove(Entry entry) {
        assert byFd[entry.fd()] == entry : byFd[entry.fd()];
        byFd[entry.fd()] = null;
        size--;
        if (entry.channel != null) {
            channels--;
        }
    }

    /** A copy, for rare operations. */
    List<Entry> all() {
        List<Entry> entries = new ArrayList<>(size);
        for (Entry entry : byFd) {
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Asserts the state table for each entry; in a large table, for some of them. */
    boolean check(boolean mutesByEdge) {
        int numbers = Math.min(byFd.length, CHECKED_NUMBERS);
        for (int i = 0; i < numbers; i++) {
            nextChecked = nextChecked + 1 < byFd.length ? nextChecked + 1 : 0;
            Entry entry = byFd[nextChecked];
            if (entry != null) {
                check(entry, nextChecked, mutesByEdge);
            }
        }
        return true;
    }

    private static void check(Entry entry, int fd, boolean mutesByEdge) {
        State state = entry.state();
        assert entry.fd() == fd : entry + " at " + fd;
        assert state != State.NEW && state != State.ENDED : entry + " is " + state;
        assert entry.fastRow() == 0 || state == State.ARMED && entry.canBeFast() : entry + " is fast and " + state;
        assert state != State.CONSTANT || entry.place != 0 : entry + " is in no list";
        assert state != State.MUTED || mutesByEdge || entry.place != 0 : entry + " is in no list";
        assert state == State.CONSTANT || state == State.MUTED || entry.place == 0 : entry + " is in a list";
    }
}
