// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.syscall.NativeMemory;

/** The message of a connection in a round: pseudo-random bytes that depend on both numbers only. */
final class EchoMessage {
    static final int MAX_LENGTH_BYTES = 512;

    private static final int MIN_LENGTH_BYTES = 16;
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private EchoMessage() {}

    static int lengthBytes(int connection, int round) {
        long random = mix(seed(connection, round));
        return MIN_LENGTH_BYTES + (int) Long.remainderUnsigned(random, MAX_LENGTH_BYTES - MIN_LENGTH_BYTES + 1);
    }

    /** Writes the message to memory of at least {@link #MAX_LENGTH_BYTES}, and returns its length. */
    static int put(NativeMemory memory, int connection, int round) {
        int length = lengthBytes(connection, round);
        long state = seed(connection, round);
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            state += STEP;
            memory.putLong(offset, mix(state));
        }
        return length;
    }

    private static long seed(int connection, int round) {
        return mix((long) connection << Integer.SIZE | round & 0xffff_ffffL);
    }

    /** Steele, Lea and Flood's SplitMix64. */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
