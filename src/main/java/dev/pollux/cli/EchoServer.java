// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * Sends back whatever it receives, on one thread and one poller. A connection whose peer does not read is not read
 * either; one whose peer has ended its side is closed after the last byte went back.
 *
 * <p>When no more connections can be had it stops accepting, and begins again when one of its own has closed; after a
 * second, too, if what it lacked may have come back by itself.
 */
final class EchoServer implements Closeable {
    private static final int BUFFER_SIZE_BYTES = 16 * 1024;
    private static final int BACKLOG = 1024;
    private static final int ACCEPTS_PER_EVENT = 64;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Poller poller;
    private final Posix posix;
    private final NativeMemory buffer;
    private final int listeningFd;
    private final Registration listening;
    private final InetSocketAddress address;
    private final Set<Connection> connections = new HashSet<>();
    private volatile int connectionCount;
    private volatile IOException refusal;
    private volatile boolean stopping;
    private long refusedAtNanos;

    /** Listens at the address; with port 0, at any free port of it. The poller remains the caller's to close. */
    EchoServer(Poller poller, Posix posix, InetSocketAddress wanted) throws IOException {
        this.poller = poller;
        this.posix = posix;
        buffer = posix.allocate(BUFFER_SIZE_BYTES);
        listeningFd = Addresses.listen(posix, wanted, BACKLOG);
        try {
            address = posix.localAddress(listeningFd);
            listening = poller.register(listeningFd, Interest.READ);
        } catch (IOException e) {
            posix.close(listeningFd);
            throw e;
        }
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return address;
    }

    /** How many connections it serves now. From any thread. */
    int connections() {
        return connectionCount;
    }

    /**
     * Why it accepts no more connections now; null if it does. A {@link DescriptorLimitException} is the limit of the
     * mechanism, anything else what the process or the system has run out of. From any thread.
     */
    IOException refusal() {
        return refusal;
    }

    /** Serves until {@link #stop}. */
    void run() throws IOException {
        ReadyHandler handler = this::ready;
        while (!stopping) {
            boolean retries = refusal != null && !(refusal instanceof DescriptorLimitException);
            poller.poll(retries ? RETRY_NANOS : -1, handler);
            if (retries && System.nanoTime() - refusedAtNanos >= RETRY_NANOS) {
                acceptAgain();
            }
        }
    }

    /** Lets {@link #run} return. From any thread. */
    void stop() {
        stopping = true;
        poller.wakeup();
    }

    private void ready(Registration registration, Readiness ready) throws IOException {
        if (registration == listening) {
            accept();
            return;
        }
        Connection connection = (Connection) registration.attachment();
        try {
            connection.ready(ready);
        } catch (SyscallException broken) {
            connection.close();
        }
    }

    private void accept() throws IOException {
        for (int i = 0; i < ACCEPTS_PER_EVENT && refusal == null; i++) {
            int fd;
            try {
                fd = posix.accept(listeningFd);
            } catch (SyscallException e) {
                refuse(e);
                return;
            }
            if (fd < 0) {
                return;
            }
            admit(fd);
        }
    }

    private void admit(int fd) throws IOException {
        Connection connection = new Connection();
        try {
            connection.registration = poller.register(fd, Interest.READ, connection);
        } catch (DescriptorLimitException | SyscallException e) {
            refuse(e);
            posix.close(fd);
            return;
        }
        connections.add(connection);
        connectionCount = connections.size();
        try {
            posix.setNoDelay(fd, true);
        } catch (SyscallException peerHasGone) {
            connection.close();
        }
    }

    private void refuse(IOException reason) throws IOException {
        refusal = reason;
        refusedAtNanos = System.nanoTime();
        listening.modify(Interest.NONE);
    }

    private void acceptAgain() throws IOException {
        refusal = null;
        listening.modify(Interest.READ);
    }

    /** Closes every connection; not while {@link #run} does. */
    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.release();
        }
        connections.clear();
        listening.cancel();
        posix.close(listeningFd);
    }

    /** What was read and could not be written back waits in {@code unsent}, and nothing more is read until it is gone. */
    private final class Connection {
        private Registration registration;
        private NativeMemory unsent;
        private int unsentOffset;

        void ready(Readiness ready) throws IOException {
            if (ready.isWritable()) {
                sendRest();
            } else if (ready.isReadable()) {
                echo();
            }
        }

        private void echo() throws IOException {
            int count = posix.read(registration.fd(), buffer, 0, buffer.sizeBytes());
            if (count < 0) {
                close();
                return;
            }
            int sent = count == 0 ? 0 : posix.write(registration.fd(), buffer, 0, count);
            if (sent < count) {
                unsent = posix.allocate(count - sent);
                unsent.buffer().put(0, buffer.buffer(), sent, count - sent);
                unsentOffset = 0;
                registration.modify(Interest.WRITE);
            }
        }

        private void sendRest() throws IOException {
            unsentOffset += posix.write(registration.fd(), unsent, unsentOffset, unsent.sizeBytes() - unsentOffset);
            if (unsentOffset == unsent.sizeBytes()) {
                unsent = null;
                registration.modify(Interest.READ);
            }
        }

        private void close() throws IOException {
            release();
            connections.remove(this);
            connectionCount = connections.size();
            if (refusal != null) {
                acceptAgain();
            }
        }

        private void release() throws IOException {
            registration.cancel();
            posix.close(registration.fd());
        }
    }
}
