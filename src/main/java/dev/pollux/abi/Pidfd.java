// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * Linux 5.3 and later: a descriptor of a process. The numbers of the system calls, which are those of all ports but
 * MIPS and Alpha; the C library has functions for them since glibc 2.36.
 *
 * <pre>{@code
 * int pidfd_open(pid_t pid, unsigned flags);
 * int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags);    // NULL, 0
 * }</pre>
 */
public final class Pidfd {
    public static final int SYS_pidfd_send_signal = 424;
    public static final int SYS_pidfd_open = 434;

    /** Linux 5.10 and later. */
    public static final int PIDFD_NONBLOCK = 0x800;

    private Pidfd() {}
}
