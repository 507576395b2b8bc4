// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.InterruptedIOException;

/** The threads that a benchmark has besides JMH's. */
final class Threads {
    private Threads() {}

    /** Waits until it has ended. */
    static void join(Thread thread) throws InterruptedIOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while " + thread.getName() + " ended");
        }
    }
}
