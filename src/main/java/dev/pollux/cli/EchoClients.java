// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Many clients of one {@link EchoServer}, on one thread and one poller. Each sends a message, waits for its echo,
 * compares every byte and sends the next when it is its turn: so many are active at a time, and the one that was idle
 * longest is the next. Their descriptors lie above a given number, so that the low ones are left to the server.
 *
 * <p>Where the server reaches the limit of its mechanism, the clients that it serves go on without the others.
 */
final class EchoClients implements Closeable {
    private static final int CONNECTING_AT_ONCE = 64;
    private static final long TICK_NANOS = 100_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final Poller poller;
    private final KernelPosix posix;
    private final EchoServer server;
    private final int wanted;
    private final int active;
    private final int lowestFd;
    private final NativeMemory outgoing;
    private final NativeMemory incoming;
    private final List<Client> clients = new ArrayList<>();
    private final Deque<Client> idle = new ArrayDeque<>();
    private final LatencyHistogram latencies = new LatencyHistogram();
    private final AtomicLong echoes = new AtomicLong();
    private volatile int served;
    private volatile long measuringSinceNanos;
    private volatile boolean stopping;
    private DescriptorLimitException limit;
    private long measuredNanos;
    private long sentBytes;
    private long receivedBytes;
    private int connecting;
    private int ended;
    private boolean talking;
    private boolean measuring;
    private boolean finishing;

    EchoClients(Poller poller, KernelPosix posix, EchoServer server, int wanted, int active, int lowestFd) {
        this.poller = poller;
        this.posix = posix;
        this.server = server;
        this.wanted = wanted;
        this.active = active;
        this.lowestFd = lowestFd;
        outgoing = posix.allocate(EchoMessage.MAX_LENGTH_BYTES);
        incoming = posix.allocate(2 * EchoMessage.MAX_LENGTH_BYTES);
    }

    /**
     * Connects, talks for a while to warm up and for a while that is measured, and disconnects.
     *
     * @throws IOException if an echo was wrong or did not come; the message says of which connection
     */
    void run(long warmUpNanos, long measureNanos) throws IOException {
        try {
            talk(warmUpNanos, measureNanos);
        } catch (InterruptedIOException stopped) {
            talking = false;
        }
    }

    private void talk(long warmUpNanos, long measureNanos) throws IOException {
        connect();
        pollUntil(this::allServed);
        closeUnserved();
        talking = true;
        for (int i = Math.min(active, served); i > 0; i--) {
            idle.remove().sendNext();
        }
        pollFor(warmUpNanos);
        measure(measureNanos);
        talking = false;
        pollUntil(() -> idle.size() == served);
        finish();
        pollUntil(() -> ended == served);
    }

    private void measure(long nanos) throws IOException {
        long begin = System.nanoTime();
        measuringSinceNanos = begin;
        measuring = true;
        pollFor(nanos);
        measuring = false;
        measuredNanos = System.nanoTime() - begin;
    }

    /** Lets {@link #run} return soon. From any thread. */
    void stop() {
        stopping = true;
        poller.wakeup();
    }

    /** How many have had an echo. From any thread. */
    int served() {
        return served;
    }

    /** How many echoes came while it measured. From any thread. */
    long echoes() {
        return echoes.get();
    }

    /** When the measuring began, in {@link System#nanoTime}; 0 before. From any thread. */
    long measuringSinceNanos() {
        return measuringSinceNanos;
    }

    /** How long the measuring took, after {@link #run}. */
    long measuredNanos() {
        return measuredNanos;
    }

    /** From the beginning of a message to the end of its echo, of those echoes, after {@link #run}. */
    LatencyHistogram latencies() {
        return latencies;
    }

    /** What kept the server from serving all, after {@link #run}; null if nothing did. */
    DescriptorLimitException limit() {
        return limit;
    }

    /** How many bytes were sent and did not come back, after {@link #run}. */
    long lostBytes() {
        return sentBytes - receivedBytes;
    }

    private boolean limited() {
        return server.refusal() instanceof DescriptorLimitException;
    }

    private boolean allServed() {
        return served == wanted || limited() && served == server.connections();
    }

    private void connect() throws IOException {
        while (connecting < CONNECTING_AT_ONCE && clients.size() < wanted && !limited()) {
            Client client = new Client(clients.size());
            clients.add(client);
            connecting++;
            client.connect();
        }
    }

    private void closeUnserved() throws IOException {
        limit = server.refusal() instanceof DescriptorLimitException reached ? reached : null;
        for (Client client : clients) {
            if (!client.served) {
                sentBytes -= client.sent;
                client.close();
            }
        }
        clients.removeIf(client -> !client.served);
    }

    private void finish() throws IOException {
        finishing = true;
        for (Client client : clients) {
            posix.shutdownWrite(client.fd);
        }
    }

    private void pollFor(long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        pollUntil(() -> System.nanoTime() - end >= 0);
    }

    private void pollUntil(BooleanSupplier condition) throws IOException {
        ReadyHandler handler = this::ready;
        long lastEventNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            int count = poller.poll(TICK_NANOS, handler);
            if (stopping) {
                throw new InterruptedIOException();
            }
            if (count > 0) {
                lastEventNanos = System.nanoTime();
            } else if (System.nanoTime() - lastEventNanos > PATIENCE_NANOS) {
                throw stalled();
            }
        }
    }

    private IOException stalled() {
        for (Client client : clients) {
            if (client.received < client.length || !client.served) {
                return client.failure("nothing came for " + PATIENCE_NANOS / 1_000_000_000L + " s"
                        + (server.refusal() == null
                                ? ""
                                : "; the server: " + server.refusal().getMessage()));
            }
        }
        return new IOException("the server does not close its connections");
    }

    private void ready(Registration registration, Readiness ready) throws IOException {
        Client client = (Client) registration.attachment();
        try {
            client.ready(ready);
        } catch (SyscallException e) {
            client.broken(e.getMessage());
        }
    }

    /** Closes what is still open; not while {@link #run} runs. */
    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.close();
        }
    }

    private final class Client {
        private final int number;
        private int fd = -1;
        private Registration registration;
        private boolean connected;
        private boolean served;
        private int round = -1;
        private int length;
        private int sent;
        private int received;
        private long sentAtNanos;

        Client(int number) {
            this.number = number;
        }

        void connect() throws IOException {
            try {
                begin();
            } catch (SyscallException e) {
                throw failure(e.getMessage());
            }
        }

        private void begin() throws IOException {
            int low = posix.streamSocket(StandardProtocolFamily.INET);
            try {
                fd = posix.dupAtOrAbove(low, lowestFd);
            } finally {
                posix.close(low);
            }
            posix.setNoDelay(fd, true);
            posix.connect(fd, server.address());
            registration = poller.register(fd, Interest.WRITE, this);
        }

        void ready(Readiness ready) throws IOException {
            if (!connected) {
                finishConnecting();
                return;
            }
            if (ready.isWritable()) {
                send();
            }
            if (ready.isReadable()) {
                receive();
            }
        }

        private void finishConnecting() throws IOException {
            int errno = posix.socketError(fd);
            if (errno != 0) {
                throw failure("connect: " + Errno.describe(errno));
            }
            connected = true;
            sendNext();
        }

        void sendNext() throws IOException {
            round++;
            length = EchoMessage.lengthBytes(number, round);
            sent = 0;
            received = 0;
            sentAtNanos = System.nanoTime();
            send();
        }

        private void send() throws IOException {
            EchoMessage.put(outgoing, number, round);
            int count = posix.write(fd, outgoing, sent, length - sent);
            sent += count;
            sentBytes += count;
            Interest interest = sent < length ? Interest.READ_WRITE : Interest.READ;
            if (registration.interest() != interest) {
                registration.modify(interest);
            }
        }

        private void receive() throws IOException {
            int count = posix.read(fd, incoming, 0, incoming.sizeBytes());
            if (count < 0) {
                endOfStream();
                return;
            }
            if (count > sent - received) {
                throw failure("the server sent " + (count - sent + received) + " bytes too many");
            }
            check(count);
            received += count;
            receivedBytes += count;
            if (count > 0 && received == length) {
                echoed();
            }
        }

        private void check(int count) throws IOException {
            EchoMessage.put(outgoing, number, round);
            int wrong = outgoing.buffer()
                    .slice(received, count)
                    .mismatch(incoming.buffer().slice(0, count));
            if (wrong >= 0) {
                int at = received + wrong;
                throw failure("byte " + at + " of " + length + " is "
                        + incoming.buffer().get(wrong) + ", not "
                        + outgoing.buffer().get(at));
            }
        }

        private void echoed() throws IOException {
            if (measuring) {
                latencies.record(System.nanoTime() - sentAtNanos);
                echoes.lazySet(echoes.get() + 1);
            }
            idle.add(this);
            if (!served) {
                served = true;
                EchoClients.this.served++;
                connecting--;
                EchoClients.this.connect();
            } else if (talking) {
                idle.remove().sendNext();
            }
        }

        private void endOfStream() throws IOException {
            if (!finishing) {
                broken("the server closed it with " + (length - received) + " of " + length + " bytes not sent back");
                return;
            }
            ended++;
            close();
        }

        /** To be expected only where the server took one more than its mechanism can watch. */
        void broken(String reason) throws IOException {
            if (served || !limited()) {
                throw failure(reason);
            }
            close();
        }

        IOException failure(String reason) {
            return new IOException("connection " + number + (round < 0 ? ": " : ", message " + round + ": ") + reason);
        }

        void close() throws IOException {
            if (registration != null) {
                registration.cancel();
                registration = null;
            }
            if (fd >= 0) {
                posix.close(fd);
                fd = -1;
            }
        }
    }
}
