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
 * Calls back when a descriptor is ready, when a time has come, and when another thread has something to be done: all
 * on the one thread that is inside {@link #run}.
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
 * <p>It goes in rounds. Each waits until there is something to do, then calls for every descriptor that is ready, for
 * every timer whose time has come, and for every task that was there when it got to the tasks. What these add
 * comes in a later round, so that none can keep the others from their turn.
 *
 * <p><b>Threads.</b> Everything but {@link #run} may be called from any thread, and from inside a callback; it takes
 * effect in the round that is already waiting. Callbacks, timers and tasks run one at a time and should not wait for
 * anything: while one does, nothing else happens.
 *
 * <p><b>Time.</b> Timers go by {@link System#nanoTime}. Nothing runs earlier than asked; how much later depends on the
 * mechanism and on what else there is to do. A delay of more than 146 years counts as 146 years, a negative one as zero.
 *
 * <p><b>Errors.</b> What a callback, timer or task throws goes to the handler of {@link #onException}, and the loop
 * goes on. A callback that threw stays, and is called again for as long as its descriptor is ready.
 *
 * <p>Running makes no garbage: not for an event, a tick or a task.
 */
public final class EventLoop implements Executor, Closeable {
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private final Poller poller;
    private final ReadyHandler delivery = this::deliver;
    private final Timer.Heap timers = new Timer.Heap();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final AtomicReference<Thread> runner = new AtomicReference<>();
    private volatile Consumer<? super Throwable> exceptionHandler = EventLoop::tellThread;
    private volatile boolean stopping;

    /** A loop on this poller, which is its own from now on: register nothing with it, poll and close only the loop. */
    public EventLoop(Poller poller) {
        this.poller = Objects.requireNonNull(poller, "poller");
    }

    /**
     * Watches a descriptor and calls back for as long as a read will not block: there is data, a connection to accept, the
     * end of the stream, or an error. For both directions of one descriptor, go on with what this returns:
     * {@code loop.onReadable(fd, this::read).onWritable(this::write)}.
     *
     * @throws IllegalStateException if the descriptor is watched already
     * @throws ClosedPollerException if the loop is closed
     * @see Poller#register(int, dev.pollux.Interest, dev.pollux.Trigger, Object) the other errors
     */
    public Watch onReadable(int fd, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).begin(poller, fd);
    }

    /** The same for a channel, under the conditions of {@link Poller}: non-blocking, and a JVM that tells its descriptor. */
    public Watch onReadable(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).begin(poller, channel);
    }

    /**
     * The same for a listening descriptor that other loops watch too: a connection wakes one of those that wait, and
     * mostly no more, where {@link Poller#supportsExclusive}. Elsewhere all are woken. So {@code accept} says EAGAIN now
     * and then, though the callback was called; and as nobody else may know of what is left, go on until it does.
     *
     * @see EventLoopGroup#onAcceptable the same for all loops of a group
     */
    public Watch onAcceptable(int fd, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).beginShared(poller, fd);
    }

    /** The same for a channel, whose {@code accept} returns null instead. */
    public Watch onAcceptable(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forReading(callback).beginShared(poller, channel);
    }

    /** Calls back for as long as a write will not block: there is room, or it fails at once. Otherwise as onReadable. */
    public Watch onWritable(int fd, Watch.Callback callback) throws IOException {
        return Watch.forWriting(callback).begin(poller, fd);
    }

    /** The same for a channel. */
    public Watch onWritable(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forWriting(callback).begin(poller, channel);
    }

    /**
     * Calls back once, when the connect that was begun on this socket is over. <b>Not that it succeeded</b>: a poller
     * cannot know that, and only some mechanisms say {@link Readiness#isError}. Ask the socket in the callback:
     * {@code posix.socketError(fd) == 0}. The watch is silent afterwards, and can be given other callbacks.
     */
    public Watch onConnected(int fd, Watch.Callback callback) throws IOException {
        return Watch.forConnecting(callback).begin(poller, fd);
    }

    /** The same for a channel, which is asked by {@code finishConnect()}: it throws if the connect failed. */
    public Watch onConnected(SelectableChannel channel, Watch.Callback callback) throws IOException {
        return Watch.forConnecting(callback).begin(poller, channel);
    }

    /**
     * Runs a task on the loop's thread, after those that were given before it. One that is given while the loop does
     * not run waits for the next {@link #run}.
     *
     * @throws RejectedExecutionException if the loop is closed; tasks that it had not run by then never run
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
     * Runs a task once when so much time has passed. Of tasks with the same deadline the one that was scheduled first runs
     * first.
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    public Timer schedule(Duration delay, Runnable task) {
        return add(nanos(delay), 0, task);
    }

    /**
     * Runs a task after the initial delay and then once each period, counted from the first time, until it is
     * cancelled. When the loop falls behind, the task runs once, late, and goes on with the next full period: those
     * that were missed are left out, where {@link java.util.concurrent.ScheduledExecutorService} would make up for them in
     * a row. A task that throws is not cancelled.
     *
     * @throws IllegalArgumentException if the period is not more than 0
     * @throws RejectedExecutionException if the loop is closed
     */
    public Timer scheduleAtFixedRate(Duration initialDelay, Duration period, Runnable task) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("the period must be more than zero, not " + period);
        }
        return add(nanos(initialDelay), Math.min(nanos(period), LONGEST_NANOS), task);
    }

    private Timer add(long delayNanos, long periodNanos, Runnable task) {
        Objects.requireNonNull(task, "task");
        requireOpen();
        long clamped = Math.min(Math.max(delayNanos, 0), LONGEST_NANOS);
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
     * Who is told what a callback, timer or task throws, on the loop's thread. Without this, the thread's uncaught
     * exception handler, which prints it unless the program has set another. A handler that throws itself ends
     * {@link #run} with that; nothing is lost, and {@code run} may be called again.
     */
    public void onException(Consumer<? super Throwable> handler) {
        exceptionHandler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * Runs the loop on this thread, also when there is nothing to wait for, until {@link #stop}, {@link #close} or
     * {@link Thread#interrupt}, whose status stays set. It may be run again, by any thread; watches, timers and
     * tasks are kept meanwhile.
     *
     * @throws IllegalStateException if it runs already, in another thread or in this one
     * @throws ClosedPollerException if it was closed before
     * @throws IOException if the kernel refuses to wait, or as {@link #onException} says
     */
    public void run() throws IOException {
        if (!runner.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("the event loop is running already, in " + runner.get());
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
     * Lets {@link #run} return at the end of its round. If the loop does not run, the next run returns at once. Many
     * stops before the end of a run count as one.
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
     * Closes the poller and forgets every watch, timer and task; descriptors and channels stay open. A callback that is
     * running in another thread is not waited for. A second close does nothing.
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
            return; // closed by the first
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
            if (task != null) { // else it was closed meanwhile
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
