// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import dev.pollux.ClosedPollerException;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs callbacks of ready descriptors, timers and tasks, all on the one thread that is inside {@link #run}.
 *
 * <pre>{@code
 * try (EventLoop loop = new EventLoop(Pollers.open())) {
 *     loop.onWritable(fd, (watch, ready) -> {
 *         watch.cancel();
 *         loop.schedule(Duration.ofMillis(10), loop::stop);
 *     });
 *     loop.run();
 * }
 * }</pre>
 *
 * <p>The loop goes in rounds. A round waits until there is something to do. It then runs the callbacks of all ready
 * descriptors, all due timers, and the tasks that are queued when it comes to the tasks. Timers and tasks added
 * meanwhile run in a later round, so none can starve the others.
 *
 * <p><b>Threads.</b> All methods except {@link #run} may be called from any thread and from inside a callback; they
 * take effect in a round that is already waiting. Callbacks, timers and tasks run one at a time and must not block:
 * while one blocks, nothing else runs.
 *
 * <p><b>Time.</b> Timers use {@link System#nanoTime}. A timer never runs early; how late it runs depends on the
 * mechanism and on the load of the loop. A delay of more than 146 years counts as 146 years, a negative one as zero.
 *
 * <p><b>Errors.</b> An exception from a callback, timer or task goes to the handler set by {@link #onException}, and
 * the loop goes on. A callback that threw stays set, and is called again while its descriptor is ready.
 *
 * <p>The loop makes no garbage: not for an event, a timer or a task.
 */
public final class EventLoop implements Executor, Closeable {
    private final Poller poller;
    private final ReadyHandler delivery = this::deliver;
    private final Timer.Heap timers = new Timer.Heap();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final AtomicReference<Thread> runner = new AtomicReference<>();
    private volatile Consumer<? super Throwable> exceptionHandler = EventLoop::tellThread;
    private volatile boolean stopping;

    /** A loop on this poller, which it now owns: do not register with, poll or close the poller yourself. */
    public EventLoop(Poller poller) {
        this.poller = Objects.requireNonNull(poller, "poller");
    }

    /**
     * Watches a descriptor and calls back while a read will not block: there is data, a connection to accept, the end
     * of the stream, or an error. For both directions of one descriptor, use the returned watch:
     * {@code loop.onReadable(fd, this::read).onWritable(this::write)}.
     *
     * @throws IllegalStateException if the loop already watches the descriptor
     * @throws ClosedPollerException if the loop is closed
     * @see Poller#register(int, dev.pollux.Interest, dev.pollux.Trigger, Object) the other errors
     */
    public Watch onReadable(int fd, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).begin(poller, fd);
    }

    /** The same for a channel, which must be non-blocking; see {@link Poller} for the JVM flag it may need. */
    public Watch onReadable(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).begin(poller, channel);
    }

    /**
     * The same for a listening descriptor that several loops share. Where {@link Poller#supportsExclusive} is true, a
     * connection wakes at least one waiting loop, usually only one; elsewhere it wakes all. So {@code accept} may give
     * EAGAIN although the callback was called. Call it until EAGAIN: perhaps no other loop was woken for what is left.
     *
     * @see EventLoopGroup#onAcceptable to watch with all loops of a group
     */
    public Watch onAcceptable(int fd, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).beginShared(poller, fd);
    }

    /** The same for a channel; its {@code accept} returns null instead of EAGAIN. */
    public Watch onAcceptable(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).beginShared(poller, channel);
    }

    /** Calls back while a write will not block: there is room, or it fails at once. Otherwise like onReadable. */
    public Watch onWritable(int fd, Watch.Callback callback) throws IOException {
        return Watch.forWriting(callback).begin(poller, fd);
    }

    /** The same for a channel. */
    public Watch onWritable(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forWriting(callback).begin(poller, channel);
    }

    /**
     * Calls back once, when the connect in progress on this socket has ended. <b>It may have failed</b>: a poller does
     * not know, and only some mechanisms report {@link Readiness#isError}. Ask the socket in the callback:
     * {@code posix.socketError(fd) == 0}. The watch is silent afterwards; set other callbacks to go on.
     */
    public Watch onConnected(int fd, Watch.Callback callback) throws IOException {
        return Watch.forConnecting(callback).begin(poller, fd);
    }

    /** The same for a channel. Call {@code finishConnect()} in the callback: it throws if the connect failed. */
    public Watch onConnected(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forConnecting(callback).begin(poller, channel);
    }

    /**
     * Runs a task on the loop's thread, after the tasks queued before it. While the loop does not run, tasks wait for
     * the next {@link #run}.
     *
     * @throws RejectedExecutionException if the loop is closed; tasks still queued at the close never run
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        synchronized (tasks) {
            requireOpen();
            tasks.add(task);
        }
        wakeUnlessRunner();
    }

    /**
     * Runs a task once, after a delay. Tasks with the same deadline run in the order in which they were scheduled.
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    public Timer schedule(Duration delay, Runnable task) {
        return add(nanos(delay), 0, task);
    }

    /**
     * Runs a task after the initial delay and then once each period, counted from the first deadline, until it is
     * cancelled. When the loop falls behind, the task runs once, late, and then at the next full period. Missed periods
     * are skipped; {@link java.util.concurrent.ScheduledExecutorService} would run them one after another. A task that
     * throws is not cancelled.
     *
     * @throws IllegalArgumentException if the period is not positive
     * @throws RejectedExecutionException if the loop is closed
     */
    public Timer scheduleAtFixedRate(Duration initialDelay, Duration period, Runnable task) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("the period must be positive, not " + period);
        }
        return add(nanos(initialDelay), Math.min(nanos(period), Deadline.LONGEST_NANOS), task);
    }

    private Timer add(long delayNanos, long periodNanos, Runnable task) {
        Objects.requireNonNull(task, "task");
        requireOpen();
        long clamped = Math.min(Math.max(delayNanos, 0), Deadline.LONGEST_NANOS);
        Timer timer = new Timer(timers, task, System.nanoTime() + clamped, periodNanos);
        if (timers.add(timer)) {
            wakeUnlessRunner();
        }
        return timer;
    }

    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? -1 : Long.MAX_VALUE;
        }
    }

    /**
     * Sets the handler for exceptions from callbacks, timers and tasks; it runs on the loop's thread. The default is
     * the thread's uncaught exception handler, which prints them unless the program set another. An exception from the
     * handler itself ends {@link #run}; nothing is lost, and {@code run} may be called again.
     */
    public void onException(Consumer<? super Throwable> handler) {
        exceptionHandler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * Runs the loop on this thread until {@link #stop}, {@link #close} or {@link Thread#interrupt}, even if there is
     * nothing to wait for. The interrupt status stays set. Any thread may run the loop again; it keeps watches, timers
     * and tasks.
     *
     * @throws IllegalStateException if the loop is already running, in this or another thread
     * @throws ClosedPollerException if the loop is closed
     * @throws IOException if the kernel refuses to wait, or as {@link #onException} says
     */
    public void run() throws IOException {
        if (!runner.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("the event loop is already running, in " + runner.get());
        }
        try {
            if (!poller.isOpen()) {
                throw new ClosedPollerException(poller.mechanism());
            }
            while (!stopping && poller.isOpen() && !Thread.currentThread().isInterrupted()) {
                awaitEvents();
                runDueTimers();
                runTasks();
            }
        } finally {
            stopping = false;
            runner.set(null);
        }
    }

    /**
     * Makes {@link #run} return at the end of its round. If the loop is not running, the next run returns at once.
     * Several stops before the end of a run count as one.
     */
    public void stop() {
        stopping = true;
        wakeUnlessRunner();
    }

    /** Whether the calling thread is the one inside {@link #run}. */
    public boolean isInLoop() {
        return Thread.currentThread() == runner.get();
    }

    /**
     * Closes the poller and drops every watch, timer and task; descriptors and channels stay open. This does not wait
     * for a callback that is running in another thread. A second close does nothing.
     */
    @Override
    public void close() throws IOException {
        synchronized (tasks) {
            poller.close();
            tasks.clear();
        }
        timers.clear();
    }

    private void wakeUnlessRunner() {
        if (!isInLoop()) {
            poller.wakeup();
        }
    }

    private void requireOpen() {
        if (!poller.isOpen()) {
            throw new RejectedExecutionException("the event loop is closed");
        }
    }

    private void awaitEvents() throws IOException {
        try {
            poller.poll(taskCount() > 0 ? 0 : timers.nanosToFirst(), delivery);
        } catch (ClosedPollerException e) {
            if (poller.isOpen()) {
                throw e;
            }
        }
    }

    private void deliver(Registration registration, Readiness ready) {
        Watch watch = (Watch) registration.attachment();
        try {
            watch.readable(ready);
        } catch (Throwable e) {
            exceptionHandler.accept(e);
        }
        if (!poller.isOpen()) {
            return; // closed by the readable callback
        }
        try {
            watch.writable(ready);
        } catch (Throwable e) {
            exceptionHandler.accept(e);
        }
    }

    private void runDueTimers() {
        long nowNanos = System.nanoTime();
        Runnable task;
        while ((task = timers.takeDue(nowNanos)) != null) {
            run(task);
        }
    }

    private void runTasks() {
        for (int left = taskCount(); left > 0; left--) {
            Runnable task;
            synchronized (tasks) {
                task = tasks.poll();
            }
            if (task != null) { // null: closed meanwhile
                run(task);
            }
        }
    }

    private int taskCount() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            exceptionHandler.accept(e);
        }
    }

    private static void tellThread(Throwable e) {
        Thread me = Thread.currentThread();
        me.getUncaughtExceptionHandler().uncaughtException(me, e);
    }
}
