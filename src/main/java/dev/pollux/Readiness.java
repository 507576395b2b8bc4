// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.util.List;

/**
 * What a descriptor is ready for. Immutable, with one instance for each value: polling makes no garbage, and {@code ==}
 * compares.
 *
 * <p>Readable, writable and priority are the same on every mechanism and binding, and are true only if the interest
 * contains them. IN, OUT, PRI, HUP and ERR are the bits of {@code poll(2)}:
 *
 * <table>
 * <caption>The answer</caption>
 * <tr><td>{@link #isReadable}</td><td>the interest contains READ, and IN or HUP or ERR</td></tr>
 * <tr><td>{@link #isWritable}</td><td>the interest contains WRITE, and OUT or ERR</td></tr>
 * <tr><td>{@link #isPriority}</td><td>the interest contains PRIORITY, and PRI</td></tr>
 * </table>
 *
 * So "readable" means that a read will not block. The read may return the end of the stream or an error, so a hang-up
 * is never lost. The details {@link #isHangup}, {@link #isReadHangup} and {@link #isError} are true only where the
 * mechanism reports them:
 *
 * <table>
 * <caption>The details</caption>
 * <tr><th></th><th>poll, /dev/poll, epoll, io_uring</th><th>kqueue</th><th>select</th></tr>
 * <tr><td>isHangup</td><td>HUP</td><td>EV_EOF on the write filter, or on a pipe's read filter</td><td>never</td></tr>
 * <tr><td>isReadHangup</td><td>RDHUP, where the system has it and the interest contains READ</td><td>EV_EOF on the read filter of anything but a pipe</td><td>never</td></tr>
 * <tr><td>isError</td><td>ERR</td><td>EV_EOF with an error in fflags</td><td>never</td></tr>
 * <tr><td>isInvalid</td><td>NVAL; epoll never</td><td>never</td><td>EBADF</td></tr>
 * </table>
 */
public final class Readiness {
    private static final int READABLE = 1;
    private static final int WRITABLE = 1 << 1;
    private static final int PRIORITY = 1 << 2;
    private static final int HANGUP = 1 << 3;
    private static final int READ_HANGUP = 1 << 4;
    private static final int ERROR = 1 << 5;
    private static final int INVALID = 1 << 6;

    private static final int DETAILS = HANGUP | ERROR | INVALID;

    private static final String[] NAMES = {
        "READABLE", "WRITABLE", "PRIORITY", "HANGUP", "READ_HANGUP", "ERROR", "INVALID"
    };
    private static final List<Readiness> VALUES;

    static {
        Readiness[] values = new Readiness[1 << NAMES.length];
        for (int bits = 0; bits < values.length; bits++) {
            values[bits] = new Readiness(bits);
        }
        VALUES = List.of(values);
    }

    /** Ready for nothing: all methods return false. No event has this value; a wait that timed out may return it. */
    public static final Readiness NOTHING = VALUES.get(0);

    private final int bits;

    private Readiness(int bits) {
        this.bits = bits;
    }

    /** All values, one for each combination of the methods below; a test of a handler can pick one. */
    public static List<Readiness> values() {
        return VALUES;
    }

    /**
     * This readiness as a registration with another interest would get it: what the interest does not contain is left
     * out. With {@link Interest#NONE} the result is {@link #NOTHING}.
     */
    public Readiness within(Interest interest) {
        int seen = (interest.isRead() ? READABLE | READ_HANGUP : 0)
                | (interest.isWrite() ? WRITABLE : 0)
                | (interest.isPriority() ? PRIORITY : 0);
        return seen == 0 ? NOTHING : VALUES.get(bits & (seen | DETAILS));
    }

    /** A read will not block: data, a connection to accept, the end of the stream, or an error. Requires READ. */
    public boolean isReadable() {
        return (bits & READABLE) != 0;
    }

    /** A write will not block: there is room, or it fails at once. Requires WRITE. */
    public boolean isWritable() {
        return (bits & WRITABLE) != 0;
    }

    /** There is exceptional data. Requires PRIORITY. */
    public boolean isPriority() {
        return (bits & PRIORITY) != 0;
    }

    /** Detail: both directions are closed. */
    public boolean isHangup() {
        return (bits & HANGUP) != 0;
    }

    /** Detail: the peer will send no more, though it may still read. */
    public boolean isReadHangup() {
        return (bits & READ_HANGUP) != 0;
    }

    /** Detail: an error is pending; SO_ERROR or the next read or write returns it. */
    public boolean isError() {
        return (bits & ERROR) != 0;
    }

    /**
     * The descriptor was closed without {@link Registration#cancel}. The poller has dropped the registration and
     * reports this once. epoll and kqueue drop it silently.
     */
    public boolean isInvalid() {
        return (bits & INVALID) != 0;
    }

    /** {@code NOTHING}, or the names joined with a bar: {@code READABLE|READ_HANGUP}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((bits & 1 << bit) != 0) {
                text.append('|').append(NAMES[bit]);
            }
        }
        return text.isEmpty() ? "NOTHING" : text.substring(1);
    }
}
