// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

/** How long a poll may wait. Something is always ready, so neither really does; the kernel's work differs all the same. */
public enum Wait {
    /** No limit: the kernel hooks into each descriptor's wait queue until it finds a ready one. */
    BLOCKING(-1),
    /** A timeout of zero: the kernel only looks. */
    ZERO(0);

    private final long timeoutNanos;

    Wait(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }
}
