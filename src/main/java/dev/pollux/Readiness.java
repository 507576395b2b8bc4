// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import java.util.List;

/**
 * What a mechanism answers for one descriptor. Immutable, and one instance for each value: polling makes no garbage,
 * and {@code ==} compares.
 *
 * <p>Readable, writable and priority are the same on every mechanism and binding, and are only true where they were
 * asked for; the names on the right are those of {@code poll(2)}:
 *
 * <table>
 * <caption>The answer</caption>
 * <tr><td>{@link #isReadable}</td><td>READ was asked, and IN or HUP or ERR</td></tr>
 * <tr><td>{@link #isWritable}</td><td>WRITE was asked, and OUT or ERR</td></tr>
 * <tr><td>{@link #isPriority}</td><td>PRIORITY was asked, and PRI</td></tr>
 * </table>
 *
 * So "readable" means that a read will not block: it may also return the end of the stream or the error, and a
 * hang-up is never lost. The details {@link #isHangup}, {@link #isReadHangup} and {@link #isError} are true only
 * where the mechanism reports them:
 *
 * <table>
 * <caption>The details</caption>
 * <tr><th></th><th>poll, /dev/poll, epoll, io_uring</th><th>kqueue</th><th>select</th></tr>
 * <tr><td>isHangup</td><td>HUP</td><td>EV_EOF on the write filter, or on a pipe's read filter</td><td>never</td></tr>
 * <tr><td>isReadHangup</td><td>RDHUP, where the system has it and READ was asked</td><td>EV_EOF on the read filter of anything but a pipe</td><td>never</td></tr>
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

    private final int bits;

    private Readiness(int bits) {
        this.bits = bits;
    }

    /** Every value there is: all combinations of the answers below, so that a test of a handler can pick one. */
    public static List<Readiness> values() {
        return VALUES;
    }

    /** READ was asked and a read will not block: data, a connection to accept, the end of the stream, or an error. */
    public boolean isReadable() {
        return (bits & READABLE) != 0;
    }

    /** WRITE was asked and a write will not block: there is room, or it fails at once. */
    public boolean isWritable() {
        return (bits & WRITABLE) != 0;
    }

    /** PRIORITY was asked and there is exceptional data. */
    public boolean isPriority() {
        return (bits & PRIORITY) != 0;
    }

    /** Detail: both directions are over. */
    public boolean isHangup() {
        return (bits & HANGUP) != 0;
    }

    /** Detail: the peer will send no more, though it may still read. */
    public boolean isReadHangup() {
        return (bits & READ_HANGUP) != 0;
    }

    /** Detail: an error is pending, to be fetched with SO_ERROR or by the next read or write. */
    public boolean isError() {
        return (bits & ERROR) != 0;
    }

    /**
     * The descriptor was closed without {@link Registration#cancel}. The poller has dropped it, its registration is
     * no longer valid, and this is reported once. epoll and kqueue drop such a descriptor silently.
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
