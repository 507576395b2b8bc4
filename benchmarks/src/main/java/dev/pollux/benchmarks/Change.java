// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

/** What is changed of a registration, again and again. */
public enum Change {
    /** Cancelled, and registered again. */
    CANCEL_REGISTER,
    /** Asked for writing besides, and no more. */
    MODIFY,
    /** ONESHOT: reported, and armed again by the handler. */
    REARM
}
