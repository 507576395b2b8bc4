// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.ReadyHandler;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * A byte goes to another thread through a socket pair, and comes back. Each of the two has a poller that waits for it.
 * Not for use by several threads.
 */
final class RoundTrips implements Closeable {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Of one round trip. */
    record Cost(double elapsedNanos, double cpuNanos) {}

    private final KernelPosix posix = new KernelPosix(Pollers.builder().syscalls());
    private final Posix.SocketPair pair;
    private final Poller mine;
    private final Poller others;
    private final NativeMemory myByte = posix.allocate(1);
    private final NativeMemory othersByte = posix.allocate(1);
    private final ReadyHandler received;
    private final ReadyHandler answer;
    private final long pauseNanos;
    private final Thread other = new Thread(this::answer, WorkerAllocation.HELPER + "round-trips");
    private volatile boolean over;

    private RoundTrips(Poller mine, Poller others, Duration pause) throws IOException {
        this.mine = mine;
        this.others = others;
        pauseNanos = pause.toNanos();
        pair = posix.socketPair();
        mine.register(pair.fd(), Interest.READ);
        others.register(pair.peerFd(), Interest.READ);
        received = (registration, ready) -> posix.read(registration.fd(), myByte, 0, 1);
        answer = (registration, ready) -> {
            posix.read(registration.fd(), othersByte, 0, 1);
            pause();
            posix.write(registration.fd(), othersByte, 0, 1);
        };
        other.setDaemon(true);
        other.start();
    }

    /** Both pollers spin; the other thread works for so long before it answers. */
    static RoundTrips open(Mechanism mechanism, Binding binding, Duration spin, Duration pause) throws IOException {
        Pollers.Builder builder =
                Pollers.builder().mechanism(mechanism).binding(binding).spin(spin);
        return new RoundTrips(builder.open(), builder.open(), pause);
    }

    private void pause() {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < pauseNanos) {
            Thread.onSpinWait();
        }
    }

    private void answer() {
        try {
            while (!over) {
                others.poll(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** So many there and back. */
    Cost run(int trips) throws IOException {
        long startCpuNanos = cpuNanos();
        long startNanos = System.nanoTime();
        for (int i = 0; i < trips; i++) {
            posix.write(pair.fd(), myByte, 0, 1);
            Loop.require("answers", 1, mine.poll(received));
        }
        long elapsedNanos = System.nanoTime() - startNanos;
        return new Cost((double) elapsedNanos / trips, (double) (cpuNanos() - startCpuNanos) / trips);
    }

    private long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime() + THREADS.getThreadCpuTime(other.getId());
    }

    @Override
    public void close() throws IOException {
        over = true;
        others.wakeup();
        Threads.join(other);
        mine.close();
        others.close();
        posix.close(pair.fd());
        posix.close(pair.peerFd());
    }
}
