// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Trigger;
import dev.pollux.syscall.Syscalls;
import java.util.Arrays;

/**
 * Note (d) of {@code IoUringDriver}: the registrations of which something was reported, so that {@code poll(2)} is
 * asked what is the case now.
 */
final class StateChecks {
    private final Syscalls syscalls;
    private final PollFds fds;

    /** Those to be asked about. One may have a second place, from before it was armed again. */
    private IoUringEntry[] listed = new IoUringEntry[64];

    private int count;

    /** Those that were asked about, in the order of the pollfds. */
    private IoUringEntry[] asked = new IoUringEntry[64];

    private int askedCount;
    private int cursor;

    /** Those with an event, which are listed again when all answers are taken. */
    private IoUringEntry[] ready = new IoUringEntry[64];

    private int readyCount;

    StateChecks(Syscalls syscalls) {
        this.syscalls = syscalls;
        fds = new PollFds(syscalls, listed.length);
    }

    /** Lists one that has an event too: what happened since its state was asked may be another edge. */
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

    /** Asks about all that are listed, which leave the list. What poll returned; 0 if there are none. */
    int ask() {
        prepare();
        cursor = 0;
        return askedCount == 0 ? 0 : syscalls.poll(fds.memory(), askedCount, 0);
    }

    private void prepare() {
        fds.reserve(count); // first: it may lack memory
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

    /** Whether any that was asked about has bits that the kernel reports once. */
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

    /** The next of those that were asked about; null after the last one. */
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

    /** What poll said about the entry that {@link #next} returned last. */
    int revents() {
        return fds.revents(cursor - 1);
    }

    /** It has an event. */
    void setReady(IoUringEntry entry) {
        if (readyCount == ready.length) {
            ready = Arrays.copyOf(ready, 2 * readyCount);
        }
        entry.check = IoUringEntry.Check.READY;
        ready[readyCount++] = entry;
    }

    /** All answers are taken: lists those of LEVEL that had an event. How many had one. */
    int listReady() {
        int events = readyCount;
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
        return events;
    }
}
