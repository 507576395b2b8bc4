// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * {@code <sys/eventfd.h>} of Linux and illumos, and of FreeBSD since 13 and NetBSD since 10. What is read from and
 * written to the descriptor is one number:
 *
 * <pre>{@code
 * typedef uint64_t eventfd_t;    // 8 bytes, native order
 * }</pre>
 */
public final class EventFd {
    public static final int EFD_CLOEXEC = efdCloexec(Os.here());
    public static final int EFD_NONBLOCK = efdNonblock(Os.here());

    private EventFd() {}

    /** {@link #EFD_CLOEXEC} of a system: that of {@code open}, but illumos has Linux's. */
    public static int efdCloexec(Os os) {
        return Fcntl.oCloexec(os == Os.SOLARIS ? Os.LINUX : os);
    }

    /** {@link #EFD_NONBLOCK} of a system: that of {@code open}, but illumos has Linux's. */
    public static int efdNonblock(Os os) {
        return Fcntl.oNonblock(os == Os.SOLARIS ? Os.LINUX : os);
    }
}
