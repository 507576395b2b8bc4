// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.util.Arrays;

/**
 * {@code poll(2)}, called as {@code ppoll} for its nanoseconds where the kernel has that.
 *
 * <ul>
 *   <li>(a) The kernel scans the whole array in each call. A disarmed entry leaves it, and the last one takes its slot,
 *       so the array has no holes.
 *   <li>(b) The kernel reports HUP, ERR and NVAL whatever the interest. So a muted entry leaves the array.
 *   <li>(c) The kernel reports a closed descriptor as NVAL.
 *   <li>(d) The kernel refuses an array longer than RLIMIT_NOFILE with EINVAL. That happens after the limit was
 *       lowered, or with closed descriptors that were not cancelled; the core finds and drops these.
 * </ul>
 */
public final class PollDriver extends Driver {
    private final NativeMemory timeout;
    private final boolean nanoseconds;
    private final PollFds fds;

    /** The entry of each slot; the first slot is the waker's. */
    private PollEntry[] entries = new PollEntry[64];

    private int count = 1;

    /** How many answers are left, and the slot to continue at. */
    private int left;

    private int cursor;

    /** The entry whose answer was returned last; its slot is done. */
    private PollEntry answered;

    private static final class PollEntry extends Entry {
        /** 0 if it is not in the array. */
        int slot;

        PollEntry(Terms terms) {
            super(terms);
        }
    }

    public PollDriver(PollerSettings settings) {
        super(settings, Trait.REPORTS_CLOSED);
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        fds = new PollFds(syscalls, entries.length);
        nanoseconds = syscalls.ppoll(fds.memory(), 0, timeout) == 0;
    }

    @Override
    void watchWaker(Waker waker) {
        fds.put(0, waker.fd(), PollFd.POLLIN);
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.POLL;
    }

    @Override
    public long timeoutResolutionNanos() {
        return nanoseconds ? 1 : NANOS_PER_MILLI;
    }

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new PollEntry(terms);
    }

    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        PollEntry armed = (PollEntry) entry;
        if (armed.state() == State.NEW) {
            requireOpen(armed.fd());
        }
        if (armed.slot == 0) {
            fds.reserve(count + 1);
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, 2 * count);
            }
            entries[count] = armed;
            armed.slot = count++;
        }
        fds.put(armed.slot, armed.fd(), PollBits.pollfdEvents(interest));
        return 0;
    }

    /** (a) */
    @Override
    void disarm(Entry entry) {
        PollEntry disarmed = (PollEntry) entry;
        int slot = disarmed.slot;
        if (slot == 0) {
            return;
        }
        PollEntry last = entries[--count];
        entries[count] = null;
        if (last != disarmed) {
            entries[slot] = last;
            last.slot = slot;
            fds.move(count, slot);
        }
        disarmed.slot = 0;
    }

    @Override
    int await(long timeoutNanos) {
        int rc;
        if (nanoseconds) {
            if (timeoutNanos >= 0) {
                Timespec.put(timeout.buffer(), timeoutNanos);
            }
            rc = syscalls.ppoll(fds.memory(), count, timeoutNanos < 0 ? null : timeout);
        } else {
            rc = syscalls.poll(fds.memory(), count, millisRoundedUp(timeoutNanos));
        }
        left = Math.max(rc, 0);
        cursor = 0;
        answered = null;
        return rc;
    }

    @Override
    boolean hasNext(int index) {
        return left > 0 && cursor < count;
    }

    @Override
    Entry next(int index) throws SyscallException {
        if (cursor == 0) {
            skipWaker();
            return null;
        }
        if (answered != null && answered.slot == cursor) { // else the last entry has taken its slot: (a)
            cursor++;
        }
        answered = cursor < count ? entries[cursor] : null;
        if (answered == null) {
            return null;
        }
        int revents = fds.revents(cursor);
        if (revents == 0) {
            return null;
        }
        left--;
        fds.clearRevents(cursor);
        bits = PollBits.ofPollfd(revents);
        return answered;
    }

    private void skipWaker() throws SyscallException {
        int revents = fds.revents(0);
        cursor = 1;
        if (revents != 0) {
            left--;
        }
        if ((revents & PollFd.POLLNVAL) != 0) {
            throw Failure.of("poll", "..., the poller's own descriptor " + fds.fd(0), -Errno.EBADF);
        }
    }

    /** (d) */
    @Override
    boolean isAnswerToClosed(int rc) {
        return rc == -Errno.EINVAL;
    }

    @Override
    SyscallException failure(int rc) {
        return Failure.ofArray(syscalls, nanoseconds ? "ppoll" : "poll", "[...], " + count + ", ...", rc, count);
    }

    @Override
    void close() {}
}
