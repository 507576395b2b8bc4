// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.SelectLimit;
import dev.pollux.syscall.Syscalls;

/** What a mechanism is opened with. */
public record PollerSettings(Syscalls syscalls, Binding binding, SelectLimit selectLimit) {}
