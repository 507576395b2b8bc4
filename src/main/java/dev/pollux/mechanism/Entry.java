// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/**
 * One registration. A driver that keeps data for each registration has a subclass.
 *
 * <p>Volatile fields are read without the lock and written under it, so a release store suffices: readers that need
 * more take the lock. {@link #fastRow} is read without the lock too. The place in the batch belongs to the polling
 * thread. The lock guards everything else.
 */
class Entry implements Registration {
    /** What a registration calls on its poller. */
    interface Owner {
        void modify(Entry entry, Interest interest) throws IOException;

        void cancel(Entry entry) throws IOException;

        boolean isValid(Entry entry);
    }

    /** The constructor's arguments. */
    record Terms(
            Owner owner,
            int fd,
            Interest interest,
            Trigger trigger,
            Object attachment,
            SelectableChannel channel,
            boolean exclusive,
            int generation) {}

    /** {@link #fetched} of an entry that is not in the batch. */
    static final int NOT_IN_BATCH = -1;

    /** {@link #fetched} of an entry that only reserves its place in the batch. */
    static final int RESERVED = 0;

    private static final VarHandle INTEREST = Fields.field(MethodHandles.lookup(), "interest", Interest.class);
    private static final VarHandle STATE = Fields.field(MethodHandles.lookup(), "state", State.class);
    private static final VarHandle VERSION = Fields.field(MethodHandles.lookup(), "version", int.class);
    private static final VarHandle FAST_ROW = Fields.field(MethodHandles.lookup(), "fastRow", int.class);

    private final Owner owner;
    private final int fd;
    private final Trigger trigger;
    private final Object attachment;

    /** The channel that owns the descriptor; null for a raw descriptor. */
    final SelectableChannel channel;

    /** Whether an event wakes one of many pollers, not all. */
    final boolean exclusive;

    /** Passed to the kernel with the descriptor: tells this registration from a later one of the same number. */
    final int generation;

    private volatile Interest interest;
    private volatile State state;

    /** Rule 4: an event fetched under an older version is not delivered. */
    private volatile int version;

    /** Rule 5: the row of {@link PollBits#fast} for answers delivered without the lock; 0: take the slow path. */
    private int fastRow;

    /** Rule 3: the number of the last wait that had begun when this was armed. */
    int armedInWait;

    /** The place in the list of MUTED or CONSTANT entries, counted from 1; 0 if it is in neither. */
    int place;

    /** The {@link ReadyBits} in the batch, or one of the two constants. */
    int fetched = NOT_IN_BATCH;

    /** The version under which they were fetched. */
    int fetchedVersion;

    Entry(Terms terms) {
        owner = terms.owner;
        fd = terms.fd;
        trigger = terms.trigger;
        attachment = terms.attachment;
        channel = terms.channel;
        exclusive = terms.exclusive;
        generation = terms.generation;
        INTEREST.set(this, terms.interest);
        STATE.set(this, State.NEW);
    }

    @Override
    public final int fd() {
        return fd;
    }

    @Override
    public final Interest interest() {
        return interest;
    }

    @Override
    public final Trigger trigger() {
        return trigger;
    }

    @Override
    public final Object attachment() {
        return attachment;
    }

    @Override
    public final boolean isValid() {
        return state != State.ENDED && owner.isValid(this);
    }

    @Override
    public final void modify(Interest newInterest) throws IOException {
        owner.modify(this, Objects.requireNonNull(newInterest, "interest"));
    }

    @Override
    public final void cancel() throws IOException {
        owner.cancel(this);
    }

    final State state() {
        return state;
    }

    final int version() {
        return version;
    }

    /**
     * A plain read, once an event: a barrier here made each event 50% slower. If a change comes in between, it looks as
     * if the handler was already running.
     */
    final int fastRow() {
        return fastRow;
    }

    /** The ready bits that may be delivered; 0 in a state without events. */
    final int asked() {
        return state.isWatched() ? PollBits.asked(interest) : 0;
    }

    /** Whether its channel was closed; never true for a raw descriptor. */
    final boolean hasClosedChannel() {
        return channel != null && !channel.isOpen();
    }

    /** Whether delivering an event changes nothing, so that the fast path may do it. */
    final boolean canBeFast() {
        return !trigger.isOneshot() && channel == null;
    }

    final void become(State next) {
        assert state.leadsTo(next) : this + " from " + state + " to " + next;
        disableFast();
        STATE.setRelease(this, next);
    }

    final void setInterest(Interest newInterest) {
        INTEREST.setRelease(this, newInterest);
    }

    /** Called after an event: the next ones take the fast path until something changes. */
    final void enableFast() {
        if (fastRow() == 0 && state == State.ARMED && canBeFast()) {
            FAST_ROW.setRelease(this, PollBits.row(interest));
        }
    }

    final void disableFast() {
        FAST_ROW.setRelease(this, 0);
    }

    /** Drops the events fetched so far: they are not delivered. */
    final void outdate() {
        VERSION.setRelease(this, version + 1);
    }

    @Override
    public final String toString() {
        return "Registration[fd=" + fd + ", " + interest + ", " + trigger
                + (state == State.ENDED ? ", no longer valid]" : "]");
    }
}
