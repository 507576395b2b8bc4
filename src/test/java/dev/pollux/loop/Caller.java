// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import dev.pollux.Eventually;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A call on a thread of its own, platform or virtual. */
final class Caller<T> {
    /** Which kind of thread calls. */
    enum Kind {
        PLATFORM,
        VIRTUAL;

        static List<Kind> available() {
            if (Runtime.version().feature() < 21) {
                System.out.println("skipped: virtual threads, which came with JDK 21");
                return List.of(PLATFORM);
            }
            return List.of(values());
        }
    }

    /** What is called. */
    interface Work<T> {
        T call() throws Exception;
    }

    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private Thread thread;

    private Caller() {}

    static <T> Caller<T> start(Kind kind, Work<T> work) throws Exception {
        Caller<T> caller = new Caller<>();
        Runnable run = () -> {
            try {
                caller.outcome.complete(work.call());
            } catch (Throwable e) {
                caller.outcome.completeExceptionally(e);
            }
        };
        if (kind == Kind.VIRTUAL) {
            Method startVirtualThread = Thread.class.getMethod("startVirtualThread", Runnable.class);
            caller.thread = (Thread) startVirtualThread.invoke(null, run);
        } else {
            caller.thread = new Thread(run, "caller");
            caller.thread.setDaemon(true);
            caller.thread.start();
        }
        return caller;
    }

    Thread thread() {
        return thread;
    }

    boolean isDone() {
        return outcome.isDone();
    }

    /** Returns when the thread is parked. */
    Caller<T> awaitParked() {
        Eventually.until("parked: " + thread, () -> isParked() || isDone());
        if (isDone()) {
            throw new AssertionError("the call did not wait: " + outcome);
        }
        return this;
    }

    private boolean isParked() {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    T get() throws Exception {
        try {
            return outcome.get(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        }
    }

    Throwable failure() throws Exception {
        try {
            return new AssertionError("it threw nothing and returned " + get());
        } catch (Exception e) {
            return e;
        }
    }

    /** Waits for the end; whether it threw this. */
    boolean endsWith(Class<? extends Exception> type) {
        Eventually.until("the call ends", this::isDone);
        return outcome.handle((value, failure) -> type.isInstance(failure)).join();
    }
}
