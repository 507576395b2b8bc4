// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Something that runs in a thread of its own; its outcome is waited for with a deadline. */
public final class Background<T> {
    private static final Path THREAD_SELF = Path.of("/proc/thread-self");

    private final FutureTask<T> task;
    private final Thread thread;
    private volatile Path procFolder;

    private Background(Callable<T> work) {
        task = new FutureTask<>(work);
        thread = new Thread(this::run, "background");
        thread.setDaemon(true);
    }

    /** Begins to do this. */
    public static <T> Background<T> start(Callable<T> work) {
        Background<T> background = new Background<>(work);
        background.thread.start();
        return background;
    }

    private void run() {
        procFolder = procFolderOfThisThread();
        task.run();
    }

    private static Path procFolderOfThisThread() {
        try {
            return Files.isSymbolicLink(THREAD_SELF)
                    ? Path.of("/proc").resolve(Files.readSymbolicLink(THREAD_SELF))
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    public Thread thread() {
        return thread;
    }

    public boolean isDone() {
        return task.isDone();
    }

    /** Returns when the thread is inside a system call of Pollux and, where that can be seen (Linux), asleep there. */
    public Background<T> awaitInKernel() {
        Eventually.until("asleep in the kernel: " + thread, () -> isDone() || isInSystemCall() && isAsleep());
        if (isDone()) {
            throw new AssertionError("it was expected to wait in the kernel, but it is over: " + outcome());
        }
        return this;
    }

    private boolean isInSystemCall() {
        return Arrays.stream(thread.getStackTrace()).anyMatch(Background::isSystemCall);
    }

    private static boolean isSystemCall(StackTraceElement frame) {
        try {
            return frame.getClassName().startsWith("dev.pollux.")
                    && Syscalls.class.isAssignableFrom(Class.forName(frame.getClassName()));
        } catch (ClassNotFoundException hidden) {
            return false;
        }
    }

    private boolean isAsleep() throws IOException {
        if (procFolder == null) {
            return true;
        }
        String stat = Files.readString(procFolder.resolve("stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'S';
    }

    private String outcome() {
        try {
            return "it returned " + task.get();
        } catch (ExecutionException e) {
            return "it threw " + e.getCause();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What it returned; throws what it threw. */
    public T get() throws Exception {
        try {
            return task.get(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) e.getCause();
        } catch (TimeoutException e) {
            AssertionError hangs = new AssertionError("it does not end: " + thread);
            hangs.setStackTrace(thread.getStackTrace());
            throw hangs;
        }
    }

    /** What it threw; an {@link AssertionError} if it returned. */
    public Throwable failure() throws Exception {
        try {
            T result = get();
            throw new IllegalArgumentException("it threw nothing and returned " + result);
        } catch (IllegalArgumentException e) {
            throw new AssertionError(e.getMessage());
        } catch (Exception | Error e) {
            return e;
        }
    }
}
