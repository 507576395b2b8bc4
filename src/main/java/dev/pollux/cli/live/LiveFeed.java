// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import java.io.Closeable;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Hands the lines of a poller's trace to a {@link LiveView} on a thread of its own. A line that arrives while too many
 * wait is dropped and counted, so the poller never waits for the view.
 */
final class LiveFeed implements Consumer<String>, Closeable {
    private static final int MOST_LINES = 8_192;
    private static final long MOST_CHARS = 8 << 20;

    private final LiveView view;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(MOST_LINES);
    private final AtomicLong waitingChars = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread reader = new Thread(this::read, "live-view");

    LiveFeed(LiveView view) {
        this.view = view;
        reader.setDaemon(true);
    }

    /** Starts the thread; lines that came before wait for it. */
    void start() {
        reader.start();
    }

    @Override
    public void accept(String line) {
        if (waitingChars.addAndGet(line.length()) > MOST_CHARS || !lines.offer(line)) {
            waitingChars.addAndGet(-line.length());
            dropped.incrementAndGet();
        }
    }

    /** How many lines the view has missed. */
    long dropped() {
        return dropped.get();
    }

    private void read() {
        try {
            while (true) {
                show(lines.take());
            }
        } catch (InterruptedException closed) {
            for (String line = lines.poll(); line != null; line = lines.poll()) {
                show(line);
            }
        }
    }

    private void show(String line) {
        waitingChars.addAndGet(-line.length());
        view.line(line);
    }

    /** Returns when the view has all lines. */
    @Override
    public void close() {
        reader.interrupt();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
