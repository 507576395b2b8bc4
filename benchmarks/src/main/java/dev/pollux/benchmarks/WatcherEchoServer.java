// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** Serves with a {@link Watcher}, and reads and writes as a program that uses the same library does. */
final class WatcherEchoServer implements EchoServer {
    private final Caller caller;
    private final Mechanism mechanism;
    private final AcceptedConnections accepted;
    private final Thread thread = new Thread(this::run, THREAD);
    private Watcher watcher;
    private volatile boolean over;

    WatcherEchoServer(Caller caller, Mechanism mechanism) throws IOException {
        this.caller = caller;
        this.mechanism = mechanism;
        this.accepted = AcceptedConnections.listen(caller);
    }

    /** One connection, whose readable bytes are sent back. */
    private interface Line {
        void echo() throws IOException;
    }

    private record ByChannel(ByteChannel channel, ByteBuffer buffer) implements Line {
        @Override
        public void echo() throws IOException {
            buffer.clear();
            int count = channel.read(buffer);
            if (count > 0) {
                buffer.flip();
                Loop.require("bytes sent", count, channel.write(buffer));
            }
        }
    }

    private record ByDescriptor(KernelPosix posix, int fd, NativeMemory buffer) implements Line {
        @Override
        public void echo() throws IOException {
            int count = posix.read(fd, buffer, 0, buffer.sizeBytes());
            if (count > 0) {
                Loop.require("bytes sent", count, posix.write(fd, buffer, 0, count));
            }
        }
    }

    @Override
    public int port() {
        try {
            return accepted.port();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void serve(int connections) throws IOException {
        accepted.accept(connections);
        watcher = Watcher.open(caller, mechanism, accepted);
        if (caller.binding() != null) {
            KernelPosix posix = new KernelPosix(CallLoop.syscalls(caller));
            NativeMemory buffer = posix.allocate(BUFFER_BYTES);
            for (int i = 0; i < connections; i++) {
                watcher.register(i, false, new ByDescriptor(posix, accepted.fd(i), buffer));
            }
        } else {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            for (int i = 0; i < connections; i++) {
                watcher.register(i, false, new ByChannel((ByteChannel) channel(i), buffer));
            }
        }
        thread.setDaemon(true);
        thread.start();
    }

    private Object channel(int index) {
        return caller.needsChannelsOfTheJdk() ? accepted.channel(index) : EnxioChannels.open(accepted.fd(index));
    }

    private void run() {
        try {
            while (!over) {
                watcher.poll(true, WatcherEchoServer::echo);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void echo(Object line) {
        try {
            ((Line) line).echo();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        if (watcher != null) {
            watcher.wakeup();
            Threads.join(thread);
            watcher.close();
        }
        accepted.close();
    }
}
