// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/** {@code <sys/ioctl.h>}. */
public final class Ioctl {
    /** Stores the number of bytes that can be read, an int. */
    public static final int FIONREAD = fionread(Os.here(), System.getProperty("os.arch", ""));

    private static final int ON_LINUX = 0x541b;

    /** {@code _IOR('f', 127, int)}, as the BSDs encode it, and Linux on POWER. */
    private static final int ENCODED = 0x4004667f;

    private Ioctl() {}

    /** {@link #FIONREAD} of a system on a processor as Java's {@code os.arch} names it. */
    public static int fionread(Os os, String osArch) {
        return switch (os) {
            case LINUX, OTHER -> osArch.startsWith("ppc") ? ENCODED : ON_LINUX;
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY, SOLARIS -> ENCODED;
        };
    }
}
