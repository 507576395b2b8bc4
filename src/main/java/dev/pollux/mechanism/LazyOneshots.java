// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Trigger;
import java.util.ArrayList;
import java.util.List;

/**
 * Note (j) of {@code EpollDriver}: a ONESHOT whose handler always re-arms it stays in the kernel's list without
 * EPOLLONESHOT. This saves an EPOLL_CTL_MOD each time. One that was not re-armed after it fired is silenced before the
 * next wait.
 */
final class LazyOneshots {
    /** A ONESHOT is kept after this many re-arms in a row before the next wait. */
    private static final int PROMPT_REARMS = 8;

    /** The lazy ones that fired since the last wait; the kernel does not know. */
    private final List<EpollEntry> fired = new ArrayList<>();

    /** Counts a re-arm of a fired entry; {@code waits} is the number of waits so far. */
    void countRearm(EpollEntry entry, int waits) {
        boolean prompt = entry.firedInWait == waits;
        entry.promptRearms = prompt ? Math.min(entry.promptRearms + 1, PROMPT_REARMS) : 0;
    }

    /** Whether to arm it without EPOLLONESHOT. */
    boolean isKept(EpollEntry entry) {
        return entry.trigger() == Trigger.ONESHOT && entry.promptRearms == PROMPT_REARMS;
    }

    void addFired(EpollEntry entry) {
        fired.add(entry);
    }

    /** Takes one that fired and was not re-armed, to silence it; null if there is none. */
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
