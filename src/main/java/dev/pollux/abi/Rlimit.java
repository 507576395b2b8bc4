// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * {@code <sys/resource.h>}, on a 64-bit system:
 *
 * <pre>{@code
 * struct rlimit {
 *     rlim_t rlim_cur;    //  0: 8 bytes, the soft limit
 *     rlim_t rlim_max;    //  8: 8 bytes, the hard limit
 * };                      // 16
 * }</pre>
 */
public final class Rlimit {
    public static final int SIZE = 16;
    public static final int CUR = 0;
    public static final int MAX = 8;

    /** One more than the highest descriptor that the process may open. */
    public static final int RLIMIT_NOFILE = rlimitNofile(Os.here());

    /** No limit; {@code rlim_t} is unsigned on most systems, so compare for equality only. */
    public static final long RLIM_INFINITY = infinity(Os.here());

    private Rlimit() {}

    /** {@link #RLIMIT_NOFILE} of a system. */
    public static int rlimitNofile(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 7;
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> 8;
            case SOLARIS -> 5;
        };
    }

    /** {@link #RLIM_INFINITY} of a system. */
    public static long infinity(Os os) {
        return switch (os) {
            case LINUX, OTHER -> -1L;
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> Long.MAX_VALUE;
            case SOLARIS -> -3L;
        };
    }
}
