// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.abi.DevPoll;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** Refuses the waits of all mechanisms, as a seccomp filter does. */
public final class RefusedWaits extends ForwardingSyscalls {
    private final int errno;

    public RefusedWaits(Syscalls next, int errno) {
        super(next);
        this.errno = errno;
    }

    @Override
    public int pselect(int nfds, NativeMemory reads, NativeMemory writes, NativeMemory excepts, NativeMemory timeout) {
        return -errno;
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return -errno;
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return -errno;
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        return -errno;
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return -errno;
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        return -errno;
    }

    @Override
    public int kevent(
            int kq, NativeMemory changes, int nchanges, NativeMemory events, int nevents, NativeMemory timeout) {
        return events == null ? super.kevent(kq, changes, nchanges, null, nevents, timeout) : -errno;
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        return op == DevPoll.DP_POLL ? -errno : super.ioctl(fd, op, argp);
    }
}
