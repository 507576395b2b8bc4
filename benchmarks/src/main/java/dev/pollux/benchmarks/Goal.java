// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.Locale;

/** How close to plain C a caller is meant to be. */
public record Goal(double atMost) {
    /** Null if nothing was promised. */
    public static Goal of(Mechanism mechanism, Caller caller, int a) {
        if (mechanism == Mechanism.IO_URING) {
            return null;
        }
        return switch (caller) {
            case JNI, FFM -> new Goal(mechanism != Mechanism.EPOLL ? 1.05 : a < 16 ? 1.10 : 1.03);
            case JNA -> a == 1 ? new Goal(1.6) : a >= 128 ? new Goal(1.1) : null;
            default -> null;
        };
    }

    /** {@code <= 1.05: met}; "within error" where the interval has room for the goal, but the value is above it. */
    public String verdict(Estimate ratio) {
        String word = ratio.value() <= atMost
                ? "met"
                : ratio.value() - ratio.error() <= atMost ? "within error" : "**missed**";
        return String.format(Locale.ROOT, "≤ %.2f: %s", atMost, word);
    }
}
