// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

/**
 * The events to watch a descriptor for: any union of READ, WRITE and PRIORITY, or NONE. Immutable, with one instance
 * for each value, so {@code ==} compares.
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

    /** No events, not even hang-ups or errors, until {@link Registration#modify} sets another interest. */
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

    /** The union of this interest and the other. */
    public Interest plus(Interest other) {
        return ALL[bits | other.bits];
    }

    /** This interest without the bits of the other. */
    public Interest without(Interest other) {
        return ALL[bits & ~other.bits];
    }

    /** Whether this interest contains all of the other. Every interest contains {@link #NONE}. */
    public boolean contains(Interest other) {
        return (bits & other.bits) == other.bits;
    }

    /** Whether this contains READ. */
    public boolean isRead() {
        return (bits & READ.bits) != 0;
    }

    /** Whether this contains WRITE. */
    public boolean isWrite() {
        return (bits & WRITE.bits) != 0;
    }

    /** Whether this contains PRIORITY. */
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
