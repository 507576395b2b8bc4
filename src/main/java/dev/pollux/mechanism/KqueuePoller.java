// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Kqueue.EV_ADD;
import static dev.pollux.abi.Kqueue.EV_CLEAR;
import static dev.pollux.abi.Kqueue.EV_DELETE;
import static dev.pollux.abi.Kqueue.EV_ENABLE;
import static dev.pollux.abi.Kqueue.EV_EOF;
import static dev.pollux.abi.Kqueue.EV_ERROR;
import static dev.pollux.mechanism.PollBits.ERR;
import static dev.pollux.mechanism.PollBits.HUP;
import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;
import static dev.pollux.mechanism.PollBits.PRI;
import static dev.pollux.mechanism.PollBits.RDHUP;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Stat;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code kqueue(2)}.
 *
 * <ul>
 *   <li>(a) Reading, writing and exceptional data are separate filters and arrive as separate events; the batch joins
 *       those of one descriptor.
 *   <li>(b) A change goes alone, with no room for events and no timeout: its error is then the call's own, on every
 *       system, and no pending event is fetched in passing. EINTR: the change was made.
 *   <li>(c) EV_ADD does not enable what is disabled, whatever the manual says, and any change replaces udata on NetBSD:
 *       always ADD and ENABLE with the udata. A level filter that is there already is left alone (libkqueue
 *       refuses to add it again); an edge filter is added again to have it report once more.
 *   <li>(d) EV_ONESHOT is not used: the BSDs report what was ready when it fired, though it is not any more (others
 *       look again), and it is a matter of one filter, not of the descriptor. A ONESHOT's filters are deleted when its
 *       event is delivered.
 *   <li>(e) Adding the write filter of a pipe without reader fails with EPIPE or EBADF: that is an event, "writable,
 *       and it will fail", not a failure.
 *   <li>(f) Regular files are readable for kqueue only before their end: they count as always ready, for what poll(2)
 *       says they are.
 *       So does a device that kqueue refuses, such as /dev/null, if poll(2) finds it ready both ways; another, such as
 *       a terminal on macOS, is refused here too.
 *   <li>(g) EV_EOF on the read filter: the peer is done (a pipe: its writers are gone); data may be left. On the write
 *       filter of a pipe: its readers are gone. On that of a socket it may also be our own shutdown, so it says
 *       nothing more than "writable" unless the read filter says EOF too. fflags is the pending error.
 *   <li>(h) libkqueue takes at most 512 events a call, and kernels may find fewer slots than events: a full answer
 *       is followed by another look until nothing new comes.
 *   <li>(i) A timeout of more than a day is refused by some; the wait is cut and taken up again.
 *   <li>(j) The wakeup comes through a pipe: EVFILT_USER has three numbers and is missing on some.
 *   <li>(k) udata holds the descriptor's generation, which tells late events of a number that was used again.
 *   <li>(l) The kernel drops the filters of a closed descriptor without a word; to delete them gives ENOENT or EBADF.
 *   <li>(m) libkqueue holds its lock while it waits, so the waiter is called out before any change; an edge is only
 *       told again when its filters are deleted first; its write filter fires on HUP alone; a refusal is EFAULT; and a
 *       number that was closed and used again stays deaf until there is a new kqueue.
 * </ul>
 */
public final class KqueuePoller extends KernelPoller {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXCEPT = 4;
    private static final int SLOTS = 512;
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(24);

    private final Kqueue.Abi abi = Kqueue.abi();
    private final boolean isLibkqueue = abi == Kqueue.Abi.LIBKQUEUE;
    private int kq;

    /** Whether the kernel may have filters that are nobody's, because they could not be deleted. */
    private boolean mayHaveLeftovers;

    private final int wakerFd;
    private final NativeMemory change;
    private final NativeMemory events;
    private final NativeMemory timeout;
    private final NativeMemory zero;
    private final NativeMemory pollfd;

    public KqueuePoller(PollerSettings settings) throws SyscallException {
        super(settings);
        change = NativeMemory.allocate(syscalls, abi.sizeBytes());
        events = NativeMemory.allocate(syscalls, SLOTS * abi.sizeBytes());
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        zero = NativeMemory.allocate(syscalls, Timespec.SIZE);
        pollfd = NativeMemory.allocate(syscalls, PollFd.SIZE);
        kq = create();
        try {
            wakerFd = openPipeWaker().fd();
            watchWaker();
            requireWait(syscalls.kevent(kq, null, 0, events, SLOTS, zero));
        } catch (Throwable e) {
            abandon();
            throw e;
        }
    }

    private int create() throws SyscallException {
        int fd = syscalls.kqueue();
        if (fd < 0) {
            throw Failure.of("kqueue", "", fd);
        }
        return fd;
    }

    private void watchWaker() throws SyscallException {
        int rc = change(wakerFd, abi.EVFILT_READ, EV_ADD | EV_ENABLE, 0, 0);
        if (rc < 0) {
            throw failure(rc, wakerFd, "EVFILT_READ, EV_ADD");
        }
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.KQUEUE;
    }

    @Override
    public boolean supports(Trigger trigger) {
        return true;
    }

    @Override
    public long timeoutResolutionNanos() {
        return 1;
    }

    @Override
    boolean changesWhileWaiting() {
        return !isLibkqueue; // (m)
    }

    @Override
    boolean forgetsSilently() {
        return true;
    }

    @Override
    void checkWatchable(int fd, Interest interest) {
        if (interest.isPriority() && !abi.hasExcept()) {
            throw new UnsupportedOperationException(
                    "this system's KQUEUE has no interest PRIORITY (EVFILT_EXCEPT); SELECT and POLL have");
        }
    }

    /** (b) */
    private int change(int fd, int filter, int flags, int fflags, int generation) {
        abi.put(change.buffer(), 0, fd, filter, flags, fflags, 0, generation);
        int rc = syscalls.kevent(kq, change, 1, null, 0, null);
        return rc == -Errno.EINTR ? 0 : rc;
    }

    private SyscallException failure(int rc, Object fd, String what) {
        return Failure.of("kevent", kq + ", [{" + fd + ", " + what + "}], 1, NULL, 0, NULL", rc);
    }

    private int filter(int bit) {
        return bit == READ ? abi.EVFILT_READ : bit == WRITE ? abi.EVFILT_WRITE : abi.EVFILT_EXCEPT;
    }

    private static String name(int bit) {
        return bit == READ ? "EVFILT_READ" : bit == WRITE ? "EVFILT_WRITE" : "EVFILT_EXCEPT";
    }

    @Override
    void arm(Entry entry, Interest interest) throws SyscallException {
        if (entry.fileType == 0) {
            examine(entry);
        }
        if (entry.constantBits != 0 && entry.kernelState == 0) {
            return;
        }
        if (isLibkqueue && entry.trigger().isEdge()) { // (m)
            disarm(entry);
        }
        int before = entry.kernelState;
        try {
            set(entry, READ, interest.isRead());
            set(entry, WRITE, interest.isWrite());
            set(entry, EXCEPT, interest.isPriority());
        } catch (SyscallException e) {
            takeBack(entry, before);
            throw e;
        }
    }

    /** As far as the kernel takes it: a registration is armed again before the next wait. */
    private void takeBack(Entry entry, int before) {
        for (int bit = READ; bit <= EXCEPT; bit <<= 1) {
            try {
                set(entry, bit, (before & bit) != 0);
            } catch (SyscallException e) {
                mayHaveLeftovers = true;
            }
        }
    }

    /** (f), and whether it is a pipe, for (g). */
    private void examine(Entry entry) throws SyscallException {
        entry.fileType = fileType(entry.fd());
        int rc = rememberFile(entry);
        if (rc < 0 && isLibkqueue) { // (m)
            entry.fileType = 0;
            throw Failure.of("fstat", entry.fd() + ", ...", rc);
        }
        if (entry.fileType == Stat.S_IFREG || entry.fileType == Stat.S_IFDIR) {
            makeConstant(entry, pollBits(entry.fd()));
        }
    }

    private void set(Entry entry, int bit, boolean on) throws SyscallException {
        boolean isSet = (entry.kernelState & bit) != 0;
        if (!on && isSet) {
            delete(entry, bit);
        } else if (on && (!isSet || entry.trigger().isEdge())) {
            add(entry, bit);
        }
    }

    /** (c) */
    private void add(Entry entry, int bit) throws SyscallException {
        int rc = addFilter(entry, bit);
        if (rc >= 0) {
            entry.kernelState |= bit;
        } else if (entry.fileType == Stat.S_IFCHR && isRefused(rc) && pollBits(entry.fd()) == (IN | OUT)) { // (f)
            makeConstant(entry, IN | OUT);
        } else if (bit == WRITE && (rc == -Errno.EPIPE || rc == -Errno.EBADF && !isClosed(entry))) { // (e)
            makeConstant(entry, OUT | ERR);
        } else {
            throw failure(isClosed(entry) ? -Errno.EBADF : rc, entry.fd(), name(bit) + ", EV_ADD");
        }
    }

    private int addFilter(Entry entry, int bit) {
        int flags = EV_ADD | EV_ENABLE | (entry.trigger().isEdge() ? EV_CLEAR : 0);
        return change(entry.fd(), filter(bit), flags, bit == EXCEPT ? abi.NOTE_OOB : 0, entry.generation);
    }

    private boolean isRefused(int rc) {
        return isLibkqueue && rc == -Errno.EFAULT
                || rc == -Errno.EPERM
                || rc == -Errno.EINVAL
                || rc == -Errno.ENODEV
                || rc == -Errno.EOPNOTSUPP;
    }

    /** What {@code poll(2)} says at this moment, of IN and OUT. */
    private int pollBits(int fd) {
        pollfd.putInt(PollFd.FD, fd);
        pollfd.putShort(PollFd.EVENTS, (short) (IN | OUT));
        return syscalls.poll(pollfd, 1, 0) == 1 ? pollfd.getShort(PollFd.REVENTS) & (IN | OUT) : 0;
    }

    /** (l) */
    private void delete(Entry entry, int bit) throws SyscallException {
        int rc = change(entry.fd(), filter(bit), EV_DELETE, 0, entry.generation);
        if (rc < 0 && rc != -Errno.ENOENT && rc != -Errno.EBADF) {
            mayHaveLeftovers = true;
            throw failure(rc, entry.fd(), name(bit) + ", EV_DELETE");
        }
        entry.kernelState &= ~bit;
    }

    @Override
    void disarm(Entry entry) throws SyscallException {
        for (int bit = READ; bit <= EXCEPT; bit <<= 1) {
            set(entry, bit, false);
        }
    }

    /** Whether a filter that should be there is not: to enable it changes nothing where it is. */
    @Override
    boolean isLost(Entry entry) throws SyscallException {
        if (isLibkqueue) {
            return entry.kernelState != 0 && isLostToLibkqueue(entry);
        }
        for (int bit = READ; bit <= EXCEPT; bit <<= 1) {
            if ((entry.kernelState & bit) != 0) {
                int rc = change(entry.fd(), filter(bit), EV_ENABLE, bit == EXCEPT ? abi.NOTE_OOB : 0, entry.generation);
                if (rc < 0 && rc != -Errno.ENOENT) {
                    throw failure(rc, entry.fd(), name(bit) + ", EV_ENABLE");
                }
                return rc < 0;
            }
        }
        return false;
    }

    /** (m) libkqueue does not know; and it keeps what it had for the number until the whole kqueue goes. */
    private boolean isLostToLibkqueue(Entry entry) throws SyscallException {
        if (!isAnotherFile(entry)) {
            return false;
        }
        rebuild();
        return true;
    }

    /** The new kqueue is complete before the old one goes; if it fails, the old one stays. */
    private void rebuild() throws SyscallException {
        int old = kq;
        List<Entry> closed = new ArrayList<>();
        kq = create();
        try {
            watchWaker();
            for (Entry entry : registrations.all()) {
                watchAgain(entry, closed);
            }
        } catch (SyscallException e) {
            syscalls.close(kq);
            kq = old;
            throw e;
        }
        syscalls.close(old);
        mayHaveLeftovers = false;
        for (Entry entry : closed) {
            entry.kernelState = 0;
            drop(entry);
        }
    }

    private void watchAgain(Entry entry, List<Entry> closed) throws SyscallException {
        for (int bit = READ; bit <= EXCEPT; bit <<= 1) {
            int rc = (entry.kernelState & bit) == 0 ? 0 : addFilter(entry, bit);
            if (rc < 0) {
                if (!isClosed(entry)) {
                    throw failure(rc, entry.fd(), name(bit) + ", EV_ADD");
                }
                closed.add(entry);
                return;
            }
        }
    }

    /** (i) */
    @Override
    int await(long timeoutNanos) {
        if (timeoutNanos >= 0) {
            Timespec.put(timeout.buffer(), Math.min(timeoutNanos, LONGEST_NANOS));
        }
        return syscalls.kevent(kq, null, 0, events, SLOTS, timeoutNanos < 0 ? null : timeout);
    }

    /** (h) */
    @Override
    void collect(int result) throws SyscallException {
        int found = result;
        int before;
        do {
            before = batch.news();
            for (int index = 0; index < found; index++) {
                collectOne(index);
            }
        } while (found == SLOTS
                && batch.news() > before
                && (found = syscalls.kevent(kq, null, 0, events, SLOTS, zero)) > 0);
    }

    private void collectOne(int index) throws SyscallException {
        Entry entry =
                registrations.get((int) abi.ident(events.buffer(), index), (int) abi.udata(events.buffer(), index));
        int filter = abi.filter(events.buffer(), index);
        if (entry == null) { // the waker's, or (k)
            deleteLeftover((int) abi.ident(events.buffer(), index), filter);
            return;
        }
        int flags = abi.flags(events.buffer(), index);
        int bit = filter == abi.EVFILT_READ ? READ : filter == abi.EVFILT_WRITE ? WRITE : EXCEPT;
        if ((flags & EV_ERROR) != 0) {
            reportError(entry, (int) abi.data(events.buffer(), index));
            return;
        }
        if (!entry.isFetched) {
            entry.ended = 0;
        }
        entry.ended |= (flags & EV_EOF) != 0 ? bit : 0;
        report(entry, pollBits(entry, bit, flags, abi.fflags(events.buffer(), index)));
    }

    /** What a deletion that failed has left would be told for ever. */
    private void deleteLeftover(int fd, int filter) {
        if (mayHaveLeftovers && fd != wakerFd && registrations.get(fd) == null) {
            change(fd, filter, EV_DELETE, 0, 0);
        }
    }

    /** (g) */
    private int pollBits(Entry entry, int bit, int flags, int fflags) {
        int bits = bit == READ ? IN : bit == WRITE ? OUT : PRI;
        if ((flags & EV_EOF) == 0 || bit == EXCEPT) {
            return bits;
        }
        if (isLibkqueue && bit == WRITE && fflags == 0 && entry.fileType != Stat.S_IFSOCK) { // (m)
            return pollBits(entry.fd()) & OUT | HUP;
        }
        if (entry.fileType == Stat.S_IFIFO) {
            return bits | (bit == READ ? HUP : ERR);
        }
        return bits | (bit == READ ? RDHUP : 0) | (entry.ended == (READ | WRITE) ? HUP : 0) | (fflags != 0 ? ERR : 0);
    }

    private void reportError(Entry entry, int errno) throws SyscallException {
        if (errno == Errno.EBADF && isClosed(entry)) {
            reportInvalid(entry);
        } else {
            report(entry, ERR);
        }
    }

    @Override
    SyscallException waitFailure(int rc) {
        return Failure.of("kevent", kq + ", NULL, 0, [...], " + SLOTS + ", ...", rc);
    }

    @Override
    boolean owns(int fd) {
        return fd == kq;
    }

    @Override
    void release() {
        syscalls.close(kq);
    }
}
