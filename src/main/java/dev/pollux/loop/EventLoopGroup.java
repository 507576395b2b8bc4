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
 * Several event loops, each with a poller and a thread of its own, so that a server uses more than one processor.
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
 * <p>A connection stays with the loop that accepted it, so that what belongs to it is touched by one thread.
 *
 * <p><b>Threads.</b> They are named {@code pollux-loop-1} and so on, and are no daemons: a program whose main method has
 * returned goes on to serve. What is said of {@link EventLoop} holds for each of the loops, but {@link EventLoop#run}
 * is the group's to call. Everything here may be called from any thread, and from inside a callback.
 *
 * <p><b>The end.</b> The group lives and dies as one. It ends with {@link #close}, and also when one of its loops does: by
 * {@link EventLoop#stop}, by an interrupt of its thread, or with what the kernel or a throwing exception handler
 * threw. Each thread then finishes its round and closes its loop and poller; {@link #await} and {@link #close} throw what
 * ended the first.
 *
 * <p>Where it is better that the kernel spreads connections than that whoever has time takes them, let each loop have
 * a listening socket of its own, bound to the same port with SO_REUSEPORT, and watch it with {@link EventLoop#onReadable}.
 */
public final class EventLoopGroup implements Closeable {
    /** Where the pollers come from: {@code Pollers::open}. */
    @FunctionalInterface
    public interface PollerSource {
        /** A poller that nobody else has. */
        Poller open() throws IOException;
    }

    /** What is called when connections may be waiting. */
    @FunctionalInterface
    public interface Acceptor {
        /** On the thread of this loop; {@code watch.fd()} is the listening descriptor. */
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
     * Opens a poller for each of so many loops. Nothing runs before {@link #start}.
     *
     * @throws IllegalArgumentException if there is to be less than one
     * @throws IOException as the source says; the pollers that were opened before are closed
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
     * Starts the threads; what was registered, scheduled and given as tasks before begins now.
     *
     * @throws IllegalStateException if it was started, or closed, before
     */
    public synchronized void start() {
        if (started || ending) {
            throw new IllegalStateException("the group was " + (ending ? "closed" : "started") + " before");
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

    /** How many loops there are. */
    public int size() {
        return loops.size();
    }

    /** One of them, from 0 on. */
    public EventLoop loop(int index) {
        return loops.get(index);
    }

    /** Each in turn. */
    public EventLoop next() {
        return loops.get(Integer.remainderUnsigned(turn.getAndIncrement(), loops.size()));
    }

    /**
     * Watches a listening descriptor with every loop, as {@link EventLoop#onAcceptable} says. The descriptor stays the
     * caller's, and is closed after the watches were cancelled or the group has ended.
     *
     * @return the watches, in the order of the loops
     * @throws IOException as {@link EventLoop#onReadable}; none of the loops watches it then
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

    /** Begins to watch something with one loop. */
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

    /** {@link EventLoop#onException} of every loop; several may call it at the same time. */
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

    /** Each loop ends with its round. */
    private synchronized void end() {
        ending = true;
        loops.forEach(EventLoop::stop);
    }

    /**
     * Waits until all loops have ended, at most so long.
     *
     * @return whether they have
     * @throws IOException what ended the first, if it ended with an exception
     */
    public boolean await(Duration timeout) throws IOException, InterruptedException {
        boolean isOver = running.await(EventLoop.nanos(timeout), TimeUnit.NANOSECONDS);
        if (isOver) {
            throwFailure();
        }
        return isOver;
    }

    /**
     * Ends the loops, waits for their threads, and closes the pollers; descriptors stay open. From inside a loop it does
     * not wait, and the pollers are closed when the threads end. An interrupt does not cut the waiting short, and
     * stays set. Tasks that were not run by then never run. A second close does nothing but wait.
     *
     * @throws IOException what ended the first, if it ended with an exception
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
