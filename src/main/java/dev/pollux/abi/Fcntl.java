// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * {@code <fcntl.h>}. The commands are the same on every system; most flags differ.
 *
 * <pre>{@code
 * int fcntl(int fd, int op, int arg);
 * }</pre>
 */
public final class Fcntl {
    public static final int F_DUPFD = 0;
    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int FD_CLOEXEC = 1;

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;

    public static final int O_NONBLOCK = oNonblock(Os.here());
    public static final int O_CLOEXEC = oCloexec(Os.here());
    public static final int O_NOCTTY = oNoctty(Os.here());
    public static final int F_DUPFD_CLOEXEC = fDupfdCloexec(Os.here());

    private Fcntl() {}

    /** {@link #O_NONBLOCK} of a system. */
    public static int oNonblock(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x800;
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> 0x4;
            case SOLARIS -> 0x80;
        };
    }

    /** {@link #O_CLOEXEC} of a system. */
    public static int oCloexec(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x80000;
            case MACOS -> 0x1000000;
            case FREEBSD -> 0x100000;
            case OPENBSD -> 0x10000;
            case NETBSD -> 0x400000;
            case DRAGONFLY -> 0x20000;
            case SOLARIS -> 0x800000;
        };
    }

    /** {@link #O_NOCTTY} of a system. */
    public static int oNoctty(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x100;
            case MACOS -> 0x20000;
            case FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> 0x8000;
            case SOLARIS -> 0x800;
        };
    }

    /** {@link #F_DUPFD_CLOEXEC} of a system. For Solaris this is the value of illumos; Oracle uses 47. */
    public static int fDupfdCloexec(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 1030;
            case MACOS -> 67;
            case FREEBSD, DRAGONFLY -> 17;
            case OPENBSD -> 10;
            case NETBSD -> 12;
            case SOLARIS -> 37;
        };
    }
}
