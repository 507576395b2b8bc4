// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.Kqueue.EV_ADD;
import static dev.pollux.abi.Kqueue.EV_CLEAR;
import static dev.pollux.abi.Kqueue.EV_DELETE;
import static dev.pollux.abi.Kqueue.EV_DISABLE;
import static dev.pollux.abi.Kqueue.EV_DISPATCH;
import static dev.pollux.abi.Kqueue.EV_ENABLE;
import static dev.pollux.abi.Kqueue.EV_EOF;
import static dev.pollux.abi.Kqueue.EV_ERROR;
import static dev.pollux.abi.Kqueue.EV_ONESHOT;
import static dev.pollux.abi.Kqueue.EV_RECEIPT;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Stat;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A kqueue for Linux: the knotes, the queue and the rules of {@code sys/kern/kern_event.c} in Java, over the real
 * descriptors of this machine. Filters READ, WRITE and, where the ABI has it, EXCEPT.
 *
 * <p>epoll detects the state changes of descriptors: each filter has its own edge-triggered epoll; that of the read
 * filter is the kqueue's descriptor. {@code poll(2)} then tells whether a knote's event holds, as {@code f_event} in
 * the kernel. The errno in {@code fflags} is always EIO, because reading SO_ERROR clears it.
 *
 * <p>It is stricter than most kernels: a timeout of more than 24 hours gives EINVAL, and so does a device or a file.
 */
final class SimulatedKqueue extends ForwardingSyscalls {
    /** The differences between the kernels. */
    enum Manners {
        /** EVFILT_WRITE on a pipe without reader gives EPIPE. Every change replaces udata. */
        FREEBSD,
        /** The same, but only EV_ADD replaces udata. */
        OPENBSD,
        /** EVFILT_WRITE on a pipe without reader gives EBADF. Every change replaces udata. */
        NETBSD,
        /** A oneshot's event is checked again before it is reported; elsewhere it is reported even if it has passed. */
        MACOS,
        /**
         * The library up to 2.6. A change waits until no other thread waits for events. An existing knote cannot be
         * changed, except by EV_CLEAR without EV_ENABLE, which replaces udata and reports nothing again. Every refusal
         * is EFAULT. A hang-up is the end of both filters. A closed descriptor keeps its knotes, and events of a new
         * file under its number are lost. While a duplicate is open, the knotes report the closed file. EV_DELETE then
         * removes the knote but not the kernel's entry; while that entry is ready, each wait ends at once and reports
         * nothing.
         */
        LIBKQUEUE;

        private boolean tellsStaleOneshots() {
            return this != MACOS && this != LIBKQUEUE;
        }
    }

    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(24);
    private static final int POLLRDHUP = 0x2000;
    private static final int FIONREAD = 0x541b;
    private static final int DRAINED = 256;
    private static final int MOST_EVENTS_OF_LIBKQUEUE = 512;

    private final Syscalls linux;
    private final Manners manners;
    private final int mostEvents;
    private final Map<Integer, Queue> queues = new ConcurrentHashMap<>();

    SimulatedKqueue(Syscalls linux) {
        this(linux, Manners.FREEBSD);
    }

    SimulatedKqueue(Syscalls linux, Manners manners) {
        this(linux, manners, manners == Manners.LIBKQUEUE ? MOST_EVENTS_OF_LIBKQUEUE : Integer.MAX_VALUE);
    }

    /** A kqueue that reports at most this many events a call, whatever the number of slots. */
    SimulatedKqueue(Syscalls linux, Manners manners, int mostEvents) {
        super(linux);
        this.linux = linux;
        this.manners = manners;
        this.mostEvents = mostEvents;
    }

    @Override
    public String missing(String function) {
        return function.equals("kqueue") || function.equals("kevent") ? null : super.missing(function);
    }

    @Override
    public int kqueue() {
        Queue queue = new Queue();
        int rc = queue.open();
        if (rc >= 0) {
            queues.put(rc, queue);
        }
        return rc;
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        Queue queue = queues.get(kq);
        return queue == null ? -Errno.EBADF : queue.kevent(changelist, nchanges, eventlist, nevents, timeout);
    }

    /** A closed descriptor loses its knotes in every kqueue; a closed kqueue loses all its knotes. */
    @Override
    public int close(int fd) {
        Queue own = queues.remove(fd);
        if (own != null) {
            return own.close();
        }
        if (manners != Manners.LIBKQUEUE) {
            queues.values().forEach(queue -> queue.descriptorCloses(fd));
        }
        return super.close(fd);
    }

    /** The number of knotes in all kqueues. */
    int knotes() {
        return queues.values().stream().mapToInt(Queue::size).sum();
    }

    private record Key(int fd, int filter) {}

    /** One filter of one descriptor. */
    private static final class Knote {
        final Key key;
        final int serial;
        final int epfd;
        final int flags;
        final boolean isFifo;
        final boolean isSocket;

        /** libkqueue: a level-triggered epoll, which keeps the open file when the descriptor is closed; -1 elsewhere. */
        int levelEpfd = -1;

        int sfflags;
        long udata;
        boolean disabled;
        boolean active;
        int eventFlags;
        int fflags;
        long data;

        Knote(Key key, int serial, int epfd, int flags, int fileType) {
            this.key = key;
            this.serial = serial;
            this.epfd = epfd;
            this.flags = flags;
            this.isFifo = fileType == Stat.S_IFIFO;
            this.isSocket = fileType == Stat.S_IFSOCK;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** One kqueue. Everything in it is guarded by its lock. */
    private final class Queue {
        private final Kqueue.Abi abi = Kqueue.abi();
        private final Epoll.Layout layout = Epoll.layout();
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition nobodyWaits = lock.newCondition();
        private final Map<Key, Knote> knotes = new HashMap<>();
        private final Map<Integer, Knote> bySerial = new HashMap<>();

        /** Active knotes in the order in which they will be reported. */
        private final Set<Knote> queued = new LinkedHashSet<>();

        /** libkqueue: numbers reused before their knotes were deleted; the library believes that it watches them. */
        private final Set<Integer> deaf = new HashSet<>();

        /** libkqueue: the epolls of knotes that were deleted after their descriptors had been closed. */
        private final Set<Integer> orphans = new HashSet<>();

        private final NativeMemory change = NativeMemory.allocate(linux, layout.sizeBytes());
        private final NativeMemory level = NativeMemory.allocate(linux, layout.sizeBytes());
        private final NativeMemory drained = NativeMemory.allocate(linux, DRAINED * layout.sizeBytes());
        private final NativeMemory pollfd = NativeMemory.allocate(linux, PollFd.SIZE);
        private final NativeMemory scratch = NativeMemory.allocate(linux, Stat.SIZE_MAX);
        private int readEpfd = -1;
        private int writeEpfd = -1;
        private int exceptEpfd = -1;
        private int wakeFd = -1;
        private int serials;
        private int waiters;
        private volatile boolean closing;

        // Opening and closing.

        int open() {
            int rc = readEpfd = linux.epollCreate1(Epoll.EPOLL_CLOEXEC);
            rc = rc < 0 ? rc : (writeEpfd = linux.epollCreate1(Epoll.EPOLL_CLOEXEC));
            rc = rc < 0 ? rc : (exceptEpfd = linux.epollCreate1(Epoll.EPOLL_CLOEXEC));
            rc = rc < 0 ? rc : (wakeFd = linux.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
            if (rc < 0) {
                closeDescriptors();
                return rc;
            }
            return readEpfd;
        }

        /** Ends the waits and returns when no thread is in them. */
        int close() {
            closing = true;
            wake();
            lock.lock();
            try {
                while (waiters > 0) {
                    nobodyWaits.awaitUninterruptibly();
                }
                closeDescriptors();
                return 0;
            } finally {
                lock.unlock();
            }
        }

        private void closeDescriptors() {
            for (int fd : List.of(readEpfd, writeEpfd, exceptEpfd, wakeFd)) {
                if (fd >= 0) {
                    linux.close(fd);
                }
            }
            knotes.values().stream().mapToInt(knote -> knote.levelEpfd).forEach(this::closeLevel);
            orphans.forEach(this::closeLevel);
        }

        private void closeLevel(int levelEpfd) {
            if (levelEpfd >= 0) {
                linux.close(levelEpfd);
            }
        }

        int size() {
            lock.lock();
            try {
                return knotes.size();
            } finally {
                lock.unlock();
            }
        }

        private int epoll(int epfd, int op, int fd, int events, int data) {
            change.putInt(layout.eventsOffset(), events);
            change.putLong(layout.dataOffset(), data);
            return linux.epollCtl(epfd, op, fd, change);
        }

        // Changing.

        int kevent(NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
            long nanos = timeout == null ? -1 : nanos(timeout);
            if (timeout != null && nanos < 0) {
                return -Errno.EINVAL;
            }
            lock.lock();
            try {
                int told = 0;
                for (int i = 0; i < nchanges; i++) {
                    int rc = closing ? -Errno.EBADF : register(changelist, i);
                    boolean receipt = (abi.flags(changelist.buffer(), i) & EV_RECEIPT) != 0;
                    if ((rc < 0 || receipt) && told < nevents) {
                        tellOutcome(changelist, i, eventlist, told++, -Math.min(rc, 0));
                    } else if (rc < 0) {
                        return rc;
                    }
                }
                return told > 0 || nevents == 0 ? told : scan(eventlist, Math.min(nevents, mostEvents), nanos);
            } finally {
                lock.unlock();
            }
        }

        /** Returns -1 for an invalid timeout. */
        private long nanos(NativeMemory timeout) {
            long seconds = timeout.getLong(Timespec.TV_SEC);
            long nanos = timeout.getLong(Timespec.TV_NSEC);
            if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || seconds > 24 * 60 * 60) {
                return -1;
            }
            long all = TimeUnit.SECONDS.toNanos(seconds) + nanos;
            return all > LONGEST_NANOS ? -1 : all;
        }

        private void tellOutcome(NativeMemory changelist, int index, NativeMemory eventlist, int slot, int errno) {
            abi.put(
                    eventlist.buffer(),
                    slot,
                    abi.ident(changelist.buffer(), index),
                    abi.filter(changelist.buffer(), index),
                    abi.flags(changelist.buffer(), index) | EV_ERROR,
                    abi.fflags(changelist.buffer(), index),
                    errno,
                    abi.udata(changelist.buffer(), index));
        }

        private int register(NativeMemory changelist, int index) {
            int filter = abi.filter(changelist.buffer(), index);
            int flags = abi.flags(changelist.buffer(), index);
            int fflags = abi.fflags(changelist.buffer(), index);
            long udata = abi.udata(changelist.buffer(), index);
            if (epfd(filter) < 0) {
                return -Errno.EINVAL;
            }
            Key key = new Key((int) abi.ident(changelist.buffer(), index), filter);
            return manners == Manners.LIBKQUEUE
                    ? registerAsLibkqueue(key, flags, fflags, udata)
                    : registerAsBsd(key, flags, fflags, udata);
        }

        private int epfd(int filter) {
            if (filter == abi.EVFILT_READ) {
                return readEpfd;
            } else if (filter == abi.EVFILT_WRITE) {
                return writeEpfd;
            }
            return abi.hasExcept() && filter == abi.EVFILT_EXCEPT ? exceptEpfd : -1;
        }

        /** {@code kqueue_register}. */
        private int registerAsBsd(Key key, int flags, int fflags, long udata) {
            Knote knote = living(key);
            if (linux.fcntl(key.fd, Fcntl.F_GETFD, 0) < 0) {
                return -Errno.EBADF;
            }
            if ((flags & EV_ADD) != 0) {
                if (knote == null) {
                    int rc = attach(key, flags, fflags, udata);
                    if (rc < 0) {
                        return rc;
                    }
                    knote = knotes.get(key);
                } else {
                    knote.udata = udata;
                    knote.sfflags = fflags;
                }
                if (holds(knote)) {
                    activate(knote);
                }
            } else if (knote == null) {
                return -Errno.ENOENT;
            } else if ((flags & EV_DELETE) != 0) {
                drop(knote);
                return 0;
            } else if (manners != Manners.OPENBSD) {
                knote.udata = udata;
            }
            enableOrDisable(knote, flags);
            return 0;
        }

        private void enableOrDisable(Knote knote, int flags) {
            if ((flags & EV_DISABLE) != 0) {
                knote.disabled = true;
            }
            if ((flags & EV_ENABLE) != 0 && knote.disabled) {
                knote.disabled = false;
                if (knote.active) {
                    enqueue(knote);
                }
            }
        }

        /** {@code kevent_copyin_one}. */
        private int registerAsLibkqueue(Key key, int flags, int fflags, long udata) {
            Knote knote = knotes.get(key);
            if (knote == null) {
                int rc = (flags & EV_ADD) != 0 ? attach(key, flags, fflags, udata) : -Errno.ENOENT;
                return rc < 0 && rc != -Errno.ENOENT ? -Errno.EFAULT : rc;
            }
            if ((flags & EV_DELETE) != 0) {
                boolean alive = isAlive(knote);
                boolean known = alive || linux.fcntl(key.fd, Fcntl.F_GETFD, 0) < 0;
                if (!alive) {
                    orphans.add(knote.levelEpfd);
                    knote.levelEpfd = -1;
                }
                drop(knote);
                if (!known) {
                    deaf.add(key.fd);
                }
                return known ? 0 : -Errno.ENOENT;
            }
            if ((flags & (EV_DISABLE | EV_ENABLE)) != 0) {
                enableOrDisable(knote, flags);
            } else if ((flags & EV_CLEAR) == 0) {
                return -Errno.EFAULT;
            } else {
                knote.udata = udata;
            }
            return 0;
        }

        private int attach(Key key, int flags, int fflags, long udata) {
            int fileType = linux.fstat(key.fd, scratch) < 0 ? 0 : Stat.mode(scratch.buffer()) & Stat.S_IFMT;
            if (key.filter == abi.EVFILT_WRITE
                    && fileType == Stat.S_IFIFO
                    && manners != Manners.LIBKQUEUE
                    && (poll(key.fd, PollFd.POLLOUT) & PollFd.POLLERR) != 0) {
                return manners == Manners.NETBSD ? -Errno.EBADF : -Errno.EPIPE;
            }
            Knote knote = new Knote(key, ++serials, epfd(key.filter), flags, fileType);
            knote.sfflags = fflags;
            knote.udata = udata;
            knote.disabled = (flags & EV_DISABLE) != 0;
            int rc = deaf.contains(key.fd) ? 0 : watch(knote, Epoll.EPOLL_CTL_ADD);
            if (rc == -Errno.EEXIST) { // closed and duplicated back meanwhile
                rc = watch(knote, Epoll.EPOLL_CTL_MOD);
            }
            if (rc >= 0 && manners == Manners.LIBKQUEUE) {
                rc = watchLevel(knote);
            }
            if (rc < 0) {
                return rc == -Errno.EPERM ? -Errno.EINVAL : rc;
            }
            knotes.put(key, knote);
            bySerial.put(knote.serial, knote);
            return 0;
        }

        private int watchLevel(Knote knote) {
            knote.levelEpfd = linux.epollCreate1(Epoll.EPOLL_CLOEXEC);
            return knote.levelEpfd < 0 || deaf.contains(knote.key.fd)
                    ? Math.min(knote.levelEpfd, 0)
                    : epoll(knote.levelEpfd, Epoll.EPOLL_CTL_ADD, knote.key.fd, asked(knote), 0);
        }

        private int watch(Knote knote, int op) {
            return epoll(knote.epfd, op, knote.key.fd, asked(knote) | Epoll.EPOLLET, knote.serial);
        }

        private int asked(Knote knote) {
            return knote.epfd == readEpfd
                    ? PollFd.POLLIN | POLLRDHUP
                    : knote.epfd == writeEpfd ? PollFd.POLLOUT : PollFd.POLLPRI;
        }

        /** The knote, unless its descriptor was closed meanwhile and the number is free or reused. */
        private Knote living(Key key) {
            Knote knote = knotes.get(key);
            if (knote == null || isAlive(knote)) {
                return knote;
            }
            drop(knote);
            return null;
        }

        /** epoll identifies a descriptor by its open file: EEXIST for the same file, success for another. */
        private boolean isAlive(Knote knote) {
            int rc = watch(knote, Epoll.EPOLL_CTL_ADD);
            if (rc >= 0) {
                epoll(knote.epfd, Epoll.EPOLL_CTL_DEL, knote.key.fd, 0, 0);
            }
            return rc == -Errno.EEXIST;
        }

        private void drop(Knote knote) {
            knotes.remove(knote.key);
            bySerial.remove(knote.serial);
            queued.remove(knote);
            closeLevel(knote.levelEpfd);
            epoll(knote.epfd, Epoll.EPOLL_CTL_DEL, knote.key.fd, 0, 0);
        }

        /** {@code knote_fdclose}. */
        void descriptorCloses(int fd) {
            lock.lock();
            try {
                for (int filter : List.of(abi.EVFILT_READ, abi.EVFILT_WRITE, abi.EVFILT_EXCEPT)) {
                    Knote knote = knotes.get(new Key(fd, filter));
                    if (knote != null) {
                        drop(knote);
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        // Reporting.

        private void activate(Knote knote) {
            knote.active = true;
            if (!knote.disabled) {
                enqueue(knote);
            }
        }

        private void enqueue(Knote knote) {
            if (queued.add(knote) && waiters > 0) {
                wake();
            }
        }

        private void wake() {
            NativeMemory one = NativeMemory.allocate(linux, Long.BYTES);
            one.putLong(0, 1);
            linux.write(wakeFd, one, 0, Long.BYTES);
        }

        /** {@code kqueue_scan}. */
        private int scan(NativeMemory eventlist, int slots, long timeoutNanos) {
            long startNanos = System.nanoTime();
            for (; ; ) {
                activateWhatChanged();
                int told = tell(eventlist, slots);
                long leftNanos = timeoutNanos < 0 ? -1 : timeoutNanos - (System.nanoTime() - startNanos);
                if (told > 0 || timeoutNanos == 0 || timeoutNanos > 0 && leftNanos <= 0 || isAnyOrphanReady()) {
                    return told;
                }
                int rc = closing ? -Errno.EBADF : sleep(leftNanos);
                if (rc < 0 || closing) {
                    return rc < 0 ? rc : -Errno.EBADF;
                }
            }
        }

        /** The library holds its lock while it waits, the kernels do not. */
        private int sleep(long nanos) {
            int[] fds = {readEpfd, writeEpfd, exceptEpfd, wakeFd};
            NativeMemory pollfds = NativeMemory.allocate(linux, fds.length * PollFd.SIZE);
            for (int i = 0; i < fds.length; i++) {
                pollfds.putInt(i * PollFd.SIZE + PollFd.FD, fds[i]);
                pollfds.putShort(i * PollFd.SIZE + PollFd.EVENTS, (short) PollFd.POLLIN);
            }
            NativeMemory timeout = NativeMemory.allocate(linux, Timespec.SIZE);
            Timespec.put(timeout.buffer(), Math.max(nanos, 0));
            boolean unlocks = manners != Manners.LIBKQUEUE;
            waiters++;
            if (unlocks) {
                lock.unlock();
            }
            try {
                return linux.ppoll(pollfds, fds.length, nanos < 0 ? null : timeout);
            } finally {
                if (unlocks) {
                    lock.lock();
                }
                if (--waiters == 0) {
                    nobodyWaits.signalAll();
                }
                if (!closing) {
                    linux.read(wakeFd, scratch, 0, Long.BYTES);
                }
            }
        }

        /** What {@code KNOTE} does in the kernel, at the time of the change. */
        private void activateWhatChanged() {
            activateWhatChanged(readEpfd);
            activateWhatChanged(writeEpfd);
            activateWhatChanged(exceptEpfd);
        }

        private void activateWhatChanged(int epfd) {
            int count;
            do {
                count = linux.epollWait(epfd, drained, DRAINED, 0);
                for (int i = 0; i < count; i++) {
                    int serial = (int) drained.getLong(i * layout.sizeBytes() + layout.dataOffset());
                    Knote knote = bySerial.get(serial);
                    if (knote != null && !queued.contains(knote) && isWatched(knote) && holds(knote)) {
                        activate(knote);
                    }
                }
            } while (count == DRAINED);
        }

        private boolean isWatched(Knote knote) {
            return manners == Manners.LIBKQUEUE || isAlive(knote);
        }

        private int tell(NativeMemory eventlist, int slots) {
            int told = 0;
            for (Knote knote : List.copyOf(queued)) {
                if (told == slots) {
                    break;
                }
                queued.remove(knote);
                if (knote.disabled) {
                    continue;
                }
                if (!isWatched(knote)) {
                    drop(knote);
                    continue;
                }
                boolean asItWas = knote.has(EV_ONESHOT) && manners.tellsStaleOneshots();
                if (!asItWas && !holds(knote)) {
                    knote.active = false;
                    continue;
                }
                put(knote, eventlist, told++);
                if (knote.has(EV_ONESHOT)) {
                    drop(knote);
                } else if (knote.has(EV_CLEAR | EV_DISPATCH)) {
                    knote.active = false;
                    knote.disabled |= knote.has(EV_DISPATCH);
                } else {
                    queued.add(knote);
                }
            }
            return told;
        }

        private void put(Knote knote, NativeMemory eventlist, int slot) {
            abi.put(
                    eventlist.buffer(),
                    slot,
                    knote.key.fd,
                    knote.key.filter,
                    knote.flags | knote.eventFlags,
                    knote.fflags,
                    knote.data,
                    knote.udata);
        }

        private int poll(int fd, int events) {
            pollfd.putInt(PollFd.FD, fd);
            pollfd.putShort(PollFd.EVENTS, (short) events);
            pollfd.putShort(PollFd.REVENTS, (short) 0);
            int rc = linux.poll(pollfd, 1, 0);
            return rc < 0 ? 0 : pollfd.getShort(PollFd.REVENTS);
        }

        private int levelBits(int levelEpfd) {
            return linux.epollWait(levelEpfd, level, 1, 0) == 1 ? level.getInt(layout.eventsOffset()) : 0;
        }

        private boolean isAnyOrphanReady() {
            return orphans.stream().anyMatch(levelEpfd -> levelBits(levelEpfd) != 0);
        }

        /** {@code f_event}: whether the event holds now, and with which flags. */
        private boolean holds(Knote knote) {
            int bits = manners == Manners.LIBKQUEUE ? levelBits(knote.levelEpfd) : poll(knote.key.fd, asked(knote));
            knote.eventFlags = 0;
            knote.fflags = 0;
            knote.data = 0;
            if ((bits & PollFd.POLLNVAL) != 0) {
                return false;
            } else if (knote.epfd == exceptEpfd) {
                knote.fflags = knote.sfflags & abi.NOTE_OOB;
                return (bits & PollFd.POLLPRI) != 0;
            }
            boolean ends = knote.epfd == readEpfd ? readEnds(knote, bits) : writeEnds(knote, bits);
            if (ends) {
                knote.eventFlags = EV_EOF;
                knote.fflags = (bits & PollFd.POLLERR) != 0 && tellsError(knote) ? Errno.EIO : 0;
            }
            if (knote.epfd == readEpfd) {
                knote.data = linux.ioctl(knote.key.fd, FIONREAD, scratch) < 0 ? 0 : scratch.getInt(0);
                return (bits & (PollFd.POLLIN | PollFd.POLLHUP | PollFd.POLLERR)) != 0;
            }
            return (bits & (PollFd.POLLOUT | PollFd.POLLERR)) != 0
                    || manners == Manners.LIBKQUEUE && (bits & PollFd.POLLHUP) != 0;
        }

        private boolean tellsError(Knote knote) {
            return knote.isSocket || manners == Manners.LIBKQUEUE;
        }

        private boolean readEnds(Knote knote, int bits) {
            int ending = PollFd.POLLHUP | POLLRDHUP;
            if (knote.isFifo || manners == Manners.LIBKQUEUE) {
                ending |= PollFd.POLLERR;
            }
            return (bits & ending) != 0;
        }

        private boolean writeEnds(Knote knote, int bits) {
            if (manners == Manners.LIBKQUEUE) {
                return (bits & (PollFd.POLLHUP | PollFd.POLLERR)) != 0;
            }
            return (bits & (knote.isFifo ? PollFd.POLLERR : PollFd.POLLHUP)) != 0;
        }
    }
}
