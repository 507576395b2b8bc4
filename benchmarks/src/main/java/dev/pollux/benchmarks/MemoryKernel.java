// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/**
 * An epoll in memory, for more descriptors than RLIMIT_NOFILE allows: the numbers from 0 on are open, and whichever is
 * said to be ready is ready for reading. It does as little as possible, so that what is measured is Pollux.
 */
final class MemoryKernel extends ForwardingSyscalls {
    private static final Epoll.Layout LAYOUT = Epoll.layout();

    /** What each descriptor was watched with: epoll_data, which Pollux never lets be 0. */
    private final long[] dataByFd;

    private int[] readyFds = {};

    /** Kernel for so many descriptors; the binding only tells where memory lies. */
    MemoryKernel(Syscalls binding, int count) {
        super(binding);
        dataByFd = new long[count];
    }

    void makeReady(int... fds) {
        readyFds = fds;
    }

    @Override
    public int epollCreate1(int flags) {
        return dataByFd.length;
    }

    @Override
    public int eventfd(int initval, int flags) {
        return dataByFd.length + 1;
    }

    @Override
    public int close(int fd) {
        return 0;
    }

    /** Every number is open. */
    @Override
    public int fcntl(int fd, int op, int arg) {
        return 0;
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
        if (fd >= dataByFd.length) { // the waker
            return 0;
        } else if (op == Epoll.EPOLL_CTL_ADD && dataByFd[fd] != 0) { // Pollux asks in this way whether it is watched
            return -Errno.EEXIST;
        }
        dataByFd[fd] = op == Epoll.EPOLL_CTL_DEL ? 0 : event.getLong(LAYOUT.dataOffset());
        return 0;
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        int count = 0;
        for (int fd : readyFds) {
            if (dataByFd[fd] != 0) {
                int offset = count++ * LAYOUT.sizeBytes();
                events.putInt(offset + LAYOUT.eventsOffset(), Epoll.EPOLLIN);
                events.putLong(offset + LAYOUT.dataOffset(), dataByFd[fd]);
            }
        }
        return count;
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return epollWait(epfd, events, maxevents, 0);
    }
}
