// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Trigger;
import dev.pollux.syscall.Syscalls;
import java.util.Arrays;

/** Note (d) of {@code IoUringDriver}: checks the state of reported registrations with {@code poll(2)}. */
final class StateChecks {
    private final Syscalls syscalls;
    private final PollFds fds;

    /** The registrations to check. One may be listed twice, the first time from before it was armed again. */
    private IoUringEntry[] listed = new IoUringEntry[64];

    private int count;

    /** The registrations of the last call, in the order of the pollfds. */
    private IoUringEntry[] asked = new IoUringEntry[64];

    private int askedCount;
    private int cursor;

    /** The registrations with an event; listed again when all answers are taken. */
    private IoUringEntry[] ready = new IoUringEntry[64];

    private int readyCount;

    StateChecks(Syscalls syscalls) {
        this.syscalls = syscalls;
        fds = new PollFds(syscalls, listed.length);
    }

    /**
     * Lists a registration, even one that has an event: its state may have changed since, which may be another edge.
     */
    void add(IoUringEntry entry) {
        if (entry.check != IoUringEntry.Check.LISTED) {
            if (count == listed.length) {
                listed = Arrays.copyOf(listed, 2 * count);
            }
            entry.check = IoUringEntry.Check.LISTED;
            listed[count++] = entry;
        }
    }

    void remove(IoUringEntry entry) {
        entry.check = IoUringEntry.Check.NONE;
    }

    /** Checks all listed registrations and empties the list. Returns what poll returned; 0 if the list was empty. */
    int ask() {
        prepare();
        cursor = 0;
        return askedCount == 0 ? 0 : syscalls.poll(fds.memory(), askedCount, 0);
    }

    private void prepare() {
        fds.reserve(count); // first: it may run out of memory
        IoUringEntry[] emptied = asked;
        asked = listed;
        int from = count;
        count = 0;
        askedCount = 0;
        for (int i = 0; i < from; i++) {
            IoUringEntry entry = asked[i];
            if (entry.check == IoUringEntry.Check.LISTED) {
                entry.check = IoUringEntry.Check.ASKED;
                fds.put(askedCount, entry.fd(), PollBits.pollfdEvents(entry.interest()));
                asked[askedCount++] = entry;
            }
        }
        Arrays.fill(asked, askedCount, from, null);
        listed = emptied;
    }

    /** Whether any registration of the last call has bits that the kernel reports once. */
    boolean isAnyReportedOnce() {
        for (int i = 0; i < askedCount; i++) {
            if (asked[i].reportedOnce != 0) {
                return true;
            }
        }
        return false;
    }

    int askedCount() {
        return askedCount;
    }

    /** The next registration of the last call; null after the last one. */
    IoUringEntry next() {
        while (cursor < askedCount) {
            IoUringEntry entry = asked[cursor];
            asked[cursor++] = null;
            if (entry.check == IoUringEntry.Check.ASKED) {
                entry.check = IoUringEntry.Check.NONE;
                return entry;
            }
        }
        askedCount = 0;
        return null;
    }

    /** The revents of the entry that {@link #next} returned last. */
    int revents() {
        return fds.revents(cursor - 1);
    }

    /** Notes that this registration has an event. */
    void setReady(IoUringEntry entry) {
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, 2 * readyCount);
        }
        entry.check = IoUringEntry.Check.READY;
        ready[readyCount++] = entry;
    }

    /** Lists the LEVEL registrations that had an event, after all answers are taken. */
    void listReady() {
        for (int i = 0; i < readyCount; i++) {
            IoUringEntry entry = ready[i];
            ready[i] = null;
            if (entry.check == IoUringEntry.Check.READY) {
                entry.check = IoUringEntry.Check.NONE;
                if (entry.trigger() == Trigger.LEVEL && entry.state().isWatched()) {
                    add(entry);
                }
            }
        }
        readyCount = 0;
    }
}
