// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The threads that wait for one descriptor. */
final class Parking {
    /** A thread in a wait. */
    static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private final Interest interest;

        /** The number of the check that asks about this wait. */
        private final int dueCheck;

        /** Null while it waits; then the {@link Readiness}, or the Throwable that ended the wait. */
        private volatile Object outcome;

        Waiter(Interest interest, int dueCheck) {
            this.interest = interest;
            this.dueCheck = dueCheck;
        }

        private void end(Object withOutcome) {
            outcome = withOutcome;
            LockSupport.unpark(thread);
        }
    }

    private final Poller poller;
    private final Trigger trigger;
    private final int fd;

    /** Counts the events; written with the lock held. */
    private volatile int events;

    // Guarded by this.

    private final List<Waiter> waiters = new ArrayList<>(2);
    private Registration registration;
    private boolean ended;

    Parking(Poller poller, Trigger trigger, int fd) {
        this.poller = poller;
        this.trigger = trigger;
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    /** The number of events so far. Read it before an attempt, for {@link #enterUnlessEvent}. */
    int events() {
        return events;
    }

    // The waiting thread: it enters, and then parks.

    /** Begins a wait, which ends at once if the kernel says that the descriptor is ready. */
    synchronized void enter(Waiter waiter) throws IOException {
        requireOpen();
        add(waiter, true);
    }

    /** Begins a wait for an event after the first {@code seen} ones. Returns false if there was one already. */
    synchronized boolean enterUnlessEvent(Waiter waiter, int seen) throws IOException {
        requireOpen();
        if (events != seen) {
            return false;
        }
        add(waiter, trigger.isOneshot());
        return true;
    }

    private void requireOpen() throws AsynchronousCloseException {
        if (ended) {
            throw closed("another thread closed or released it");
        }
    }

    /** {@code arms}: even if the kernel already watches for what it waits for. */
    private void add(Waiter waiter, boolean arms) throws IOException {
        waiters.add(waiter);
        try {
            Interest wanted = wanted();
            if (registration == null) {
                registration = poller.register(fd, wanted, trigger, this);
            } else if (arms || registration.interest() != wanted) {
                arm(wanted);
            }
        } catch (Throwable e) {
            waiters.remove(waiter);
            throw e;
        }
    }

    private void arm(Interest wanted) throws IOException {
        try {
            registration.modify(wanted);
        } catch (SyscallException | IllegalStateException e) {
            if (!isLost()) {
                throw e;
            }
            registration = poller.register(fd, wanted, trigger, this); // the number belongs to another file now
        }
    }

    /** Whether the poller has dropped the registration, since the descriptor was closed without an {@link #end}. */
    private boolean isLost() {
        return poller.isOpen() && poller.registration(fd) != registration;
    }

    /** An edge-triggered registration keeps what it watched for: to change it would cost a system call. */
    private Interest wanted() {
        Interest wanted = trigger.isOneshot() || registration == null ? Interest.NONE : registration.interest();
        for (Waiter each : waiters) {
            wanted = wanted.plus(each.interest);
        }
        return wanted;
    }

    /** Waits until an event, {@link #fail} or {@link #end}. {@link Readiness#NOTHING} after the deadline. */
    Readiness park(Waiter waiter, long deadlineNanos) throws IOException {
        while (waiter.outcome == null) {
            if (waiter.thread.isInterrupted() && leave(waiter)) {
                throw new InterruptedIOException("interrupted while waiting for " + waiter.interest + " on descriptor "
                        + fd + ", which is still open");
            }
            long remainingNanos = Deadline.remainingNanos(deadlineNanos);
            if (remainingNanos <= 0 && leave(waiter)) {
                return Readiness.NOTHING;
            }
            if (deadlineNanos == Deadline.NEVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, remainingNanos);
            }
        }
        return waiter.outcome instanceof Readiness ready ? ready : thrown((Throwable) waiter.outcome);
    }

    /** False if the wait has just ended. */
    private synchronized boolean leave(Waiter waiter) {
        return waiters.remove(waiter);
    }

    /** Each waiting thread throws an exception of its own. */
    private Readiness thrown(Throwable cause) throws IOException {
        if (cause instanceof ClosedPollerException) {
            throw new ClosedPollerException(poller.mechanism());
        }
        if (cause instanceof AsynchronousCloseException) {
            throw closed(cause.getCause().getMessage());
        }
        throw new IOException("the wait for descriptor " + fd + " failed: " + cause.getMessage(), cause);
    }

    private static AsynchronousCloseException closed(String reason) {
        AsynchronousCloseException closed = new AsynchronousCloseException();
        closed.initCause(new IOException(reason));
        return closed;
    }

    // The polling thread, and threads that close.

    /** An event: ends the waits for it. */
    synchronized void deliver(Readiness ready) {
        events++;
        for (int i = waiters.size() - 1; i >= 0; i--) {
            Waiter waiter = waiters.get(i);
            Readiness seen = ready.within(waiter.interest);
            if (seen.isReadable() || seen.isWritable() || seen.isPriority()) {
                waiters.remove(i);
                waiter.end(seen);
            }
        }
        if (trigger.isOneshot() && !waiters.isEmpty()) {
            try {
                registration.modify(wanted());
            } catch (IOException | IllegalStateException e) {
                fail(e);
            }
        }
    }

    /**
     * Asks the kernel about the waits for which this check is due: if the descriptor was closed without an {@link #end},
     * no event would ever come for it. Returns false if it was.
     */
    synchronized boolean check(int check) {
        boolean isDue = false;
        for (Waiter each : waiters) {
            isDue |= each.dueCheck == check;
        }
        if (!isDue) {
            return true;
        }
        try {
            registration.modify(wanted());
            return true;
        } catch (IOException | IllegalStateException e) {
            if (isLost()) {
                return false;
            }
            fail(e);
            return true;
        }
    }

    /** Whether a wait has lasted for less than two checks. */
    synchronized boolean needsCheckAfter(int check) {
        for (Waiter each : waiters) {
            if (each.dueCheck - check > 0) {
                return true;
            }
        }
        return false;
    }

    /** Ends all waits; the descriptor stays watched. */
    synchronized void fail(Throwable cause) {
        for (Waiter each : waiters) {
            each.end(cause);
        }
        waiters.clear();
    }

    /** Ends all waits, and the watch. Nothing can enter afterwards. */
    synchronized void end(String reason) throws IOException {
        ended = true;
        fail(closed(reason));
        if (registration != null) {
            registration.cancel();
        }
    }
}
