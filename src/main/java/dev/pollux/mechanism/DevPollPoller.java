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
 * {@code /dev/poll} of Solaris and illumos, {@code poll(7d)} there: pollfds are written to the device to change its
 * list, and an ioctl waits.
 *
 * <ul>
 *   <li>(a) A write ORs its events into those that are there. An interest that shrinks is removed first, both in one
 *       write.
 *   <li>(b) On Solaris and older illumos a write waits while another thread is in the ioctl, so the waiting thread is
 *       called out before any change.
 *   <li>(c) The ioctl takes milliseconds, and at most RLIMIT_NOFILE slots (EINVAL beyond).
 *   <li>(d) It answers as {@code poll(2)} does: HUP, ERR and NVAL unasked, level-triggered.
 *   <li>(e) A closed descriptor stays in the list and answers NVAL until it is removed, which its number still does.
 *       One that is closed already is taken into the list without an error, so it is asked first.
 * </ul>
 */
public final class DevPollPoller extends KernelPoller {
    private final int dp;
    private final int wakerFd;
    private final NativeMemory change;
    private final NativeMemory wait;
    private int armed = 1;

    /** Whether the device may have what is nobody's, because it could not be removed. */
    private boolean mayHaveLeftovers;

    private NativeMemory ready;

    public DevPollPoller(PollerSettings settings) throws SyscallException {
        super(settings);
        change = NativeMemory.allocate(syscalls, 2 * PollFd.SIZE);
        wait = NativeMemory.allocate(syscalls, DevPoll.SIZE);
        ready = NativeMemory.allocate(syscalls, 64 * PollFd.SIZE);
        dp = open();
        try {
            wakerFd = openWaker().fd();
            write(wakerFd, 0, PollFd.POLLIN);
            requireWait(await(0));
        } catch (Throwable e) {
            abandon();
            throw e;
        }
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

    /** (b) */
    @Override
    boolean changesWhileWaiting() {
        return false;
    }

    @Override
    void arm(Entry entry, Interest interest) throws SyscallException {
        requireOpen(entry.fd()); // (e)
        write(entry.fd(), entry.kernelState, PollBits.pollfdEvents(interest));
        if (entry.kernelState == 0) {
            entry.kernelState = 1;
            armed++;
        }
    }

    @Override
    void disarm(Entry entry) throws SyscallException {
        if (entry.kernelState != 0) {
            try {
                write(entry.fd(), 1, 0); // (e)
            } catch (SyscallException e) {
                mayHaveLeftovers = true;
                throw e;
            }
            entry.kernelState = 0;
            armed--;
        }
    }

    /** (a) Removes what is there, if something is, and adds what is asked, if something is. */
    private void write(int fd, int before, int events) throws SyscallException {
        int count = 0;
        if (before != 0) {
            put(count++, fd, DevPoll.POLLREMOVE);
        }
        if (events != 0) {
            put(count++, fd, events);
        }
        int rc;
        do {
            rc = syscalls.write(dp, change, 0, count * PollFd.SIZE);
        } while (rc == -Errno.EINTR);
        if (rc < 0) {
            throw Failure.of("write", dp + ", [{" + fd + ", ...}], " + count * PollFd.SIZE, rc);
        }
    }

    private void put(int slot, int fd, int events) {
        change.putInt(slot * PollFd.SIZE + PollFd.FD, fd);
        change.putShort(slot * PollFd.SIZE + PollFd.EVENTS, (short) events);
        change.putShort(slot * PollFd.SIZE + PollFd.REVENTS, (short) 0);
    }

    /** The answer holds all that is armed, so that one call tells of all that is ready. */
    @Override
    int await(long timeoutNanos) {
        if (armed * PollFd.SIZE > ready.sizeBytes()) {
            ready = NativeMemory.allocate(syscalls, 2 * armed * PollFd.SIZE);
        }
        DevPoll.put(wait.buffer(), NativeMemory.addressOf(ready), armed, millisRoundedUp(timeoutNanos));
        return syscalls.ioctl(dp, DevPoll.DP_POLL, wait);
    }

    @Override
    void collect(int result) throws SyscallException {
        for (int slot = 0; slot < result; slot++) {
            int fd = ready.getInt(slot * PollFd.SIZE + PollFd.FD);
            Entry entry = registrations.get(fd);
            if (entry != null) {
                reportPolled(entry, ready.getShort(slot * PollFd.SIZE + PollFd.REVENTS));
            } else if (mayHaveLeftovers && fd != wakerFd) {
                write(fd, 1, 0);
            }
        }
    }

    /** (c) */
    @Override
    boolean isAnswerToClosed(int rc) {
        return rc == -Errno.EINVAL;
    }

    @Override
    SyscallException waitFailure(int rc) {
        return Failure.ofArray(syscalls, "ioctl", dp + ", DP_POLL, {" + armed + ", ...}", rc, armed);
    }

    @Override
    boolean owns(int fd) {
        return fd == dp;
    }

    @Override
    void release() {
        syscalls.close(dp);
    }
}
