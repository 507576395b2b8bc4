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
 *   <li>(a) The kernel overwrites the three sets with its answer, so each wait uses copies.
 *   <li>(b) Bits above the process's descriptor table come back unchanged, although the result does not count them. So
 *       a bit counts only for a registered descriptor, and only if the result is not 0.
 *   <li>(c) One closed descriptor fails the whole call with EBADF, which does not tell which one. The core finds it
 *       with {@code fcntl}, drops it, and waits again.
 *   <li>(d) The limit of 1024 is that of C's {@code fd_set}, not of the kernel, which reads as many words as nfds
 *       needs. A C program that sets a bit beyond its fd_set overwrites its own memory. Pollux refuses the descriptor
 *       or, with {@link SelectLimit#KERNEL}, enlarges the sets.
 *   <li>(e) The sets report readable, writable and exceptional, but no hang-ups: "readable" is IN or HUP or ERR,
 *       "writable" is OUT or ERR. Pollux uses this meaning on every mechanism.
 * </ul>
 */
public final class SelectDriver extends Driver {
    private final long limit;
    private final NativeMemory timeout;
    private int wakerFd;
    private int nfds;
    private NativeMemory reads;
    private NativeMemory writes;
    private NativeMemory excepts;
    private NativeMemory readsAnswer;
    private NativeMemory writesAnswer;
    private NativeMemory exceptsAnswer;

    /** The current word of the answer: its offset, its remaining bits, and its three sets. */
    private int cursor;

    private int end;
    private long any;
    private long read;
    private long write;
    private long except;

    private static final class SelectEntry extends Entry {
        boolean isInSets;

        SelectEntry(Terms terms) {
            super(terms);
        }
    }

    public SelectDriver(PollerSettings settings) {
        super(settings, Trait.REPORTS_CLOSED);
        limit = settings.selectLimit() == SelectLimit.KERNEL ? Long.MAX_VALUE : FdSet.FD_SETSIZE;
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
    }

    @Override
    void watchWaker(Waker waker) throws DescriptorLimitException {
        wakerFd = waker.fd();
        checkWatchable(wakerFd, Interest.READ);
        reserve(wakerFd);
        FdSet.set(reads.buffer(), wakerFd);
        nfds = wakerFd + 1;
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.SELECT;
    }

    @Override
    public long timeoutResolutionNanos() {
        return 1;
    }

    /** (d) */
    @Override
    void checkWatchable(int fd, Interest interest) throws DescriptorLimitException {
        if (fd >= limit) {
            throw new DescriptorLimitException(
                    Mechanism.SELECT,
                    fd,
                    "FD_SETSIZE",
                    FdSet.FD_SETSIZE,
                    "use another mechanism, or go to the kernel's own limit with"
                            + " Pollers.builder().selectLimit(SelectLimit.KERNEL)");
        }
    }

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new SelectEntry(terms);
    }

    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        int fd = entry.fd();
        if (entry.state() == State.NEW) {
            requireOpen(fd);
        }
        reserve(fd);
        put(reads, fd, interest.isRead());
        put(writes, fd, interest.isWrite());
        put(excepts, fd, interest.isPriority());
        nfds = Math.max(nfds, fd + 1);
        ((SelectEntry) entry).isInSets = true;
        return 0;
    }

    @Override
    void disarm(Entry entry) {
        SelectEntry disarmed = (SelectEntry) entry;
        if (!disarmed.isInSets) {
            return;
        }
        put(reads, entry.fd(), false);
        put(writes, entry.fd(), false);
        put(excepts, entry.fd(), false);
        disarmed.isInSets = false;
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
        reads = largerReads; // last: its size is checked above
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
        int rc = syscalls.pselect(nfds, readsAnswer, writesAnswer, exceptsAnswer, timeoutNanos < 0 ? null : timeout);
        cursor = -Long.BYTES;
        end = rc > 0 ? sizeBytes : 0; // (b)
        any = 0;
        return rc;
    }

    @Override
    boolean hasNext(int index) {
        while (any == 0 && cursor + Long.BYTES < end) {
            cursor += Long.BYTES;
            readWord();
        }
        return any != 0;
    }

    @Override
    Entry next(int index) {
        int bit = Long.numberOfTrailingZeros(any);
        any &= any - 1;
        bits = bit(read, bit, IN) | bit(write, bit, OUT) | bit(except, bit, PRI);
        return registry.get(cursor * Byte.SIZE + bit);
    }

    private void readWord() {
        read = readsAnswer.getLong(cursor);
        write = writesAnswer.getLong(cursor);
        except = exceptsAnswer.getLong(cursor);
        any = read | write | except;
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
    SyscallException failure(int rc) {
        return Failure.of("pselect", nfds + ", ...", rc);
    }

    @Override
    void close() {}
}
