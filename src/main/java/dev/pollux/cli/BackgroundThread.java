// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A daemon thread that keeps the exception of its work: {@link #await} throws it.
 *
 * @param <X> the checked exception that the work may throw
 */
public final class BackgroundThread<X extends Exception> {
    /** A timeout for {@link #await}. */
    public static final long UNLIMITED = -1;

    private final FutureTask<Void> outcome;
    private final Thread thread;

    private BackgroundThread(String name, Work<X> work, Function<Runnable, Thread> newThread) {
        outcome = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        thread = newThread.apply(outcome);
        thread.setName(name);
        thread.setDaemon(true);
    }

    /** The work of a thread. */
    @FunctionalInterface
    public interface Work<X extends Exception> {
        void run() throws X;
    }

    /** Starts a thread that does the work and then ends. */
    public static <X extends Exception> BackgroundThread<X> start(String name, Work<X> work) {
        return start(new BackgroundThread<>(name, work, Thread::new));
    }

    /** Starts a virtual thread; a platform thread if there are none ({@link #hasVirtualThreads}). */
    public static <X extends Exception> BackgroundThread<X> startVirtual(String name, Work<X> work) {
        return start(new BackgroundThread<>(
                name, work, hasVirtualThreads() ? BackgroundThread::newVirtualThread : Thread::new));
    }

    private static <X extends Exception> BackgroundThread<X> start(BackgroundThread<X> started) {
        started.thread.start();
        return started;
    }

    /** Whether this JDK has virtual threads: version 21 and later. */
    public static boolean hasVirtualThreads() {
        return Runtime.version().feature() >= 21;
    }

    /** {@code Thread.ofVirtual().unstarted(work)}, which does not compile for Java 17. */
    private static Thread newVirtualThread(Runnable work) {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            return (Thread) Class.forName("java.lang.Thread$Builder")
                    .getMethod("unstarted", Runnable.class)
                    .invoke(builder, work);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Thread.ofVirtual", e);
        }
    }

    /** The thread, for its stack trace or to interrupt it. */
    public Thread thread() {
        return thread;
    }

    /** Whether the work has returned or thrown. */
    public boolean isDone() {
        return outcome.isDone();
    }

    /**
     * Waits until the work has ended, and throws its exception if it failed.
     *
     * @param timeoutNanos how long to wait: 0 looks and returns, {@link #UNLIMITED} has no limit
     * @return false if the work still runs after the timeout
     */
    public boolean await(long timeoutNanos) throws X, InterruptedException {
        try {
            if (timeoutNanos < 0) {
                outcome.get();
            } else {
                outcome.get(timeoutNanos, TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw thrownByWork(e.getCause());
        }
    }

    @SuppressWarnings("unchecked") // Work.run declares X, so every other checked exception is excluded
    private X thrownByWork(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return (X) cause;
    }

    /** Waits for the end of the thread, even if interrupted; does not throw the exception of the work. */
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
