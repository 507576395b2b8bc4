// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An event loop as small as it can be: callbacks on descriptors, timers, and tasks from other threads. */
final class SmallLoop {
    private record Timer(long deadlineNanos, Runnable callback) {}

    private final Stage stage;
    private final Posix.Pipe wake;
    private final Map<Integer, Runnable> callbacks = new LinkedHashMap<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::deadlineNanos));
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    SmallLoop(Stage stage, Posix.Pipe wake) {
        this.stage = stage;
        this.wake = wake;
        onReadable(wake.readFd(), () -> stage.read(wake.readFd(), 64));
    }

    void onReadable(int fd, Runnable callback) {
        callbacks.put(fd, callback);
    }

    void after(int millis, Runnable callback) {
        timers.add(new Timer(System.nanoTime() + millis * 1_000_000L, callback));
    }

    /** The only method for other threads. */
    void execute(Runnable task) throws IOException {
        tasks.add(task);
        stage.write(wake.writeFd(), "!");
    }

    /** One round: wait until a descriptor is ready or the first timer is due, then call back. */
    void round() {
        List<Integer> fds = new ArrayList<>(callbacks.keySet());
        PollFds array = PollFds.of(stage);
        fds.forEach(fd -> array.add(fd, PollFds.POLLIN));
        array.poll(timers.isEmpty() ? -1 : millisUntil(timers.peek().deadlineNanos));
        for (int i = 0; i < fds.size(); i++) {
            if (array.revents(i) != 0) {
                callbacks.get(fds.get(i)).run();
            }
        }
        while (!timers.isEmpty() && timers.peek().deadlineNanos <= System.nanoTime()) {
            timers.remove().callback.run();
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Rounded up: a timeout must not end before the deadline. */
    private static int millisUntil(long deadlineNanos) {
        return (int) Math.max(0, (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000);
    }
}
