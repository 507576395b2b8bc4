// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.IoUring.IORING_ENTER_EXT_ARG;
import static dev.pollux.abi.IoUring.IORING_ENTER_GETEVENTS;

import dev.pollux.MechanismUnavailableException;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Mman;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * io_uring's two mapped queues: requests go in at the tail of one, answers come out at the head of the other. For one
 * thread at a time. {@link #close} sets the mappings to null, so a late thread cannot touch memory that belongs to
 * others by then.
 */
final class Ring {
    /** The user data of all requests except polls: descriptor -1. */
    static final long NO_POLL = -1;

    private static final int SQ_ENTRIES = 256;
    private static final int CQ_ENTRIES = 4096;

    /** CQE_SKIP came with Linux 5.17; multishot polls are older. */
    private static final int FEATURES = IoUring.IORING_FEAT_SINGLE_MMAP
            | IoUring.IORING_FEAT_NODROP
            | IoUring.IORING_FEAT_EXT_ARG
            | IoUring.IORING_FEAT_CQE_SKIP;

    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final Syscalls syscalls;
    private final NativeMemory params;
    private final NativeMemory argument;
    private final NativeMemory timeout;
    private final int fd;

    /** Whether a thread completes its polls only when it leaves the kernel. */
    private final boolean isCooperative;

    private int sqMask;
    private int cqMask;
    private int sqHead;
    private int sqTail;
    private int sqFlags;
    private int cqHead;
    private int cqTail;
    private int cqes;
    private NativeMemory rings;
    private NativeMemory sqes;

    /** The indexes of the next request and the next answer. */
    private int tail;

    private int head;
    private boolean overflowed;

    private Ring(Syscalls syscalls) throws IOException {
        this.syscalls = syscalls;
        params = NativeMemory.allocate(syscalls, IoUring.PARAMS_SIZE);
        argument = NativeMemory.allocate(syscalls, IoUring.GETEVENTS_ARG_SIZE);
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        params.putInt(IoUring.CQ_ENTRIES, CQ_ENTRIES);
        int rc = syscalls.membarrier(Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) < 0
                ? -Errno.EINVAL
                : setUp(IoUring.IORING_SETUP_CQSIZE | IoUring.IORING_SETUP_COOP_TASKRUN);
        isCooperative = rc >= 0;
        fd = rc == -Errno.EINVAL ? setUp(IoUring.IORING_SETUP_CQSIZE) : rc; // before Linux 5.19
        if (fd < 0) {
            throw refusal(Failure.of("io_uring_setup", SQ_ENTRIES + ", {...}", fd));
        }
    }

    private int setUp(int flags) {
        params.putInt(IoUring.FLAGS, flags);
        return syscalls.ioUringSetup(SQ_ENTRIES, params);
    }

    static Ring open(Syscalls syscalls) throws IOException {
        Ring ring = new Ring(syscalls);
        try {
            ring.requireFeatures();
            ring.map();
            return ring;
        } catch (Throwable e) {
            ring.close();
            throw e;
        }
    }

    /** EMFILE and ENFILE stay a {@link SyscallException}: the process or the system ran out of descriptors. */
    private static IOException refusal(SyscallException e) {
        String reason = reason(e.errno());
        if (reason == null) {
            return e;
        }
        MechanismUnavailableException refusal = new MechanismUnavailableException(e.getMessage() + ": " + reason);
        refusal.initCause(e);
        return refusal;
    }

    private static String reason(int errno) {
        if (errno == Errno.ENOSYS) {
            return "this kernel has no io_uring, or a seccomp filter hides it";
        }
        if (errno == Errno.EPERM || errno == Errno.EACCES) {
            return "the sysctl kernel.io_uring_disabled or a seccomp filter forbids it, as in many containers";
        }
        if (errno == Errno.EINVAL) {
            return "this kernel's io_uring is too old; Linux 5.17 or later is needed";
        }
        return errno == Errno.ENOMEM
                ? "there is no memory for its rings; before Linux 5.12 RLIMIT_MEMLOCK counts"
                : null;
    }

    private void requireFeatures() throws MechanismUnavailableException {
        int features = params.getInt(IoUring.FEATURES);
        if ((features & FEATURES) != FEATURES) {
            throw new MechanismUnavailableException(String.format(
                    "this kernel's io_uring has features 0x%x and lacks 0x%x;" + " Linux 5.17 or later is needed",
                    features, FEATURES & ~features));
        }
    }

    private void map() throws SyscallException {
        int sqEntries = params.getInt(IoUring.SQ_ENTRIES);
        int array = params.getInt(IoUring.SQ_OFF_ARRAY);
        cqes = params.getInt(IoUring.CQ_OFF_CQES);
        rings = map(
                Math.max(
                        array + sqEntries * Integer.BYTES, cqes + params.getInt(IoUring.CQ_ENTRIES) * IoUring.CQE_SIZE),
                IoUring.IORING_OFF_SQ_RING);
        sqes = map(sqEntries * IoUring.SQE_SIZE, IoUring.IORING_OFF_SQES);
        for (int i = 0; i < sqEntries; i++) {
            rings.putInt(array + i * Integer.BYTES, i);
        }
        sqMask = rings.getInt(params.getInt(IoUring.SQ_OFF_RING_MASK));
        cqMask = rings.getInt(params.getInt(IoUring.CQ_OFF_RING_MASK));
        sqHead = params.getInt(IoUring.SQ_OFF_HEAD);
        sqTail = params.getInt(IoUring.SQ_OFF_TAIL);
        sqFlags = params.getInt(IoUring.SQ_OFF_FLAGS);
        cqHead = params.getInt(IoUring.CQ_OFF_HEAD);
        cqTail = params.getInt(IoUring.CQ_OFF_TAIL);
    }

    private NativeMemory map(int sizeBytes, long offset) throws SyscallException {
        long address = syscalls.mmap(
                sizeBytes, Mman.PROT_READ | Mman.PROT_WRITE, Mman.MAP_SHARED | Mman.MAP_POPULATE, fd, offset);
        if (address < 0) {
            throw Failure.of("mmap", "NULL, " + sizeBytes + ", ..., " + fd + ", " + offset, (int) address);
        }
        return NativeMemory.view(syscalls, address, sizeBytes);
    }

    int fd() {
        return fd;
    }

    // Requests.

    /** Whether there is room for this many requests; submits the pending ones if necessary. */
    boolean makeRoom(int requests) {
        if (room() >= requests) {
            return true;
        }
        publish();
        syscalls.ioUringEnter(fd, unsubmitted(), 0, 0, null, 0);
        return room() >= requests;
    }

    private int room() {
        return sqMask + 1 - unsubmitted();
    }

    int unsubmitted() {
        return tail - (int) INT.getAcquire(rings.buffer(), sqHead);
    }

    void add(int pollFd, int events, int flags, long userData) {
        request(
                IoUring.IORING_OP_POLL_ADD,
                0,
                pollFd,
                0,
                flags,
                IoUring.poll32Events(ByteOrder.nativeOrder(), events),
                userData);
    }

    void remove(long userData) {
        request(IoUring.IORING_OP_ASYNC_CANCEL, IoUring.IOSQE_CQE_SKIP_SUCCESS, -1, userData, 0, 0, NO_POLL);
    }

    /** Makes the threads that submitted polls leave the kernel, even if they compute. */
    void interruptThreads() {
        if (isCooperative) {
            syscalls.membarrier(Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0);
        }
    }

    /** Returns after a thread that was posting answers has finished: requests take the same lock. */
    void passLock() {
        request(IoUring.IORING_OP_NOP, IoUring.IOSQE_CQE_SKIP_SUCCESS, -1, 0, 0, 0, NO_POLL);
        enter(0, 0);
    }

    private void request(int opcode, int flags, int pollFd, long addr, int len, int events, long userData) {
        int at = (tail & sqMask) * IoUring.SQE_SIZE;
        sqes.buffer().put(at + IoUring.SQE_OPCODE, (byte) opcode);
        sqes.buffer().put(at + IoUring.SQE_FLAGS, (byte) flags);
        sqes.putInt(at + IoUring.SQE_FD, pollFd);
        sqes.putLong(at + IoUring.SQE_ADDR, addr);
        sqes.putInt(at + IoUring.SQE_LEN, len);
        sqes.putInt(at + IoUring.SQE_POLL32_EVENTS, events);
        sqes.putLong(at + IoUring.SQE_USER_DATA, userData);
        tail++;
    }

    /** Makes all requests added so far visible to the kernel. */
    private void publish() {
        INT.setRelease(rings.buffer(), sqTail, tail);
    }

    // Waiting.

    /** Submits, and waits for this many answers; only a positive timeout limits the wait. */
    int enter(int minComplete, long timeoutNanos) {
        noteOverflow();
        publish();
        int rc = minComplete > 0 && timeoutNanos > 0
                ? enterFor(minComplete, timeoutNanos)
                : syscalls.ioUringEnter(fd, unsubmitted(), minComplete, IORING_ENTER_GETEVENTS, null, 0);
        noteOverflow();
        return rc;
    }

    private int enterFor(int minComplete, long timeoutNanos) {
        Timespec.put(timeout.buffer(), timeoutNanos);
        argument.putLong(IoUring.ARG_TS, NativeMemory.addressOf(timeout));
        return syscalls.ioUringEnter(
                fd,
                unsubmitted(),
                minComplete,
                IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
                argument,
                IoUring.GETEVENTS_ARG_SIZE);
    }

    /** Whether this is an error: not if the wait ended early, or the kernel needs answers to be taken first. */
    static boolean isFailure(int rc) {
        return rc < 0 && rc != -Errno.ETIME && rc != -Errno.EINTR && rc != -Errno.EAGAIN && rc != -Errno.EBUSY;
    }

    // Answers.

    boolean isOverflowing() {
        return ((int) INT.getAcquire(rings.buffer(), sqFlags) & IoUring.IORING_SQ_CQ_OVERFLOW) != 0;
    }

    private void noteOverflow() {
        overflowed |= isOverflowing();
    }

    /** Makes the kernel move kept answers into the free room; returns whether there were any. */
    boolean fetchOverflow() {
        return isOverflowing() && enter(0, 0) >= 0 && answers() > 0;
    }

    /** Whether the completion ring was full since {@link #forgetOverflow}. */
    boolean overflowed() {
        return overflowed;
    }

    void forgetOverflow() {
        overflowed = false;
    }

    int answers() {
        return (int) INT.getAcquire(rings.buffer(), cqTail) - head;
    }

    /** Takes the next answer. Returns its offset, for the three methods below, valid until {@link #release}. */
    int advance() {
        return cqes + (head++ & cqMask) * IoUring.CQE_SIZE;
    }

    long userData(int at) {
        return rings.getLong(at + IoUring.CQE_USER_DATA);
    }

    int res(int at) {
        return rings.getInt(at + IoUring.CQE_RES);
    }

    boolean hasMore(int at) {
        return (rings.getInt(at + IoUring.CQE_FLAGS) & IoUring.IORING_CQE_F_MORE) != 0;
    }

    /** Frees the room of the answers taken so far. */
    void release() {
        INT.setRelease(rings.buffer(), cqHead, head);
    }

    void close() {
        unmap(rings);
        unmap(sqes);
        rings = null;
        sqes = null;
        syscalls.close(fd);
    }

    private void unmap(NativeMemory mapping) {
        if (mapping != null) {
            syscalls.munmap(NativeMemory.addressOf(mapping), mapping.sizeBytes());
        }
    }
}
