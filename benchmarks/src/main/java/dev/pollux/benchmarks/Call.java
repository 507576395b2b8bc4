// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

/** One system call to measure. */
public enum Call {
    /** {@code fcntl(fd, F_GETFD)}, about the least that a system call can do; it answers 1, for FD_CLOEXEC. */
    FCNTL,
    /** {@code epoll_wait} with a timeout of zero and one ready descriptor; it answers 1. */
    EPOLL_WAIT
}
