// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Eventually;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Many virtual threads select while another one still runs. For a JVM with one carrier. */
public final class VirtualSelectors {
    private static final int THREADS = 64;

    /** The result if the thread's interrupt status was set when the selection returned. */
    private static final int INTERRUPTED = -1;

    private static final PolluxSelectorProvider PROVIDER = new PolluxSelectorProvider();

    private VirtualSelectors() {}

    /** The selector of one virtual thread, and the pipe that makes it ready. */
    private record Selecting(PolluxSelector selector, Pipe pipe) {
        static Selecting open() throws Exception {
            Selecting selecting = new Selecting(PROVIDER.openSelector(), PROVIDER.openPipe());
            selecting.pipe.source().configureBlocking(false);
            selecting.pipe.source().register(selecting.selector, SelectionKey.OP_READ);
            return selecting;
        }
    }

    private interface Ending {
        void end(Selecting selecting, Thread thread) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        requireTimeout(virtual);
        require(
                virtual,
                "an event",
                1,
                (selecting, thread) -> selecting.pipe.sink().write(ByteBuffer.allocate(1)));
        require(virtual, "a wakeup", 0, (selecting, thread) -> selecting.selector.wakeup());
        require(virtual, "an interrupt", INTERRUPTED, (selecting, thread) -> thread.interrupt());
        require(virtual, "a close", 0, (selecting, thread) -> selecting.selector.close());
        System.out.println("done");
        System.exit(0);
    }

    private static void requireTimeout(ExecutorService virtual) throws Exception {
        try (PolluxSelector selector = PROVIDER.openSelector()) {
            long nanos = get(virtual.submit(() -> {
                long startNanos = System.nanoTime();
                selector.select(20);
                return System.nanoTime() - startNanos;
            }));
            check("the timeout was cut short: " + nanos, nanos >= 20_000_000);
        }
    }

    private static void require(ExecutorService virtual, String what, int found, Ending ending) throws Exception {
        List<Selecting> all = new ArrayList<>();
        List<AtomicReference<Thread>> threads = new ArrayList<>();
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Selecting selecting = Selecting.open();
            AtomicReference<Thread> thread = new AtomicReference<>();
            all.add(selecting);
            threads.add(thread);
            results.add(virtual.submit(select(selecting, thread)));
        }
        Eventually.until("all have begun", () -> threads.stream().noneMatch(thread -> thread.get() == null));
        CountDownLatch ran = new CountDownLatch(1);
        virtual.submit(ran::countDown);
        check("the other virtual thread is starved", ran.await(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS));
        for (int i = 0; i < THREADS; i++) {
            check("it has not waited", !results.get(i).isDone());
            ending.end(all.get(i), threads.get(i).get());
            check(what + " found " + results.get(i), get(results.get(i)) == found);
            all.get(i).selector.close();
            all.get(i).pipe.source().close();
            all.get(i).pipe.sink().close();
        }
    }

    private static Callable<Integer> select(Selecting selecting, AtomicReference<Thread> thread) {
        return () -> {
            Thread me = Thread.currentThread();
            thread.set(me);
            int found =
                    selecting.selector.select(key -> check("it acts on another thread", Thread.currentThread() == me));
            return me.isInterrupted() ? INTERRUPTED : found;
        };
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
    }

    private static void check(String failure, boolean holds) {
        if (!holds) {
            throw new AssertionError(failure);
        }
    }
}
