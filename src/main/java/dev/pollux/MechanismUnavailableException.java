// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.io.IOException;

/** The requested mechanism or binding is not available on this machine; the message says why. */
public class MechanismUnavailableException extends IOException {
    /** The message names the mechanism and the binding, the reason, and the alternatives. */
    public MechanismUnavailableException(String message) {
        super(message);
    }
}
