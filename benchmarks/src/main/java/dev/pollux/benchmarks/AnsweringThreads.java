// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.loop.BlockingIo;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Threads that each wait in a read at the end of a socket pair, and answer a byte with a byte. */
final class AnsweringThreads implements Closeable {
    private final Caller caller;
    private final Posix posix;
    private final Pairs pairs;
    private final ByteChannel[] ends;
    private final ByteBuffer[] rooms;
    private final BlockingIo io;
    private final List<Thread> threads = new ArrayList<>();
    private volatile Throwable failure;

    /** On UNIX sockets: the JDK's channels, or descriptors that {@link BlockingIo} waits for on epoll. */
    AnsweringThreads(Caller caller, int count) throws IOException {
        this.caller = caller;
        pairs = Pairs.open(Pairs.Kind.SOCKET, caller, count, Pairs.all(count));
        ends = new ByteChannel[count];
        rooms = new ByteBuffer[count];
        ByteBuffer room = ByteBuffer.allocateDirect(count);
        if (caller.binding() == null) {
            posix = Pollers.posix();
            io = null;
        } else {
            Pollers.Builder builder =
                    Pollers.builder().mechanism(Mechanism.EPOLL).binding(caller.binding());
            posix = new KernelPosix(builder.syscalls());
            io = new BlockingIo(builder.open(), posix);
        }
        for (int i = 0; i < count; i++) {
            rooms[i] = room.slice(i, 1);
            ends[i] = io == null ? blocking(i) : new End(pairs.fd(i));
        }
    }

    /** Starts all: platform threads if that is the caller, else virtual threads. */
    void start() throws IOException {
        for (int i = 0; i < ends.length; i++) {
            int index = i;
            Runnable work = () -> answer(index);
            threads.add(caller == Caller.JDK_PLATFORM ? startPlatform(work) : startVirtual(work));
        }
    }

    private SocketChannel blocking(int index) throws IOException {
        SocketChannel channel = (SocketChannel) pairs.channel(index);
        channel.configureBlocking(true);
        return channel;
    }

    /** Pollux's counterpart of a blocking channel. */
    private final class End implements ByteChannel {
        private final int fd;

        End(int fd) {
            this.fd = fd;
        }

        @Override
        public int read(ByteBuffer room) throws IOException {
            return io.read(fd, room);
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return io.write(fd, bytes);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {} // the pairs close it
    }

    private static Thread startPlatform(Runnable work) {
        Thread thread = new Thread(work, WorkerAllocation.HELPER + "answer");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static Thread startVirtual(Runnable work) throws IOException {
        try {
            return (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
        } catch (ReflectiveOperationException e) {
            throw new IOException("no virtual threads: they came with JDK 21", e);
        }
    }

    private void answer(int index) {
        ByteChannel end = ends[index];
        ByteBuffer room = rooms[index];
        try {
            while (end.read(room) > 0) {
                room.flip();
                end.write(room);
                room.clear();
            }
        } catch (Throwable e) {
            failure = e;
            giveUp(index);
        }
    }

    /** Ends the wait at the far end. */
    private void giveUp(int index) {
        try {
            posix.shutdownWrite(pairs.fd(index));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Wakes one of them and waits for its answer. */
    void roundTrip(int index) throws IOException {
        if (PlainC.check("the round trip", PlainC.roundTrip(pairs.farFd(index))) == 0) {
            throw new IOException("thread " + index + " does not answer", failure);
        }
    }

    /** Ends all threads. */
    @Override
    public void close() throws IOException {
        for (int farFd : pairs.farFds()) {
            posix.shutdownWrite(farFd);
        }
        for (Thread each : threads) {
            Threads.join(each);
        }
        if (io != null) {
            io.close();
        }
        pairs.close();
    }
}
