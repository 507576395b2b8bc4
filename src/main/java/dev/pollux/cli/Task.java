// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread whose failure is not lost. */
final class Task {
    private final FutureTask<Void> future;
    private final Thread thread;

    private Task(String threadName, Body body) {
        future = new FutureTask<>(() -> {
            body.run();
            return null;
        });
        thread = new Thread(future, threadName);
        thread.setDaemon(true);
    }

    /** What a task does. */
    interface Body {
        void run() throws IOException;
    }

    static Task start(String threadName, Body body) {
        Task task = new Task(threadName, body);
        task.thread.start();
        return task;
    }

    /**
     * Waits for its end, and throws what it threw.
     *
     * @return false if it goes on
     */
    boolean await(long timeoutMillis) throws IOException, InterruptedException {
        try {
            future.get(timeoutMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /** Waits for the thread to be gone, whatever became of it. */
    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
