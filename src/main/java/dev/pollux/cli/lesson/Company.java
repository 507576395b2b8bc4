// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The other threads of a lesson. */
final class Company {
    /** What one of them does. */
    @FunctionalInterface
    interface Part {
        void play() throws IOException;
    }

    private final List<FutureTask<Void>> parts = new ArrayList<>();

    void start(String name, Part part) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            part.play();
            return null;
        });
        parts.add(task);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until all are done, and throws what any of them threw. */
    void await() throws IOException {
        for (FutureTask<Void> each : parts) {
            try {
                each.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the lesson was interrupted", e);
            } catch (ExecutionException e) {
                throw new IOException(e.getCause().getMessage(), e.getCause());
            }
        }
        parts.clear();
    }
}
