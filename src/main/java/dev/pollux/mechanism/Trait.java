// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** What the core has to know of a mechanism. */
enum Trait {
    /** Registrations may be armed and disarmed while the kernel waits; without this the core ends the wait first. */
    CHANGES_DURING_WAIT,

    /** It has the triggers EDGE and EDGE_ONESHOT. */
    EDGES,

    /**
     * A change does not overwrite the answers of the last wait, so handlers may run between two calls of
     * {@link Driver#next}; without this all answers are fetched first.
     */
    STABLE_ANSWERS,

    /** A closed descriptor is reported to the user as invalid, also if the core finds it. */
    REPORTS_CLOSED,

    /** The kernel does not say of every closed descriptor that it is closed, so the core looks for them. */
    MISSES_CLOSED,

    /**
     * A muted descriptor stays watched and is reported when its state changes; without this the core arms it again in
     * each poll and every 50 ms.
     */
    MUTES_BY_EDGE,

    /** A wait with a timeout of 0 costs little however many descriptors are registered: see {@link Looks}. */
    CHEAP_LOOK,

    /** The waker is a pipe, even where there is an eventfd. */
    PIPE_WAKER,

    /** It does what {@link BusyPoll} asks. */
    BUSY_POLL
}
