// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * {@code <sys/uio.h>}, on a 64-bit system:
 *
 * <pre>{@code
 * struct iovec {
 *     void  *iov_base;    //  0: 8 bytes
 *     size_t iov_len;     //  8: 8 bytes
 * };                      // 16
 * }</pre>
 */
public final class Iovec {
    public static final int SIZE = 16;
    public static final int IOV_BASE = 0;
    public static final int IOV_LEN = 8;

    /** How many of them {@code readv} and {@code writev} take. */
    public static final int IOV_MAX = iovMax(Os.here());

    private Iovec() {}

    /** {@link #IOV_MAX} of a system. Solaris and illumos differ: this is what every POSIX system takes. */
    public static int iovMax(Os os) {
        return os == Os.SOLARIS ? 16 : 1024;
    }

    /** Writes the element at this index of an array. */
    public static void put(ByteBuffer buffer, int index, long base, int lengthBytes) {
        buffer.putLong(index * SIZE + IOV_BASE, base);
        buffer.putLong(index * SIZE + IOV_LEN, lengthBytes);
    }
}
