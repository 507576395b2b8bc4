// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Kqueue.EV_ADD;
import static dev.pollux.abi.Kqueue.EV_CLEAR;
import static dev.pollux.abi.Kqueue.EV_DELETE;
import static dev.pollux.abi.Kqueue.EV_ENABLE;
import static dev.pollux.abi.Kqueue.EV_EOF;
import static dev.pollux.abi.Kqueue.EV_ERROR;
import static dev.pollux.mechanism.KqueueEntry.EXCEPT;
import static dev.pollux.mechanism.KqueueEntry.READ;
import static dev.pollux.mechanism.KqueueEntry.WRITE;
import static dev.pollux.mechanism.PollBits.ERR;
import static dev.pollux.mechanism.PollBits.HUP;
import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;
import static dev.pollux.mechanism.PollBits.PRI;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Stat;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code kqueue(2)}.
 *
 * <ul>
 *   <li>(a) Reading, writing and exceptional data are separate filters with separate events; the batch joins those of
 *       one descriptor.
 *   <li>(b) Each change is a call of its own, with no room for events and no timeout. On every system its error is then
 *       the call's result, and it fetches no pending event. After EINTR the change was made.
 *   <li>(c) EV_ADD does not enable a disabled filter, contrary to the manual, and on NetBSD any change replaces udata:
 *       so the driver always uses ADD and ENABLE with the udata. It leaves an existing level filter alone (libkqueue
 *       refuses to add it again). It adds an edge filter again, which makes it report once more.
 *   <li>(d) EV_ONESHOT is not used: the BSDs report what was ready when it fired, even if it no longer is, and it
 *       covers one filter, not the descriptor. The driver deletes a ONESHOT's filters when its event is delivered.
 *   <li>(e) Adding the write filter of a pipe without a reader fails with EPIPE or EBADF. The driver reports an event:
 *       writable, and the write will fail.
 *   <li>(f) kqueue reports a regular file as readable only before its end. Pollux treats it as always ready, for what
 *       poll(2) reports. The same holds for a device that kqueue refuses, such as /dev/null, if poll(2) reports it
 *       ready both ways. Another refused device, such as a terminal on macOS, is refused here too.
 *   <li>(g) EV_EOF on the read filter: the peer has finished (a pipe: its writers are gone); data may be left. On the
 *       write filter of a pipe: its readers are gone. On that of a socket it may also be our own shutdown, so it means
 *       only "writable" unless the read filter has EOF too. fflags is the pending error.
 *   <li>(h) libkqueue returns at most 512 events a call, and there may be more events than slots: after a full answer
 *       the driver calls again until nothing new comes.
 *   <li>(i) Some systems refuse a timeout of more than a day, so the driver waits at most a day at a time.
 *   <li>(j) The waker is a pipe: EVFILT_USER has three different numbers and is missing on some systems.
 *   <li>(k) udata holds the registration's generation, to recognize stale events of a reused number.
 *   <li>(l) The kernel drops the filters of a closed descriptor silently; deleting them gives ENOENT or EBADF.
 *   <li>(m) libkqueue before 2.7.0 holds its lock while it waits, so a change ends the wait first. It reports an edge
 *       again only if its filters are deleted first. It refuses with EFAULT. Its write filter fires on HUP alone, also
 *       on a full socket, so EV_EOF without an error does not mean "writable": {@code poll(2)} decides.
 *   <li>(n) libkqueue does not notice that a descriptor is closed. While a duplicate is open it goes on reporting the
 *       closed file, and a filter added for its number reports nothing. EV_DELETE for such a number frees memory that
 *       the kernel's event still points to. So {@code fstat} comes before each EV_DELETE, and a stale number gets none.
 *       Once one is reported or armed again, a new kqueue replaces the old one; edges are then reported again.
 * </ul>
 */
public final class KqueueDriver extends Driver {
    private static final int SLOTS = 512;
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(24);

    private final Kqueue.Abi abi = Kqueue.abi();
    private final boolean isLibkqueue = abi == Kqueue.Abi.LIBKQUEUE;
    private final NativeMemory change;
    private final NativeMemory events;
    private final NativeMemory timeout;
    private final NativeMemory zero;
    private final FileStat stat;
    private final PollFds pollfd;

    /** Registrations whose descriptors turned out to be closed; {@link #next} returns them as GONE. */
    private final ArrayDeque<KqueueEntry> gone = new ArrayDeque<>();

    /** Numbers whose filters libkqueue still has although their descriptors were closed: (n). */
    private final BitSet stale = new BitSet();

    /** Whether one of them was reported. */
    private boolean sawStale;

    /** The kernel may have filters that no registration has, because deleting them failed. */
    private boolean mayHaveLeftovers;

    private int wakerFd;
    private int kq;

    /** The next answer, the number of answers, and whether any is new: (h). */
    private int cursor;

    private int count;
    private boolean anyNew;
    private int waits;

    public KqueueDriver(PollerSettings settings) throws SyscallException {
        super(settings, traits());
        change = NativeMemory.allocate(syscalls, abi.sizeBytes());
        events = NativeMemory.allocate(syscalls, SLOTS * abi.sizeBytes());
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        zero = NativeMemory.allocate(syscalls, Timespec.SIZE);
        stat = new FileStat(syscalls);
        pollfd = new PollFds(syscalls, 1);
        kq = create();
    }

    /** (m) */
    private static Trait[] traits() {
        return Kqueue.abi() == Kqueue.Abi.LIBKQUEUE
                ? new Trait[] {Trait.EDGES, Trait.MISSES_CLOSED, Trait.PIPE_WAKER}
                : new Trait[] {Trait.CHANGES_DURING_WAIT, Trait.EDGES, Trait.MISSES_CLOSED, Trait.PIPE_WAKER};
    }

    private int create() throws SyscallException {
        int fd = syscalls.kqueue();
        if (fd < 0) {
            throw Failure.of("kqueue", "", fd);
        }
        return fd;
    }

    @Override
    void watchWaker(Waker waker) throws SyscallException {
        wakerFd = waker.fd();
        int rc = addWaker(kq);
        if (rc < 0) {
            throw failure(rc, wakerFd, "EVFILT_READ, EV_ADD");
        }
    }

    private int addWaker(int queue) {
        return change(queue, wakerFd, abi.EVFILT_READ, EV_ADD | EV_ENABLE, 0, 0);
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.KQUEUE;
    }

    @Override
    public long timeoutResolutionNanos() {
        return 1;
    }

    @Override
    void checkWatchable(int fd, Interest interest) {
        if (interest.isPriority() && !abi.hasExcept()) {
            throw new UnsupportedOperationException(
                    "this system's KQUEUE has no interest PRIORITY (EVFILT_EXCEPT); SELECT and POLL have it");
        }
    }

    /** (b) */
    private int change(int queue, int fd, int filter, int flags, int fflags, int generation) {
        abi.put(change.buffer(), 0, fd, filter, flags, fflags, 0, generation);
        int rc = syscalls.kevent(queue, change, 1, null, 0, null);
        return rc == -Errno.EINTR ? 0 : rc;
    }

    private SyscallException failure(int rc, Object fd, String what) {
        return Failure.of("kevent", kq + ", [{" + fd + ", " + what + "}], 1, NULL, 0, NULL", rc);
    }

    private int filter(int bit) {
        return bit == READ ? abi.EVFILT_READ : bit == WRITE ? abi.EVFILT_WRITE : abi.EVFILT_EXCEPT;
    }

    // Arming.

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new KqueueEntry(terms);
    }

    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        KqueueEntry armed = (KqueueEntry) entry;
        if (armed.fileType == 0) {
            examine(armed);
        }
        if (armed.fileType == Stat.S_IFREG || armed.fileType == Stat.S_IFDIR) {
            return pollBits(armed.fd(), IN | OUT); // (f)
        }
        if (isLibkqueue && armed.trigger().isEdge()) { // (m)
            disarm(armed);
        }
        if (stale.get(armed.fd())) { // (n)
            rebuild();
        }
        return set(armed, READ, interest.isRead())
                | set(armed, WRITE, interest.isWrite())
                | set(armed, EXCEPT, interest.isPriority());
    }

    /** (f), and the file type for (g). */
    private void examine(KqueueEntry entry) throws SyscallException {
        int rc = stat.load(entry.fd());
        if (rc == -Errno.EBADF || rc < 0 && isLibkqueue) { // (n)
            throw Failure.of("fstat", entry.fd() + ", ...", rc);
        }
        entry.fileType = rc < 0 ? Stat.S_IFMT : stat.type();
        entry.device = stat.device();
        entry.inode = stat.inode();
    }

    /** Returns 0, or the poll bits of an always-ready descriptor. */
    private int set(KqueueEntry entry, int bit, boolean on) throws SyscallException {
        boolean isSet = (entry.filters & bit) != 0;
        if (!on && isSet) {
            delete(entry, bit);
        } else if (on && (!isSet || entry.trigger().isEdge())) {
            return add(entry, bit);
        }
        return 0;
    }

    private int add(KqueueEntry entry, int bit) throws SyscallException {
        int rc = add(kq, entry, bit);
        if (rc >= 0) {
            entry.filters |= bit;
            return 0;
        }
        if (entry.fileType == Stat.S_IFCHR && isRefused(rc) && pollBits(entry.fd(), IN | OUT) == (IN | OUT)) { // (f)
            return IN | OUT;
        }
        if (bit == WRITE && (rc == -Errno.EPIPE || rc == -Errno.EBADF && !isClosed(entry))) { // (e)
            return OUT | ERR;
        }
        throw failure(isClosed(entry) ? -Errno.EBADF : rc, entry.fd(), KqueueEntry.filterName(bit) + ", EV_ADD");
    }

    /** (c) */
    private int add(int queue, KqueueEntry entry, int bit) {
        int flags = EV_ADD | EV_ENABLE | (entry.trigger().isEdge() ? EV_CLEAR : 0);
        return change(queue, entry.fd(), filter(bit), flags, bit == EXCEPT ? abi.NOTE_OOB : 0, entry.generation);
    }

    private boolean isRefused(int rc) {
        return isLibkqueue && rc == -Errno.EFAULT
                || rc == -Errno.EPERM
                || rc == -Errno.EINVAL
                || rc == -Errno.ENODEV
                || rc == -Errno.EOPNOTSUPP;
    }

    /** Those of these bits that {@code poll(2)} reports now. */
    private int pollBits(int fd, int asked) {
        pollfd.put(0, fd, asked);
        return syscalls.poll(pollfd.memory(), 1, 0) == 1 ? pollfd.revents(0) & asked : 0;
    }

    /** (l), (n) */
    private void delete(KqueueEntry entry, int bit) throws SyscallException {
        if (isLibkqueue && entry.isStale(stat) != 0) {
            stale.set(entry.fd());
            entry.filters &= ~bit;
            return;
        }
        int rc = change(kq, entry.fd(), filter(bit), EV_DELETE, 0, entry.generation);
        boolean isGone = rc == -Errno.ENOENT || rc == -Errno.EBADF;
        if (isLibkqueue && isGone) { // now another eventfd or timerfd: they share one inode
            stale.set(entry.fd());
        }
        if (rc < 0 && !isGone) {
            mayHaveLeftovers = true;
            throw failure(rc, entry.fd(), KqueueEntry.filterName(bit) + ", EV_DELETE");
        }
        entry.filters &= ~bit;
    }

    @Override
    void disarm(Entry entry) throws SyscallException {
        KqueueEntry disarmed = (KqueueEntry) entry;
        for (int bit = READ; bit <= EXCEPT; bit <<= 1) {
            set(disarmed, bit, false);
        }
    }

    /** Whether a filter is missing: EV_ENABLE fails then, and changes nothing otherwise. */
    @Override
    boolean detectLoss(Entry entry) throws SyscallException {
        KqueueEntry asked = (KqueueEntry) entry;
        int bit = Integer.lowestOneBit(asked.filters);
        if (bit == 0 || isClosed(asked)) {
            return isClosed(asked) || gone.contains(asked);
        }
        if (isLibkqueue) {
            int rc = asked.isStale(stat);
            if (rc < 0) {
                throw Failure.of("fstat", asked.fd() + ", ...", rc);
            }
            return rc > 0;
        }
        int fflags = bit == EXCEPT ? abi.NOTE_OOB : 0;
        int rc = change(kq, asked.fd(), filter(bit), EV_ENABLE, fflags, asked.generation);
        if (rc < 0 && rc != -Errno.ENOENT) {
            throw failure(rc, asked.fd(), KqueueEntry.filterName(bit) + ", EV_ENABLE");
        }
        return rc < 0;
    }

    /** (n) Makes a new kqueue, and closes the old one when the new one is complete. */
    private void rebuild() throws SyscallException {
        int queue = create();
        List<KqueueEntry> closed = new ArrayList<>();
        int rc = addWaker(queue);
        for (Entry entry : registry.all()) {
            rc = rc < 0 ? rc : addAll(queue, (KqueueEntry) entry, closed);
        }
        if (rc < 0) {
            syscalls.close(queue);
            throw failure(rc, "...", "EV_ADD");
        }
        syscalls.close(kq);
        kq = queue;
        for (KqueueEntry entry : closed) {
            entry.filters = 0;
        }
        gone.addAll(closed);
        stale.clear();
        sawStale = false;
        mayHaveLeftovers = false;
    }

    private int addAll(int queue, KqueueEntry entry, List<KqueueEntry> closed) {
        int rc = entry.filters == 0 ? 0 : entry.isStale(stat);
        for (int bit = READ; bit <= EXCEPT && rc == 0; bit <<= 1) {
            rc = (entry.filters & bit) != 0 ? add(queue, entry, bit) : 0;
        }
        if (rc > 0 || rc < 0 && isClosed(entry)) {
            closed.add(entry);
            return 0;
        }
        return rc;
    }

    // Waiting.

    /** (n) */
    @Override
    void beforeWait() throws SyscallException {
        if (sawStale) {
            rebuild();
        }
    }

    /** (i) */
    @Override
    int await(long timeoutNanos) {
        long waitNanos = gone.isEmpty() ? timeoutNanos : 0;
        if (waitNanos >= 0) {
            Timespec.put(timeout.buffer(), Math.min(waitNanos, LONGEST_NANOS));
        }
        waits++;
        int rc = fetch(waitNanos < 0 ? null : timeout);
        return rc < 0 ? rc : rc + gone.size();
    }

    private int fetch(NativeMemory limit) {
        int rc = syscalls.kevent(kq, null, 0, events, SLOTS, limit);
        cursor = 0;
        count = Math.max(rc, 0);
        anyNew = false;
        return rc;
    }

    /** (h) */
    @Override
    boolean hasNext(int index) {
        return cursor < count || count == SLOTS && anyNew && fetch(zero) > 0 || !gone.isEmpty();
    }

    @Override
    Entry next(int index) {
        if (cursor < count) {
            return answer(cursor++);
        }
        bits = PollBits.GONE;
        return takeValid(gone);
    }

    /** Null for an answer of the waker or an ended registration: (k). */
    private Entry answer(int index) {
        int fd = (int) abi.ident(events.buffer(), index);
        KqueueEntry entry = (KqueueEntry) registry.get(fd, (int) abi.udata(events.buffer(), index));
        int filter = abi.filter(events.buffer(), index);
        if (entry == null) {
            skip(fd, filter);
            return null;
        }
        int flags = abi.flags(events.buffer(), index);
        int bit = filter == abi.EVFILT_READ ? READ : filter == abi.EVFILT_WRITE ? WRITE : EXCEPT;
        if (entry.report(bit, waits)) {
            anyNew = true;
        }
        if ((flags & EV_ERROR) != 0) {
            bits = abi.data(events.buffer(), index) == Errno.EBADF && isClosed(entry) ? PollBits.NVAL : ERR;
            return entry;
        }
        entry.ended |= (flags & EV_EOF) != 0 ? bit : 0;
        bits = pollBits(entry, bit, flags, abi.fflags(events.buffer(), index));
        return entry;
    }

    /** (n). Deletes a filter that a failed deletion left, which would be reported for ever. */
    private void skip(int fd, int filter) {
        sawStale |= stale.get(fd);
        if (mayHaveLeftovers && fd != wakerFd && registry.get(fd) == null) {
            change(kq, fd, filter, EV_DELETE, 0, 0);
        }
    }

    /** (g) */
    private int pollBits(KqueueEntry entry, int bit, int flags, int fflags) {
        int filterBits = bit == READ ? IN : bit == WRITE ? OUT : PRI;
        if ((flags & EV_EOF) == 0 || bit == EXCEPT) {
            return filterBits;
        }
        if (isLibkqueue && bit == WRITE && fflags == 0) { // (m)
            return pollBits(entry.fd(), OUT | HUP);
        }
        return filterBits | entry.eofBits(bit, fflags);
    }

    @Override
    SyscallException failure(int rc) {
        return Failure.of("kevent", kq + ", NULL, 0, [...], " + SLOTS + ", ...", rc);
    }

    @Override
    boolean owns(int fd) {
        return fd == kq;
    }

    @Override
    void close() {
        syscalls.close(kq);
    }
}
