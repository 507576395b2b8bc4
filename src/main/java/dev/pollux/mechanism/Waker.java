// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Ends the kernel's wait from another thread: an eventfd, or else a pipe, that every driver watches.
 *
 * <p>No lock is held while the descriptor is written: a thread woken by the write would at once block on that lock. So
 * the polling thread may take a reason before its write has happened. It counts such writes and reads them later;
 * {@link #close} waits for them, since the number may belong to another file afterwards.
 *
 * <p>Where the kernel reports each write to an eventfd once, the counter is not read before the close: it has room for
 * 2^64 writes.
 */
final class Waker {
    /** The user's wakeup. */
    static final int USER = 1;

    /** A change that must not happen during the kernel's wait. */
    static final int CHANGE = 2;

    static final int INTERRUPT = 4;
    private static final int CLOSED = 8;

    /** How long a close waits for pending writes; after that it leaves the descriptor open. */
    private static final long LAST_WAIT_NANOS = 1_000_000_000;

    private static final VarHandle REASONS = Fields.field(MethodHandles.lookup(), "reasons", int.class);

    private final Syscalls syscalls;
    private final NativeMemory bytes;
    private final InterruptHook interruptHook = new InterruptHook() {
        @Override
        void interrupted() {
            signal(INTERRUPT);
        }
    };
    private final int readFd;
    private final int writeFd;
    private volatile int reasons;
    private boolean leavesUnread;

    /** How many writes of taken reasons are still to be read. Written under the lock, by the polling thread. */
    private long unread;

    private Waker(Syscalls syscalls, NativeMemory bytes, int readFd, int writeFd) {
        this.syscalls = syscalls;
        this.bytes = bytes;
        this.readFd = readFd;
        this.writeFd = writeFd;
    }

    /** Opens an eventfd if the kernel has one, else a pipe. */
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

    /** The long to write, at offset 0, and room to read, at 8. */
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

    /**
     * For a driver to which the kernel reports each write once: leaves writes unread. False for a pipe, which would
     * fill up.
     */
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

    /** Wakes the polling thread. For any thread; several signals before {@link #reasons} cost one write. */
    void signal(int reason) {
        int before;
        do {
            before = reasons;
            if ((before & (reason | CLOSED)) != 0) {
                return;
            }
        } while (!REASONS.compareAndSet(this, before, before | reason));
        if (before == 0) {
            write();
        }
    }

    /** A pipe may lack memory for a moment (ENOMEM). A full pipe (EAGAIN) wakes too. */
    private void write() {
        int rc = syscalls.write(writeFd, bytes, 0, Long.BYTES);
        while (rc == -Errno.ENOMEM || rc == -Errno.EINTR) {
            Thread.yield();
            rc = syscalls.write(writeFd, bytes, 0, Long.BYTES);
        }
    }

    /** Whether there are reasons to take; for the polling thread. */
    boolean isSignalled() {
        return reasons != 0 || unread != 0 && !leavesUnread;
    }

    /**
     * Takes the reasons since the last call, 0 if there are none: for the polling thread, under the lock, after a wait.
     */
    int reasons() {
        if (!isSignalled() || isClosed()) {
            return 0;
        }
        int taken = 0;
        do {
            int more = (int) REASONS.getAndSet(this, 0);
            taken |= more;
            unread += more == 0 ? 0 : 1;
            if (!leavesUnread) {
                read();
            }
        } while (unread < 0 && reasons != 0);
        unread = Math.max(0, unread);
        return taken;
    }

    private boolean isClosed() {
        return (reasons & CLOSED) != 0;
    }

    /**
     * An eventfd returns the sum of all writes, a pipe one write at a time, each 1. So this may read the write of a
     * reason that is not taken yet; the caller then takes that reason.
     */
    private void read() {
        while (unread > 0 && syscalls.read(readFd, bytes, Long.BYTES, Long.BYTES) == Long.BYTES) {
            unread -= Math.max(1, bytes.getLong(Long.BYTES));
        }
    }

    /** Until {@link #endBlocking}, an interrupt of this thread signals; so does an earlier one. */
    void beginBlocking() {
        interruptHook.enter();
    }

    void endBlocking() {
        interruptHook.leave();
    }

    /** Under the lock. */
    void close() {
        if (isClosed()) {
            return;
        }
        unread += (int) REASONS.getAndSet(this, CLOSED) == 0 ? 0 : 1;
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
}
