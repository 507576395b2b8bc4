// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** What epoll keeps for a registration. */
final class EpollEntry extends Entry {
    /** The events in the kernel's list; 0 if it is not in the list. */
    int listedEvents;

    /** How many times in a row this ONESHOT was armed again before the next wait, and in which wait it fired last. */
    int promptRearms;

    int firedInWait = -1;

    EpollEntry(Terms terms) {
        super(terms);
    }

    boolean isListed() {
        return listedEvents != 0;
    }
}
