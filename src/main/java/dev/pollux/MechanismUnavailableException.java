// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/** The mechanism, or the binding, that was asked for cannot be had on this machine; the message says why. */
public class MechanismUnavailableException extends IOException {
    /** The message names the mechanism and the binding, the reason, and what can be had instead. */
    public MechanismUnavailableException(String message) {
        super(message);
    }
}
