// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.cli.BackgroundThread;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;

/**
 * A {@link BackgroundThread} for tests: it returns a result, every wait has the deadline of {@link Eventually}, and a
 * test can wait until it sleeps in the kernel.
 */
public final class Background<T> {
    private static final Path THREAD_SELF = Path.of("/proc/thread-self");

    private final BackgroundThread<Exception> background;
    private volatile Path procFolder;
    private volatile T result;

    private Background(Callable<T> work) {
        background = BackgroundThread.start("background", () -> {
            procFolder = procFolderOfThisThread();
            result = work.call();
        });
    }

    /** Starts a thread that does the work. */
    public static <T> Background<T> start(Callable<T> work) {
        return new Background<>(work);
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
        return background.thread();
    }

    public boolean isDone() {
        return background.isDone();
    }

    /** Returns when the thread is inside a system call of Pollux and, on Linux, sleeps there. */
    public Background<T> awaitInKernel() {
        Eventually.until("asleep in the kernel: " + thread(), () -> isDone() || isInSystemCall() && isAsleep());
        if (isDone()) {
            throw new AssertionError("the thread ended instead of waiting in the kernel: " + outcome());
        }
        return this;
    }

    private boolean isInSystemCall() {
        return Arrays.stream(thread().getStackTrace()).anyMatch(Background::isSystemCall);
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
            return "it returned " + get();
        } catch (Exception | Error e) {
            return "it threw " + e;
        }
    }

    /** Returns what the work returned, or throws what it threw. */
    public T get() throws Exception {
        if (!background.await(Eventually.DEADLINE_NANOS)) {
            AssertionError hangs = new AssertionError("the thread does not end: " + thread());
            hangs.setStackTrace(thread().getStackTrace());
            throw hangs;
        }
        return result;
    }

    /** Returns what the work threw; an {@link AssertionError} if it returned. */
    public Throwable failure() throws Exception {
        try {
            get();
        } catch (Exception | Error e) {
            return e;
        }
        throw new AssertionError("the thread threw nothing and returned " + result);
    }
}
