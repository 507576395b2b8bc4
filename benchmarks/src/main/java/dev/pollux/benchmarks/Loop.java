// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.Closeable;
import java.io.IOException;

/**
 * One workload of one caller, set up.
 *
 * @param waiters what it waits with, closed with it in this order
 */
record Loop(Work work, Closeable... waiters) implements Closeable {
    /** Does it so many times; the result shows whether it did. */
    @FunctionalInterface
    interface Work {
        long run(int times) throws IOException;
    }

    long run(int times) throws IOException {
        return work.run(times);
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : waiters) {
            each.close();
        }
    }

    /** Compares what was done with what should have been. */
    static long require(String what, long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException(what + ": " + actual + ", not " + expected);
        }
        return actual;
    }
}
