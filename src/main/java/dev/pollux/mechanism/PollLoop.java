// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.ReadyHandler;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import java.io.IOException;

/**
 * One poll: waits, takes the driver's answers, and lets {@link Delivery} deliver them. Runs on the polling thread.
 *
 * <p>The first wait takes no lock unless something needs the slow path; later waits release the lock while the kernel
 * waits.
 */
final class PollLoop {
    /** How often a wait that failed on a closed descriptor is repeated although none was found. */
    private static final int VAIN_LOOKS = 3;

    private final Driver driver;
    private final Gate gate;
    private final Waker waker;
    private final Lifecycle lifecycle;
    private final Delivery delivery;
    private final ClosedChecks closedChecks;
    private final Batch batch;
    private final boolean stableAnswers;
    private final long spinNanos;

    /** Null where a look costs as much as a wait. */
    private final Looks looks;

    /** Whether to deliver the answers of the last wait directly from the driver, without the batch. */
    private boolean isDirect;

    PollLoop(Driver driver, Gate gate, Waker waker, Lifecycle lifecycle, PollerSettings settings) {
        this.driver = driver;
        this.gate = gate;
        this.waker = waker;
        this.lifecycle = lifecycle;
        spinNanos = settings.spinNanos();
        stableAnswers = driver.has(Trait.STABLE_ANSWERS);
        looks = driver.has(Trait.CHEAP_LOOK) ? new Looks(settings.lookPause()) : null;
        delivery = new Delivery(driver, gate, lifecycle);
        closedChecks = delivery.closedChecks;
        batch = delivery.batch;
    }

    int poll(long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean fast = stableAnswers;
        gate.enter(fast);
        try {
            long startNanos = timeoutNanos > 0 ? System.nanoTime() : 0;
            long remainingNanos = timeoutNanos;
            boolean again = false;
            for (; ; ) {
                isDirect = false;
                boolean woken = fast ? waitFast(remainingNanos) : waitLocked(remainingNanos, again);
                int delivered = isDirect ? delivery.deliverAnswers(handler) : delivery.deliverBatch(handler);
                if (delivered > 0 || woken || timeoutNanos == 0) {
                    return delivered;
                }
                if (timeoutNanos > 0) {
                    remainingNanos = timeoutNanos - (System.nanoTime() - startNanos);
                    if (remainingNanos <= 0) {
                        return 0;
                    }
                }
                fast = false;
                again = true;
            }
        } finally {
            gate.leave();
        }
    }

    // Waiting.

    /** Reliable only on the polling thread, while it counts as waiting (rule 1). */
    private boolean canBeFast() {
        return !gate.needsSlowPoll() && !driver.needsLock() && batch.isEmpty();
    }

    /** Waits once without the lock. Returns whether the poller was woken. */
    private boolean waitFast(long timeoutNanos) throws SyscallException {
        int rc = 0;
        boolean waited = false;
        try {
            if (canBeFast()) {
                gate.countWait();
                rc = await(timeoutNanos);
                waited = true;
            }
        } finally {
            gate.endFastWait();
        }
        if (rc > 0 && !gate.needsSlowPoll() && !waker.isSignalled() && !closedChecks.isDue()) {
            isDirect = true;
            return false;
        }
        return waited ? takeLocked(rc) : waitLocked(timeoutNanos, false);
    }

    private boolean takeLocked(int rc) throws SyscallException {
        gate.lock();
        try {
            return take(rc);
        } finally {
            gate.unlock();
        }
    }

    /** Waits once and takes the answers. Returns whether the poller was woken. */
    private boolean waitLocked(long timeoutNanos, boolean again) throws SyscallException {
        gate.lock();
        try {
            awaitTurn();
            closedChecks.sweepChannels();
            if (!lifecycle.retries.isEmpty()) {
                lifecycle.retry();
            }
            driver.beforeWait();
            int rc = waitUnlocked(shorten(timeoutNanos, again));
            int vain = 0;
            while (driver.isAnswerToClosed(rc) && vain < VAIN_LOOKS) {
                if (!closedChecks.endAllClosed()) {
                    vain++;
                }
                awaitTurn();
                rc = waitUnlocked(0);
            }
            return take(rc);
        } finally {
            gate.unlock();
        }
    }

    /** Rule 2, before each wait: waiting changers make their changes now, and may close the poller. */
    private void awaitTurn() {
        gate.awaitChangers();
        gate.requireOpen();
    }

    private int waitUnlocked(long timeoutNanos) {
        gate.beginWait();
        try {
            return await(timeoutNanos);
        } finally {
            gate.endWait();
        }
    }

    private int await(long timeoutNanos) {
        if (timeoutNanos == 0) {
            return driver.await(0);
        }
        if (looks != null && looks.begin()) {
            int rc = driver.await(0);
            looks.end(rc != 0);
            if (rc != 0) {
                return rc;
            }
        }
        waker.beginBlocking();
        try {
            return spinNanos > 0 ? spinThenAwait(timeoutNanos) : driver.await(timeoutNanos);
        } finally {
            waker.endBlocking();
        }
    }

    /** Spins before it waits: an event that arrives meanwhile costs no thread switch. */
    private int spinThenAwait(long timeoutNanos) {
        long startNanos = System.nanoTime();
        long spentNanos;
        do {
            int rc = driver.await(0);
            spentNanos = System.nanoTime() - startNanos;
            if (rc != 0 || timeoutNanos > 0 && spentNanos >= timeoutNanos) {
                return rc;
            }
        } while (spentNanos < spinNanos);
        return driver.await(timeoutNanos < 0 ? timeoutNanos : timeoutNanos - spentNanos);
    }

    /** How long the kernel may wait, given the entries that it does not watch. */
    private long shorten(long timeoutNanos, boolean again) {
        Muted muted = lifecycle.muted;
        if (!muted.isEmpty() && (!again || muted.untilDueNanos() <= 0)) {
            lifecycle.armMuted();
        }
        if (batch.events() > 0 || lifecycle.alwaysReady.isAnyReady()) {
            return 0;
        }
        long shortenedNanos = lifecycle.retries.isEmpty() ? timeoutNanos : atMost(Retries.RETRY_NANOS, timeoutNanos);
        return muted.isEmpty() ? shortenedNanos : atMost(Math.max(1, muted.untilDueNanos()), shortenedNanos);
    }

    private static long atMost(long limitNanos, long timeoutNanos) {
        return timeoutNanos < 0 ? limitNanos : Math.min(timeoutNanos, limitNanos);
    }

    /** Takes the result of a wait. Returns whether the poller was woken. */
    private boolean take(int rc) throws SyscallException {
        int reasons = waker.reasons();
        gate.requireOpen();
        if (rc < 0 && !isRetried(rc) && batch.events() == 0) {
            throw driver.failure(rc);
        }
        isDirect = rc > 0 && delivery.canBeDirect();
        if (!isDirect) {
            delivery.fetch(rc);
        }
        return (reasons & Waker.USER) != 0
                || (reasons & Waker.INTERRUPT) != 0 && Thread.currentThread().isInterrupted(); // newer JDKs: set late
    }

    static boolean isRetried(int rc) {
        return rc == -Errno.EINTR || rc == -Errno.EAGAIN;
    }
}
