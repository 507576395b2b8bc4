// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** What epoll keeps for a registration. */
final class EpollEntry extends Entry {
    /** The events in the kernel's list; 0 if not listed. */
    int listedEvents;

    /** How many times in a row this ONESHOT was re-armed before the next wait, and the wait in which it last fired. */
    int promptRearms;

    int firedInWait = -1;

    EpollEntry(Terms terms) {
        super(terms);
    }

    boolean isListed() {
        return listedEvents != 0;
    }
}
