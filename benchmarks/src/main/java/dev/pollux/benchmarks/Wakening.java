// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

/** Who wakes whom. */
public enum Wakening {
    /** A thread wakes what it then waits with itself. */
    ALONE,
    /** Two threads wake each other by turns. */
    PING_PONG
}
