// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/**
 * When a registered descriptor is reported.
 *
 * <table>
 * <caption>Triggers of each mechanism</caption>
 * <tr><th>trigger</th><th>select, poll, /dev/poll</th><th>epoll</th><th>kqueue</th><th>io_uring</th></tr>
 * <tr><td>LEVEL, ONESHOT</td><td>yes</td><td>yes</td><td>yes</td><td>yes</td></tr>
 * <tr><td>EDGE, EDGE_ONESHOT</td><td>no</td><td>EPOLLET</td><td>EV_CLEAR</td><td>yes</td></tr>
 * </table>
 *
 * {@link Poller#register} throws {@link UnsupportedOperationException} if the mechanism lacks the trigger;
 * {@link Poller#supports} tells beforehand.
 */
public enum Trigger {
    /** Reported by every poll while the descriptor is ready. */
    LEVEL,
    /**
     * Reported when data arrives or room appears. Read or write until the call would block, or the next event may never
     * come. After {@link Registration#modify}, current readiness is reported again.
     */
    EDGE,
    /** Reported once, like LEVEL, then silent, even on a hang-up, until {@link Registration#modify} re-arms it. */
    ONESHOT,
    /** Reported once, like EDGE, then silent until {@link Registration#modify} re-arms it. */
    EDGE_ONESHOT;

    /** Whether this is EDGE or EDGE_ONESHOT. */
    public boolean isEdge() {
        return this == EDGE || this == EDGE_ONESHOT;
    }

    /** Whether this is ONESHOT or EDGE_ONESHOT. */
    public boolean isOneshot() {
        return this == ONESHOT || this == EDGE_ONESHOT;
    }
}
