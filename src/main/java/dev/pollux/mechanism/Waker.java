// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/**
 * Ends the kernel's wait from another thread: an eventfd, or a pipe where there is none, that every mechanism watches
 * beside the descriptors.
 *
 * <p>The descriptor is readable exactly while a reason is set: both change under one lock, which also keeps a late
 * {@link #signal} from writing to a number that {@link #close} gave back.
 */
final class Waker {
    /** Reasons: the user's wakeup, a change that must not meet the kernel's wait, an interrupt, the poller's close. */
    static final int USER = 1;

    static final int CHANGE = 2;
    static final int INTERRUPT = 4;

    private final Syscalls syscalls;
    private final NativeMemory bytes;
    private final InterruptHook interruptHook = new InterruptHook();
    private final int readFd;
    private final int writeFd;
    private volatile int reasons;
    private boolean closed;

    private Waker(Syscalls syscalls, NativeMemory bytes, int readFd, int writeFd) {
        this.syscalls = syscalls;
        this.bytes = bytes;
        this.readFd = readFd;
        this.writeFd = writeFd;
    }

    /** An eventfd where the system has it and lets us have it, else a pipe. */
    static Waker open(Syscalls syscalls) throws SyscallException {
        int rc = syscalls.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        return rc < 0 ? openPipe(syscalls) : new Waker(syscalls, oneAsLong(syscalls), rc, rc);
    }

    static Waker openPipe(Syscalls syscalls) throws SyscallException {
        NativeMemory bytes = oneAsLong(syscalls);
        NativeMemory ends = NativeMemory.allocate(syscalls, 2 * Integer.BYTES);
        int rc = syscalls.pipe(ends);
        if (rc < 0) {
            throw Failure.of("pipe", "", rc);
        }
        Waker waker = new Waker(syscalls, bytes, ends.getInt(0), ends.getInt(Integer.BYTES));
        try {
            waker.prepare(waker.readFd);
            waker.prepare(waker.writeFd);
        } catch (SyscallException e) {
            waker.close();
            throw e;
        }
        return waker;
    }

    /** What is written, at 0, and room for what is read, at 8. */
    private static NativeMemory oneAsLong(Syscalls syscalls) {
        NativeMemory bytes = NativeMemory.allocate(syscalls, 2 * Long.BYTES);
        bytes.putLong(0, 1);
        return bytes;
    }

    private void prepare(int fd) throws SyscallException {
        int rc = syscalls.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        if (rc < 0) {
            throw Failure.of("fcntl", fd + ", F_SETFD, FD_CLOEXEC", rc);
        }
        rc = syscalls.fcntl(fd, Fcntl.F_SETFL, Fcntl.O_NONBLOCK);
        if (rc < 0) {
            throw Failure.of("fcntl", fd + ", F_SETFL, O_NONBLOCK", rc);
        }
    }

    /** The descriptor to watch for reading. */
    int fd() {
        return readFd;
    }

    boolean owns(int fd) {
        return fd == readFd || fd == writeFd;
    }

    /** From any thread; many before a {@link #take} cost one write. */
    void signal(int reason) {
        if ((reasons & reason) != 0) {
            return;
        }
        synchronized (this) {
            int before = reasons;
            reasons = before | reason;
            if (before == 0 && !closed) {
                syscalls.write(writeFd, bytes, 0, Long.BYTES);
            }
        }
    }

    /** Whether there is a reason that was not taken yet. */
    boolean isSignalled() {
        return reasons != 0;
    }

    /** The reasons since the last call, 0 if none; by the polling thread, after a wait. */
    int take() {
        if (reasons == 0) {
            return 0;
        }
        synchronized (this) {
            int taken = reasons;
            reasons = 0;
            if (!closed) {
                syscalls.read(readFd, bytes, Long.BYTES, Long.BYTES);
            }
            return taken;
        }
    }

    /** From here to {@link #endBlocking}, an interrupt of this thread signals; so does one that came before. */
    void beginBlocking() {
        interruptHook.enter();
    }

    void endBlocking() {
        interruptHook.leave();
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            syscalls.close(readFd);
            if (writeFd != readFd) {
                syscalls.close(writeFd);
            }
        }
    }

    /**
     * The JDK lets one know of a thread's interrupt in one way that needs no flag: a selector's {@code begin} and
     * {@code end}, between which an interrupt calls the selector's {@code wakeup}. Nothing else of this is a selector.
     */
    private final class InterruptHook extends AbstractSelector {
        InterruptHook() {
            super(null);
        }

        void enter() {
            begin();
        }

        void leave() {
            end();
        }

        @Override
        public Selector wakeup() {
            signal(INTERRUPT);
            return this;
        }

        @Override
        protected void implCloseSelector() {}

        @Override
        protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<SelectionKey> keys() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int selectNow() throws IOException {
            throw new UnsupportedOperationException();
        }

        @Override
        public int select(long timeoutMillis) throws IOException {
            throw new UnsupportedOperationException();
        }

        @Override
        public int select() throws IOException {
            throw new UnsupportedOperationException();
        }
    }
}
