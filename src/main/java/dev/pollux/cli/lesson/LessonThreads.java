// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.cli.BackgroundThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The threads that a lesson runs beside the one that plays it. */
final class LessonThreads {
    private final List<BackgroundThread<IOException>> threads = new ArrayList<>();

    void start(String name, BackgroundThread.Work<IOException> work) {
        threads.add(BackgroundThread.start(name, work));
    }

    /** Starts a virtual thread, or a platform thread on a JDK without them. */
    Thread startVirtual(String name, BackgroundThread.Work<IOException> work) {
        BackgroundThread<IOException> started = BackgroundThread.startVirtual(name, work);
        threads.add(started);
        return started.thread();
    }

    /** Waits until all have ended; throws the exception of a thread that failed. */
    void await() throws IOException {
        for (BackgroundThread<IOException> each : threads) {
            try {
                each.await(BackgroundThread.UNLIMITED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the lesson was interrupted", e);
            }
        }
        threads.clear();
    }
}
