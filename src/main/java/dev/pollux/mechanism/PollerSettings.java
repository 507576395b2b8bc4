// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.SelectLimit;
import dev.pollux.syscall.Syscalls;

/**
 * The settings with which a mechanism is opened.
 *
 * @param spinNanos how long a poll spins before it waits
 * @param busyPoll the busy polling of epoll; null for none
 * @param lookPause the first pause of {@link Looks}, in polls; 0: every poll looks before it waits
 */
public record PollerSettings(
        Syscalls syscalls, Binding binding, SelectLimit selectLimit, long spinNanos, BusyPoll busyPoll, int lookPause) {
    /** Long enough that a trace of a poller's first polls shows the expected system calls. */
    private static final int LOOK_PAUSE = 16;

    public PollerSettings(
            Syscalls syscalls, Binding binding, SelectLimit selectLimit, long spinNanos, BusyPoll busyPoll) {
        this(syscalls, binding, selectLimit, spinNanos, busyPoll, LOOK_PAUSE);
    }

    /** Without spinning of any kind. */
    public PollerSettings(Syscalls syscalls, Binding binding, SelectLimit selectLimit) {
        this(syscalls, binding, selectLimit, 0, null);
    }
}
