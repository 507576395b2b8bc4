// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.ClosedPollerException;
import dev.pollux.Mechanism;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock, the phase of the polling thread, and the threads that wait to change something: all memory ordering of a
 * poller. The rules are in the package's documentation.
 */
final class Gate {
    /** No thread is inside a poll. */
    private static final int IDLE = 0;

    /** A thread is inside a poll, but not in the kernel's wait. */
    private static final int BUSY = 1;

    /** A thread is in the kernel's wait, or about to enter or to leave it. */
    private static final int WAITING = 2;

    /** After this time a thread that waits for the end of a wait looks by itself. */
    private static final long UNSIGNALLED_NANOS = 1_000_000;

    private static final VarHandle PHASE = field("phase");
    private static final VarHandle WAITS = field("waits");

    private final Mechanism mechanism;
    private final boolean changesDuringWait;
    private final Waker waker;
    private final Invariants invariants;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile int phase = IDLE;

    /** Counts the kernel's waits; only the polling thread writes it. */
    private volatile int waits;

    /** Rule 1: whether a poll has to look at more than the kernel's answers. */
    private volatile boolean needsSlowPoll;

    private volatile boolean open = true;

    /** The thread that polls, or polled last: storing a reference costs a fence, so it stays after the poll. */
    private Thread lastPollingThread;

    /** Rule 2: how many threads wait until nobody is in the kernel's wait. */
    private int changers;

    private boolean watchesMore;

    /** What holds whenever the lock is free. */
    interface Invariants {
        /** True, or an AssertionError that says what does not hold. */
        boolean check();
    }

    Gate(Mechanism mechanism, boolean changesDuringWait, Waker waker, Invariants invariants) {
        this.mechanism = mechanism;
        this.changesDuringWait = changesDuringWait;
        this.waker = waker;
        this.invariants = invariants;
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Gate.class, name, int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The lock.

    void lock() {
        lock.lock();
    }

    void unlock() {
        assert lock.getHoldCount() > 1 || invariants.check();
        lock.unlock();
    }

    boolean isLocked() {
        return lock.isHeldByCurrentThread();
    }

    // Open and closed.

    boolean isOpen() {
        return open;
    }

    void requireOpen() {
        if (!open) {
            throw new ClosedPollerException(mechanism);
        }
    }

    void close() {
        assert isLocked();
        open = false;
        updateNeedsSlowPoll();
    }

    // The polling thread.

    /** Begins a poll. If it may be fast the thread counts as waiting from here on. */
    void enter(boolean fast) {
        if (!PHASE.compareAndSet(this, IDLE, fast ? WAITING : BUSY)) {
            throw new IllegalStateException(
                    isPollingThread()
                            ? "poll was called from inside a handler of the same poller"
                            : "another thread is polling; one thread polls at a time");
        }
        Thread thread = Thread.currentThread();
        if (lastPollingThread != thread) {
            lastPollingThread = thread;
        }
    }

    void leave() {
        PHASE.setRelease(this, IDLE);
    }

    boolean isPollingThread() {
        return phase != IDLE && lastPollingThread == Thread.currentThread();
    }

    boolean isWaiting() {
        return phase == WAITING;
    }

    /** The number of the wait that has begun last. */
    int waits() {
        return waits;
    }

    /** Rule 1: the phase was set before this is read. */
    boolean needsSlowPoll() {
        return needsSlowPoll;
    }

    void countWait() {
        assert isPollingThread();
        WAITS.setRelease(this, (int) WAITS.get(this) + 1);
    }

    /** Ends a wait that began in {@link #enter}, without the lock. */
    void endFastWait() {
        assert isPollingThread() && !isLocked();
        PHASE.setRelease(this, BUSY);
        if (needsSlowPoll) {
            lock();
            try {
                changed.signalAll();
            } finally {
                unlock();
            }
        }
    }

    /** Releases the lock for a wait (rule 7). */
    void beginWait() {
        assert isPollingThread() && isLocked() && changers == 0 && open;
        countWait();
        phase = WAITING;
        unlock();
    }

    void endWait() {
        lock();
        phase = BUSY;
        if (changers > 0) {
            changed.signalAll();
        }
    }

    /** Rule 2, for the polling thread: no wait begins while somebody wants to change something. */
    void awaitChangers() {
        assert isPollingThread() && isLocked();
        while (changers > 0) {
            changed.awaitUninterruptibly();
        }
    }

    // The threads that change something.

    /** Rule 2: returns when the change cannot meet the kernel's wait. */
    void excludeWait() {
        assert isLocked();
        if (!changesDuringWait && isWaiting()) {
            endOthersWait();
        }
    }

    /** Returns when no thread is in the kernel's wait; none enters it before the lock is released. */
    void endOthersWait() {
        assert isLocked();
        changers++;
        updateNeedsSlowPoll();
        boolean interrupted = false;
        while (isWaiting()) {
            waker.signal(Waker.CHANGE);
            interrupted |= !awaitEndOfWait();
        }
        changers--;
        updateNeedsSlowPoll();
        changed.signalAll();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Rule 1: nobody may have signalled that a fast wait ended, so this returns after a while. False: interrupted. */
    private boolean awaitEndOfWait() {
        try {
            changed.awaitNanos(UNSIGNALLED_NANOS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Makes a thread that waits now look at what has changed. */
    void recallWaiter() {
        assert isLocked();
        if (isWaiting()) {
            waker.signal(Waker.CHANGE);
        }
    }

    /** Whether polls have to look at more than what the kernel watches. */
    void setWatchesMore(boolean more) {
        assert isLocked();
        watchesMore = more;
        updateNeedsSlowPoll();
    }

    /** Rule 1: before the phase is read. */
    private void updateNeedsSlowPoll() {
        boolean now = !open || changers > 0 || watchesMore;
        if (now != needsSlowPoll) {
            needsSlowPoll = now;
        }
    }
}
