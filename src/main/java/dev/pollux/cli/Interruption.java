// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Watches for Ctrl-C while it is open. The command can ask for it, and the JVM waits until the command has cleaned up. */
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

    /** Whether the user pressed Ctrl-C, or SIGTERM arrived. From any thread. */
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
