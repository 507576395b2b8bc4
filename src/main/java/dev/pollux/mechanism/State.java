// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** The states of a registration; see the table in the package documentation. */
enum State {
    /** Not armed yet. */
    NEW,
    /** Interest NONE: the kernel does not watch it. */
    SILENT,
    /** The kernel watches it. */
    ARMED,
    /** It has only a hang-up or an error outside its interest: silent until its state changes. */
    MUTED,
    /** Always ready: the kernel does not watch it. */
    CONSTANT,
    /** A delivered ONESHOT, not re-armed yet. */
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
