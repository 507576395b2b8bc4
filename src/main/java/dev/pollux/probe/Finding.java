// SPDX-License-Identifier: Apache-2.0
package dev.pollux.probe;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Trigger;
import java.util.Set;

/**
 * What was found out about one mechanism through one binding, by using it.
 *
 * @param usable whether a poller could be opened and saw a byte arrive in a pipe
 * @param reason in words: what was seen, or why it is not usable
 * @param triggers the triggers it has; empty if it is not usable
 * @param maxDescriptors how many descriptors one poller can watch in this process now, as far as it is known;
 *     {@code Long.MAX_VALUE} if no limit is known; 0 if it is not usable
 * @param maxDescriptorsBy what sets that limit: FD_SETSIZE, RLIMIT_NOFILE, fs.epoll.max_user_watches; empty if no limit
 *     could be asked for, and if it is not usable
 * @param timeoutResolutionNanos the finest timeout that the kernel can be asked for, in nanoseconds; 0 if not usable
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
