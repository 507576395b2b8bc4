// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Stat;
import dev.pollux.syscall.ChannelBridge;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The promise of {@link Poller}, kept once for all mechanisms: threads, deadlines, wakeups, generations, delivery. A
 * mechanism, in its own file, says how to arm, disarm, wait and collect.
 *
 * <p>One lock guards the table and everything a mechanism keeps. It is released in two places only: while the kernel
 * waits and while a handler runs. A change by another thread that must not meet the kernel's wait wakes the polling
 * thread first and holds it outside until the change is made.
 *
 * <p>A poll that meets nothing unusual does without the lock: it says that it waits, and only then looks whether there
 * is anything {@link #unusual}; who makes it so says that first, and only then looks whether somebody waits. So one of
 * the two always sees the other.
 */
public abstract class KernelPoller implements Poller {
    static final long NANOS_PER_MILLI = 1_000_000;

    /** How often a wait that failed on a closed descriptor is taken up again though none was found. */
    private static final int VAIN_LOOKS = 3;

    /** In each 1024th wait the descriptors of all that is ready are checked. */
    private static final int CLOSED_CHECK_MASK = 0x3ff;

    /** How many numbers each poll looks up, in turn, for closed channels. */
    private static final int SWEPT_NUMBERS = 4;

    /** How often a hushed descriptor is looked at again. */
    private static final long RELOOK_NANOS = 50_000_000;

    /** Nobody polls; somebody does, and is not in the kernel; or may be there. */
    private static final int IDLE = 0;

    private static final int BUSY = 1;
    private static final int WAITING = 2;

    final Syscalls syscalls;
    final Registrations registrations = new Registrations();
    final Batch batch = new Batch();

    private final NativeMemory stat;
    private final Entry.Owner owner = new Owner();
    private final Binding binding;
    private final long spinNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition waitingChanged = lock.newCondition();
    private final AtomicInteger phase = new AtomicInteger(IDLE);
    private final List<Entry> constants = new ArrayList<>();
    private final List<Entry> hushed = new ArrayList<>();

    /** Entries whose change failed half-way: before the next wait the kernel is asked again for what they stand for. */
    private final List<Entry> unsettled = new ArrayList<>();

    /** What a handler has modified before its turn came: it keeps its place, or others would be told first for ever. */
    private final List<Entry> modified = new ArrayList<>();

    private Waker waker;
    private Thread pollingThread;
    private int changers;
    private int foundAtOnce;

    /** Counts the waits; only the polling thread does. */
    private final AtomicInteger waits = new AtomicInteger();

    /** Whether a poll has to look at more than what the kernel says: see {@link #settle}. */
    private volatile boolean unusual;

    private long hushedAtNanos;
    private volatile boolean open = true;

    KernelPoller(PollerSettings settings) {
        this.syscalls = settings.syscalls();
        this.stat = NativeMemory.allocate(syscalls, Stat.SIZE_MAX);
        this.binding = settings.binding();
        this.spinNanos = settings.spinNanos();
        if (settings.busyPoll() != null && !takesBusyPoll()) {
            throw new UnsupportedOperationException(mechanism()
                    + " has no busy polling: only EPOLL has it, on Linux 6.9 and later; spin(Duration) is for all");
        }
    }

    // What a mechanism says, always with the lock held but for await.

    /** Whether registrations may change in the kernel while it waits; if not, the waiting thread is called out first. */
    abstract boolean changesWhileWaiting();

    /** Whether the mechanism does what {@link BusyPoll} asks; the kernel is asked when it is opened. */
    boolean takesBusyPoll() {
        return false;
    }

    /** Whether the kernel can wake one of many pollers for an entry that is marked so. */
    boolean takesExclusive() {
        return false;
    }

    /** Throws if the mechanism cannot watch this descriptor, or not for this. */
    void checkWatchable(int fd, Interest interest) throws IOException {}

    /**
     * Has the kernel watch the entry for this interest, which is not NONE, from now on, also when it watches for
     * another one or has fired. If it fails the kernel may have made a part of the change, which {@code kernelState}
     * then says; the entry is armed again before the next wait.
     */
    abstract void arm(Entry entry, Interest interest) throws SyscallException;

    /**
     * Has the kernel let go of the entry; nothing to do if it has already. If it fails, what the kernel still has does no
     * harm: its events are recognized as nobody's, and the number can be armed again.
     */
    abstract void disarm(Entry entry) throws SyscallException;

    /** A ONESHOT was delivered: sees to it that the kernel is silent about it. */
    void fired(Entry entry) throws SyscallException {
        disarm(entry);
    }

    /** Silences an entry whose hang-up or error nobody asked for, but not for ever: see {@link #relook}. */
    void hush(Entry entry) throws SyscallException {
        disarm(entry);
        hushed.add(entry);
        hushedAtNanos = System.nanoTime();
    }

    /** A hushed entry has something to say after all. */
    void unhush(Entry entry) throws SyscallException {
        entry.hushed = false;
    }

    /**
     * Whether the kernel does not know this registration any more, though it was never cancelled; throws if the kernel
     * does not say.
     */
    boolean isLost(Entry entry) throws SyscallException {
        return false;
    }

    /** Whether the kernel drops closed descriptors without telling. */
    boolean forgetsSilently() {
        return false;
    }

    /** What is left to do before the kernel waits. */
    void prepare() throws SyscallException {}

    /** Waits in the kernel, without the lock; at most so long, 0 looks, negative is for ever. The call's result. */
    abstract int await(long timeoutNanos);

    /** Calls {@link #report} for what {@link #await} found; its result was positive. */
    abstract void collect(int result) throws SyscallException;

    /** Whether {@link #deliverAtOnce} can be asked. */
    boolean deliversAtOnce() {
        return false;
    }

    /**
     * Delivers what {@link #await} found, without the lock and without a batch, up to the first answer that is not
     * as most are or whose handler throws; {@link #collect} goes on behind that one. How many it delivered.
     */
    int deliverAtOnce(int result, ReadyHandler handler) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Whether it fired and no wait has begun since. */
    final boolean hasJustFired(Entry entry) {
        return entry.firedAfterWait == waits.getAcquire();
    }

    /** Whether the descriptors of all that is ready are to be checked now. */
    final boolean isClosedCheckDue() {
        return (waits.getPlain() & CLOSED_CHECK_MASK) == 0;
    }

    /** Whether {@link #await} answers this when a descriptor was closed that is armed. */
    boolean isAnswerToClosed(int rc) {
        return false;
    }

    /** The exception for what {@link #await} answered. */
    abstract SyscallException waitFailure(int rc);

    /** Whether this is the mechanism's own descriptor. */
    boolean owns(int fd) {
        return false;
    }

    /** Has the kernel let go of all that is registered, and gives back the mechanism's own descriptors. */
    abstract void release();

    /** The finest timeout that the kernel is asked for: 1, or a million where only milliseconds can be said. */
    public abstract long timeoutResolutionNanos();

    // For mechanisms.

    final Waker openWaker() throws SyscallException {
        waker = Waker.open(syscalls);
        return waker;
    }

    final Waker openPipeWaker() throws SyscallException {
        waker = Waker.openPipe(syscalls);
        return waker;
    }

    /** One call of the wait was made when the poller was opened: where a filter refuses it, nobody has to find out later. */
    final void requireWait(int rc) throws SyscallException {
        if (rc < 0 && rc != -Errno.EINTR) {
            throw waitFailure(rc);
        }
    }

    /** The mechanism could not be opened to its end. */
    final void abandon() {
        open = false;
        release();
        if (waker != null) {
            waker.close();
        }
    }

    /** One descriptor has these poll bits now. A change that fails is made before the next wait; the others go on. */
    final void report(Entry entry, int pollBits) {
        if (!entry.isArmed()) {
            return;
        }
        try {
            if (!isLate(entry)) {
                sort(entry, pollBits);
            } else if (entry.trigger() == Trigger.LEVEL) {
                batch.owe(entry);
            } else if (changesWhileWaiting()) {
                rearm(entry, entry.interest);
            }
        } catch (SyscallException e) {
            if (isGoneBy(e, entry)) {
                drop(entry);
            } else {
                leaveUnsettled(entry);
            }
        }
    }

    /** Whether the kernel refused because the descriptor was closed; ENOENT: and its number is another's by now. */
    private boolean isGoneBy(SyscallException e, Entry entry) {
        return isClosed(entry) || e.errno() == Errno.ENOENT;
    }

    private void leaveUnsettled(Entry entry) {
        if (!entry.unsettled) {
            entry.unsettled = true;
            unsettled.add(entry);
            settle();
            if (isWaiting()) {
                waker.signal(Waker.CHANGE);
            }
        }
    }

    private void settled(Entry entry) {
        if (entry.unsettled) {
            entry.unsettled = false;
            unsettled.remove(entry);
        }
    }

    private void sort(Entry entry, int pollBits) throws SyscallException {
        Readiness ready = PollBits.readiness(entry.asked, pollBits);
        if (PollBits.isTold(ready)) {
            batch.add(entry, ready.bits());
            if (entry.hushed) {
                unhush(entry);
            }
            entry.tellAtOnce();
        } else if ((pollBits & PollBits.OVER) != 0 && !entry.hushed && entry.trigger() != Trigger.EDGE) {
            entry.tellWithCare();
            hush(entry);
            entry.hushed = true;
        }
    }

    /**
     * Whether this was armed after the wait began that has just ended. What that says of the descriptor may have been
     * meant for an older interest, or for another registration of its number: the next wait will tell.
     */
    private boolean isLate(Entry entry) {
        return entry.armedAfterWait == waits.getPlain();
    }

    /** The same for a mechanism that answers in pollfds. */
    final void reportPolled(Entry entry, int revents) {
        if ((revents & PollBits.NVAL) == 0) {
            report(entry, PollBits.ofPollfd(revents));
        } else if (!isLate(entry)) {
            reportInvalid(entry);
        }
    }

    /** The entry's descriptor turned out to be closed, and the kernel said so: drops it and tells. */
    final void reportInvalid(Entry entry) {
        drop(entry);
        batch.add(entry, Readiness.INVALID);
    }

    /**
     * From now on the entry counts as ready with these bits, as long as its number means this file; the kernel does not
     * watch it.
     */
    final void makeConstant(Entry entry, int pollBits) {
        if (entry.constantBits == 0) {
            rememberFile(entry);
            constants.add(entry);
            settle();
        }
        entry.constantBits = pollBits;
    }

    /** Ends a registration whose descriptor is gone, whatever the kernel says to its removal. */
    final void drop(Entry entry) {
        registrations.remove(entry);
        end(entry);
        try {
            disarm(entry);
        } catch (SyscallException e) {
            // what the kernel still has is nobody's from now on: see disarm
        }
    }

    private void end(Entry entry) {
        entry.end();
        if (entry.constantBits != 0) {
            constants.remove(entry);
        }
        if (entry.hushed) {
            hushed.remove(entry);
        }
        settled(entry);
    }

    /** What the call said. */
    final int rememberFile(Entry entry) {
        int rc = syscalls.fstat(entry.fd(), stat);
        if (rc >= 0) {
            entry.device = Stat.dev(stat.buffer());
            entry.inode = Stat.ino(stat.buffer());
        }
        return rc;
    }

    private static boolean isRemembered(Entry entry) {
        return entry.device != 0 || entry.inode != 0;
    }

    /** Whether the number means another file than {@link #rememberFile} saw, or none. */
    final boolean isAnotherFile(Entry entry) throws SyscallException {
        int rc = syscalls.fstat(entry.fd(), stat);
        if (rc < 0 && rc != -Errno.EBADF) {
            throw Failure.of("fstat", entry.fd() + ", ...", rc);
        }
        return rc < 0 || Stat.dev(stat.buffer()) != entry.device || Stat.ino(stat.buffer()) != entry.inode;
    }

    private boolean isConstantGone(Entry entry) throws SyscallException {
        if (isClosedChannel(entry)) {
            return true;
        }
        return isRemembered(entry) ? isAnotherFile(entry) : isClosed(entry) || isClosedCheckDue() && isLost(entry);
    }

    /** What {@code fstat} says the descriptor is; {@link Stat#S_IFMT}, which nothing is, if it does not say. */
    final int fileType(int fd) throws SyscallException {
        int rc = syscalls.fstat(fd, stat);
        if (rc == -Errno.EBADF) {
            throw Failure.of("fstat", fd + ", ...", rc);
        }
        return rc < 0 ? Stat.S_IFMT : Stat.mode(stat.buffer()) & Stat.S_IFMT;
    }

    final boolean isClosed(Entry entry) {
        return entry.channel != null ? isClosedChannel(entry) : checkOpen(entry.fd()) == -Errno.EBADF;
    }

    private int checkOpen(int fd) {
        return syscalls.fcntl(fd, Fcntl.F_GETFD, 0);
    }

    /** For mechanisms that the kernel does not tell of a closed descriptor before the next wait. */
    final void requireOpen(int fd) throws SyscallException {
        int rc = checkOpen(fd);
        if (rc < 0) {
            throw Failure.of("fcntl", fd + ", F_GETFD", rc);
        }
    }

    /** Whole milliseconds, never less than asked, for calls that take no more; negative is for ever. */
    static int millisRoundedUp(long timeoutNanos) {
        if (timeoutNanos < 0) {
            return -1;
        }
        long millis = timeoutNanos / NANOS_PER_MILLI + (timeoutNanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    // Registering.

    @Override
    public final Registration register(int fd, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        return register(fd, interest, trigger, attachment, null, false);
    }

    @Override
    public final Registration registerExclusive(int fd, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        return open && !supportsExclusive()
                ? Poller.super.registerExclusive(fd, interest, trigger, attachment)
                : register(fd, interest, trigger, attachment, null, true);
    }

    @Override
    public final Registration register(SelectableChannel channel, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        return register(channel, interest, trigger, attachment, false);
    }

    @Override
    public final Registration registerExclusive(
            SelectableChannel channel, Interest interest, Trigger trigger, Object attachment) throws IOException {
        return open && !supportsExclusive()
                ? Poller.super.registerExclusive(channel, interest, trigger, attachment)
                : register(channel, interest, trigger, attachment, true);
    }

    private Registration register(
            SelectableChannel channel, Interest interest, Trigger trigger, Object attachment, boolean exclusive)
            throws IOException {
        Objects.requireNonNull(channel, "channel");
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        if (channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        return register(ChannelBridge.fd(channel), interest, trigger, attachment, channel, exclusive);
    }

    private Registration register(
            int fd, Interest interest, Trigger trigger, Object attachment, SelectableChannel channel, boolean exclusive)
            throws IOException {
        Objects.requireNonNull(interest, "interest");
        Objects.requireNonNull(trigger, "trigger");
        if (fd < 0) {
            throw new IllegalArgumentException("descriptor " + fd + " is negative");
        }
        if (!supports(trigger)) {
            throw new UnsupportedOperationException(
                    mechanism() + " has no trigger " + trigger + "; EPOLL, KQUEUE and IO_URING have");
        }
        if (exclusive) {
            requireTakenExclusively(fd, interest, trigger);
        }
        lock.lock();
        try {
            callOutWaiter();
            requireOpenPoller();
            if (waker.owns(fd) || owns(fd)) {
                throw new IllegalArgumentException("descriptor " + fd + " is this " + mechanism() + " poller's own");
            }
            checkWatchable(fd, interest);
            if (channel != null && !channel.isOpen()) {
                throw new ClosedChannelException();
            }
            Entry before = registrations.get(fd);
            if (before != null && !isGone(before)) {
                throw new IllegalStateException("descriptor " + fd + " is already registered with this " + mechanism()
                        + " poller; cancel that registration first, or modify it");
            }
            Entry entry = new Entry(
                    owner, fd, interest, trigger, attachment, channel, exclusive, registrations.nextGeneration());
            if (interest == Interest.NONE) {
                requireOpen(fd);
            } else {
                armOpen(entry, interest);
            }
            if (isClosedChannel(entry)) { // by another thread, perhaps before its number was armed
                end(entry);
                disarm(entry);
                throw new ClosedChannelException();
            }
            entry.begin();
            registrations.add(entry);
            settle();
            tellWaiter(entry);
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** The kernel would say EINVAL and no more. */
    private static void requireTakenExclusively(int fd, Interest interest, Trigger trigger) {
        String reason = trigger.isOneshot()
                ? "EPOLLEXCLUSIVE goes with LEVEL and EDGE only; take one of these, or register plainly"
                : interest.isPriority()
                        ? "EPOLLEXCLUSIVE does not go with PRIORITY; leave that out, or register plainly"
                        : null;
        if (reason != null) {
            throw new IllegalArgumentException(
                    "registerExclusive(" + fd + ", " + interest + ", " + trigger + "): " + reason);
        }
    }

    private void armOpen(Entry entry, Interest interest) throws IOException {
        try {
            armNow(entry, interest);
        } catch (SyscallException e) {
            if (isClosedChannel(entry)) {
                throw closedChannel(e);
            }
            throw e;
        }
    }

    /** The kernel does not wake the waiting thread for what it does not watch. */
    private void tellWaiter(Entry entry) {
        if (isWaiting() && isConstantReady(entry)) {
            waker.signal(Waker.CHANGE);
        }
    }

    /** Whether the registration's descriptor was closed without a cancel; it is dropped then. */
    private boolean isGone(Entry entry) throws SyscallException {
        if (!isClosed(entry) && !isLost(entry)) {
            return false;
        }
        drop(entry);
        return true;
    }

    /** What registrations ask of their poller; apart from the poller's own methods, which everybody sees. */
    private final class Owner implements Entry.Owner {
        @Override
        public void modify(Entry entry, Interest interest) throws IOException {
            lock.lock();
            try {
                callOutWaiter();
                requireOpenPoller();
                if (!entry.valid) {
                    throw new IllegalStateException(entry + " cannot be modified; register the descriptor anew");
                }
                checkWatchable(entry.fd(), interest);
                if (entry.exclusive) {
                    requireTakenExclusively(entry.fd(), interest, entry.trigger());
                }
                requireOpenChannel(entry);
                change(entry, interest);
                requireOpenChannel(entry);
                entry.listenFor(interest);
                entry.outdate();
                tellWaiter(entry);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void cancel(Entry entry) throws IOException {
            lock.lock();
            try {
                if (entry.valid) {
                    callOutWaiter();
                }
                if (entry.valid) {
                    release(entry);
                    drop(entry);
                }
                entry.outdate(); // nor the notice that its descriptor was closed
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean stillValid(Entry entry) {
            if (entry.channel == null && !forgetsSilently()) {
                return true;
            }
            lock.lock();
            try {
                if (entry.valid && isClosed(entry)) {
                    letGo(entry);
                }
                return entry.valid;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Has the kernel let go of what somebody cancels; if it refuses, the registration stays as it was. */
    private void release(Entry entry) throws SyscallException {
        try {
            disarm(entry);
        } catch (SyscallException e) {
            if (!isGoneBy(e, entry)) {
                leaveUnsettled(entry);
                throw e;
            }
        }
    }

    /** Drops a registration whose descriptor is gone, for those who only asked about it. */
    private void letGo(Entry entry) {
        callOutWaiter();
        if (entry.valid) {
            drop(entry);
        }
    }

    private static boolean isClosedChannel(Entry entry) {
        return entry.channel != null && !entry.channel.isOpen();
    }

    /** A channel is marked closed before its number is given back: if it is open now, what was armed is its own. */
    private void requireOpenChannel(Entry entry) throws IOException {
        if (isClosedChannel(entry)) {
            drop(entry);
            throw new ClosedChannelException();
        }
    }

    private void change(Entry entry, Interest interest) throws IOException {
        try {
            if (interest == Interest.NONE) {
                disarm(entry);
            } else {
                rearm(entry, interest);
            }
            unhushNow(entry);
            settled(entry);
        } catch (SyscallException e) {
            if (isGoneBy(e, entry)) {
                drop(entry);
            } else {
                leaveUnsettled(entry);
            }
            if (isClosedChannel(entry)) {
                throw closedChannel(e);
            }
            throw e;
        }
    }

    private void unhushNow(Entry entry) {
        if (entry.hushed) {
            hushed.remove(entry);
            entry.hushed = false;
        }
    }

    private static ClosedChannelException closedChannel(SyscallException e) {
        ClosedChannelException closed = new ClosedChannelException();
        closed.initCause(e);
        return closed;
    }

    private void rearm(Entry entry, Interest interest) throws SyscallException {
        entry.told = false;
        if (entry.constantBits == 0 || entry.kernelState != 0) {
            armNow(entry, interest);
        }
    }

    private void armNow(Entry entry, Interest interest) throws SyscallException {
        entry.tellWithCare();
        arm(entry, interest);
        entry.armedAfterWait = waits.getAcquire();
    }

    @Override
    public final Registration registration(int fd) {
        lock.lock();
        try {
            requireOpenPoller();
            Entry entry = registrations.get(fd);
            if (entry != null && isClosedChannel(entry)) {
                letGo(entry);
            }
            return registrations.get(fd);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final int size() {
        lock.lock();
        try {
            requireOpenPoller();
            if (registrations.channels() > 0) {
                registrations.all().stream()
                        .filter(KernelPoller::isClosedChannel)
                        .forEach(this::letGo);
            }
            return registrations.size();
        } finally {
            lock.unlock();
        }
    }

    // Polling.

    @Override
    public final int poll(ReadyHandler handler) throws IOException {
        return poll(-1, handler);
    }

    @Override
    public final int poll(long timeoutNanos, ReadyHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        requireOpenPoller();
        boolean plainly = beginPoll();
        try {
            long startNanos = timeoutNanos > 0 ? System.nanoTime() : 0;
            long remainingNanos = timeoutNanos;
            boolean again = false;
            for (; ; ) {
                boolean woken = plainly ? fetchPlainly(remainingNanos) : fetch(remainingNanos, again);
                int delivered = foundAtOnce > 0 ? deliverFound(handler) : deliver(handler);
                if (delivered > 0 || woken || timeoutNanos == 0) {
                    return delivered;
                }
                if (timeoutNanos > 0) {
                    remainingNanos = timeoutNanos - (System.nanoTime() - startNanos);
                    if (remainingNanos <= 0) {
                        return 0;
                    }
                }
                plainly = false;
                again = true;
            }
        } finally {
            pollingThread = null;
            phase.setRelease(IDLE);
        }
    }

    /** Whether the first wait may do without the lock; the thread counts as waiting then. */
    private boolean beginPoll() {
        boolean plainly = isUsual();
        if (!phase.compareAndSet(IDLE, plainly ? WAITING : BUSY)) {
            throw new IllegalStateException(
                    pollingThread == Thread.currentThread()
                            ? "poll was called from inside a handler of the same poller"
                            : "another thread is polling; one thread polls at a time");
        }
        pollingThread = Thread.currentThread();
        return plainly;
    }

    /** Known for sure only by the polling thread, once it counts as waiting. */
    private boolean isUsual() {
        return !unusual && deliversAtOnce() && batch.count() == 0;
    }

    private boolean isWaiting() {
        return phase.get() == WAITING;
    }

    /**
     * Says whether a poll has to look at more than what the kernel says; after whatever it must not overlook, and before
     * it is asked whether somebody waits.
     */
    private void settle() {
        boolean now = !open
                || changers > 0
                || registrations.channels() > 0
                || !constants.isEmpty()
                || !hushed.isEmpty()
                || !unsettled.isEmpty();
        if (now != unusual) {
            unusual = now;
        }
    }

    /** Waits once, without the lock, and leaves what was found to {@link #deliverAtOnce}, unless it is unusual. */
    private boolean fetchPlainly(long timeoutNanos) throws SyscallException {
        countWait();
        int rc = 0;
        boolean waited = false;
        try {
            if (isUsual()) {
                rc = waitInterruptibly(timeoutNanos);
                waited = true;
            }
        } finally {
            phase.set(BUSY);
            if (unusual) {
                letChangersIn();
            }
        }
        if (rc > 0 && !unusual && !waker.isSignalled() && !isClosedCheckDue()) {
            foundAtOnce = rc;
            return false;
        }
        return waited ? takeLocked(rc) : fetch(timeoutNanos, false);
    }

    private void countWait() {
        waits.setRelease(waits.getPlain() + 1);
    }

    private void letChangersIn() {
        lock.lock();
        try {
            waitingChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean takeLocked(int rc) throws SyscallException {
        lock.lock();
        try {
            return take(rc);
        } finally {
            lock.unlock();
        }
    }

    /** Waits once and fills the batch; whether somebody woke the poller. */
    private boolean fetch(long timeoutNanos, boolean again) throws SyscallException {
        lock.lock();
        try {
            while (changers > 0) {
                waitingChanged.awaitUninterruptibly();
            }
            requireOpenPoller();
            sweepChannels();
            if (!unsettled.isEmpty()) {
                retryUnsettled();
            }
            prepare();
            int rc = waitUnlocked(shorten(timeoutNanos, again));
            int vain = 0;
            while (isAnswerToClosed(rc) && vain < VAIN_LOOKS) {
                vain += reportClosed() ? 0 : 1;
                rc = waitUnlocked(0);
            }
            return take(rc);
        } finally {
            lock.unlock();
        }
    }

    /** What a wait has answered goes into the batch, or is left to {@link #deliverAtOnce}. */
    private boolean take(int rc) throws SyscallException {
        int reasons = waker.take();
        requireOpenPoller();
        try {
            takeAnswer(rc);
        } finally {
            settle();
        }
        return (reasons & Waker.USER) != 0
                || (reasons & Waker.INTERRUPT) != 0 && Thread.currentThread().isInterrupted(); // newer JDKs: late
    }

    private void takeAnswer(int rc) throws SyscallException {
        if (rc > 0 && deliversAtOnce() && batch.count() == 0 && constants.isEmpty() && !isClosedCheckDue()) {
            foundAtOnce = rc;
        } else if (rc > 0) {
            collect(rc);
        } else if (rc < 0 && rc != -Errno.EINTR && rc != -Errno.EAGAIN && batch.events() == 0) {
            throw waitFailure(rc);
        }
        reportConstants();
        batch.forgetOwed();
    }

    /** Closed channels leave in the course of some polls, even if nothing is heard of them. */
    private void sweepChannels() throws SyscallException {
        for (int i = 0; i < SWEPT_NUMBERS && registrations.channels() > 0; i++) {
            Entry entry = registrations.next();
            if (entry != null && isClosedChannel(entry)) {
                drop(entry);
            }
        }
    }

    /** Whether it found any: the number may be in use again by now. */
    private boolean reportClosed() throws SyscallException {
        int before = registrations.size();
        for (Entry entry : registrations.all()) {
            if (entry.kernelState != 0 && isClosed(entry)) {
                reportInvalid(entry);
            }
        }
        return registrations.size() < before;
    }

    private int waitUnlocked(long timeoutNanos) {
        countWait();
        phase.set(WAITING);
        lock.unlock();
        try {
            return waitInterruptibly(timeoutNanos);
        } finally {
            lock.lock();
            phase.set(BUSY);
            if (changers > 0) {
                waitingChanged.signalAll();
            }
        }
    }

    private int waitInterruptibly(long timeoutNanos) {
        if (timeoutNanos == 0) {
            return await(0);
        }
        waker.beginBlocking();
        try {
            return spinNanos > 0 ? spinThenAwait(timeoutNanos) : await(timeoutNanos);
        } finally {
            waker.endBlocking();
        }
    }

    /** Looks for a while before it waits: what comes in that time costs no thread switch. */
    private int spinThenAwait(long timeoutNanos) {
        long startNanos = System.nanoTime();
        long spentNanos;
        do {
            int rc = await(0);
            spentNanos = System.nanoTime() - startNanos;
            if (rc != 0 || timeoutNanos > 0 && spentNanos >= timeoutNanos) {
                return rc;
            }
        } while (spentNanos < spinNanos);
        return await(timeoutNanos < 0 ? timeoutNanos : timeoutNanos - spentNanos);
    }

    /** The time that the kernel may wait, with what it does not know taken into account. */
    private long shorten(long timeoutNanos, boolean again) throws SyscallException {
        if (batch.events() > 0 || anyConstantReady()) {
            return 0;
        }
        long shortenedNanos = hushed.isEmpty() ? timeoutNanos : relook(timeoutNanos, again);
        return unsettled.isEmpty() ? shortenedNanos : atMost(RELOOK_NANOS, shortenedNanos);
    }

    private static long atMost(long limitNanos, long timeoutNanos) {
        return timeoutNanos < 0 ? limitNanos : Math.min(timeoutNanos, limitNanos);
    }

    /** Makes the changes that have failed. One that fails again stays on the list: the others must not wait for it. */
    private void retryUnsettled() {
        for (Entry entry : List.copyOf(unsettled)) {
            try {
                unhushNow(entry);
                if (entry.isArmed()) {
                    rearm(entry, entry.interest);
                } else {
                    disarm(entry);
                }
                settled(entry);
            } catch (SyscallException e) {
                if (isGoneBy(e, entry)) {
                    drop(entry);
                }
            }
        }
    }

    /** Hushed entries are watched again in each poll, and during a long one every {@link #RELOOK_NANOS}. */
    private long relook(long timeoutNanos, boolean again) throws SyscallException {
        long sinceNanos = System.nanoTime() - hushedAtNanos;
        if (again && sinceNanos < RELOOK_NANOS) {
            return atMost(RELOOK_NANOS - sinceNanos, timeoutNanos);
        }
        for (Entry entry : List.copyOf(hushed)) {
            if (entry.isArmed()) {
                listenAgain(entry);
            } else {
                unhushNow(entry);
            }
        }
        return hushed.isEmpty() ? timeoutNanos : atMost(RELOOK_NANOS, timeoutNanos);
    }

    private void listenAgain(Entry entry) throws SyscallException {
        try {
            armNow(entry, entry.interest);
            unhushNow(entry);
        } catch (SyscallException e) {
            if (isGoneBy(e, entry)) {
                drop(entry);
            }
        }
    }

    private boolean anyConstantReady() {
        for (int i = 0; i < constants.size(); i++) {
            if (isConstantReady(constants.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConstantReady(Entry entry) {
        return entry.isArmed()
                && !(entry.told && entry.trigger().isEdge())
                && PollBits.isTold(PollBits.readiness(entry.asked, entry.constantBits));
    }

    /** Nobody else would notice that one of them was closed. */
    private void reportConstants() throws SyscallException {
        for (int i = constants.size() - 1; i >= 0; i--) {
            Entry entry = constants.get(i);
            if (isConstantReady(entry)) {
                if (isConstantGone(entry)) {
                    drop(entry);
                } else {
                    entry.told = true;
                    sort(entry, entry.constantBits);
                }
            }
        }
    }

    private int deliverFound(ReadyHandler handler) throws IOException {
        int found = foundAtOnce;
        foundAtOnce = 0;
        int delivered;
        try {
            delivered = deliverAtOnce(found, handler);
        } catch (Throwable fromHandler) {
            try {
                collectRest(found);
                putBack();
            } catch (SyscallException e) {
                fromHandler.addSuppressed(e);
            }
            throw fromHandler;
        }
        if (delivered < found) {
            collectRest(found);
            delivered += deliver(handler);
        }
        return delivered;
    }

    private void collectRest(int found) throws SyscallException {
        lock.lock();
        try {
            if (open) {
                collect(found);
            }
        } finally {
            settle();
            lock.unlock();
        }
    }

    private int deliver(ReadyHandler handler) throws IOException {
        int delivered = 0;
        int next = 0;
        try {
            while (next < batch.count()) {
                Entry entry = batch.take(next++);
                if (claim(entry)) {
                    delivered++;
                    handler.ready(entry, Readiness.of(entry.fetchedBits));
                } else if (entry.isArmed()) {
                    modified.add(entry);
                }
            }
        } finally {
            batch.removeFirst(next);
            if (batch.count() > 0) {
                putBack();
            }
            for (int i = 0; i < modified.size(); i++) {
                batch.owe(modified.get(i));
            }
            modified.clear();
        }
        return delivered;
    }

    /** Whether the event still stands: nobody has cancelled or modified its registration since it was fetched. */
    private boolean claim(Entry entry) throws SyscallException {
        if (entry.version != entry.fetchedVersion || entry.fetchedBits == 0 || !open) {
            return false;
        }
        return entry.fetchedBits == Readiness.INVALID || entry.isPlain() || claimLocked(entry);
    }

    private boolean claimLocked(Entry entry) throws SyscallException {
        lock.lock();
        try {
            if (entry.version != entry.fetchedVersion) {
                return false;
            }
            if (isClosedChannel(entry)) {
                drop(entry);
                return false;
            }
            if (entry.trigger().isOneshot()) {
                entry.fire();
                entry.firedAfterWait = waits.getPlain();
                if (entry.constantBits == 0 || entry.kernelState != 0) {
                    silenceFired(entry);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The event is delivered in any case; if the kernel cannot be made silent now, it is before the next wait. */
    private void silenceFired(Entry entry) {
        try {
            fired(entry);
        } catch (SyscallException e) {
            leaveUnsettled(entry);
        }
    }

    /**
     * A handler threw. What was not delivered is owed: the kernel is asked to tell again what it tells once, and what
     * it does tell again comes before anything else. Only the notice of a closed descriptor has to be kept as it is.
     */
    private void putBack() {
        lock.lock();
        try {
            batch.retain(this::isOwed);
        } finally {
            lock.unlock();
        }
    }

    private boolean isOwed(Entry entry) {
        if (entry.version != entry.fetchedVersion) {
            return false;
        }
        if (entry.fetchedBits != Readiness.INVALID && (entry.trigger() == Trigger.LEVEL || askAgain(entry))) {
            batch.owe(entry);
        }
        return true;
    }

    private boolean askAgain(Entry entry) {
        try {
            change(entry, entry.interest);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    // Threads.

    /** Returns when no thread is in the kernel's wait; none enters it before the lock is released. */
    private void callOutWaiter() {
        if (isWaiting() && !changesWhileWaiting()) {
            awaitWaiter();
        }
    }

    private void awaitWaiter() {
        changers++;
        settle();
        while (isWaiting()) {
            waker.signal(Waker.CHANGE);
            waitingChanged.awaitUninterruptibly();
        }
        changers--;
        settle();
        waitingChanged.signalAll();
    }

    @Override
    public final void wakeup() {
        waker.signal(Waker.USER);
    }

    private void requireOpenPoller() {
        if (!open) {
            throw new ClosedPollerException(mechanism());
        }
    }

    @Override
    public boolean supports(Trigger trigger) {
        return !trigger.isEdge();
    }

    @Override
    public final boolean supportsExclusive() {
        lock.lock();
        try {
            return open && takesExclusive();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final Binding binding() {
        return binding;
    }

    @Override
    public final boolean isOpen() {
        return open;
    }

    @Override
    public final void close() {
        lock.lock();
        try {
            if (!open) {
                return;
            }
            open = false;
            settle();
            if (isWaiting()) {
                awaitWaiter();
            }
            release();
            registrations.all().forEach(this::end);
            registrations.clear();
            waker.close();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "Poller[" + mechanism() + " through " + binding + (open ? "]" : ", closed]");
    }
}
