// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * {@code <sys/select.h>}: a bitmap, descriptor 0 first.
 *
 * <pre>{@code
 * typedef struct {
 *     unsigned long fds_bits[FD_SETSIZE / 64];    // Linux, FreeBSD, DragonFly, Solaris
 *     uint32_t      fds_bits[FD_SETSIZE / 32];    // macOS, OpenBSD, NetBSD
 * } fd_set;
 * }</pre>
 *
 * This class uses an array of 64-bit words in native order. On a little-endian machine descriptor {@code n} is bit
 * {@code n % 8} of byte {@code n / 8}, for words of 32 and of 64 bits. (On a big-endian machine with 32-bit words it
 * would be wrong.)
 *
 * <p>The buffers are in native order, and every access is absolute.
 */
public final class FdSet {
    /** The number of descriptors in an {@code fd_set} of this system's header. */
    public static final int FD_SETSIZE = fdSetSize(Os.here());

    private FdSet() {}

    /** {@link #FD_SETSIZE} of a system, unless a program defines its own. */
    public static int fdSetSize(Os os) {
        return switch (os) {
            case LINUX, MACOS, FREEBSD, OPENBSD, DRAGONFLY, OTHER -> 1024;
            case NETBSD -> 256;
            case SOLARIS -> 65536;
        };
    }

    /** The size of the 64-bit words that hold descriptors 0 to {@code nfds - 1}, in bytes. */
    public static int sizeBytes(int nfds) {
        return (nfds + 63 >>> 6) << 3;
    }

    /** {@code FD_SET}. */
    public static void set(ByteBuffer buffer, int fd) {
        int word = wordOffset(fd);
        buffer.putLong(word, buffer.getLong(word) | 1L << fd);
    }

    /** {@code FD_CLR}. */
    public static void clear(ByteBuffer buffer, int fd) {
        int word = wordOffset(fd);
        buffer.putLong(word, buffer.getLong(word) & ~(1L << fd));
    }

    /** {@code FD_ISSET}. */
    public static boolean isSet(ByteBuffer buffer, int fd) {
        return (buffer.getLong(wordOffset(fd)) & 1L << fd) != 0;
    }

    private static int wordOffset(int fd) {
        return fd >> 6 << 3;
    }
}
