// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.IoUring;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.util.function.IntSupplier;

/** Counts the waits. It can also interrupt a wait, or run an action right after one. */
public final class CountingSyscalls extends ForwardingSyscalls {
    private volatile int waits;
    private volatile int signals;
    private volatile Runnable afterNextWait;

    public CountingSyscalls(Syscalls next) {
        super(next);
    }

    /** The number of waits, including those with a timeout of 0. */
    public int waits() {
        return waits;
    }

    /** The next waits, this many, end at once with EINTR. */
    public void interruptNext(int count) {
        signals = count;
    }

    /** Runs an action in the polling thread after the next wait has returned and before the poller reads its result. */
    public void afterNextWait(Runnable action) {
        afterNextWait = action;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread waits at a time
    private int counted(IntSupplier wait) {
        waits++;
        if (signals > 0) {
            signals--;
            return -Errno.EINTR;
        }
        int rc = wait.getAsInt();
        Runnable action = afterNextWait;
        if (action != null) {
            afterNextWait = null;
            action.run();
        }
        return rc;
    }

    @Override
    public int pselect(int nfds, NativeMemory reads, NativeMemory writes, NativeMemory excepts, NativeMemory timeout) {
        return counted(() -> super.pselect(nfds, reads, writes, excepts, timeout));
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return counted(() -> super.poll(fds, nfds, timeoutMillis));
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return counted(() -> super.ppoll(fds, nfds, timeout));
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        return counted(() -> super.epollWait(epfd, events, maxevents, timeoutMillis));
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return counted(() -> super.epollPwait2(epfd, events, maxevents, timeout));
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        return (flags & IoUring.IORING_ENTER_GETEVENTS) == 0
                ? super.ioUringEnter(fd, toSubmit, minComplete, flags, arg, argSizeBytes)
                : counted(() -> super.ioUringEnter(fd, toSubmit, minComplete, flags, arg, argSizeBytes));
    }

    @Override
    public int kevent(
            int kq, NativeMemory changes, int nchanges, NativeMemory events, int nevents, NativeMemory timeout) {
        if (events == null) {
            return super.kevent(kq, changes, nchanges, null, nevents, timeout);
        }
        return counted(() -> super.kevent(kq, changes, nchanges, events, nevents, timeout));
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        return op == DevPoll.DP_POLL ? counted(() -> super.ioctl(fd, op, argp)) : super.ioctl(fd, op, argp);
    }
}
