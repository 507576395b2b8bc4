// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.SelectLimit;
import dev.pollux.syscall.Syscalls;

/**
 * What a mechanism is opened with.
 *
 * @param spinNanos for how long a poll looks again and again before it waits
 * @param busyPoll what epoll is asked for; null for nothing
 * @param lookPause after how many polls a poller looks before it waits, see {@link Looks}; 0: always
 */
public record PollerSettings(
        Syscalls syscalls, Binding binding, SelectLimit selectLimit, long spinNanos, BusyPoll busyPoll, int lookPause) {
    /** Long enough that a poller's first polls show the system calls that one expects. */
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
