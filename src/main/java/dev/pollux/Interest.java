// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/**
 * What one asks of a descriptor: any union of READ, WRITE and PRIORITY, or nothing at all. Immutable, and one
 * instance for each value, so {@code ==} compares.
 *
 * <pre>{@code
 * Interest both = Interest.READ.plus(Interest.WRITE);      // the same as Interest.READ_WRITE
 * }</pre>
 */
public final class Interest {
    private static final Interest[] ALL = new Interest[8];

    static {
        for (int bits = 0; bits < ALL.length; bits++) {
            ALL[bits] = new Interest(bits);
        }
    }

    /** Silence: no event at all, no hang-up, no error, until {@link Registration#modify} asks for something. */
    public static final Interest NONE = ALL[0];
    /** Data to read, a connection to accept, the end of the stream, or an error. */
    public static final Interest READ = ALL[1];
    /** Room to write, a connection established or refused, or an error. */
    public static final Interest WRITE = ALL[2];
    /** {@link #READ} and {@link #WRITE}. */
    public static final Interest READ_WRITE = ALL[3];
    /** Exceptional data: TCP's urgent byte, a packet-mode pseudoterminal, a changed {@code sysfs} file. */
    public static final Interest PRIORITY = ALL[4];

    private final int bits;

    private Interest(int bits) {
        this.bits = bits;
    }

    /** The union of this and the other. */
    public Interest plus(Interest other) {
        return ALL[bits | other.bits];
    }

    /** What remains of this without the other. */
    public Interest without(Interest other) {
        return ALL[bits & ~other.bits];
    }

    /** Whether everything in the other is in this too. Every interest contains {@link #NONE}. */
    public boolean contains(Interest other) {
        return (bits & other.bits) == other.bits;
    }

    /** Whether READ is asked. */
    public boolean isRead() {
        return (bits & READ.bits) != 0;
    }

    /** Whether WRITE is asked. */
    public boolean isWrite() {
        return (bits & WRITE.bits) != 0;
    }

    /** Whether PRIORITY is asked. */
    public boolean isPriority() {
        return (bits & PRIORITY.bits) != 0;
    }

    /** {@code NONE}, or the names joined with a bar: {@code READ|WRITE}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (isRead()) {
            text.append("|READ");
        }
        if (isWrite()) {
            text.append("|WRITE");
        }
        if (isPriority()) {
            text.append("|PRIORITY");
        }
        return text.isEmpty() ? "NONE" : text.substring(1);
    }
}
