// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

/** What the core must know about a mechanism. */
enum Trait {
    /** Entries may be armed and disarmed while the kernel waits; without this trait the core ends the wait first. */
    CHANGES_DURING_WAIT,

    /** Supports the triggers EDGE and EDGE_ONESHOT. */
    EDGES,

    /**
     * A change does not overwrite the answers of the last wait, so handlers may run between two calls of
     * {@link Driver#next}. Without this trait all answers are fetched first.
     */
    STABLE_ANSWERS,

    /** A closed descriptor is reported to the user as invalid, even if only the core finds it. */
    REPORTS_CLOSED,

    /** The kernel does not report every closed descriptor, so the core checks for them. */
    MISSES_CLOSED,

    /**
     * The kernel still watches a muted descriptor, and reports it when its state changes. Without this trait the core
     * arms it again in each poll and every 50 ms.
     */
    MUTES_BY_EDGE,

    /** A wait with a timeout of 0 is cheap with any number of registrations: see {@link Looks}. */
    CHEAP_LOOK,

    /** The waker is a pipe, even where the system has eventfd. */
    PIPE_WAKER,

    /** Supports {@link BusyPoll}. */
    BUSY_POLL
}
