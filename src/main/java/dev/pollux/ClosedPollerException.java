// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** The poller was closed, before the call or, by another thread, during it. */
public class ClosedPollerException extends IllegalStateException {
    /** Says which mechanism it was. */
    public ClosedPollerException(Mechanism mechanism) {
        super("the poller (" + mechanism + ") is closed");
    }
}
