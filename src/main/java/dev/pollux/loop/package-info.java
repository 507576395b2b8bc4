// SPDX-License-Identifier: Apache-2.0

/** Callbacks, timers and tasks on a poller, and calls that park a thread until a descriptor is ready. */
@NullMarked
package dev.pollux.loop;

import org.jspecify.annotations.NullMarked;
