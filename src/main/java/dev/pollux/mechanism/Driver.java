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
 * One mechanism: arms, disarms, waits, and returns its answers one by one. The core decides what happens with them: a
 * driver never calls the core and never changes a registration's state. It may read the {@link #registry}.
 *
 * <p>All methods run under the poller's lock, except {@link #await} and, with {@link Trait#STABLE_ANSWERS},
 * {@link #needsLock}, {@link #hasNext}, {@link #next} and {@link #bits}: these run on the polling thread without it.
 *
 * <p>A new mechanism is one subclass. Its constructor opens its descriptor, and closes it again if it fails.
 * {@link KernelPoller#open} adds the waker, and closes the driver if a later step fails.
 */
public abstract class Driver {
    static final long NANOS_PER_MILLI = 1_000_000;

    /** Opens a driver: its constructor. */
    @FunctionalInterface
    public interface Opener {
        Driver open(PollerSettings settings) throws IOException;
    }

    final Syscalls syscalls;

    /** The registrations by descriptor. The core changes it, a driver reads it. */
    final Registry registry = new Registry();

    /** The result of {@link #bits(int)}. */
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

    /** The resolution of the kernel's timeout: 1, or a million where it takes milliseconds. */
    public abstract long timeoutResolutionNanos();

    final boolean supports(Trigger trigger) {
        return has(Trait.EDGES) || !trigger.isEdge();
    }

    /** Whether the kernel can wake one of many pollers; may ask the kernel. */
    boolean supportsExclusive() {
        return false;
    }

    /** Watches the waker's descriptor for reading, until the driver is closed. */
    abstract void watchWaker(Waker waker) throws IOException;

    /** Throws if the mechanism cannot watch this descriptor, or not for this interest. */
    void checkWatchable(int fd, Interest interest) throws IOException {}

    /** A registration with the fields that this mechanism needs. */
    Entry newEntry(Entry.Terms terms) {
        return new Entry(terms);
    }

    /**
     * Makes the kernel watch the entry for this interest, which is not NONE, whether it watches it already or not. If
     * this throws, the change may be half made; the core calls this or {@link #disarm} again before the next wait.
     *
     * @return 0, or the poll bits of a descriptor that is always ready
     */
    abstract int arm(Entry entry, Interest interest) throws SyscallException;

    /**
     * Makes the kernel stop watching the entry; does nothing if it does not watch it. If this throws, it may be called
     * again. If it is not, the leftover does no harm: its events are skipped, and the number can be armed again.
     */
    abstract void disarm(Entry entry) throws SyscallException;

    /** Keeps a delivered ONESHOT silent until it is armed again. */
    void fired(Entry entry) throws SyscallException {
        disarm(entry);
    }

    /** Keeps the entry silent; with {@link Trait#MUTES_BY_EDGE}, until its state changes. */
    void mute(Entry entry) throws SyscallException {
        disarm(entry);
    }

    /** Watches a muted entry by its trigger again, after an event; the kernel still watches it. */
    void unmute(Entry entry) throws SyscallException {
        throw new AssertionError(mechanism() + " does not watch muted entries");
    }

    /** Whether the next wait needs {@link #beforeWait}, or its answers must be fetched before any handler runs. */
    boolean needsLock() {
        return false;
    }

    /** Makes the changes that were deferred until the next wait. */
    void beforeWait() throws SyscallException {}

    /**
     * Waits in the kernel, at most this long; 0 returns at once, negative waits without a timeout.
     *
     * @return a lower bound of the number of answers, or -errno
     */
    abstract int await(long timeoutNanos);

    /**
     * Whether the last wait has another answer.
     *
     * @param index how many were taken so far. The caller counts in a local variable, which is faster than a field. A
     *     driver with its own cursor ignores it.
     */
    abstract boolean hasNext(int index);

    /**
     * Takes the next answer. Returns its registration, or null if it belongs to none. The answer is taken even if this
     * throws. With {@link Trait#STABLE_ANSWERS}, and without {@link PollBits#GONE} among the answers, a second call with
     * the same index returns the same answer.
     */
    abstract Entry next(int index) throws SyscallException;

    /** The poll bits of the answer taken last, see {@link PollBits}. */
    int bits(int index) {
        return bits;
    }

    /** Whether this result of {@link #await} means that an armed descriptor was closed. */
    boolean isAnswerToClosed(int rc) {
        return false;
    }

    /**
     * Whether the kernel has lost this registration without a cancel: its descriptor is closed, or the number belongs
     * to another file. Throws if the kernel does not tell.
     */
    boolean detectLoss(Entry entry) throws SyscallException {
        return isClosed(entry);
    }

    /** Whether this is the driver's own descriptor. */
    boolean owns(int fd) {
        return false;
    }

    /** The exception for an error that {@link #await} returned. */
    abstract SyscallException failure(int rc);

    /** Closes the descriptors and frees the memory of this driver. */
    abstract void close();

    // For drivers.

    /** Whether the entry's channel is closed or, without a channel, its number is not open. */
    final boolean isClosed(Entry entry) {
        return entry.channel != null ? entry.hasClosedChannel() : !isOpen(entry.fd());
    }

    final boolean isOpen(int fd) {
        return checkOpen(fd) != -Errno.EBADF;
    }

    /** Checks a descriptor that the kernel itself checks only in the next wait. */
    final void requireOpen(int fd) throws SyscallException {
        int rc = checkOpen(fd);
        if (rc < 0) {
            throw Failure.of("fcntl", fd + ", F_GETFD", rc);
        }
    }

    private int checkOpen(int fd) {
        return syscalls.fcntl(fd, Fcntl.F_GETFD, 0);
    }

    /** Takes the first entry that has not ended since it was added; null if there is none. */
    static Entry takeValid(Queue<? extends Entry> entries) {
        Entry entry = entries.poll();
        while (entry != null && entry.state() == State.ENDED) {
            entry = entries.poll();
        }
        return entry;
    }

    /** Rounds up to milliseconds, for calls with that resolution; negative means no timeout. */
    static int millisRoundedUp(long timeoutNanos) {
        if (timeoutNanos < 0) {
            return -1;
        }
        long millis = timeoutNanos / NANOS_PER_MILLI + (timeoutNanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }
}
