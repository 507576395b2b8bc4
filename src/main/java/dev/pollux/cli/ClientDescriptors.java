// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import java.io.IOException;

/**
 * Which descriptors are whose, when both ends of many connections are in one process: the server's get the low
 * numbers, which are all that {@code select} can watch, and the clients' lie above them.
 */
final class ClientDescriptors {
    /** For listeners, pollers, and what the JVM opens meanwhile. */
    private static final int SPARE = 64;

    private static final int COUNTED_AT_MOST = 1 << 16;

    private ClientDescriptors() {}

    /**
     * Where the clients' begin. Raises the process's limit as far as it goes.
     *
     * @throws IOException if there are not descriptors enough; the message says for how many connections there are
     */
    static int lowest(Posix posix, int connections) throws IOException {
        long limit = limit(posix);
        long inUse = inUse(posix, limit);
        long largest = Math.max(0, (limit - inUse - 2 * SPARE) / 2);
        if (connections > largest) {
            throw new IOException(connections + " connections take " + 2L * connections
                    + " descriptors, and this process may have " + limit + " (RLIMIT_NOFILE), of which " + inUse
                    + " are in use: the largest --connections here is " + largest);
        }
        return (int) (inUse + connections + SPARE);
    }

    /** A system may refuse to tell; then the connections themselves find out. */
    private static long limit(Posix posix) {
        try {
            return posix.raiseDescriptorLimit().soft();
        } catch (SyscallException refused) {
            return Long.MAX_VALUE;
        }
    }

    /** Raises the limit for a server; where the system refuses, the server starts with what it has, and says so. */
    static void raiseLimit(Posix posix, Progress progress) {
        try {
            posix.raiseDescriptorLimit();
        } catch (SyscallException refused) {
            progress.line("the descriptor limit stays as it is: " + refused.getMessage());
        }
    }

    private static long inUse(Posix posix, long limit) {
        long count = 0;
        for (int fd = 0; fd < Math.min(limit, COUNTED_AT_MOST); fd++) {
            count += posix.isOpen(fd) ? 1 : 0;
        }
        return count;
    }
}
