// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/** The poller is closed: before the call, or by another thread during it. */
public class ClosedPollerException extends IllegalStateException {
    /** The message names the mechanism. */
    public ClosedPollerException(Mechanism mechanism) {
        super("the poller (" + mechanism + ") is closed");
    }
}
