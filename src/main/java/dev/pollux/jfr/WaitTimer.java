// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/**
 * Measures how long the calls that wait take. Each thread has a sum of its own: another thread's {@code kevent} or
 * {@code io_uring_enter}, which only changes something, does not belong to the poll.
 */
final class WaitTimer extends ForwardingSyscalls {
    private final ThreadLocal<Sum> sums = ThreadLocal.withInitial(Sum::new);

    private static final class Sum {
        long nanos;
    }

    WaitTimer(Syscalls next) {
        super(next);
    }

    /** How long the calling thread has been in such calls, since it made the first of them. */
    long nanosOfThisThread() {
        return sums.get().nanos;
    }

    private int returned(long beganNanos, int rc) {
        sums.get().nanos += System.nanoTime() - beganNanos;
        return rc;
    }

    @Override
    public int pselect(
            int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds, NativeMemory timeout) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.pselect(nfds, readfds, writefds, exceptfds, timeout));
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.poll(fds, nfds, timeoutMillis));
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.ppoll(fds, nfds, timeout));
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.epollWait(epfd, events, maxevents, timeoutMillis));
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.epollPwait2(epfd, events, maxevents, timeout));
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.ioUringEnter(fd, toSubmit, minComplete, flags, arg, argSizeBytes));
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.kevent(kq, changelist, nchanges, eventlist, nevents, timeout));
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        long beganNanos = System.nanoTime();
        return returned(beganNanos, super.ioctl(fd, op, argp));
    }
}
