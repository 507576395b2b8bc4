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
 * {@code poll(2)}, called as {@code ppoll} for its nanoseconds where the kernel takes that.
 *
 * <ul>
 *   <li>(a) The kernel scans the whole array in each call. Whoever is not armed leaves it; its place is taken by the
 *       last one, so the array has no holes.
 *   <li>(b) HUP, ERR and NVAL come even where nothing was asked. An entry whose answer is nothing that was asked is
 *       hushed by {@link KernelPoller#report}: taken out, and looked at again from time to time.
 *   <li>(c) A closed descriptor answers NVAL. It is told once and dropped.
 *   <li>(d) An array longer than RLIMIT_NOFILE is refused with EINVAL. Open descriptors cannot be that many, but closed
 *       ones that were not cancelled, or a limit that was lowered, can make it so: the closed ones are dropped.
 * </ul>
 */
public final class PollPoller extends KernelPoller {
    private final NativeMemory timeout;
    private final boolean nanoseconds;

    /** The first is the waker's. */
    private int count = 1;

    private Entry[] entries = new Entry[64];
    private NativeMemory fds;

    public PollPoller(PollerSettings settings) throws SyscallException {
        super(settings);
        timeout = NativeMemory.allocate(syscalls, Timespec.SIZE);
        fds = NativeMemory.allocate(syscalls, entries.length * PollFd.SIZE);
        nanoseconds = syscalls.ppoll(fds, 0, timeout) == 0;
        requireWait(nanoseconds ? 0 : syscalls.poll(fds, 0, 0));
        putSlot(0, openWaker().fd(), PollFd.POLLIN);
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
    boolean changesWhileWaiting() {
        return false;
    }

    @Override
    void arm(Entry entry, Interest interest) throws SyscallException {
        if (!entry.valid) {
            requireOpen(entry.fd());
        }
        if (entry.kernelState == 0) {
            if (count == entries.length) {
                grow();
            }
            entries[count] = entry;
            entry.kernelState = count++;
        }
        putSlot(entry.kernelState, entry.fd(), PollBits.pollfdEvents(interest));
    }

    /** (a) */
    @Override
    void disarm(Entry entry) {
        int slot = entry.kernelState;
        if (slot == 0) {
            return;
        }
        Entry last = entries[--count];
        entries[count] = null;
        if (last != entry) {
            entries[slot] = last;
            last.kernelState = slot;
            fds.putLong(slot * PollFd.SIZE, fds.getLong(count * PollFd.SIZE));
        }
        entry.kernelState = 0;
    }

    private void putSlot(int slot, int fd, int events) {
        int offset = slot * PollFd.SIZE;
        fds.putInt(offset + PollFd.FD, fd);
        fds.putShort(offset + PollFd.EVENTS, (short) events);
        fds.putShort(offset + PollFd.REVENTS, (short) 0);
    }

    private void grow() {
        NativeMemory larger = NativeMemory.allocate(syscalls, 2 * count * PollFd.SIZE);
        larger.copyFrom(fds, fds.sizeBytes());
        entries = Arrays.copyOf(entries, 2 * count);
        fds = larger;
    }

    @Override
    int await(long timeoutNanos) {
        if (!nanoseconds) {
            return syscalls.poll(fds, count, millisRoundedUp(timeoutNanos));
        }
        if (timeoutNanos >= 0) {
            Timespec.put(timeout.buffer(), timeoutNanos);
        }
        return syscalls.ppoll(fds, count, timeoutNanos < 0 ? null : timeout);
    }

    @Override
    void collect(int result) throws SyscallException {
        if ((fds.getShort(PollFd.REVENTS) & PollFd.POLLNVAL) != 0) {
            throw Failure.of("poll", "..., the poller's own descriptor " + fds.getInt(PollFd.FD), -Errno.EBADF);
        }
        int slot = 1;
        int found = fds.getShort(PollFd.REVENTS) == 0 ? result : result - 1;
        while (found > 0 && slot < count) {
            int revents = fds.getShort(slot * PollFd.SIZE + PollFd.REVENTS);
            if (revents == 0) {
                slot++;
                continue;
            }
            Entry entry = entries[slot];
            found--;
            fds.putShort(slot * PollFd.SIZE + PollFd.REVENTS, (short) 0);
            reportPolled(entry, revents);
            if (slot < count && entries[slot] == entry) { // else the last one has taken its place: (a)
                slot++;
            }
        }
    }

    /** (d) */
    @Override
    boolean isAnswerToClosed(int rc) {
        return rc == -Errno.EINVAL;
    }

    @Override
    SyscallException waitFailure(int rc) {
        return Failure.ofArray(syscalls, nanoseconds ? "ppoll" : "poll", "[...], " + count + ", ...", rc, count);
    }

    @Override
    void release() {}
}
