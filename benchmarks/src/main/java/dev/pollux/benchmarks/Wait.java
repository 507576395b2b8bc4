// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

/** How long a poll may wait. Something is always ready, so neither really does; the kernel's work differs all the same. */
public enum Wait {
    /** No limit: the kernel hooks into each descriptor's wait queue until it finds a ready one. */
    BLOCKING,
    /** A timeout of zero: the kernel only looks. */
    ZERO
}
