// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/** Called by {@link Poller#poll} on the polling thread, once for each ready descriptor. */
@FunctionalInterface
public interface ReadyHandler {
    /**
     * One descriptor is ready. The handler may call every method of the poller except {@code poll}, and may close it.
     *
     * @param registration the registration; never one that was cancelled before this call
     * @param ready what it is ready for, never more than its interest
     * @throws IOException leaves {@code poll} at once, as does an unchecked exception; the next poll delivers the
     *     remaining events
     */
    void ready(Registration registration, Readiness ready) throws IOException;
}
