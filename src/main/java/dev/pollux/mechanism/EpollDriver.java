// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Epoll.EPOLLET;
import static dev.pollux.abi.Epoll.EPOLLEXCLUSIVE;
import static dev.pollux.abi.Epoll.EPOLLIN;
import static dev.pollux.abi.Epoll.EPOLLONESHOT;
import static dev.pollux.abi.Epoll.EPOLLRDHUP;
import static dev.pollux.abi.Epoll.EPOLL_CLOEXEC;
import static dev.pollux.abi.Epoll.EPOLL_CTL_ADD;
import static dev.pollux.abi.Epoll.EPOLL_CTL_DEL;
import static dev.pollux.abi.Epoll.EPOLL_CTL_MOD;
import static dev.pollux.mechanism.PollBits.IN;
import static dev.pollux.mechanism.PollBits.OUT;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Os;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.util.ArrayDeque;

/**
 * {@code epoll(7)}.
 *
 * <ul>
 *   <li>(a) An event carries 64 bits of user data: the descriptor in the low half, the registration's generation in the
 *       high half. An event of an ended generation is skipped.
 *   <li>(b) A descriptor that is closed while a duplicate of it is open stays in the kernel's list. It is still
 *       reported, and EPOLL_CTL_DEL fails with EBADF: see {@link StaleEntries}. Once that is proven the list is
 *       rebuilt.
 *   <li>(c) The kernel refuses regular files, directories and the like with EPERM: they are always ready.
 *   <li>(d) The kernel reports HUP and ERR whatever the interest. So an entry with interest NONE leaves the list, and a
 *       muted entry is made edge-triggered: it is reported again when its state changes.
 *   <li>(e) A ONESHOT that has fired is silent, even on HUP, until EPOLL_CTL_MOD, which reports current readiness
 *       again.
 *   <li>(f) The kernel drops a closed descriptor silently. DEL and MOD then give EBADF or ENOENT, so a cancel ignores
 *       these, and ADD succeeds although the registry has the entry.
 *   <li>(g) {@code epoll_pwait2} takes nanoseconds. libc may have it where the kernel or a seccomp filter refuses it,
 *       so the constructor calls it once. {@code epoll_wait} is cheaper, and serves every wait of whole milliseconds.
 *   <li>(h) EPOLLEXCLUSIVE works with EPOLL_CTL_ADD only, and not with EPOLLRDHUP, EPOLLPRI or EPOLLONESHOT. MOD gives
 *       EINVAL if the entry or the change has it, so DEL and ADD change an exclusive entry. A kernel before Linux 4.5
 *       ignores the bit; a MOD with it tells.
 *   <li>(i) EPIOCSPARAMS sets one epoll descriptor, so a rebuilt list needs it again. Kernels before 6.9 return ENOTTY,
 *       those built without it EOPNOTSUPP.
 *   <li>(j) Re-arming a ONESHOT costs an EPOLL_CTL_MOD each time: see {@link LazyOneshots}.
 *   <li>(k) EPOLLET reports each write to an eventfd, even if earlier writes were not read. So the waker is not read.
 *   <li>(l) The list identifies an entry by its number and its open file. A stale entry may have both: its descriptor
 *       was duplicated back to its number, or EPOLL_CTL_DEL failed. ADD then gives EEXIST until the stale entry is
 *       deleted.
 * </ul>
 */
public final class EpollDriver extends Driver {
    private static final int MAX_EVENTS = 1 << 20;
    private static final Epoll.Layout LAYOUT = Epoll.layout();

    /** The waker's generation, which no registration has. */
    private static final int WAKER = 0;

    private final NativeMemory change;
    private final NativeMemory timeout;
    private final NativeMemory params;
    private final boolean nanoseconds;
    private final LazyOneshots lazyOneshots = new LazyOneshots();
    private final StaleEntries staleEntries = new StaleEntries();

    /** Registrations whose descriptors turned out to be closed; {@link #next} returns them as GONE. */
    private final ArrayDeque<EpollEntry> gone = new ArrayDeque<>();

    private int wakerFd;
    private int wakerEvents;
    private int epfd;
    private boolean takesExclusive;
    private NativeMemory events;

    /** How many events there is room for. */
    private int maxevents;

    /** The number of events of the last wait. */
    private int count;

    /** The number of its answers: the events, then {@link #gone}. */
    private int answers;

    /** The result of {@link #needsLock()}, in one field because each poll reads it. For the polling thread. */
    private boolean needsLock;

    /** Whether the last wait was an {@code epoll_pwait2}: (g). */
    private boolean waitsInNanos;

    /**
     * Counts the waits; written by the polling thread. A changer that reads a stale value makes one extra system call.
     */
    private int waits;

    public EpollDriver(PollerSettings settings) throws SyscallException {
        super(
                settings,
                Trait.CHANGES_DURING_WAIT,
                Trait.EDGES,
                Trait.STABLE_ANSWERS,
                Trait.MISSES_CLOSED,
                Trait.MUTES_BY_EDGE,
                Trait.CHEAP_LOOK,
                Trait.BUSY_POLL);
        change = NativeMemory.allocate(syscalls, LAYOUT.sizeBytes());
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        makeRoom(64);
        params = settings.busyPoll() == null ? null : settings.busyPoll().params(syscalls);
        epfd = create();
        try {
            int rc = setBusyPoll(epfd);
            if (rc < 0) {
                throw settings.busyPoll().refused(epfd, rc);
            }
            nanoseconds = syscalls.epollPwait2(epfd, events, 1, timeout) >= 0;
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private int create() throws SyscallException {
        int fd = syscalls.epollCreate1(EPOLL_CLOEXEC);
        if (fd < 0) {
            throw Failure.of("epoll_create1", "EPOLL_CLOEXEC", fd);
        }
        return fd;
    }

    /** (i) Returns 0 or -errno. */
    private int setBusyPoll(int list) {
        return params == null ? 0 : syscalls.ioctl(list, Epoll.EPIOCSPARAMS, params);
    }

    @Override
    void watchWaker(Waker waker) throws SyscallException {
        wakerFd = waker.fd();
        wakerEvents = Os.here() == Os.LINUX && waker.leaveUnread() ? EPOLLIN | EPOLLET : EPOLLIN; // (k)
        int rc = control(epfd, EPOLL_CTL_ADD, wakerFd, wakerEvents, WAKER);
        if (rc < 0) {
            throw failure(EPOLL_CTL_ADD, wakerFd, rc);
        }
    }

    private int control(int list, int op, int fd, int eventBits, int generation) {
        change.putInt(LAYOUT.eventsOffset(), eventBits);
        change.putLong(LAYOUT.dataOffset(), (long) generation << 32 | fd);
        return syscalls.epollCtl(list, op, fd, change);
    }

    private int control(int op, Entry entry, int eventBits) {
        return control(epfd, op, entry.fd(), eventBits, entry.generation);
    }

    private SyscallException failure(int op, int fd, int rc) {
        return Failure.of("epoll_ctl", epfd + ", " + Epoll.opName(op) + ", " + fd, rc);
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    public long timeoutResolutionNanos() {
        return nanoseconds ? 1 : NANOS_PER_MILLI;
    }

    /** (h) */
    @Override
    boolean supportsExclusive() {
        if (!takesExclusive) {
            takesExclusive =
                    control(epfd, EPOLL_CTL_MOD, wakerFd, wakerEvents | EPOLLEXCLUSIVE, WAKER) == -Errno.EINVAL;
        }
        return takesExclusive;
    }

    // Arming.

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new EpollEntry(terms);
    }

    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        EpollEntry armed = (EpollEntry) entry;
        if (armed.state() == State.FIRED) {
            lazyOneshots.countRearm(armed, waits);
        }
        boolean lazy = lazyOneshots.isKept(armed);
        int eventBits = eventBits(armed, interest)
                | (armed.trigger().isEdge() ? EPOLLET : 0)
                | (armed.trigger().isOneshot() && !lazy ? EPOLLONESHOT : 0);
        return lazy && armed.listedEvents == eventBits ? 0 : list(armed, eventBits);
    }

    /** (h) The bits of epoll are those of poll. */
    private static int eventBits(Entry entry, Interest interest) {
        return entry.exclusive ? PollBits.events(interest, 0) | EPOLLEXCLUSIVE : PollBits.events(interest, EPOLLRDHUP);
    }

    /** Adds to the kernel's list, or modifies the listed entry. */
    private int list(EpollEntry entry, int eventBits) throws SyscallException {
        if (entry.exclusive && entry.isListed()) { // (h)
            remove(entry);
        }
        int op = entry.isListed() ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        int rc = control(op, entry, eventBits);
        if (rc == -Errno.EEXIST) { // (l)
            rc = replaceStale(entry, eventBits);
        }
        if (rc == -Errno.EPERM) { // (c)
            return IN | OUT;
        }
        if (rc < 0) {
            throw failure(op, entry.fd(), rc);
        }
        entry.listedEvents = eventBits;
        return 0;
    }

    /** Removes from the list. Unlike {@link #disarm}, fails if the kernel has lost the entry. */
    private void remove(EpollEntry entry) throws SyscallException {
        int rc = control(EPOLL_CTL_DEL, entry, 0);
        if (rc < 0) {
            staleEntries.suspect();
            throw failure(EPOLL_CTL_DEL, entry.fd(), rc);
        }
        entry.listedEvents = 0;
    }

    private int replaceStale(EpollEntry entry, int eventBits) {
        int rc = control(EPOLL_CTL_DEL, entry, 0);
        return rc < 0 ? rc : control(EPOLL_CTL_ADD, entry, eventBits);
    }

    /** (d), (f) */
    @Override
    void disarm(Entry entry) throws SyscallException {
        EpollEntry armed = (EpollEntry) entry;
        if (!armed.isListed()) {
            return;
        }
        int rc = control(EPOLL_CTL_DEL, armed, 0);
        if (rc < 0) {
            staleEntries.suspect();
        }
        if (rc < 0 && rc != -Errno.EBADF && rc != -Errno.ENOENT) {
            throw failure(EPOLL_CTL_DEL, armed.fd(), rc);
        }
        armed.listedEvents = 0;
    }

    /** (e) A muted ONESHOT is listed with EPOLLET, a lazy one with neither flag: (j). */
    @Override
    void fired(Entry entry) throws SyscallException {
        EpollEntry fired = (EpollEntry) entry;
        fired.firedInWait = waits;
        if ((fired.listedEvents & EPOLLONESHOT) != 0) {
            return;
        }
        if ((fired.listedEvents & EPOLLET) != 0) {
            disarm(fired);
        } else if (fired.isListed()) {
            lazyOneshots.addFired(fired);
            needsLock = true;
        }
    }

    /** (d) */
    @Override
    void mute(Entry entry) throws SyscallException {
        list((EpollEntry) entry, eventBits(entry, entry.interest()) | EPOLLET);
    }

    /** A ONESHOT stays edge-triggered, and leaves the list when it fires. */
    @Override
    void unmute(Entry entry) throws SyscallException {
        if (!entry.trigger().isOneshot()) {
            arm(entry, entry.interest());
        }
    }

    /** (f) */
    @Override
    boolean detectLoss(Entry entry) throws SyscallException {
        EpollEntry asked = (EpollEntry) entry;
        if (!asked.isListed() || asked.hasClosedChannel()) {
            return isClosed(asked) || gone.contains(asked);
        }
        int rc = control(epfd, EPOLL_CTL_ADD, asked.fd(), EPOLLONESHOT, WAKER); // its events are skipped
        if (rc >= 0) {
            staleEntries.suspect();
            asked.listedEvents = 0;
            control(EPOLL_CTL_DEL, asked, 0); // if that fails: (l)
        } else if (rc != -Errno.EEXIST && rc != -Errno.EPERM && rc != -Errno.EBADF) {
            throw failure(EPOLL_CTL_ADD, asked.fd(), rc);
        }
        return rc != -Errno.EEXIST;
    }

    // Waiting.

    @Override
    boolean needsLock() {
        return needsLock;
    }

    @Override
    void beforeWait() throws SyscallException {
        for (EpollEntry entry = lazyOneshots.takeUnarmed(); entry != null; entry = lazyOneshots.takeUnarmed()) {
            silence(entry);
        }
        if (staleEntries.beginWait()) {
            rebuild();
        }
        needsLock = staleEntries.needsWholeFetch() || !gone.isEmpty();
    }

    /** (j) Lists it as a fired ONESHOT, which also detects a closed descriptor. */
    private void silence(EpollEntry entry) throws SyscallException {
        int rc = control(EPOLL_CTL_MOD, entry, EPOLLONESHOT);
        if (rc == -Errno.EBADF || rc == -Errno.ENOENT) {
            gone.add(entry);
        } else if (rc < 0) {
            lazyOneshots.addFired(entry);
            throw failure(EPOLL_CTL_MOD, entry.fd(), rc);
        } else {
            entry.listedEvents = EPOLLONESHOT;
        }
    }

    /**
     * (b) Makes a new list, and closes the old one when the new one is complete. If that fails, the old one stays and
     * the rebuild is retried some waits later.
     */
    private void rebuild() {
        staleEntries.postpone();
        int list = syscalls.epollCreate1(EPOLL_CLOEXEC);
        if (list < 0) {
            return;
        }
        boolean complete = setBusyPoll(list) >= 0 && control(list, EPOLL_CTL_ADD, wakerFd, wakerEvents, WAKER) >= 0;
        for (Entry entry : registry.all()) {
            complete = complete && copy((EpollEntry) entry, list);
        }
        syscalls.close(complete ? epfd : list);
        if (complete) {
            epfd = list;
            staleEntries.clear();
        }
    }

    /**
     * False if an open descriptor could not be added. A fired ONESHOT stays silent: (e). The old list is asked after the
     * ADD: if it has lost the entry, the number may belong to another file.
     */
    private boolean copy(EpollEntry entry, int list) {
        if (!entry.isListed()) {
            return true;
        }
        int eventBits = entry.state() == State.FIRED ? EPOLLONESHOT : entry.listedEvents;
        int rc = control(list, EPOLL_CTL_ADD, entry.fd(), eventBits, entry.generation);
        try {
            if (!detectLoss(entry)) {
                return rc >= 0;
            }
        } catch (SyscallException e) {
            return false;
        }
        entry.listedEvents = 0;
        gone.add(entry);
        return rc < 0 || control(list, EPOLL_CTL_DEL, entry.fd(), 0, 0) >= 0;
    }

    @Override
    int await(long timeoutNanos) {
        int registered = registry.size();
        if (registered >= maxevents && maxevents < MAX_EVENTS) { // one call is to report all ready ones
            makeRoom(2 * Math.min(registered + 1, MAX_EVENTS / 2));
        }
        long waitNanos = gone.isEmpty() ? timeoutNanos : 0;
        waits++;
        waitsInNanos = nanoseconds && waitNanos > 0 && waitNanos % NANOS_PER_MILLI != 0;
        int rc;
        if (waitsInNanos) {
            Timespec.put(timeout.buffer(), waitNanos);
            rc = syscalls.epollPwait2(epfd, events, maxevents, timeout);
        } else {
            rc = syscalls.epollWait(epfd, events, maxevents, millisRoundedUp(waitNanos));
        }
        count = Math.max(rc, 0);
        answers = count + gone.size();
        return rc < 0 ? rc : answers;
    }

    private void makeRoom(int wanted) {
        events = NativeMemory.allocate(syscalls, wanted * LAYOUT.sizeBytes());
        maxevents = wanted;
    }

    @Override
    boolean hasNext(int index) {
        return index < answers;
    }

    /** (a) */
    @Override
    Entry next(int index) {
        if (index >= count) {
            return takeValid(gone);
        }
        int offset = index * LAYOUT.sizeBytes();
        long data = events.getLong(offset + LAYOUT.dataOffset());
        int generation = (int) (data >>> 32);
        Entry entry = registry.get((int) data, generation);
        if (entry == null && generation != WAKER) {
            needsLock |= staleEntries.see();
        }
        return entry;
    }

    @Override
    int bits(int index) {
        return index < count ? events.getInt(index * LAYOUT.sizeBytes() + LAYOUT.eventsOffset()) : PollBits.GONE;
    }

    @Override
    SyscallException failure(int rc) {
        String arguments = epfd + ", [...], " + maxevents + ", ...";
        return Failure.of(waitsInNanos ? "epoll_pwait2" : "epoll_wait", arguments, rc);
    }

    @Override
    boolean owns(int fd) {
        return fd == epfd;
    }

    @Override
    void close() {
        syscalls.close(epfd);
    }
}
