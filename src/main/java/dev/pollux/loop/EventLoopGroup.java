// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import dev.pollux.Poller;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Several event loops, each with its own poller and thread, so that a server uses several processors.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * int listening = posix.streamSocket(StandardProtocolFamily.INET);
 * posix.bind(listening, new InetSocketAddress("127.0.0.1", 0));
 * posix.listen(listening, 128);
 * try (EventLoopGroup group = EventLoopGroup.open(4, Pollers::open)) {
 *     group.onAcceptable(listening, (loop, watch) -> {
 *         int connection;
 *         while ((connection = posix.accept(watch.fd())) >= 0) {
 *             loop.onReadable(connection, (each, ready) -> handle(each.fd(), ready));
 *         }
 *     });
 *     group.start();
 *     while (running) {
 *         group.await(Duration.ofSeconds(1));
 *     }
 * }
 * }</pre>
 *
 * <p>A connection stays with the loop that accepted it, so only one thread touches its state.
 *
 * <p><b>Threads.</b> The threads are named {@code pollux-loop-1} and so on. They are not daemons: the program serves on
 * after its main method has returned. Each loop behaves as {@link EventLoop} describes, but only the group calls
 * {@link EventLoop#run}. All methods may be called from any thread and from inside a callback.
 *
 * <p><b>The end.</b> All loops end together: on {@link #close}, or when one loop ends. A loop ends by
 * {@link EventLoop#stop}, by an interrupt of its thread, or with an exception from the kernel or the exception handler.
 * Each thread then finishes its round and closes its loop and poller. {@link #await} and {@link #close} throw the
 * exception that ended the first loop.
 *
 * <p>With one shared listening socket, idle loops accept. To let the kernel spread the connections instead, give each
 * loop its own listening socket, bound to the same port with SO_REUSEPORT, and watch it with
 * {@link EventLoop#onReadable}.
 */
public final class EventLoopGroup implements Closeable {
    /** Opens a poller for each loop: {@code Pollers::open}. */
    @FunctionalInterface
    public interface PollerSource {
        /** A new poller, which the loop will own. */
        Poller open() throws IOException;
    }

    /** The callback for waiting connections. */
    @FunctionalInterface
    public interface Acceptor {
        /**
         * Runs on the thread of this loop; {@code watch.fd()} is the listening descriptor. There may be no connection.
         */
        void accept(EventLoop loop, Watch watch) throws IOException;
    }

    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch running;
    private boolean started;
    private boolean ending;

    private EventLoopGroup(int size) {
        running = new CountDownLatch(size);
    }

    /**
     * Creates a group of loops, and opens a poller for each. Nothing runs before {@link #start}.
     *
     * @throws IllegalArgumentException if {@code threads} is less than 1
     * @throws IOException from the source; pollers that are already open are closed
     */
    public static EventLoopGroup open(int threads, PollerSource pollers) throws IOException {
        if (threads < 1) {
            throw new IllegalArgumentException("a group has at least one loop, not " + threads);
        }
        EventLoopGroup group = new EventLoopGroup(threads);
        try {
            for (int i = 1; i <= threads; i++) {
                EventLoop loop = new EventLoop(pollers.open());
                group.loops.add(loop);
                group.addThread(loop, i);
            }
        } catch (Throwable e) {
            group.close();
            throw e;
        }
        return group;
    }

    private void addThread(EventLoop loop, int number) {
        Thread thread = new Thread(() -> run(loop), "pollux-loop-" + number);
        thread.setDaemon(false);
        threads.add(thread);
    }

    /**
     * Starts the threads. Watches, timers and tasks added before take effect now.
     *
     * @throws IllegalStateException if the group was already started or closed
     */
    public synchronized void start() {
        if (started || ending) {
            throw new IllegalStateException("the group was already " + (ending ? "closed" : "started"));
        }
        started = true;
        int begun = 0;
        try {
            while (begun < threads.size()) {
                threads.get(begun).start();
                begun++;
            }
        } catch (Throwable e) {
            end();
            loops.subList(begun, loops.size()).forEach(this::over);
            throw e;
        }
    }

    /** The number of loops. */
    public int size() {
        return loops.size();
    }

    /** The loop with this index, from 0 on. */
    public EventLoop loop(int index) {
        return loops.get(index);
    }

    /** The next loop, round robin. */
    public EventLoop next() {
        return loops.get(Integer.remainderUnsigned(turn.getAndIncrement(), loops.size()));
    }

    /**
     * Watches a listening descriptor with every loop, see {@link EventLoop#onAcceptable}. The caller closes the
     * descriptor, after it has cancelled the watches or the group has ended.
     *
     * @return the watches, in the order of the loops
     * @throws IOException as {@link EventLoop#onReadable}; then no loop watches the descriptor
     */
    public List<Watch> onAcceptable(int fd, Acceptor acceptor) throws IOException {
        Objects.requireNonNull(acceptor, "acceptor");
        return onEach(loop -> loop.onAcceptable(fd, (watch, ready) -> acceptor.accept(loop, watch)));
    }

    /** The same for a channel. */
    public List<Watch> onAcceptable(SelectableChannel channel, Acceptor acceptor) throws IOException {
        Objects.requireNonNull(acceptor, "acceptor");
        return onEach(loop -> loop.onAcceptable(channel, (watch, ready) -> acceptor.accept(loop, watch)));
    }

    /** Starts a watch with one loop. */
    private interface Beginning {
        Watch on(EventLoop loop) throws IOException;
    }

    private List<Watch> onEach(Beginning beginning) throws IOException {
        List<Watch> watches = new ArrayList<>();
        try {
            for (EventLoop loop : loops) {
                watches.add(beginning.on(loop));
            }
            return List.copyOf(watches);
        } catch (Throwable e) {
            for (Watch watch : watches) {
                watch.cancel();
            }
            throw e;
        }
    }

    /** Sets {@link EventLoop#onException} of every loop; several loops may call the handler at the same time. */
    public void onException(Consumer<? super Throwable> handler) {
        loops.forEach(loop -> loop.onException(handler));
    }

    private void run(EventLoop loop) {
        try {
            loop.run();
        } catch (Throwable e) {
            fail(e);
        } finally {
            end();
            over(loop);
        }
    }

    private void fail(Throwable e) {
        if (!failure.compareAndSet(null, e) && failure.get() != e) {
            failure.get().addSuppressed(e);
        }
    }

    private void over(EventLoop loop) {
        try {
            loop.close();
        } catch (Throwable e) {
            fail(e);
        } finally {
            running.countDown();
        }
    }

    /** Each loop ends after its current round. */
    private synchronized void end() {
        ending = true;
        loops.forEach(EventLoop::stop);
    }

    /**
     * Waits until all loops have ended, or for the timeout.
     *
     * @return whether all loops have ended
     * @throws IOException if a loop ended with an exception, which is the cause
     */
    public boolean await(Duration timeout) throws IOException, InterruptedException {
        boolean isOver = running.await(EventLoop.nanos(timeout), TimeUnit.NANOSECONDS);
        if (isOver) {
            throwFailure();
        }
        return isOver;
    }

    /**
     * Ends the loops, waits for their threads, and closes the pollers; descriptors stay open. Called from inside a loop
     * it does not wait; the pollers are closed when the threads end. An interrupt does not end the wait; its status
     * stays set. Tasks still queued never run. A second close only waits.
     *
     * @throws IOException if a loop ended with an exception, which is the cause
     */
    @Override
    public void close() throws IOException {
        end();
        if (!wasStarted()) {
            loops.forEach(this::over);
            throwFailure();
        } else if (loops.stream().noneMatch(EventLoop::isInLoop)) {
            awaitUninterruptibly();
            throwFailure();
        }
    }

    private synchronized boolean wasStarted() {
        return started;
    }

    private void awaitUninterruptibly() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() throws IOException {
        Throwable first = failure.get();
        if (first != null) {
            throw new IOException("an event loop ended with " + first, first);
        }
    }
}
