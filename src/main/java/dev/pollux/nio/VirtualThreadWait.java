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
 * The kernel's wait for a virtual thread: a platform thread waits while the virtual one is parked and its carrier free.
 * The platform threads are daemons, as many as virtual threads wait at a time, and end when they have been idle for a
 * minute.
 */
final class VirtualThreadWait {
    private static final MethodHandle IS_VIRTUAL = isVirtual();

    private VirtualThreadWait() {}

    /** Only where a virtual thread waits at all. */
    private static final class Hands {
        static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(null, work, "pollux-wait", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
    }

    /** {@code Thread.isVirtual}, null on a JDK that has no virtual threads. */
    private static MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    static boolean isNeeded() {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual", e);
        }
    }

    /** Returns when the poller has something to tell, has told it, or was woken; what is ready stays ready. */
    static void await(Poller poller, long timeoutNanos, ReadyHandler looker) throws IOException {
        Future<Integer> waited = Hands.THREADS.submit(() -> poller.poll(timeoutNanos, looker));
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
