// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;
import static dev.pollux.mechanism.PollBits.PRI;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;

/**
 * {@code select(2)}, called as {@code pselect} for its nanoseconds.
 *
 * <ul>
 *   <li>(a) The kernel overwrites the three sets with its answer. The masters stay here; each wait works on copies.
 *   <li>(b) Bits above the process's descriptor table come back as they went in, though they are not counted: a bit
 *       is only looked at when the count is not 0, and only counts for a descriptor that is registered.
 *   <li>(c) One closed descriptor fails the whole call with EBADF and no word which one. It is looked for with
 *       {@code fcntl}, dropped and told, and the others are waited for again.
 *   <li>(d) The limit of 1024 is that of C's {@code fd_set}, not of the kernel, which reads as many words as nfds
 *       says. A C program that sets a bit beyond its fd_set writes over its own memory; here it is refused, or, with
 *       {@link SelectLimit#KERNEL}, the sets grow.
 *   <li>(e) The sets say readable, writable and exceptional, nothing of hang-ups: "readable" is IN or HUP or ERR, and
 *       "writable" OUT or ERR. That is the meaning that Pollux gives these words on every mechanism.
 * </ul>
 */
public final class SelectPoller extends KernelPoller {
    private final long limit;
    private final NativeMemory timeout;
    private final int wakerFd;
    private int nfds;
    private NativeMemory reads;
    private NativeMemory writes;
    private NativeMemory excepts;
    private NativeMemory readsAnswer;
    private NativeMemory writesAnswer;
    private NativeMemory exceptsAnswer;

    public SelectPoller(PollerSettings settings) throws SyscallException, DescriptorLimitException {
        super(settings);
        limit = settings.selectLimit() == SelectLimit.KERNEL ? Long.MAX_VALUE : FdSet.FD_SETSIZE;
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        wakerFd = openWaker().fd();
        try {
            checkWatchable(wakerFd, Interest.READ);
            reserve(wakerFd);
            FdSet.set(reads.buffer(), wakerFd);
            nfds = wakerFd + 1;
            requireWait(await(0));
        } catch (Throwable e) {
            abandon();
            throw e;
        }
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.SELECT;
    }

    @Override
    public long timeoutResolutionNanos() {
        return 1;
    }

    @Override
    boolean changesWhileWaiting() {
        return false;
    }

    /** (d) */
    @Override
    void checkWatchable(int fd, Interest interest) throws DescriptorLimitException {
        if (fd >= limit) {
            throw new DescriptorLimitException(
                    Mechanism.SELECT,
                    fd,
                    FdSet.FD_SETSIZE,
                    "use another mechanism, or go to the kernel's own limit with"
                            + " Pollers.builder().selectLimit(SelectLimit.KERNEL)");
        }
    }

    @Override
    void arm(Entry entry, Interest interest) throws SyscallException {
        int fd = entry.fd();
        if (!entry.valid) {
            requireOpen(fd);
        }
        reserve(fd);
        put(reads, fd, interest.isRead());
        put(writes, fd, interest.isWrite());
        put(excepts, fd, interest.isPriority());
        nfds = Math.max(nfds, fd + 1);
        entry.kernelState = 1;
    }

    @Override
    void disarm(Entry entry) {
        if (entry.kernelState == 0) {
            return;
        }
        put(reads, entry.fd(), false);
        put(writes, entry.fd(), false);
        put(excepts, entry.fd(), false);
        entry.kernelState = 0;
        while (nfds > wakerFd + 1 && !isAsked(nfds - 1)) {
            nfds--;
        }
    }

    private static void put(NativeMemory set, int fd, boolean on) {
        if (on) {
            FdSet.set(set.buffer(), fd);
        } else {
            FdSet.clear(set.buffer(), fd);
        }
    }

    private boolean isAsked(int fd) {
        return FdSet.isSet(reads.buffer(), fd) || FdSet.isSet(writes.buffer(), fd) || FdSet.isSet(excepts.buffer(), fd);
    }

    private void reserve(int fd) {
        if (reads != null && FdSet.sizeBytes(fd + 1) <= reads.sizeBytes()) {
            return;
        }
        int sizeBytes = FdSet.sizeBytes(Math.max(FdSet.FD_SETSIZE, Integer.highestOneBit(fd) << 1));
        readsAnswer = NativeMemory.allocate(syscalls, sizeBytes);
        writesAnswer = NativeMemory.allocate(syscalls, sizeBytes);
        exceptsAnswer = NativeMemory.allocate(syscalls, sizeBytes);
        NativeMemory largerReads = grown(reads, sizeBytes);
        NativeMemory largerWrites = grown(writes, sizeBytes);
        excepts = grown(excepts, sizeBytes);
        writes = largerWrites;
        reads = largerReads; // last: its size is what is asked above
    }

    private NativeMemory grown(NativeMemory set, int sizeBytes) {
        NativeMemory larger = NativeMemory.allocate(syscalls, sizeBytes);
        if (set != null) {
            larger.copyFrom(set, set.sizeBytes());
        }
        return larger;
    }

    @Override
    int await(long timeoutNanos) {
        int sizeBytes = FdSet.sizeBytes(nfds);
        readsAnswer.copyFrom(reads, sizeBytes);
        writesAnswer.copyFrom(writes, sizeBytes);
        exceptsAnswer.copyFrom(excepts, sizeBytes);
        if (timeoutNanos >= 0) {
            Timespec.put(timeout.buffer(), timeoutNanos);
        }
        return syscalls.pselect(nfds, readsAnswer, writesAnswer, exceptsAnswer, timeoutNanos < 0 ? null : timeout);
    }

    @Override
    void collect(int result) throws SyscallException {
        int sizeBytes = Math.min(FdSet.sizeBytes(nfds), readsAnswer.sizeBytes());
        for (int offset = 0; offset < sizeBytes; offset += Long.BYTES) {
            long read = readsAnswer.getLong(offset);
            long write = writesAnswer.getLong(offset);
            long except = exceptsAnswer.getLong(offset);
            for (long any = read | write | except; any != 0; any &= any - 1) {
                int bit = Long.numberOfTrailingZeros(any);
                Entry entry = registrations.get(offset * 8 + bit);
                if (entry != null) {
                    report(entry, bit(read, bit, IN) | bit(write, bit, OUT) | bit(except, bit, PRI));
                }
            }
        }
    }

    private static int bit(long word, int bit, int pollBit) {
        return (word >>> bit & 1) != 0 ? pollBit : 0;
    }

    /** (c) */
    @Override
    boolean isAnswerToClosed(int rc) {
        return rc == -Errno.EBADF;
    }

    @Override
    SyscallException waitFailure(int rc) {
        return Failure.of("pselect", nfds + ", ...", rc);
    }

    @Override
    void release() {}
}
