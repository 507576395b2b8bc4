// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Readiness;

/** {@link Readiness} as bits: an event before it is delivered. */
public final class ReadyBits {
    public static final int READABLE = 1;
    public static final int WRITABLE = 1 << 1;
    public static final int PRIORITY = 1 << 2;
    public static final int HANGUP = 1 << 3;
    public static final int READ_HANGUP = 1 << 4;
    public static final int ERROR = 1 << 5;
    public static final int INVALID = 1 << 6;

    private static final Readiness[] ALL = new Readiness[1 << 7];

    static {
        for (Readiness each : Readiness.values()) {
            ALL[of(each)] = each;
        }
    }

    private ReadyBits() {}

    /** The one instance with these bits. */
    public static Readiness readiness(int bits) {
        return ALL[bits];
    }

    /** The bits of an instance. */
    public static int of(Readiness ready) {
        return (ready.isReadable() ? READABLE : 0)
                | (ready.isWritable() ? WRITABLE : 0)
                | (ready.isPriority() ? PRIORITY : 0)
                | (ready.isHangup() ? HANGUP : 0)
                | (ready.isReadHangup() ? READ_HANGUP : 0)
                | (ready.isError() ? ERROR : 0)
                | (ready.isInvalid() ? INVALID : 0);
    }
}
