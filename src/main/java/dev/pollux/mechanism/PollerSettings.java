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
 */
public record PollerSettings(
        Syscalls syscalls, Binding binding, SelectLimit selectLimit, long spinNanos, BusyPoll busyPoll) {
    /** Without spinning of any kind. */
    public PollerSettings(Syscalls syscalls, Binding binding, SelectLimit selectLimit) {
        this(syscalls, binding, selectLimit, 0, null);
    }
}
