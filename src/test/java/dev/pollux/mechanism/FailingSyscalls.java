// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Counts calls and allocations, and makes some of them fail as in a kernel that lacks memory, descriptors or epoll
 * watches. close, munmap and the check for an open descriptor do not fail.
 */
public final class FailingSyscalls extends ForwardingSyscalls {
    private final List<String> failed = new ArrayList<>();
    private int first = Integer.MAX_VALUE;
    private int last;
    private int every = 1;
    private int calls;
    private boolean stopped;

    public FailingSyscalls(Syscalls next) {
        super(next);
    }

    /** From the n-th call on, this many calls fail, one in each {@code every}. */
    public synchronized void failFrom(int nth, int count, int every) {
        first = nth;
        last = nth + (count - 1) * every;
        this.every = every;
    }

    /** From now on nothing fails and nothing is counted. */
    public synchronized void stop() {
        stopped = true;
    }

    public synchronized void resume() {
        stopped = false;
    }

    /** The calls that failed. */
    public synchronized List<String> failed() {
        return List.copyOf(failed);
    }

    private synchronized boolean fails(String call) {
        if (stopped) {
            return false;
        }
        calls++;
        boolean fails = calls >= first && calls <= last && (calls - first) % every == 0;
        if (fails) {
            failed.add(call);
        }
        return fails;
    }

    private int call(String call, int errno, IntSupplier next) {
        return fails(call) ? -errno : next.getAsInt();
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        if (fails("allocate")) {
            throw new OutOfMemoryError("on purpose");
        }
        return super.addressOf(direct);
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        return call("open", Errno.EMFILE, () -> super.open(pathname, flags));
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        return call("read", Errno.EINTR, () -> super.read(fd, buf, bufOffset, count));
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        return call("write", Errno.ENOMEM, () -> super.write(fd, buf, bufOffset, count));
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        return call("pipe", Errno.EMFILE, () -> super.pipe(pipefd));
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        return op == Fcntl.F_GETFD
                ? super.fcntl(fd, op, arg)
                : call("fcntl", Errno.ENOMEM, () -> super.fcntl(fd, op, arg));
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        return call("fstat", Errno.ENOMEM, () -> super.fstat(fd, statbuf));
    }

    @Override
    public int eventfd(int initval, int flags) {
        return call("eventfd", Errno.EMFILE, () -> super.eventfd(initval, flags));
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        return call("getrlimit", Errno.EPERM, () -> super.getrlimit(resource, rlim));
    }

    @Override
    public int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen) {
        return call("getsockopt", Errno.ENOMEM, () -> super.getsockopt(sockfd, level, optname, optval, optlen));
    }

    @Override
    public int pselect(int nfds, NativeMemory reads, NativeMemory writes, NativeMemory excepts, NativeMemory timeout) {
        return call("pselect", Errno.ENOMEM, () -> super.pselect(nfds, reads, writes, excepts, timeout));
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return call("poll", Errno.ENOMEM, () -> super.poll(fds, nfds, timeoutMillis));
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return call("ppoll", Errno.ENOMEM, () -> super.ppoll(fds, nfds, timeout));
    }

    @Override
    public int epollCreate1(int flags) {
        return call("epoll_create1", Errno.EMFILE, () -> super.epollCreate1(flags));
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
        int errno = op == Epoll.EPOLL_CTL_ADD ? Errno.ENOSPC : Errno.ENOMEM;
        return call("epoll_ctl(" + Epoll.opName(op) + ")", errno, () -> super.epollCtl(epfd, op, fd, event));
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        return call("epoll_wait", Errno.ENOMEM, () -> super.epollWait(epfd, events, maxevents, timeoutMillis));
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return call("epoll_pwait2", Errno.ENOMEM, () -> super.epollPwait2(epfd, events, maxevents, timeout));
    }

    @Override
    public int ioUringSetup(int entries, NativeMemory params) {
        return call("io_uring_setup", Errno.ENOMEM, () -> super.ioUringSetup(entries, params));
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        return call(
                "io_uring_enter",
                Errno.ENOMEM,
                () -> super.ioUringEnter(fd, toSubmit, minComplete, flags, arg, argSizeBytes));
    }

    @Override
    public int membarrier(int cmd, int flags) {
        return call("membarrier", Errno.ENOMEM, () -> super.membarrier(cmd, flags));
    }

    @Override
    public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
        return fails("mmap") ? -Errno.ENOMEM : super.mmap(lengthBytes, prot, flags, fd, offset);
    }

    @Override
    public int kqueue() {
        return call("kqueue", Errno.EMFILE, super::kqueue);
    }

    @Override
    public int kevent(
            int kq, NativeMemory changes, int nchanges, NativeMemory events, int nevents, NativeMemory timeout) {
        return call("kevent", Errno.ENOMEM, () -> super.kevent(kq, changes, nchanges, events, nevents, timeout));
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        return call("ioctl", Errno.ENOMEM, () -> super.ioctl(fd, op, argp));
    }
}
