// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C, for as long as this is open: the command sees that it came, and the JVM waits until it has cleaned up. */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 5;

    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private final Thread hook = new Thread(this::endCommand, "pollux-interruption");
    private volatile boolean came;

    Interruption() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            came = true;
        }
    }

    /** Whether Ctrl-C, or SIGTERM, came. From any thread. */
    boolean came() {
        return came;
    }

    private void endCommand() {
        came = true;
        try {
            cleanedUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        cleanedUp.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            came = true;
        }
    }
}
