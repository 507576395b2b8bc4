// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import org.junit.jupiter.api.Assumptions;

/** The native part, which accesses the JDK's channels without a flag. */
final class NativePart {
    private NativePart() {}

    /** Skips a test if the native part was not built, and prints why. */
    static void assume(String tested) {
        assumeNothingAgainst(tested, Usable.reasonAgainst(Mechanism.POLL, Binding.JNI));
    }

    /** Skips a test for a reason, and prints it; null means none. */
    static void assumeNothingAgainst(String tested, String reason) {
        if (reason != null) {
            System.out.println("skipped: " + tested + ": " + reason);
        }
        Assumptions.assumeTrue(reason == null, reason);
    }
}
