// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Waits in the kernel on a platform thread while the virtual thread is parked and frees its carrier.
 *
 * <p>The platform threads are daemons, one for each virtual thread that waits at the same time. An idle one ends after
 * a minute.
 */
final class VirtualThreadWait {
    private static final MethodHandle IS_VIRTUAL = isVirtual();

    private VirtualThreadWait() {}

    /** A separate class, so that the pool is created only when a virtual thread waits. */
    private static final class Pool {
        static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(null, work, "pollux-wait", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
    }

    /** {@code Thread.isVirtual}; null on a JDK without virtual threads. */
    private static MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** Whether the current thread is virtual. */
    static boolean isNeeded() {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual", e);
        }
    }

    /**
     * Polls once on a platform thread, which calls the handler, and returns after that poll. An interrupt does not end
     * this wait directly: the selector wakes the poller.
     */
    static void await(Poller poller, long timeoutNanos, ReadyHandler handler) throws IOException {
        Future<Integer> waited = Pool.THREADS.submit(() -> poller.poll(timeoutNanos, handler));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    waited.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException thrown(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return (IOException) cause;
    }
}
