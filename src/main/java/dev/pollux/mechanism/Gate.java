// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.ClosedPollerException;
import dev.pollux.Mechanism;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock, the phase of the polling thread, and the waiting changers: all memory ordering of a poller. See the package
 * documentation for the rules.
 */
final class Gate {
    /** No thread is inside a poll. */
    private static final int IDLE = 0;

    /** A thread is inside a poll, but not waiting in the kernel. */
    private static final int BUSY = 1;

    /** A thread is waiting in the kernel, or about to enter or leave the wait. */
    private static final int WAITING = 2;

    /** How often a thread that waits for the end of a wait checks by itself. */
    private static final long UNSIGNALLED_NANOS = 1_000_000;

    private static final VarHandle PHASE = Fields.field(MethodHandles.lookup(), "phase", int.class);
    private static final VarHandle WAITS = Fields.field(MethodHandles.lookup(), "waits", int.class);

    private final Mechanism mechanism;
    private final boolean changesDuringWait;
    private final Waker waker;
    private final Invariants invariants;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile int phase = IDLE;

    /** Counts the kernel's waits; only the polling thread writes it. */
    private volatile int waits;

    /** Rule 1: whether a poll must check more than the kernel's answers. */
    private volatile boolean needsSlowPoll;

    private volatile boolean open = true;

    /** The thread that polls or polled last. It stays after the poll, because storing a reference costs a fence. */
    private Thread lastPollingThread;

    /** Rule 2: how many threads wait until no thread waits in the kernel. */
    private int changers;

    private boolean watchesMore;

    /** The invariants that hold whenever the lock is free. */
    interface Invariants {
        /** Returns true, or throws an AssertionError that names the violation. */
        boolean check();
    }

    Gate(Mechanism mechanism, boolean changesDuringWait, Waker waker, Invariants invariants) {
        this.mechanism = mechanism;
        this.changesDuringWait = changesDuringWait;
        this.waker = waker;
        this.invariants = invariants;
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

    /** Begins a poll. A fast one counts as waiting from here on. */
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

    /** The number of the wait that began last. */
    int waits() {
        return waits;
    }

    /** Rule 1: read this only after the phase was set. */
    boolean needsSlowPoll() {
        return needsSlowPoll;
    }

    void countWait() {
        assert isPollingThread();
        WAITS.setRelease(this, (int) WAITS.get(this) + 1);
    }

    /** Ends a wait that began in {@link #enter}, without the lock unless a changer needs it. */
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

    /** Rule 2, for the polling thread: no wait begins while there are changers. */
    void awaitChangers() {
        assert isPollingThread() && isLocked();
        while (changers > 0) {
            changed.awaitUninterruptibly();
        }
    }

    // The threads that change something.

    /** Rule 2: returns when the change cannot happen during the kernel's wait. */
    void excludeWait() {
        assert isLocked();
        if (!changesDuringWait && isWaiting()) {
            endOthersWait();
        }
    }

    /** Returns when no thread is waiting in the kernel; none starts to wait before the lock is released. */
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

    /** Rule 1: the end of a fast wait may go unsignalled, so this also returns after a while. False: interrupted. */
    private boolean awaitEndOfWait() {
        try {
            changed.awaitNanos(UNSIGNALLED_NANOS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Wakes a waiting thread, so that it sees what has changed. */
    void recallWaiter() {
        assert isLocked();
        if (isWaiting()) {
            waker.signal(Waker.CHANGE);
        }
    }

    /** Sets whether polls must check more than what the kernel watches. */
    void setWatchesMore(boolean more) {
        assert isLocked();
        watchesMore = more;
        updateNeedsSlowPoll();
    }

    /** Rule 1: call this before the phase is read. */
    private void updateNeedsSlowPoll() {
        boolean now = !open || changers > 0 || watchesMore;
        if (now != needsSlowPoll) {
            needsSlowPoll = now;
        }
    }
}
