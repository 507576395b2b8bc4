// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;

/**
 * Moves registrations from state to state. Only this class arms, disarms and ends them, and keeps the lists of a state.
 * A change that fails half-way is retried before the next wait. Every method needs the lock.
 */
final class Lifecycle {
    final Muted muted = new Muted();
    final Retries retries = new Retries();
    final AlwaysReady alwaysReady;

    private final Driver driver;
    private final Registry registry;
    private final Gate gate;

    Lifecycle(Driver driver, Gate gate) {
        this.driver = driver;
        this.registry = driver.registry;
        this.gate = gate;
        alwaysReady = new AlwaysReady(driver.syscalls);
    }

    /**
     * Adds a new registration to the registry, then arms it, so that its first event finds it (rule 5). The table does
     * not grow for a number that is not open.
     */
    void begin(Entry entry) throws SyscallException {
        boolean early = entry.fd() < registry.numbers() || driver.isOpen(entry.fd());
        if (early) {
            registry.add(entry);
        }
        boolean begun = false;
        try {
            arm(entry, entry.interest());
            begun = true;
        } finally {
            if (!begun) {
                abandon(entry, early);
            }
        }
        if (!early) {
            registry.add(entry);
        }
        updateGate();
    }

    private void abandon(Entry entry, boolean isRegistered) {
        if (isRegistered) {
            registry.remove(entry);
        }
        become(entry, State.ENDED);
        disarmQuietly(entry);
    }

    /** Changes the interest, which also re-arms a fired ONESHOT. If it throws, the old interest holds. */
    void change(Entry entry, Interest interest) throws SyscallException {
        try {
            arm(entry, interest);
        } catch (SyscallException e) {
            endOrRetry(entry, e);
            throw e;
        }
        entry.setInterest(interest);
        entry.outdate();
    }

    /** Makes the kernel report current readiness again, also for an edge or a ONESHOT. */
    void rearm(Entry entry) {
        try {
            arm(entry, entry.interest());
        } catch (SyscallException e) {
            endOrRetry(entry, e);
        }
    }

    private void arm(Entry entry, Interest interest) throws SyscallException {
        assert gate.isLocked();
        entry.disableFast();
        if (interest != Interest.NONE) {
            int constantBits = driver.arm(entry, interest);
            entry.armedInWait = gate.waits();
            if (constantBits == 0) {
                become(entry, State.ARMED);
            } else {
                makeConstant(entry, constantBits);
            }
        } else if (entry.state() == State.NEW) {
            driver.requireOpen(entry.fd());
            become(entry, State.SILENT);
        } else {
            driver.disarm(entry);
            become(entry, State.SILENT);
        }
    }

    void makeConstant(Entry entry, int pollBits) {
        become(entry, State.CONSTANT);
        alwaysReady.add(entry, pollBits);
        updateGate();
    }

    /** Called when a ONESHOT is delivered. */
    void fire(Entry entry) {
        become(entry, State.FIRED);
        try {
            driver.fired(entry);
        } catch (SyscallException e) {
            endOrRetry(entry, e);
        }
    }

    /** Silences an entry that has only a hang-up or an error outside its interest. */
    void mute(Entry entry) {
        entry.disableFast();
        try {
            driver.mute(entry);
        } catch (SyscallException e) {
            endOrRetry(entry, e);
            return;
        }
        become(entry, State.MUTED);
        if (!driver.has(Trait.MUTES_BY_EDGE)) {
            muted.add(entry);
            updateGate();
        }
    }

    /** Called when a muted registration has an event. */
    void unmute(Entry entry) {
        if (entry.place != 0) {
            rearm(entry);
            return;
        }
        become(entry, State.ARMED);
        try {
            driver.unmute(entry);
        } catch (SyscallException e) {
            endOrRetry(entry, e);
        }
    }

    /** Arms the muted registrations that the kernel does not watch. */
    void armMuted() {
        muted.restart();
        for (Entry entry : muted.all()) {
            rearm(entry);
        }
    }

    /** Retries the failed changes. One that fails again does not stop the others. */
    void retry() {
        for (Entry entry : retries.all()) {
            try {
                if (entry.state().isWatched()) {
                    arm(entry, entry.interest());
                } else {
                    driver.disarm(entry);
                    retries.remove(entry);
                    updateGate();
                }
            } catch (SyscallException e) {
                endOrRetry(entry, e);
            }
        }
    }

    private void endOrRetry(Entry entry, SyscallException e) {
        if (isEndedBy(e, entry)) {
            end(entry);
            return;
        }
        retries.add(entry);
        updateGate();
        gate.recallWaiter();
    }

    /** Whether the kernel refused because the descriptor was closed. ENOENT: the number belongs to another file now. */
    private boolean isEndedBy(SyscallException e, Entry entry) {
        return e.errno() == Errno.ENOENT || driver.isClosed(entry);
    }

    /** Ends a registration; it stays as it is if the kernel refuses to remove it. */
    void cancel(Entry entry) throws SyscallException {
        try {
            driver.disarm(entry);
        } catch (SyscallException e) {
            endOrRetry(entry, e);
            if (entry.state() != State.ENDED) {
                throw e;
            }
        }
        if (entry.state() != State.ENDED) {
            forget(entry);
        }
    }

    /** Ends a registration whose descriptor is gone, even if its removal fails. */
    void end(Entry entry) {
        forget(entry);
        disarmQuietly(entry);
    }

    private void disarmQuietly(Entry entry) {
        try {
            driver.disarm(entry);
        } catch (SyscallException e) {
            // see Driver.disarm: events of the leftover are skipped
        }
    }

    private void forget(Entry entry) {
        registry.remove(entry);
        become(entry, State.ENDED);
        entry.outdate();
        updateGate();
    }

    /** Ends all registrations, without the driver, which is closed. */
    void forgetAll() {
        for (Entry entry : registry.all()) {
            forget(entry);
        }
    }

    private void become(Entry entry, State next) {
        assert gate.isLocked();
        boolean wasListed = entry.place != 0 || !retries.isEmpty();
        if (entry.state() == State.CONSTANT) {
            alwaysReady.remove(entry);
        } else {
            muted.remove(entry);
        }
        retries.remove(entry);
        entry.become(next);
        if (wasListed) {
            updateGate();
        }
    }

    private void updateGate() {
        gate.setWatchesMore(
                registry.channels() > 0 || !alwaysReady.isEmpty() || !muted.isEmpty() || !retries.isEmpty());
    }
}
