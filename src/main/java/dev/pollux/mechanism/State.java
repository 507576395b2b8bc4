// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** The states of a registration; the table is in the package's documentation. */
enum State {
    /** Being armed for the first time. */
    NEW,
    /** Interest NONE: the kernel does not watch it. */
    SILENT,
    /** The kernel watches it. */
    ARMED,
    /** Its only news is a hang-up or an error that nobody asked for: it waits for something else. */
    MUTED,
    /** Always ready: the kernel need not watch it. */
    CONSTANT,
    /** A ONESHOT that was delivered and is not armed again yet. */
    FIRED,
    /** Cancelled, closed or dropped. */
    ENDED;

    /** Whether an event may be delivered in this state. */
    boolean isWatched() {
        return this == ARMED || this == MUTED || this == CONSTANT;
    }

    /** Whether the state table has an arrow from this state to that one. */
    boolean leadsTo(State next) {
        return switch (next) {
            case NEW -> false;
            case SILENT, ARMED, CONSTANT -> this != ENDED;
            case MUTED, FIRED -> isWatched();
            case ENDED -> this != ENDED;
        };
    }
}
