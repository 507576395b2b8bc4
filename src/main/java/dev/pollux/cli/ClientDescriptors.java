// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import java.io.IOException;

/**
 * Divides the descriptors of a process that has both ends of many connections: the server gets the low numbers, which
 * are all that {@code select} can watch, and the clients get the numbers above them.
 */
final class ClientDescriptors {
    /** For listening sockets, pollers, and files that the JVM opens. */
    private static final int SPARE = 64;

    private static final int COUNTED_AT_MOST = 1 << 16;

    private ClientDescriptors() {}

    /**
     * The lowest descriptor for the clients. Raises the descriptor limit of the process as far as the system allows.
     *
     * @throws IOException if the limit is too low; the message says how many connections it allows
     */
    static int lowest(Posix posix, int connections) throws IOException {
        long limit = limit(posix);
        long inUse = inUse(posix, limit);
        long most = mostConnections(limit, inUse);
        if (connections > most) {
            throw new IOException(connections + " connections need " + 2L * connections
                    + " descriptors, and this process may have " + limit + " (RLIMIT_NOFILE), of which " + inUse
                    + " are in use: the largest --connections here is " + most);
        }
        return (int) (inUse + connections + SPARE);
    }

    /** How many connections the descriptor limit allows; raises the limit as {@link #lowest} does. */
    static long mostConnections(Posix posix) {
        long limit = limit(posix);
        return mostConnections(limit, inUse(posix, limit));
    }

    private static long mostConnections(long limit, long inUse) {
        return Math.max(0, (limit - inUse - 2 * SPARE) / 2);
    }

    /** A system may refuse the question; then connecting fails where the limit is. */
    private static long limit(Posix posix) {
        try {
            return posix.raiseDescriptorLimit().soft();
        } catch (SyscallException refused) {
            return Long.MAX_VALUE;
        }
    }

    /** Raises the limit for a server; if the system refuses, prints that, and the server starts with the limit it has. */
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
