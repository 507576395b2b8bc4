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
 * One registration. Its plain fields are guarded by the lock of its poller; the volatile ones are written under it as
 * well, so a release is enough for them: the unlock that follows is what others may count on.
 */
final class Entry implements Registration {
    /** The poller, as far as its registrations need it. */
    interface Owner {
        void modify(Entry entry, Interest interest) throws IOException;

        void cancel(Entry entry) throws IOException;

        boolean stillValid(Entry entry);
    }

    private static final VarHandle INTEREST = field("interest", Interest.class);
    private static final VarHandle VALID = field("valid", boolean.class);
    private static final VarHandle VERSION = field("version", int.class);
    private static final VarHandle ASKED = field("asked", int.class);
    private static final VarHandle ANSWERS_AT_ONCE = field("answersAtOnce", int.class);

    private final Owner poller;
    private final int fd;
    private final Trigger trigger;
    private final Object attachment;

    /** Whose descriptor it is, null for a raw one. */
    final SelectableChannel channel;

    /** Whether one of many pollers is to be woken for it, not all. */
    final boolean exclusive;

    /** Travels through the kernel beside the descriptor and tells this registration from a later one of its number. */
    final int generation;

    volatile Interest interest;
    volatile boolean valid;

    /** Grows by each change: what was fetched under an older version is not delivered. */
    volatile int version;

    /** The interest as bits of Readiness; 0 while nothing is to be told: once a ONESHOT has fired, and after the end. */
    volatile int asked;

    /** Where its answers lie in the table of those that are told without the lock; 0 if there are none. */
    volatile int answersAtOnce;

    /** Silenced because all it had to say was a hang-up or an error that nobody asked for. */
    boolean hushed;

    /** Whether the kernel may not have what this stands for, since a change has failed half-way. */
    boolean unsettled;

    /** The number of the wait that had begun when this was armed: that one did not know of it. */
    int armedAfterWait;

    /** The number of the wait after which this fired, as a ONESHOT. */
    int firedAfterWait = -1;

    /** Poll bits of a descriptor that the kernel does not watch because they never change; 0 if it is watched. */
    int constantBits;

    /** EDGE on constant bits: told since it was armed. */
    boolean told;

    /** Whether it is in the batch. */
    boolean isFetched;

    /** What was fetched for it, as bits of Readiness; 0 if that is only owed. */
    int fetchedBits;

    /** The version under which that was fetched. */
    int fetchedVersion;

    /** The mechanism's own: an array index, the filters that are armed; 0 means that the kernel has nothing. */
    int kernelState;

    /** epoll: the events in the kernel's list. */
    int listedEvents;

    /** epoll: how many times in a row this ONESHOT was armed again before the next wait. */
    int prompt;

    /** kqueue, io_uring: what {@code fstat} says the descriptor is, 0 if it was not asked yet. */
    int fileType;

    /** Which file {@code fstat} says it is, where that is asked; both 0 if it was not, or it did not say. */
    long device;

    long inode;

    /** kqueue: the filters that said EV_EOF in this batch. */
    int ended;

    /** io_uring: its place among what is to be submitted, counted from 1; 0 if it is not. */
    int queued;

    /** io_uring: poll bits that the kernel does not tell again and that were not delivered yet. */
    int toldOnce;

    /** io_uring: something happened that was not looked at yet. */
    boolean changed;

    Entry(
            Owner poller,
            int fd,
            Interest interest,
            Trigger trigger,
            Object attachment,
            SelectableChannel channel,
            boolean exclusive,
            int generation) {
        this.poller = poller;
        this.fd = fd;
        INTEREST.set(this, interest);
        this.trigger = trigger;
        this.attachment = attachment;
        this.channel = channel;
        this.exclusive = exclusive;
        this.generation = generation;
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Entry.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public Interest interest() {
        return interest;
    }

    @Override
    public Trigger trigger() {
        return trigger;
    }

    @Override
    public Object attachment() {
        return attachment;
    }

    @Override
    public boolean isValid() {
        return valid && poller.stillValid(this);
    }

    @Override
    public void modify(Interest newInterest) throws IOException {
        poller.modify(this, Objects.requireNonNull(newInterest, "interest"));
    }

    @Override
    public void cancel() throws IOException {
        poller.cancel(this);
    }

    /** Whether an event can be delivered without noting anything. */
    boolean isPlain() {
        return !trigger.isOneshot() && channel == null;
    }

    /** An event was reported as most are: the next ones can be told at once, until something changes. */
    void tellAtOnce() {
        if (answersAtOnce == 0 && isPlain() && !hushed) {
            ANSWERS_AT_ONCE.setRelease(this, PollBits.row(asked));
        }
    }

    /** From now on its events are told under the lock, until one is as most are. */
    void tellWithCare() {
        ANSWERS_AT_ONCE.setRelease(this, 0);
    }

    /** Whether the kernel should be watching. */
    boolean isArmed() {
        return asked != 0;
    }

    void begin() {
        VALID.setRelease(this, true);
        ASKED.setRelease(this, PollBits.asked(interest));
    }

    void listenFor(Interest newInterest) {
        INTEREST.setRelease(this, newInterest);
        tellWithCare();
        ASKED.setRelease(this, PollBits.asked(newInterest));
    }

    /** A ONESHOT has nothing more to tell until it is armed again. */
    void fire() {
        ASKED.setRelease(this, 0);
    }

    /** What was fetched until now is not delivered any more. */
    void outdate() {
        VERSION.setRelease(this, version + 1);
    }

    void end() {
        VALID.setRelease(this, false);
        tellWithCare();
        ASKED.setRelease(this, 0);
        outdate();
    }

    @Override
    public String toString() {
        return "Registration[fd=" + fd + ", " + interest + ", " + trigger + (valid ? "]" : ", no longer valid]");
    }
}
