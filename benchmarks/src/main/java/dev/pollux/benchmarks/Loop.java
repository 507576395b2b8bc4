// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.Closeable;
import java.io.IOException;

/** One workload of one caller, set up. */
interface Loop extends Closeable {
    /** Does it so many times; what comes back shows whether it did. */
    long run(int times) throws IOException;

    /** Says what was done against what should have been. */
    static long require(String what, long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException(what + ": " + actual + ", not " + expected);
        }
        return actual;
    }
}
