// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import com.sun.jna.Pointer;
import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A /dev/poll for Linux: the cache and the rules of illumos's {@code uts/common/io/devpoll.c} in Java, asking
 * {@code ppoll(2)} about the real descriptors of this machine.
 *
 * <ul>
 *   <li>A write ORs its events into the existing ones; only POLLREMOVE clears them.
 *   <li>A closed descriptor stays: it reports POLLNVAL until it is removed. Once its number is reused, the new file is
 *       reported for the old events.
 *   <li>A descriptor that was not open when it was written is never reported.
 *   <li>A write waits until no thread is in the ioctl, as it does in Solaris and older illumos; close waits everywhere.
 *   <li>More slots than RLIMIT_NOFILE are EINVAL, as in Solaris; illumos takes the limit instead.
 * </ul>
 */
final class SimulatedDevPoll extends ForwardingSyscalls {
    private final Syscalls linux;
    private final Map<Integer, Device> devices = new ConcurrentHashMap<>();

    SimulatedDevPoll(Syscalls linux) {
        super(linux);
        this.linux = linux;
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        if (!path(pathname).equals(DevPoll.PATH)) {
            return super.open(pathname, flags);
        }
        int fd = linux.eventfd(0, EventFd.EFD_CLOEXEC);
        if (fd >= 0) {
            devices.put(fd, new Device());
        }
        return fd;
    }

    private static String path(NativeMemory pathname) {
        byte[] bytes = new byte[pathname.sizeBytes()];
        pathname.buffer().get(0, bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.substring(0, text.indexOf('\0'));
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        Device device = devices.get(fd);
        return device == null ? super.write(fd, buf, bufOffset, count) : device.write(buf, bufOffset, count);
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        Device device = devices.get(fd);
        if (device == null) {
            return super.ioctl(fd, op, argp);
        }
        return op == DevPoll.DP_POLL ? device.poll(argp) : -Errno.EINVAL;
    }

    @Override
    public int close(int fd) {
        Device device = devices.remove(fd);
        if (device != null) {
            device.awaitReaders();
        }
        return super.close(fd);
    }

    private boolean isOpen(int fd, NativeMemory pollfd) {
        pollfd.putInt(PollFd.FD, fd);
        pollfd.putShort(PollFd.EVENTS, (short) 0);
        pollfd.putShort(PollFd.REVENTS, (short) 0);
        linux.poll(pollfd, 1, 0);
        return (pollfd.getShort(PollFd.REVENTS) & PollFd.POLLNVAL) == 0;
    }

    private long limit() {
        NativeMemory rlimit = NativeMemory.allocate(linux, Rlimit.SIZE);
        linux.getrlimit(Rlimit.RLIMIT_NOFILE, rlimit);
        long limit = rlimit.getLong(Rlimit.CUR);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    /** The data of a descriptor: {@code polldat_t}. */
    private static final class Cached {
        int events;
        boolean isWatched;
    }

    /** One open of the device. */
    private final class Device {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final TreeMap<Integer, Cached> cache = new TreeMap<>();
        private final NativeMemory pollfd = NativeMemory.allocate(linux, PollFd.SIZE);
        private int readers;
        private int writers;

        /** Where the next scan begins, so that few slots starve no descriptor: {@code pc_mapstart}. */
        private int start;

        /** {@code dpwrite}. */
        int write(NativeMemory buf, int bufOffset, int count) {
            if (count / PollFd.SIZE > limit()) {
                return -Errno.EINVAL;
            }
            lock.lock();
            try {
                writers++;
                while (readers > 0) {
                    changed.awaitUninterruptibly();
                }
                for (int offset = bufOffset; offset + PollFd.SIZE <= bufOffset + count; offset += PollFd.SIZE) {
                    write(buf.getInt(offset + PollFd.FD), buf.getShort(offset + PollFd.EVENTS));
                }
                return count;
            } finally {
                writers--;
                changed.signalAll();
                lock.unlock();
            }
        }

        private void write(int fd, int events) {
            if (fd < 0) {
                return;
            }
            if (events == DevPoll.POLLREMOVE) {
                Cached cached = cache.get(fd);
                if (cached != null && cached.isWatched) {
                    cache.remove(fd);
                }
                return;
            }
            Cached cached = cache.computeIfAbsent(fd, unknown -> new Cached());
            cached.events |= events;
            cached.isWatched |= isOpen(fd, pollfd);
        }

        /** {@code dpioctl}. */
        int poll(NativeMemory dvpoll) {
            Pointer fds = new Pointer(dvpoll.getLong(DevPoll.DP_FDS));
            long nfds = dvpoll.getLong(DevPoll.DP_NFDS);
            int timeoutMillis = dvpoll.getInt(DevPoll.DP_TIMEOUT);
            lock.lock();
            try {
                while (writers > 0) {
                    changed.awaitUninterruptibly();
                }
                readers++;
                if (nfds > limit()) {
                    return -Errno.EINVAL;
                }
                return poll(fds, (int) nfds, timeoutMillis);
            } finally {
                readers--;
                changed.signalAll();
                lock.unlock();
            }
        }

        private int poll(Pointer fds, int slots, int timeoutMillis) {
            List<Integer> numbers = new ArrayList<>(cache.tailMap(start).keySet());
            numbers.addAll(cache.headMap(start).keySet());
            numbers.removeIf(fd -> !cache.get(fd).isWatched);
            NativeMemory pollfds = NativeMemory.allocate(linux, Math.max(1, numbers.size()) * PollFd.SIZE);
            for (int i = 0; i < numbers.size(); i++) {
                pollfds.putInt(i * PollFd.SIZE + PollFd.FD, numbers.get(i));
                pollfds.putShort(i * PollFd.SIZE + PollFd.EVENTS, (short) cache.get(numbers.get(i)).events);
            }
            NativeMemory timeout = NativeMemory.allocate(linux, Timespec.SIZE);
            Timespec.put(timeout.buffer(), Math.max(timeoutMillis, 0) * 1_000_000L);
            lock.unlock(); // nothing changes meanwhile: writers wait
            int rc;
            try {
                rc = linux.ppoll(pollfds, slots == 0 ? 0 : numbers.size(), timeoutMillis < 0 ? null : timeout);
            } finally {
                lock.lock();
            }
            return rc <= 0 ? rc : answer(numbers, pollfds, fds, slots);
        }

        private int answer(List<Integer> numbers, NativeMemory pollfds, Pointer fds, int slots) {
            int told = 0;
            for (int i = 0; i < numbers.size() && told < slots; i++) {
                short revents = pollfds.getShort(i * PollFd.SIZE + PollFd.REVENTS);
                if (revents != 0) {
                    long slot = (long) told++ * PollFd.SIZE;
                    fds.setInt(slot + PollFd.FD, numbers.get(i));
                    fds.setShort(slot + PollFd.EVENTS, pollfds.getShort(i * PollFd.SIZE + PollFd.EVENTS));
                    fds.setShort(slot + PollFd.REVENTS, revents);
                    start = told == slots ? numbers.get(i) + 1 : start;
                }
            }
            return told;
        }

        void awaitReaders() {
            lock.lock();
            try {
                while (readers > 0) {
                    changed.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
