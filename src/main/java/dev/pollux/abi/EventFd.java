// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * {@code <sys/eventfd.h>} of Linux, illumos, FreeBSD 13 and later, and NetBSD 10 and later. A read or write transfers
 * one number:
 *
 * <pre>{@code
 * typedef uint64_t eventfd_t;    // 8 bytes, native order
 * }</pre>
 */
public final class EventFd {
    public static final int EFD_CLOEXEC = efdCloexec(Os.here());
    public static final int EFD_NONBLOCK = efdNonblock(Os.here());

    private EventFd() {}

    /** {@link #EFD_CLOEXEC} of a system: the value of O_CLOEXEC, but illumos uses Linux's. */
    public static int efdCloexec(Os os) {
        return Fcntl.oCloexec(os == Os.SOLARIS ? Os.LINUX : os);
    }

    /** {@link #EFD_NONBLOCK} of a system: the value of O_NONBLOCK, but illumos uses Linux's. */
    public static int efdNonblock(Os os) {
        return Fcntl.oNonblock(os == Os.SOLARIS ? Os.LINUX : os);
    }
}
