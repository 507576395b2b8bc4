// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Trigger;
import java.util.Set;

/**
 * What a test showed about one mechanism through one binding.
 *
 * @param usable whether a poller could be opened and saw a byte arrive in a pipe
 * @param reason what the test saw, or why the mechanism is not usable
 * @param triggers the supported triggers; empty if not usable
 * @param maxDescriptors how many descriptors one poller can watch in this process now; {@code Long.MAX_VALUE} if no
 *     limit is known; 0 if not usable
 * @param maxDescriptorsBy what sets that limit: FD_SETSIZE, RLIMIT_NOFILE or fs.epoll.max_user_watches; empty if the
 *     limit is unknown or the mechanism not usable
 * @param timeoutResolutionNanos the resolution of the kernel's timeout, in nanoseconds; 0 if not usable
 */
public record Finding(
        Mechanism mechanism,
        Binding binding,
        boolean usable,
        String reason,
        Set<Trigger> triggers,
        long maxDescriptors,
        String maxDescriptorsBy,
        long timeoutResolutionNanos) {}
