// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.Queue;
import java.util.Set;

/**
 * What a mechanism has to do: arm, disarm, wait, and return its answers one by one. A driver answers and the core
 * decides: a driver never calls the core, never changes a registration's state, and may read the {@link #registry}.
 *
 * <p>All methods run under the poller's lock, except {@link #await} and, where {@link Trait#STABLE_ANSWERS} holds,
 * {@link #next}: these run on the polling thread without it.
 *
 * <p>A new mechanism is one subclass. It opens its descriptor in its constructor and closes it again if the constructor
 * fails; {@link KernelPoller#open} brings the waker and closes the driver if anything after that fails.
 */
public abstract class Driver {
    static final long NANOS_PER_MILLI = 1_000_000;

    /** How a driver is made: its constructor. */
    @FunctionalInterface
    public interface Opener {
        Driver open(PollerSettings settings) throws IOException;
    }

    final Syscalls syscalls;

    /** The registrations by descriptor; the core fills it, a driver reads it. */
    final Registry registry = new Registry();

    /** What {@link #bits(int)} returns. */
    int bits;

    private final Set<Trait> traits;

    Driver(PollerSettings settings, Trait... traits) {
        this.syscalls = settings.syscalls();
        this.traits = Set.of(traits);
    }

    final boolean has(Trait trait) {
        return traits.contains(trait);
    }

    public abstract Mechanism mechanism();

    /** The shortest timeout that the kernel takes: 1, or a million where it takes milliseconds. */
    public abstract long timeoutResolutionNanos();

    final boolean supports(Trigger trigger) {
        return has(Trait.EDGES) || !trigger.isEdge();
    }

    /** Whether the kernel can wake one of many pollers for a registration; it may be asked. */
    boolean supportsExclusive() {
        return false;
    }

    /** Watches the waker's descriptor for reading, for the driver's whole life. */
    abstract void watchWaker(Waker waker) throws IOException;

    /** Throws if the mechanism cannot watch this descriptor, or not for this interest. */
    void checkWatchable(int fd, Interest interest) throws IOException {}

    /** A registration with the fields that this mechanism needs. */
    Entry newEntry(Entry.Terms terms) {
        return new Entry(terms);
    }

    /**
     * Makes the kernel watch the entry for this interest, which is not NONE, whatever it did with it before. If this
     * throws, a part of the change may have been made; the core calls this or {@link #disarm} again before the next
     * wait.
     *
     * @return 0, or the poll bits of a descriptor that is always ready
     */
    abstract int arm(Entry entry, Interest interest) throws SyscallException;

    /**
     * Makes the kernel forget the entry; does nothing if it has. If this throws, it may be called again, and if it is
     * not, what the kernel still has does no harm: its events are skipped, and the number can be armed again.
     */
    abstract void disarm(Entry entry) throws SyscallException;

    /** A ONESHOT is delivered: keeps the kernel silent about it until it is armed again. */
    void fired(Entry entry) throws SyscallException {
        disarm(entry);
    }

    /** Keeps the kernel silent about the entry; where {@link Trait#MUTES_BY_EDGE} holds, until its state changes. */
    void mute(Entry entry) throws SyscallException {
        disarm(entry);
    }

    /** A muted entry, which the kernel still watches, has an event: watches it by its trigger again. */
    void unmute(Entry entry) throws SyscallException {
        throw new AssertionError(mechanism() + " does not watch what is muted");
    }

    /** Whether the next wait needs {@link #beforeWait}, or its answers have to be fetched before any handler runs. */
    boolean needsLock() {
        return false;
    }

    /** Does what was put off until the kernel waits. */
    void beforeWait() throws SyscallException {}

    /**
     * Waits in the kernel: at most this long, 0 only looks, negative is without limit.
     *
     * @return how many answers there are, at least, or -errno
     */
    abstract int await(long timeoutNanos);

    /**
     * Whether the last wait has another answer.
     *
     * @param index how many were taken so far. The caller counts, in a local variable: a loop over many answers then
     * does not wait for the memory. A driver with a cursor of its own need not look at it.
     */
    abstract boolean hasNext(int index);

    /**
     * Takes the next answer: the registration that it belongs to, or null if there is none. Takes it even if this
     * throws. With {@link Trait#STABLE_ANSWERS} the core may ask for the same index twice, and gets the same answer.
     */
    abstract Entry next(int index) throws SyscallException;

    /** The poll bits of the answer that was taken last: those of {@link PollBits}. */
    int bits(int index) {
        return bits;
    }

    /** Whether {@link #await} returns this when an armed descriptor was closed. */
    boolean isAnswerToClosed(int rc) {
        return false;
    }

    /**
     * Whether the kernel has lost this registration, though it was never cancelled: its descriptor is closed, or the
     * number is another file's. Throws if the kernel does not say.
     */
    boolean detectLoss(Entry entry) throws SyscallException {
        return isClosed(entry);
    }

    /** Whether this is the driver's own descriptor. */
    boolean owns(int fd) {
        return false;
    }

    /** The exception for what {@link #await} returned. */
    abstract SyscallException failure(int rc);

    /** Gives everything back to the kernel. */
    abstract void close();

    // For drivers.

    /** Whether the entry's descriptor is closed, as far as its number tells. */
    final boolean isClosed(Entry entry) {
        return entry.channel != null ? entry.hasClosedChannel() : !isOpen(entry.fd());
    }

    final boolean isOpen(int fd) {
        return checkOpen(fd) != -Errno.EBADF;
    }

    /** For interests that the kernel is not told of before the next wait. */
    final void requireOpen(int fd) throws SyscallException {
        int rc = checkOpen(fd);
        if (rc < 0) {
            throw Failure.of("fcntl", fd + ", F_GETFD", rc);
        }
    }

    private int checkOpen(int fd) {
        return syscalls.fcntl(fd, Fcntl.F_GETFD, 0);
    }

    /** Takes the first that has not ended since it was added; null if there is none. */
    static Entry takeValid(Queue<? extends Entry> entries) {
        Entry entry = entries.poll();
        while (entry != null && entry.state() == State.ENDED) {
            entry = entries.poll();
        }
        return entry;
    }

    /** Whole milliseconds, never less than asked, for calls that take no more; negative is without limit. */
    static int millisRoundedUp(long timeoutNanos) {
        if (timeoutNanos < 0) {
            return -1;
        }
        long millis = timeoutNanos / NANOS_PER_MILLI + (timeoutNanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
