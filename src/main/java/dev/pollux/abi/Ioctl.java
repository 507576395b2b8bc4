// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/** {@code <sys/ioctl.h>}. */
public final class Ioctl {
    /** Stores the number of bytes that can be read, an int. */
    public static final int FIONREAD = fionread(Os.here());

    private Ioctl() {}

    /** {@link #FIONREAD} of a system; of Linux, on x86, ARM and RISC-V. */
    public static int fionread(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x541b;
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY, SOLARIS -> 0x4004667f;
        };
    }
}
