// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Readiness;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Watch;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The connections that one thread of an {@link EchoServer} serves.
 *
 * <p>Bytes that a peer does not take wait in one buffer of its connection, which is not read until they are sent. The
 * number of buffers is limited: beyond the limit the newest connection that needs one is closed, so that peers that
 * never read cannot stop older connections.
 *
 * <p>A connection whose peer has shut down its write side is closed after the last byte was sent back.
 */
final class EchoLoop {
    private final EventLoop loop;
    private final KernelPosix posix;
    private final NativeMemory buffer;
    private final BufferPool unsentBuffers;
    private final Acceptor acceptor;
    private final Set<Connection> connections = new HashSet<>();
    private final TreeSet<Connection> unsentConnections =
            new TreeSet<>(Comparator.comparingInt(connection -> connection.number));
    private int lastNumber;

    /** Accepts from this descriptor, which other loops may share. */
    EchoLoop(EventLoop loop, KernelPosix posix, int listeningFd, boolean shared, BufferPool unsentBuffers)
            throws IOException {
        this.loop = loop;
        this.posix = posix;
        this.unsentBuffers = unsentBuffers;
        buffer = posix.allocate(BufferPool.BUFFER_SIZE_BYTES);
        acceptor = new Acceptor(loop, posix, listeningFd, shared, this::admit, reason -> {});
    }

    int connections() {
        return acceptor.connections();
    }

    int accepted() {
        return acceptor.accepted();
    }

    IOException refusal() {
        return acceptor.refusal();
    }

    private void admit(int fd) throws IOException {
        Connection connection = new Connection(++lastNumber);
        connections.add(connection);
        try {
            connection.watch = new RetryingWatch(loop, loop.onReadable(fd, connection::echo));
        } catch (IOException | OutOfMemoryError e) {
            connections.remove(connection);
            throw e;
        }
    }

    /** Closes every connection after the loop has ended. */
    void release() throws IOException {
        for (Connection connection : connections) {
            connection.release();
        }
        connections.clear();
    }

    private final class Connection {
        private final int number;
        private RetryingWatch watch;
        private NativeMemory unsent;
        private int unsentOffset;
        private int unsentEnd;

        Connection(int number) {
            this.number = number;
        }

        private void echo(Watch ignored, Readiness ready) throws IOException {
            try {
                echo();
            } catch (SyscallException | Error broken) {
                close();
            }
        }

        private void echo() throws IOException {
            if (unsent != null) {
                return; // the kernel refused to remove the read interest
            }
            int count = posix.read(watch.fd(), buffer, 0, buffer.sizeBytes());
            if (count < 0) {
                close();
                return;
            }
            int sent = count == 0 ? 0 : posix.write(watch.fd(), buffer, 0, count);
            if (sent == count) {
                return;
            }
            if (!takeBuffer()) {
                close();
                return;
            }
            unsent.buffer().put(0, buffer.buffer(), sent, count - sent);
            unsentOffset = 0;
            unsentEnd = count - sent;
            watch.set(null, this::sendRest);
        }

        private boolean takeBuffer() throws IOException {
            while ((unsent = unsentBuffers.take()) == null) {
                if (unsentConnections.isEmpty() || unsentConnections.last().number < number) {
                    return false;
                }
                unsentConnections.last().close();
            }
            unsentConnections.add(this);
            return true;
        }

        private void giveBuffer() {
            if (unsent != null) {
                unsentConnections.remove(this);
                unsentBuffers.give(unsent);
                unsent = null;
            }
        }

        private void sendRest(Watch ignored, Readiness ready) throws IOException {
            try {
                sendRest();
            } catch (SyscallException | Error broken) {
                close();
            }
        }

        private void sendRest() throws IOException {
            if (unsent == null) {
                return; // the kernel refused to remove the write interest
            }
            unsentOffset += posix.write(watch.fd(), unsent, unsentOffset, unsentEnd - unsentOffset);
            if (unsentOffset == unsentEnd) {
                giveBuffer();
                watch.set(this::echo, null);
            }
        }

        private void close() throws IOException {
            if (connections.remove(this)) {
                giveBuffer();
                release();
                acceptor.closed();
            }
        }

        private void release() throws IOException {
            watch.cancel();
            posix.close(watch.fd());
        }
    }
}
