// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends the kernel's wait from another thread: an eventfd, or a pipe where there is none, that every mechanism watches
 * beside the descriptors.
 *
 * <p>No lock is held while the descriptor is written: a thread that is woken where the waking one runs would take its
 * place, want the lock, and give it back. So a reason may be taken before its write has come. The polling thread counts
 * such writes and reads them later; and {@link #close} waits for them, for the number may be anybody's afterwards.
 *
 * <p>Where the kernel tells of each write to an eventfd, and of none twice, nothing is read before that: a counter can be
 * written to for ever.
 */
final class Waker {
    /** Reasons: the user's wakeup, a change that must not meet the kernel's wait, an interrupt, the poller's close. */
    static final int USER = 1;

    static final int CHANGE = 2;
    static final int INTERRUPT = 4;
    private static final int CLOSED = 8;

    /** How long a close waits for a write; after that the descriptor stays open. */
    private static final long LAST_WAIT_NANOS = 1_000_000_000;

    private final Syscalls syscalls;
    private final NativeMemory bytes;
    private final InterruptHook interruptHook = new InterruptHook();
    private final int readFd;
    private final int writeFd;
    private final AtomicInteger reasons = new AtomicInteger();
    private boolean leavesUnread;

    /** How many writes there will be, or are, whose reasons were taken. Guarded by the poller's lock. */
    private long unread;

    private Waker(Syscalls syscalls, NativeMemory bytes, int readFd, int writeFd) {
        this.syscalls = syscalls;
        this.bytes = bytes;
        this.readFd = readFd;
        this.writeFd = writeFd;
    }

    /** An eventfd where the system has it and lets us have it, else a pipe. */
    static Waker open(Syscalls syscalls) throws SyscallException {
        NativeMemory bytes = oneAsLong(syscalls);
        int rc = syscalls.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        return rc < 0 ? openPipe(syscalls) : new Waker(syscalls, bytes, rc, rc);
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

    /** For a mechanism that tells of each write once: whether it can be asked to. */
    boolean leaveUnread() {
        leavesUnread = readFd == writeFd;
        return leavesUnread;
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
        int before;
        do {
            before = reasons.get();
            if ((before & (reason | CLOSED)) != 0) {
                return;
            }
        } while (!reasons.compareAndSet(before, before | reason));
        if (before == 0) {
            write();
        }
    }

    /** A pipe may want memory that is short for a moment. Other refusals do not pass: what is full (EAGAIN) wakes too. */
    private void write() {
        int rc;
        while ((rc = syscalls.write(writeFd, bytes, 0, Long.BYTES)) == -Errno.ENOMEM || rc == -Errno.EINTR) {
            Thread.yield();
        }
    }

    /** Whether there is something to {@link #take}; by the polling thread. */
    boolean isSignalled() {
        return reasons.get() != 0 || unread != 0 && !leavesUnread;
    }

    /** The reasons since the last call, 0 if none; by the polling thread, with the poller's lock, after a wait. */
    int take() {
        if (!isSignalled() || isClosed()) {
            return 0;
        }
        int taken = 0;
        do {
            int more = reasons.getAndSet(0);
            taken |= more;
            unread += more == 0 ? 0 : 1;
            if (!leavesUnread) {
                read();
            }
        } while (unread < 0 && reasons.get() != 0);
        unread = Math.max(0, unread);
        return taken;
    }

    private boolean isClosed() {
        return (reasons.get() & CLOSED) != 0;
    }

    /**
     * An eventfd answers with the sum of what was written, a pipe with one of them after the other: 1 each. So this may
     * read what was written for a reason that is not taken yet; who reads it must take that.
     */
    private void read() {
        while (unread > 0 && syscalls.read(readFd, bytes, Long.BYTES, Long.BYTES) == Long.BYTES) {
            unread -= Math.max(1, bytes.getLong(Long.BYTES));
        }
    }

    /** From here to {@link #endBlocking}, an interrupt of this thread signals; so does one that came before. */
    void beginBlocking() {
        interruptHook.enter();
    }

    void endBlocking() {
        interruptHook.leave();
    }

    /** With the poller's lock. */
    void close() {
        if (isClosed()) {
            return;
        }
        unread += reasons.getAndSet(CLOSED) == 0 ? 0 : 1;
        long startNanos = System.nanoTime();
        read();
        while (unread > 0 && System.nanoTime() - startNanos < LAST_WAIT_NANOS) {
            Thread.yield();
            read();
        }
        if (unread <= 0) {
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
