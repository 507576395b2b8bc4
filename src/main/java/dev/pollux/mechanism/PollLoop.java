// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One poll: waits, takes the driver's answers, and delivers events. The polling thread runs all of it.
 *
 * <p>The fast path takes no lock: the wait is over, nothing needs the slow path, and each answer falls into its entry's
 * {@link Entry#fastRow}. Everything else goes through {@link #receive}, under the lock.
 */
final class PollLoop {
    /** How often a wait that failed on a closed descriptor is repeated though none was found. */
    private static final int VAIN_LOOKS = 3;

    private final Driver driver;
    private final Gate gate;
    private final Waker waker;
    private final Lifecycle lifecycle;
    private final ClosedChecks closedChecks;
    private final Batch batch;
    private final long spinNanos;

    /** What handlers modified before its turn: it keeps its place in the batch, or others would always come first. */
    private final List<Entry> modified = new ArrayList<>();

    /** Whether the answers of the last wait are delivered from the driver, and not from the batch. */
    private boolean isDirect;

    PollLoop(Driver driver, Gate gate, Waker waker, Lifecycle lifecycle, long spinNanos) {
        this.driver = driver;
        this.gate = gate;
        this.waker = waker;
        this.lifecycle = lifecycle;
        this.spinNanos = spinNanos;
        batch = new Batch();
        closedChecks = new ClosedChecks(driver, gate, lifecycle, batch);
    }

    int poll(long timeoutNanos, ReadyHandler handler) throws IOException {
        boolean fast = canBeFast();
        gate.enter(fast);
        try {
            long startNanos = timeoutNanos > 0 ? System.nanoTime() : 0;
            long remainingNanos = timeoutNanos;
            boolean again = false;
            for (; ; ) {
                boolean woken = fast ? waitFast(remainingNanos) : waitLocked(remainingNanos, again);
                int delivered = isDirect ? deliverAnswers(handler) : deliverBatch(handler);
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

    /** Certain only for the polling thread, once it counts as waiting (rule 1). */
    private boolean canBeFast() {
        return !gate.needsSlowPoll() && driver.traits.stableAnswers() && !driver.needsLock() && batch.isEmpty();
    }

    /** Waits once without the lock. Whether somebody woke the poller. */
    private boolean waitFast(long timeoutNanos) throws SyscallException {
        gate.countWait();
        int rc = 0;
        boolean waited = false;
        try {
            if (canBeFast()) {
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

    /** Waits once and takes what it found. Whether somebody woke the poller. */
    private boolean waitLocked(long timeoutNanos, boolean again) throws SyscallException {
        gate.lock();
        try {
            gate.awaitChangers();
            gate.requireOpen();
            closedChecks.sweepChannels();
            if (!lifecycle.retries.isEmpty()) {
                lifecycle.retry();
            }
            driver.beforeWait();
            int rc = waitUnlocked(shorten(timeoutNanos, again));
            int vain = 0;
            while (driver.isAnswerToClosed(rc) && vain < VAIN_LOOKS) {
                vain += closedChecks.endAllClosed() ? 0 : 1;
                rc = waitUnlocked(0);
            }
            return take(rc);
        } finally {
            gate.unlock();
        }
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
        waker.beginBlocking();
        try {
            return spinNanos > 0 ? spinThenAwait(timeoutNanos) : driver.await(timeoutNanos);
        } finally {
            waker.endBlocking();
        }
    }

    /** Looks for a while before it waits: what arrives in that time costs no thread switch. */
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

    /** How long the kernel may wait, given what it does not watch. */
    private long shorten(long timeoutNanos, boolean again) {
        if (batch.events() > 0 || lifecycle.alwaysReady.isAnyReady()) {
            return 0;
        }
        long shortenedNanos = lifecycle.retries.isEmpty() ? timeoutNanos : atMost(Retries.RETRY_NANOS, timeoutNanos);
        Muted muted = lifecycle.muted;
        if (!muted.isEmpty() && (!again || muted.untilDueNanos() <= 0)) {
            lifecycle.armMuted();
        }
        return muted.isEmpty() ? shortenedNanos : atMost(Math.max(1, muted.untilDueNanos()), shortenedNanos);
    }

    private static long atMost(long limitNanos, long timeoutNanos) {
        return timeoutNanos < 0 ? limitNanos : Math.min(timeoutNanos, limitNanos);
    }

    // Answers.

    /** Takes what a wait returned. Whether somebody woke the poller. */
    private boolean take(int rc) throws SyscallException {
        int reasons = waker.reasons();
        gate.requireOpen();
        if (rc < 0 && !isRetried(rc) && batch.events() == 0) {
            throw driver.failure(rc);
        }
        isDirect = rc > 0
                && driver.traits.stableAnswers()
                && !driver.needsLock()
                && batch.isEmpty()
                && lifecycle.alwaysReady.isEmpty()
                && !closedChecks.isDue();
        if (!isDirect) {
            fetch(rc);
        }
        return (reasons & Waker.USER) != 0
                || (reasons & Waker.INTERRUPT) != 0 && Thread.currentThread().isInterrupted(); // newer JDKs: late
    }

    static boolean isRetried(int rc) {
        return rc == -Errno.EINTR || rc == -Errno.EAGAIN;
    }

    /** Puts all events into the batch. */
    private void fetch(int rc) throws SyscallException {
        if (rc > 0) {
            fetchAnswers();
            closedChecks.checkNext();
        }
        fetchAlwaysReady();
        batch.dropReserved();
    }

    /** A failure at one answer loses none of the others. */
    private void fetchAnswers() throws SyscallException {
        boolean isDue = closedChecks.isDue();
        SyscallException failure = null;
        boolean more = true;
        while (more) {
            try {
                Entry entry = driver.next();
                more = entry != null;
                if (more && isDue && closedChecks.isGone(entry)) {
                    closedChecks.endClosed(entry);
                } else if (more) {
                    Readiness ready = receive(entry, driver.bits);
                    if (ready != null) {
                        batch.add(entry, ready.bits());
                    }
                }
            } catch (SyscallException e) {
                failure = e;
            }
        }
        if (failure != null) {
            putBack();
            throw failure;
        }
    }

    private void fetchAlwaysReady() {
        AlwaysReady always = lifecycle.alwaysReady;
        for (int index = always.size() - 1; index >= 0; index--) {
            if (always.isReady(index)) {
                Entry entry = always.entry(index);
                if (entry.hasClosedChannel() || always.isAnotherFile(index)) {
                    lifecycle.end(entry);
                } else {
                    always.setDelivered(index);
                    Readiness ready = PollBits.readiness(entry.asked(), always.bits(index));
                    batch.add(entry, ready.bits());
                }
            }
        }
    }

    /** Under the lock: what an answer means for its registration; null if there is nothing to deliver. */
    private Readiness receive(Entry entry, int bits) {
        assert gate.isLocked() && gate.isPollingThread();
        if ((bits & PollBits.GONE) != 0) {
            lifecycle.end(entry);
        } else if (!entry.state().isWatched()) {
            return null; // fired, silent or ended since the kernel answered
        } else if (isLate(entry)) {
            receiveLate(entry);
        } else if ((bits & PollBits.NVAL) != 0) {
            closedChecks.endInvalid(entry);
        } else {
            if ((bits & PollBits.CONSTANT) != 0) {
                lifecycle.makeConstant(entry, bits & ~PollBits.CONSTANT);
                return null; // fetchAlwaysReady delivers it
            }
            return classify(entry, bits);
        }
        return null;
    }

    /** Rule 3: the answer may be meant for an older interest, or for another registration of the number. */
    private boolean isLate(Entry entry) {
        return entry.armedInWait == gate.waits();
    }

    private void receiveLate(Entry entry) {
        if (entry.trigger() == Trigger.LEVEL) {
            batch.reserve(entry);
        } else if (driver.traits.changesDuringWait()) {
            lifecycle.rearm(entry);
        }
    }

    private Readiness classify(Entry entry, int bits) {
        Readiness ready = PollBits.readiness(entry.asked(), bits);
        if (PollBits.isEvent(ready)) {
            if (entry.state() == State.MUTED) {
                lifecycle.unmute(entry);
            }
            entry.enableFast();
            return ready;
        }
        if ((bits & PollBits.OVER) != 0 && entry.state() == State.ARMED && entry.trigger() != Trigger.EDGE) {
            lifecycle.mute(entry);
        }
        return null;
    }

    // Delivery.

    /** The fast path: delivers the driver's answers one by one, without a batch. */
    private int deliverAnswers(ReadyHandler handler) throws IOException {
        isDirect = false;
        int delivered = 0;
        boolean completed = false;
        try {
            for (Entry entry = driver.next(); entry != null; entry = driver.next()) {
                Readiness ready = PollBits.fast(entry.fastRow(), driver.bits);
                if (ready == null) {
                    ready = receiveAndClaim(entry, driver.bits);
                }
                if (ready != null) {
                    delivered++;
                    handler.ready(entry, ready);
                }
            }
            completed = true;
        } finally {
            if (!completed) {
                keepRest();
            }
        }
        return delivered;
    }

    /** The slow path for one answer. */
    private Readiness receiveAndClaim(Entry entry, int bits) {
        gate.lock();
        try {
            Readiness ready = gate.isOpen() ? receive(entry, bits) : null;
            if (ready != null && entry.trigger().isOneshot()) {
                lifecycle.fire(entry);
            }
            return ready;
        } finally {
            gate.unlock();
        }
    }

    /** A handler threw, or a call failed: the answers that are left go into the batch. */
    private void keepRest() throws SyscallException {
        gate.lock();
        try {
            if (gate.isOpen()) {
                fetchAnswers();
                putBack();
            }
        } finally {
            gate.unlock();
        }
    }

    private int deliverBatch(ReadyHandler handler) throws IOException {
        int delivered = 0;
        int next = 0;
        try {
            while (next < batch.count()) {
                Entry entry = batch.get(next);
                int bits = entry.fetched;
                boolean claimed = claim(entry);
                batch.take(next++);
                if (claimed) {
                    delivered++;
                    handler.ready(entry, Readiness.of(bits));
                } else if (entry.state().isWatched()) {
                    modified.add(entry);
                }
            }
        } finally {
            batch.removeFirst(next);
            if (!batch.isEmpty()) {
                putBackLocked();
            }
            for (int i = 0; i < modified.size(); i++) {
                batch.reserve(modified.get(i));
            }
            modified.clear();
        }
        return delivered;
    }

    /** Rule 4: whether the event still counts: its registration was not modified or ended since it was fetched. */
    private boolean claim(Entry entry) {
        if (entry.version() != entry.fetchedVersion || entry.fetched == Entry.RESERVED || !gate.isOpen()) {
            return false;
        }
        return entry.fetched == Readiness.INVALID || entry.canBeFast() || claimLocked(entry);
    }

    private boolean claimLocked(Entry entry) {
        gate.lock();
        try {
            if (entry.version() != entry.fetchedVersion) {
                return false;
            }
            if (entry.hasClosedChannel()) {
                lifecycle.end(entry);
                return false;
            }
            if (entry.trigger().isOneshot()) {
                lifecycle.fire(entry);
            }
            return true;
        } finally {
            gate.unlock();
        }
    }

    private void putBackLocked() {
        gate.lock();
        try {
            putBack();
        } finally {
            gate.unlock();
        }
    }

    /**
     * What is left in the batch was not delivered. It keeps its place, and the kernel reports it again if it is still
     * ready; what the kernel reports once is armed again for that. Only what cannot be asked for again stays: the notice
     * of a closed descriptor, and PRIORITY, which some files report once.
     */
    private void putBack() {
        batch.retain(this::keepsItsPlace);
    }

    private boolean keepsItsPlace(Entry entry) {
        if (entry.version() != entry.fetchedVersion) {
            return false;
        }
        if ((entry.fetched & (Readiness.INVALID | Readiness.PRIORITY)) != 0) {
            return true;
        }
        if (entry.trigger() != Trigger.LEVEL) {
            lifecycle.rearm(entry);
        }
        batch.reserve(entry);
        return true;
    }
}
