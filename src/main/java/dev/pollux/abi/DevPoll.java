// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * Solaris and illumos, {@code <sys/devpoll.h>}, on a 64-bit system:
 *
 * <pre>{@code
 * struct dvpoll {
 *     struct pollfd *dp_fds;        //  0: where the answers go
 *     nfds_t         dp_nfds;       //  8: 8 bytes, how many fit there
 *     int            dp_timeout;    // 16: milliseconds, -1 for no limit; 4 bytes of padding
 *     sigset_t      *dp_setp;       // 24: read by DP_PPOLL only; older headers end before it
 * };                                // 32
 * }</pre>
 *
 * Interests are written to the descriptor as an array of {@code struct pollfd}, see {@link PollFd}.
 */
public final class DevPoll {
    public static final String PATH = "/dev/poll";

    /** In {@code events}: remove this descriptor. */
    public static final int POLLREMOVE = 0x0800;

    /** The {@code ioctl} that waits. */
    public static final int DP_POLL = 0xD0 << 8 | 1;

    public static final int SIZE = 32;
    public static final int DP_FDS = 0;
    public static final int DP_NFDS = 8;
    public static final int DP_TIMEOUT = 16;
    public static final int DP_SETP = 24;

    private DevPoll() {}

    /** Writes the whole struct, with no signal mask. */
    public static void put(ByteBuffer buffer, long fdsAddress, int nfds, int timeoutMillis) {
        buffer.putLong(DP_FDS, fdsAddress);
        buffer.putLong(DP_NFDS, nfds);
        buffer.putInt(DP_TIMEOUT, timeoutMillis);
        buffer.putInt(DP_TIMEOUT + 4, 0);
        buffer.putLong(DP_SETP, 0);
    }
}
