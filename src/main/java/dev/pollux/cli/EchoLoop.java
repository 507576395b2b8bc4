// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Readiness;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Timer;
import dev.pollux.loop.Watch;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What one thread of an {@link EchoServer} serves. A connection whose peer does not read is not read either; one whose
 * peer has ended its side is closed after the last byte went back.
 *
 * <p>When no more connections can be had it stops accepting, and begins again when one of its own has closed; after a
 * second, too, if what it lacked may have come back by itself.
 */
final class EchoLoop {
    private static final int BUFFER_SIZE_BYTES = 16 * 1024;
    private static final int ACCEPTS_PER_EVENT = 64;
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final EventLoop loop;
    private final Posix posix;
    private final NativeMemory buffer;
    private final Watch listening;
    private final Set<Connection> connections = new HashSet<>();
    private Timer retry;
    private volatile int connectionCount;
    private volatile int accepted;
    private volatile IOException refusal;

    /** Accepts from this descriptor; if it is shared, others do too. */
    EchoLoop(EventLoop loop, Posix posix, int listeningFd, boolean shared) throws IOException {
        this.loop = loop;
        this.posix = posix;
        buffer = posix.allocate(BUFFER_SIZE_BYTES);
        listening = shared ? loop.onAcceptable(listeningFd, this::accept) : loop.onReadable(listeningFd, this::accept);
    }

    int connections() {
        return connectionCount;
    }

    int accepted() {
        return accepted;
    }

    IOException refusal() {
        return refusal;
    }

    private void accept(Watch watch, Readiness ready) throws IOException {
        for (int i = 0; i < ACCEPTS_PER_EVENT && refusal == null; i++) {
            int fd;
            try {
                fd = posix.accept(watch.fd());
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

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the loop's thread only
    private void admit(int fd) throws IOException {
        Connection connection = new Connection();
        try {
            connection.watch = loop.onReadable(fd, connection::echo);
        } catch (DescriptorLimitException | SyscallException e) {
            refuse(e);
            posix.close(fd);
            return;
        }
        connections.add(connection);
        connectionCount = connections.size();
        accepted++;
        try {
            posix.setNoDelay(fd, true);
        } catch (SyscallException peerHasGone) {
            connection.close();
        }
    }

    private void refuse(IOException reason) throws IOException {
        refusal = reason;
        listening.onReadable(null);
        if (!(reason instanceof DescriptorLimitException)) {
            retry = loop.schedule(RETRY_NANOS, this::retry);
        }
    }

    private void retry() {
        try {
            acceptAgain();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void acceptAgain() throws IOException {
        refusal = null;
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        listening.onReadable(this::accept);
    }

    /** Closes every connection, once the loop has ended. */
    void release() throws IOException {
        for (Connection connection : connections) {
            connection.release();
        }
        connections.clear();
    }

    /** What was read and could not be written back waits in {@code unsent}, and nothing more is read until it is gone. */
    private final class Connection {
        private Watch watch;
        private NativeMemory unsent;
        private int unsentOffset;

        private void echo(Watch ignored, Readiness ready) throws IOException {
            try {
                echo();
            } catch (SyscallException broken) {
                close();
            }
        }

        private void echo() throws IOException {
            int count = posix.read(watch.fd(), buffer, 0, buffer.sizeBytes());
            if (count < 0) {
                close();
                return;
            }
            int sent = count == 0 ? 0 : posix.write(watch.fd(), buffer, 0, count);
            if (sent < count) {
                unsent = posix.allocate(count - sent);
                unsent.buffer().put(0, buffer.buffer(), sent, count - sent);
                unsentOffset = 0;
                watch.onWritable(this::sendRest).onReadable(null);
            }
        }

        private void sendRest(Watch ignored, Readiness ready) throws IOException {
            try {
                sendRest();
            } catch (SyscallException broken) {
                close();
            }
        }

        private void sendRest() throws IOException {
            unsentOffset += posix.write(watch.fd(), unsent, unsentOffset, unsent.sizeBytes() - unsentOffset);
            if (unsentOffset == unsent.sizeBytes()) {
                unsent = null;
                watch.onReadable(this::echo).onWritable(null);
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
            watch.cancel();
            posix.close(watch.fd());
        }
    }
}
