// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Trigger;
import java.util.ArrayList;
import java.util.List;

/**
 * Note (j) of {@code EpollDriver}: a ONESHOT whose handler always arms it again stays in the kernel's list without
 * EPOLLONESHOT, which saves an EPOLL_CTL_MOD each time. One that fired and was not armed again is silenced before the
 * next wait.
 */
final class LazyOneshots {
    /** So many times in a row it must have been armed again in time before it is kept. */
    private static final int PROMPT_REARMS = 8;

    /** Those that fired since the last wait, unknown to the kernel. */
    private final List<EpollEntry> fired = new ArrayList<>();

    boolean isEmpty() {
        return fired.isEmpty();
    }

    /** An entry that had fired is armed again, after so many waits. */
    void countRearm(EpollEntry entry, int waits) {
        boolean prompt = entry.firedInWait == waits;
        entry.promptRearms = prompt ? Math.min(entry.promptRearms + 1, PROMPT_REARMS) : 0;
    }

    /** Whether it is to be armed without EPOLLONESHOT. */
    boolean isKept(EpollEntry entry) {
        return entry.trigger() == Trigger.ONESHOT && entry.promptRearms == PROMPT_REARMS;
    }

    void addFired(EpollEntry entry) {
        fired.add(entry);
    }

    /** Takes one that fired and has to be silenced; null if there is none. */
    EpollEntry takeUnarmed() {
        while (!fired.isEmpty()) {
            EpollEntry entry = fired.remove(fired.size() - 1);
            if (entry.state() == State.FIRED && entry.isListed()) {
                entry.promptRearms = 0;
                return entry;
            }
        }
        return null;
    }
}
