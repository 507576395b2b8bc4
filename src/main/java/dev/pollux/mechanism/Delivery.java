// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the driver's answers into events and delivers them, directly or through the batch. Runs on the polling thread.
 *
 * <p>The fast path takes no lock: it uses {@link Entry#fastRow}. Everything else goes through {@link #receive}, under
 * the lock.
 */
final class Delivery {
    final Batch batch = new Batch();
    final ClosedChecks closedChecks;

    private final Driver driver;
    private final Gate gate;
    private final Lifecycle lifecycle;

    /**
     * Entries modified by a handler before their turn: they keep their place in the batch, or others would always come
     * first.
     */
    private final List<Entry> modified = new ArrayList<>();

    /** How many of the driver's answers are taken. */
    private int taken;

    Delivery(Driver driver, Gate gate, Lifecycle lifecycle) {
        this.driver = driver;
        this.gate = gate;
        this.lifecycle = lifecycle;
        closedChecks = new ClosedChecks(driver, gate, lifecycle, batch);
    }

    // Fetching.

    /** Whether the answers of the last wait may be delivered without the batch. */
    boolean canBeDirect() {
        return driver.has(Trait.STABLE_ANSWERS)
                && !driver.needsLock()
                && batch.isEmpty()
                && lifecycle.alwaysReady.isEmpty()
                && !closedChecks.isDue();
    }

    /** Puts all events into the batch. */
    void fetch(int rc) throws SyscallException {
        if (rc > 0) {
            fetchAnswers(0);
            closedChecks.checkNext();
        }
        fetchAlwaysReady();
        batch.dropReserved();
    }

    /** A failure at one answer does not lose the others. */
    private void fetchAnswers(int from) throws SyscallException {
        boolean isDue = closedChecks.isDue();
        SyscallException failure = null;
        for (int index = from; driver.hasNext(index); index++) {
            try {
                Entry entry = driver.next(index);
                if (entry != null) {
                    fetch(entry, driver.bits(index), isDue);
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

    private void fetch(Entry entry, int bits, boolean isDue) {
        if (isDue && closedChecks.isGone(entry)) {
            closedChecks.endClosed(entry);
            return;
        }
        int ready = receive(entry, bits);
        if (ready != 0) {
            batch.add(entry, ready);
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
                    batch.add(entry, PollBits.ready(entry.asked(), always.bits(index)));
                }
            }
        }
    }

    /** The ready bits of an answer, under the lock; 0 if there is nothing to deliver. */
    private int receive(Entry entry, int bits) {
        assert gate.isLocked() && gate.isPollingThread();
        if ((bits & PollBits.GONE) != 0) {
            lifecycle.end(entry);
        } else if (!entry.state().isWatched()) {
            return 0; // fired, silent or ended since the kernel answered
        } else if (isLate(entry)) {
            receiveLate(entry);
        } else if ((bits & PollBits.NVAL) != 0) {
            closedChecks.endInvalid(entry);
        } else if (entry.hasClosedChannel()) {
            lifecycle.end(entry); // a handler may have closed it since the kernel answered
        } else if ((bits & PollBits.CONSTANT) != 0) {
            lifecycle.makeConstant(entry, bits & ~PollBits.CONSTANT); // fetchAlwaysReady delivers it
        } else {
            return classify(entry, bits);
        }
        return 0;
    }

    /** Rule 3: the answer may belong to an older interest, or to an earlier registration of the number. */
    private boolean isLate(Entry entry) {
        return entry.armedInWait == gate.waits();
    }

    private void receiveLate(Entry entry) {
        if (entry.trigger() == Trigger.LEVEL) {
            batch.reserve(entry);
        } else if (driver.has(Trait.CHANGES_DURING_WAIT)) {
            lifecycle.rearm(entry);
        }
    }

    private int classify(Entry entry, int bits) {
        int ready = PollBits.ready(entry.asked(), bits);
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
        return 0;
    }

    // Delivery.

    /** Delivers the driver's answers one by one, without a batch. */
    int deliverAnswers(ReadyHandler handler) throws IOException {
        int delivered = 0;
        boolean completed = false;
        taken = 0;
        try {
            do {
                int first = taken;
                deliverFast(driver, handler);
                delivered += taken - first;
                if (driver.hasNext(taken) && deliverSlow(handler)) {
                    delivered++;
                }
            } while (driver.hasNext(taken));
            completed = true;
        } finally {
            if (!completed) {
                keepRest();
            }
        }
        return delivered;
    }

    /**
     * The fast path, up to an answer that needs the slow one. A separate method with few variables, which stay in
     * registers.
     */
    private void deliverFast(Driver answers, ReadyHandler handler) throws IOException {
        int index = taken;
        try {
            while (answers.hasNext(index)) {
                Entry entry = answers.next(index);
                if (entry == null) {
                    return;
                }
                Readiness ready = PollBits.fast(entry.fastRow(), answers.bits(index));
                if (ready == null) {
                    return;
                }
                index++;
                handler.ready(entry, ready);
            }
        } finally {
            taken = index;
        }
    }

    /** The slow path for one answer. Returns whether it was an event. */
    private boolean deliverSlow(ReadyHandler handler) throws IOException {
        int index = taken++;
        Entry entry = driver.next(index);
        int ready = entry == null ? 0 : receiveAndClaim(entry, driver.bits(index));
        if (ready != 0) {
            handler.ready(entry, ReadyBits.readiness(ready));
        }
        return ready != 0;
    }

    private int receiveAndClaim(Entry entry, int bits) {
        gate.lock();
        try {
            int ready = gate.isOpen() ? receive(entry, bits) : 0;
            if (ready != 0 && entry.trigger().isOneshot()) {
                lifecycle.fire(entry);
            }
            return ready;
        } finally {
            gate.unlock();
        }
    }

    /** Puts the remaining answers into the batch, after a handler threw or a call failed. */
    private void keepRest() throws SyscallException {
        gate.lock();
        try {
            if (gate.isOpen()) {
                fetchAnswers(taken);
                putBack();
            }
        } finally {
            gate.unlock();
        }
    }

    int deliverBatch(ReadyHandler handler) throws IOException {
        int delivered = 0;
        int next = 0;
        try {
            while (next < batch.count()) {
                Entry entry = batch.get(next);
                int ready = entry.fetched;
                boolean claimed = claim(entry);
                batch.take(next++);
                if (claimed) {
                    delivered++;
                    handler.ready(entry, ReadyBits.readiness(ready));
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

    /** Rule 4: whether the event is still valid: its registration was not modified or ended since the fetch. */
    private boolean claim(Entry entry) {
        if (entry.version() != entry.fetchedVersion || entry.fetched == Entry.RESERVED || !gate.isOpen()) {
            return false;
        }
        return entry.fetched == ReadyBits.INVALID || entry.canBeFast() || claimLocked(entry);
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
     * Undelivered entries keep their place in the batch; the kernel reports them again if they are still ready. Those
     * that it reports only once are armed again for that. Two kinds of events stay, because the kernel may not report
     * them again: INVALID, and PRIORITY, which some files report once.
     */
    private void putBack() {
        batch.retain(this::keepsItsPlace);
    }

    private boolean keepsItsPlace(Entry entry) {
        if (entry.version() != entry.fetchedVersion) {
            return false;
        }
        if ((entry.fetched & (ReadyBits.INVALID | ReadyBits.PRIORITY)) != 0) {
            return true;
        }
        if (entry.trigger() != Trigger.LEVEL) {
            lifecycle.rearm(entry);
        }
        batch.reserve(entry);
        return true;
    }
}
