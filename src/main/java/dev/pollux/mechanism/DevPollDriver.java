// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.SyscallException;
import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.PollFd;
import dev.pollux.syscall.NativeMemory;
import java.nio.charset.StandardCharsets;

/**
 * {@code /dev/poll} of Solaris and illumos, see {@code poll(7d)}: a write of pollfds changes the list, an ioctl waits.
 *
 * <ul>
 *   <li>(a) A write ORs its events into the existing ones. To change an interest, one write removes and adds it.
 *   <li>(b) On Solaris and older illumos a write blocks while another thread is in the ioctl, so the core ends the wait
 *       before any change.
 *   <li>(c) The ioctl takes milliseconds, and at most RLIMIT_NOFILE slots (EINVAL beyond).
 *   <li>(d) It reports as {@code poll(2)} does: level-triggered, with HUP, ERR and NVAL whatever the interest.
 *   <li>(e) A closed descriptor stays in the list and is reported as NVAL until it is removed by its number. Adding a
 *       closed descriptor gives no error, so the driver calls {@code fcntl} first.
 * </ul>
 */
public final class DevPollDriver extends Driver {
    private final int dp;
    private final PollFds change;
    private final NativeMemory wait;
    private final PollFds ready;
    private int wakerFd;
    private int armed = 1;

    /** The device may have descriptors that no registration has, because removing them failed. */
    private boolean mayHaveLeftovers;

    /** The number of answers of the last wait. */
    private int count;

    private static final class DevPollEntry extends Entry {
        boolean isListed;

        DevPollEntry(Terms terms) {
            super(terms);
        }
    }

    public DevPollDriver(PollerSettings settings) throws SyscallException {
        super(settings, Trait.REPORTS_CLOSED);
        change = new PollFds(syscalls, 2);
        wait = NativeMemory.allocate(syscalls, DevPoll.SIZE);
        ready = new PollFds(syscalls, 64);
        dp = open();
    }

    @Override
    void watchWaker(Waker waker) throws SyscallException {
        wakerFd = waker.fd();
        write(wakerFd, false, PollFd.POLLIN);
    }

    private int open() throws SyscallException {
        byte[] path = DevPoll.PATH.getBytes(StandardCharsets.US_ASCII);
        NativeMemory pathname = NativeMemory.allocate(syscalls, path.length + 1);
        pathname.buffer().put(0, path);
        int fd = syscalls.open(pathname, Fcntl.O_RDWR | Fcntl.O_CLOEXEC);
        if (fd < 0) {
            throw Failure.of("open", "\"" + DevPoll.PATH + "\", O_RDWR|O_CLOEXEC", fd);
        }
        return fd;
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.DEVPOLL;
    }

    @Override
    public long timeoutResolutionNanos() {
        return NANOS_PER_MILLI;
    }

    @Override
    Entry newEntry(Entry.Terms terms) {
        return new DevPollEntry(terms);
    }

    @Override
    int arm(Entry entry, Interest interest) throws SyscallException {
        DevPollEntry armed = (DevPollEntry) entry;
        requireOpen(armed.fd()); // (e)
        write(armed.fd(), armed.isListed, PollBits.pollfdEvents(interest));
        setListed(armed, true);
        return 0;
    }

    @Override
    void disarm(Entry entry) throws SyscallException {
        DevPollEntry disarmed = (DevPollEntry) entry;
        if (!disarmed.isListed) {
            return;
        }
        try {
            write(disarmed.fd(), true, 0); // (e)
        } catch (SyscallException e) {
            mayHaveLeftovers = true;
            throw e;
        }
        setListed(disarmed, false);
    }

    private void setListed(DevPollEntry entry, boolean isListed) {
        if (entry.isListed != isListed) {
            entry.isListed = isListed;
            armed += isListed ? 1 : -1;
        }
    }

    /** (a) Removes the old events if asked to, and adds the new ones if there are any. */
    private void write(int fd, boolean removes, int events) throws SyscallException {
        int count = 0;
        if (removes) {
            change.put(count++, fd, DevPoll.POLLREMOVE);
        }
        if (events != 0) {
            change.put(count++, fd, events);
        }
        int rc;
        do {
            rc = syscalls.write(dp, change.memory(), 0, count * PollFd.SIZE);
        } while (rc == -Errno.EINTR);
        if (rc < 0) {
            throw Failure.of("write", dp + ", [{" + fd + ", ...}], " + count * PollFd.SIZE, rc);
        }
    }

    /** Has room for all armed descriptors, so that one call reports all ready ones. */
    @Override
    int await(long timeoutNanos) {
        ready.reserve(armed);
        DevPoll.put(wait.buffer(), NativeMemory.addressOf(ready.memory()), armed, millisRoundedUp(timeoutNanos));
        int rc = syscalls.ioctl(dp, DevPoll.DP_POLL, wait);
        count = Math.max(rc, 0);
        return rc;
    }

    @Override
    boolean hasNext(int index) {
        return index < count;
    }

    @Override
    Entry next(int index) throws SyscallException {
        int fd = ready.fd(index);
        Entry entry = registry.get(fd);
        bits = PollBits.ofPollfd(ready.revents(index));
        if (entry == null && mayHaveLeftovers && fd != wakerFd) {
            write(fd, true, 0);
        }
        return entry;
    }

    /** (c) */
    @Override
    boolean isAnswerToClosed(int rc) {
        return rc == -Errno.EINVAL;
    }

    @Override
    SyscallException failure(int rc) {
        return Failure.ofArray(syscalls, "ioctl", dp + ", DP_POLL, {" + armed + ", ...}", rc, armed);
    }

    @Override
    boolean owns(int fd) {
        return fd == dp;
    }

    @Override
    void close() {
        syscalls.close(dp);
    }
}
