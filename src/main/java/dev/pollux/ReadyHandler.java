// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/** Called by {@link Poller#poll} on the polling thread, once for each ready descriptor. */
@FunctionalInterface
public interface ReadyHandler {
    /**
     * One descriptor is ready. The handler may call anything of the poller but {@code poll}, and may close it.
     *
     * @param registration the registration, never one that was cancelled before this call began
     * @param ready what it is ready for, never more than was asked for
     * @throws IOException leaves {@code poll} at once, as does any unchecked exception; what was not yet delivered
     *     comes with the next poll
     */
    void ready(Registration registration, Readiness ready) throws IOException;
}
