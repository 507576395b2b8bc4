// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.syscall.channel.ChannelBridge;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/**
 * The {@link Poller} over a {@link Driver}: checks arguments, takes the lock, delegates. See the package documentation
 * for the threading protocol.
 */
public final class KernelPoller implements Poller {
    private final Driver driver;
    private final Registry registry;
    private final Binding binding;
    private final Waker waker;
    private final Gate gate;
    private final Lifecycle lifecycle;
    private final PollLoop loop;
    private final Entry.Owner owner = new Owner();

    private KernelPoller(Driver driver, Waker waker, PollerSettings settings) {
        this.driver = driver;
        this.registry = driver.registry;
        this.binding = settings.binding();
        this.waker = waker;
        gate = new Gate(driver.mechanism(), driver.has(Trait.CHANGES_DURING_WAIT), waker, new RegistryCheck(driver));
        lifecycle = new Lifecycle(driver, gate);
        loop = new PollLoop(driver, gate, waker, lifecycle, settings);
    }

    private record RegistryCheck(Driver driver) implements Gate.Invariants {
        @Override
        public boolean check() {
            return driver.registry.check(driver.has(Trait.MUTES_BY_EDGE));
        }
    }

    /**
     * Opens a poller. It makes one wait with a timeout of 0, so that a mechanism whose wait the kernel refuses does not
     * open.
     *
     * @throws SyscallException if the kernel refuses
     * @throws UnsupportedOperationException if the settings contain busy polling and the mechanism does not support it
     */
    public static KernelPoller open(Driver.Opener opener, PollerSettings settings) throws IOException {
        Driver driver = opener.open(settings);
        Waker waker = null;
        boolean opened = false;
        try {
            requireBusyPoll(driver, settings);
            waker = driver.has(Trait.PIPE_WAKER) ? Waker.openPipe(driver.syscalls) : Waker.open(driver.syscalls);
            driver.watchWaker(waker);
            KernelPoller poller = new KernelPoller(driver, waker, settings);
            requireWait(driver);
            opened = true;
            return poller;
        } finally {
            if (!opened) {
                abandon(driver, waker);
            }
        }
    }

    private static void requireBusyPoll(Driver driver, PollerSettings settings) {
        if (settings.busyPoll() != null && !driver.has(Trait.BUSY_POLL)) {
            throw new UnsupportedOperationException(driver.mechanism()
                    + " has no busy polling: only EPOLL has it, on Linux 6.9 and later; spin(Duration) works on all");
        }
    }

    private static void requireWait(Driver driver) throws SyscallException {
        int rc = driver.await(0);
        if (rc < 0 && !PollLoop.isRetried(rc)) {
            throw driver.failure(rc);
        }
    }

    private static void abandon(Driver driver, Waker waker) {
        driver.close();
        if (waker != null) {
            waker.close();
        }
    }

    // Registering.

    @Override
    public Registration register(int fd, Interest interest, Trigger trigger, Object attachment) throws IOException {
        return register(fd, interest, trigger, attachment, null, false);
    }

    @Override
    public Registration registerExclusive(int fd, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        requireExclusive();
        return register(fd, interest, trigger, attachment, null, true);
    }

    @Override
    public Registration register(SelectableChannel channel, Interest interest, Trigger trigger, Object attachment)
            throws IOException {
        return register(channel, interest, trigger, attachment, false);
    }

    @Override
    public Registration registerExclusive(
            SelectableChannel channel, Interest interest, Trigger trigger, Object attachment) throws IOException {
        requireExclusive();
        return register(channel, interest, trigger, attachment, true);
    }

    private void requireExclusive() {
        if (gate.isOpen() && !supportsExclusive()) {
            throw new UnsupportedOperationException(mechanism()
                    + " has no exclusive registrations here: only EPOLL has them, on Linux 4.5 and later;"
                    + " call register, and expect EAGAIN from accept in all pollers but one");
        }
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
                    mechanism() + " has no trigger " + trigger + "; EPOLL, KQUEUE and IO_URING have it");
        }
        if (exclusive) {
            requireTakenExclusively(fd, interest, trigger);
        }
        gate.lock();
        try {
            gate.excludeWait();
            gate.requireOpen();
            if (waker.owns(fd) || driver.owns(fd)) {
                throw new IllegalArgumentException("descriptor " + fd + " is this " + mechanism() + " poller's own");
            }
            driver.checkWatchable(fd, interest);
            requireOpen(channel);
            requireNotRegistered(fd);
            return begin(new Entry.Terms(
                    owner, fd, interest, trigger, attachment, channel, exclusive, registry.nextGeneration()));
        } finally {
            gate.unlock();
        }
    }

    /** The kernel would return EINVAL without a reason. */
    private static void requireTakenExclusively(int fd, Interest interest, Trigger trigger) {
        String reason = null;
        if (trigger.isOneshot()) {
            reason = "EPOLLEXCLUSIVE works with LEVEL and EDGE only; use one of these, or call register";
        } else if (interest.isPriority()) {
            reason = "EPOLLEXCLUSIVE does not work with PRIORITY; remove it, or call register";
        }
        if (reason != null) {
            throw new IllegalArgumentException(
                    "registerExclusive(" + fd + ", " + interest + ", " + trigger + "): " + reason);
        }
    }

    private void requireNotRegistered(int fd) throws SyscallException {
        Entry before = registry.get(fd);
        if (before == null) {
            return;
        }
        if (!driver.detectLoss(before)) {
            throw new IllegalStateException("descriptor " + fd + " is already registered with this " + mechanism()
                    + " poller; cancel that registration first, or modify it");
        }
        lifecycle.end(before);
    }

    private Entry begin(Entry.Terms terms) throws IOException {
        Entry entry = driver.newEntry(terms);
        try {
            lifecycle.begin(entry);
        } catch (SyscallException e) {
            throw entry.hasClosedChannel() ? closedChannel(e) : e;
        }
        requireOpenChannel(entry); // another thread may have closed it before its number was armed
        wakeIfReady(entry);
        return entry;
    }

    private static void requireOpen(SelectableChannel channel) throws ClosedChannelException {
        if (channel != null && !channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    /** A channel is marked closed before its descriptor is: if it is open now, its own descriptor was armed. */
    private void requireOpenChannel(Entry entry) throws IOException {
        if (entry.hasClosedChannel()) {
            lifecycle.end(entry);
            throw new ClosedChannelException();
        }
    }

    private static ClosedChannelException closedChannel(SyscallException e) {
        ClosedChannelException closed = new ClosedChannelException();
        closed.initCause(e);
        return closed;
    }

    /** Wakes the waiting thread for an always-ready descriptor, which the kernel does not watch. */
    private void wakeIfReady(Entry entry) {
        if (lifecycle.alwaysReady.isReady(entry)) {
            gate.recallWaiter();
        }
    }

    /** What a registration calls on its poller; not visible to users. */
    private final class Owner implements Entry.Owner {
        @Override
        public void modify(Entry entry, Interest interest) throws IOException {
            gate.lock();
            try {
                gate.excludeWait();
                gate.requireOpen();
                if (entry.state() == State.ENDED) {
                    throw new IllegalStateException(entry + " cannot be modified; register the descriptor again");
                }
                driver.checkWatchable(entry.fd(), interest);
                if (entry.exclusive) {
                    requireTakenExclusively(entry.fd(), interest, entry.trigger());
                }
                requireOpenChannel(entry);
                change(entry, interest);
                requireOpenChannel(entry);
                wakeIfReady(entry);
            } finally {
                gate.unlock();
            }
        }

        @Override
        public void cancel(Entry entry) throws IOException {
            gate.lock();
            try {
                if (entry.state() != State.ENDED) {
                    gate.excludeWait();
                }
                if (entry.state() != State.ENDED) { // excludeWait releases the lock
                    lifecycle.cancel(entry);
                }
                entry.outdate(); // drops the INVALID event of a closed descriptor too
            } finally {
                gate.unlock();
            }
        }

        @Override
        public boolean isValid(Entry entry) {
            return !isFoundClosed(entry);
        }
    }

    private void change(Entry entry, Interest interest) throws IOException {
        try {
            lifecycle.change(entry, interest);
        } catch (SyscallException e) {
            throw entry.hasClosedChannel() ? closedChannel(e) : e;
        }
    }

    /** Whether the descriptor is closed, where the kernel would not report it; changes nothing. */
    private boolean isFoundClosed(Entry entry) {
        return entry.channel != null
                ? entry.hasClosedChannel()
                : driver.has(Trait.MISSES_CLOSED) && driver.isClosed(entry);
    }

    @Override
    public Registration registration(int fd) {
        gate.lock();
        try {
            gate.requireOpen();
            Entry entry = registry.get(fd);
            return entry == null || isFoundClosed(entry) ? null : entry;
        } finally {
            gate.unlock();
        }
    }

    @Override
    public int size() {
        gate.lock();
        try {
            gate.requireOpen();
            return registry.size() - foundClosed();
        } finally {
            gate.unlock();
        }
    }

    /**
     * How many registrations there are, with those of closed descriptors that nobody has noticed: unlike {@link #size},
     * it asks the kernel nothing. 0 after {@link #close}.
     */
    public int registrations() {
        gate.lock();
        try {
            return registry.size();
        } finally {
            gate.unlock();
        }
    }

    private int foundClosed() {
        int closed = 0;
        if (driver.has(Trait.MISSES_CLOSED) || registry.channels() > 0) {
            for (int fd = 0; fd < registry.numbers(); fd++) {
                Entry entry = registry.get(fd);
                closed += entry != null && isFoundClosed(entry) ? 1 : 0;
            }
        }
        return closed;
    }

    // Polling.

    @Override
    public int poll(ReadyHandler handler) throws IOException {
        return poll(-1, handler);
    }

    @Override
    public int poll(long timeoutNanos, ReadyHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        gate.requireOpen();
        return loop.poll(timeoutNanos, handler);
    }

    @Override
    public void wakeup() {
        waker.signal(Waker.USER);
    }

    // Questions.

    @Override
    public boolean supports(Trigger trigger) {
        return driver.supports(trigger);
    }

    @Override
    public boolean supportsExclusive() {
        gate.lock();
        try {
            return gate.isOpen() && driver.supportsExclusive();
        } finally {
            gate.unlock();
        }
    }

    @Override
    public Mechanism mechanism() {
        return driver.mechanism();
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** The resolution of the kernel's timeout: 1, or a million where it takes milliseconds. */
    public long timeoutResolutionNanos() {
        return driver.timeoutResolutionNanos();
    }

    /** For tests, which inspect its calls. */
    Driver driver() {
        return driver;
    }

    @Override
    public boolean isOpen() {
        return gate.isOpen();
    }

    @Override
    public void close() {
        gate.lock();
        try {
            if (!gate.isOpen()) {
                return;
            }
            gate.close();
            if (gate.isWaiting()) {
                gate.endOthersWait();
            }
            driver.close();
            lifecycle.forgetAll();
            waker.close();
        } finally {
            gate.unlock();
        }
    }

    @Override
    public String toString() {
        return "Poller[" + mechanism() + " through " + binding + (isOpen() ? "]" : ", closed]");
    }
}
