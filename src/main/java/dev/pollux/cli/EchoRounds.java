// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * Connections to an echo server on 127.0.0.1, most of them idle. One thread plays the clients and the server, so that
 * no scheduling between threads disturbs the measurement.
 *
 * <p>In each round a few connections, spread over all of them and others each time, send a message. The server polls,
 * echoes what it finds, and polls again until it has echoed everything; then the clients compare each byte. Only the
 * processor time in {@link Poller#poll} counts, so that other programs disturb the result as little as possible.
 *
 * <p>The clients' descriptors lie above a given number, which leaves the low numbers to the server: they are all that
 * {@code select} can watch.
 */
final class EchoRounds implements Closeable {
    private static final int BACKLOG = 64;
    private static final int ROUNDS_BEFORE_COUNTING = 10;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long HIGHEST_COUNTED_NANOS = PATIENCE_NANOS;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** The processor time of this thread; real time where the JVM does not know it. */
    private static final LongSupplier CLOCK =
            THREADS.isCurrentThreadCpuTimeSupported() ? THREADS::getCurrentThreadCpuTime : System::nanoTime;

    private final KernelPosix posix;
    private final int lowestClientFd;
    private final int active;
    private final NativeMemory message;
    private final NativeMemory received;
    private final List<Integer> clientFds = new ArrayList<>();
    private final List<Integer> serverFds = new ArrayList<>();
    private final int[] readyFds;
    private final ReadyHandler collector;
    private final int listeningFd;
    private final InetSocketAddress address;
    private int readyCount;
    private int round;
    private long messages;

    /**
     * Listens; there are no connections yet.
     *
     * @param active how many connections send in each round, if there are as many
     */
    EchoRounds(KernelPosix posix, int lowestClientFd, int active) throws IOException {
        this.posix = posix;
        this.lowestClientFd = lowestClientFd;
        this.active = active;
        message = posix.allocate(EchoMessage.MAX_LENGTH_BYTES);
        received = posix.allocate(2 * EchoMessage.MAX_LENGTH_BYTES);
        readyFds = new int[active];
        collector = (registration, ready) -> readyFds[readyCount++] = registration.fd();
        listeningFd = Addresses.listen(posix, new InetSocketAddress("127.0.0.1", 0), BACKLOG);
        address = posix.localAddress(listeningFd);
    }

    /** Adds connections until there are this many, or until it is to stop. */
    void connect(int connections, BooleanSupplier stopping) throws IOException {
        while (clientFds.size() < connections && !stopping.getAsBoolean()) {
            int low = posix.streamSocket(StandardProtocolFamily.INET);
            try {
                clientFds.add(posix.dupAtOrAbove(low, lowestClientFd));
            } finally {
                posix.close(low);
            }
            int client = clientFds.get(clientFds.size() - 1);
            posix.setNoDelay(client, true);
            posix.connect(client, address);
            int server = accept();
            serverFds.add(server);
            posix.setNoDelay(server, true);
        }
    }

    private int accept() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        int fd = posix.accept(listeningFd);
        while (fd < 0) {
            awaitNetwork(deadline, "a connection");
            fd = posix.accept(listeningFd);
        }
        return fd;
    }

    /** How many connections there are. */
    int connections() {
        return serverFds.size();
    }

    /** How many messages came back so far. */
    long messages() {
        return messages;
    }

    /**
     * Registers the server's side of all connections with a poller and serves rounds until that time, at least one.
     *
     * @param endNanos the time, in {@link System#nanoTime}
     * @return the processor time in {@code poll} of each round, in nanoseconds
     * @throws dev.pollux.DescriptorLimitException if the poller cannot watch as many descriptors
     * @throws InterruptedIOException if this thread was interrupted
     * @throws IOException if an echo was wrong or did not come; the message names the connection
     */
    Histogram serve(Poller poller, long endNanos, BooleanSupplier stopping) throws IOException {
        for (int fd : serverFds) {
            poller.register(fd, Interest.READ);
        }
        Histogram pollNanos = new Histogram(HIGHEST_COUNTED_NANOS, SIGNIFICANT_DIGITS);
        for (int i = 0; i < ROUNDS_BEFORE_COUNTING; i++) {
            round(poller);
        }
        do {
            pollNanos.recordValue(Math.min(HIGHEST_COUNTED_NANOS, round(poller)));
        } while (System.nanoTime() - endNanos < 0 && !stopping.getAsBoolean());
        return pollNanos;
    }

    private long round(Poller poller) throws IOException {
        int senders = Math.min(active, connections());
        int sent = 0;
        for (int i = 0; i < senders; i++) {
            sent += send(sender(i, senders));
        }
        long nanos = 0;
        for (int echoed = 0; echoed < sent; ) {
            readyCount = 0;
            long begin = CLOCK.getAsLong();
            int count = poller.poll(PATIENCE_NANOS, collector);
            nanos += CLOCK.getAsLong() - begin;
            if (count == 0) {
                throw nothingReady(sent - echoed);
            }
            for (int i = 0; i < readyCount; i++) {
                echoed += echo(readyFds[i]);
            }
        }
        for (int i = 0; i < senders; i++) {
            receive(sender(i, senders));
        }
        messages += senders;
        round++;
        return nanos;
    }

    private int sender(int index, int senders) {
        return (int) ((round + (long) index * connections() / senders) % connections());
    }

    private static IOException nothingReady(int bytes) {
        return Thread.currentThread().isInterrupted()
                ? new InterruptedIOException()
                : new IOException("the poller did not report " + bytes + " bytes that were sent");
    }

    private int send(int connection) throws IOException {
        int length = EchoMessage.put(message, connection, round);
        int sent = posix.write(clientFds.get(connection), message, 0, length);
        if (sent < length) {
            throw failure(connection, "only " + sent + " of " + length + " bytes could be sent");
        }
        return length;
    }

    private int echo(int fd) throws IOException {
        int count = posix.read(fd, received, 0, received.sizeBytes());
        int sent = count <= 0 ? 0 : posix.write(fd, received, 0, count);
        if (sent < count) {
            throw new IOException("the server sent " + sent + " of " + count + " bytes back");
        }
        return sent;
    }

    private void receive(int connection) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        int length = EchoMessage.put(message, connection, round);
        int count = 0;
        while (count < length) {
            int got = posix.read(clientFds.get(connection), received, count, received.sizeBytes() - count);
            if (got < 0) {
                throw failure(connection, "the server closed it");
            } else if (got == 0) {
                awaitNetwork(deadline, (length - count) + " bytes of connection " + connection);
            }
            count += got;
        }
        int wrong = message.buffer().slice(0, length).mismatch(received.buffer().slice(0, count));
        if (wrong >= 0) {
            throw failure(connection, "byte " + wrong + " of " + length + " is wrong");
        }
    }

    /** On the loopback device what was sent is there at once, or soon where the kernel delivers on another thread. */
    private static void awaitNetwork(long deadline, String what) throws IOException {
        if (System.nanoTime() - deadline > 0) {
            throw new IOException(what + " did not arrive within " + PATIENCE_NANOS / 1_000_000_000L + " s");
        }
        Thread.yield();
    }

    private IOException failure(int connection, String reason) {
        return new IOException("connection " + connection + ", message " + round + ": " + reason);
    }

    @Override
    public void close() throws IOException {
        for (int fd : clientFds) {
            posix.close(fd);
        }
        for (int fd : serverFds) {
            posix.close(fd);
        }
        posix.close(listeningFd);
    }
}
