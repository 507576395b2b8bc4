// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * {@code <sys/event.h>}. Its flags are the same on every system; its struct and filters are in {@link Abi}.
 *
 * <pre>{@code
 * struct kevent {          // most             NetBSD
 *     uintptr_t ident;     //  0: 8 bytes       0: 8 bytes
 *     short     filter;    //  8: 2, signed     8: 4, unsigned
 *     u_short   flags;     // 10: 2            12: 4
 *     u_int     fflags;    // 12: 4            16: 4, and 4 of padding
 *     int64_t   data;      // 16: 8            24: 8
 *     void     *udata;     // 24: 8            32: 8
 * };                       // 32               40
 *                          // uint64_t ext[4] at the end: FreeBSD 12 (64 in all), NetBSD 11 (72)
 * }</pre>
 */
public final class Kqueue {
    /** The system property that names a library with {@code kqueue} and {@code kevent}: libkqueue. */
    public static final String LIBRARY_PROPERTY = PropertyNames.of("kqueue.library");

    /** The system property that names the {@link Abi}, if it is not the system's own. */
    public static final String ABI_PROPERTY = PropertyNames.of("kqueue.abi");

    public static final int EV_ADD = 0x0001;
    public static final int EV_DELETE = 0x0002;
    public static final int EV_ENABLE = 0x0004;
    public static final int EV_DISABLE = 0x0008;
    public static final int EV_ONESHOT = 0x0010;
    public static final int EV_CLEAR = 0x0020;
    public static final int EV_RECEIPT = 0x0040;
    public static final int EV_DISPATCH = 0x0080;
    public static final int EV_ERROR = 0x4000;
    public static final int EV_EOF = 0x8000;

    /** In {@code fflags} of a user event. */
    public static final int NOTE_TRIGGER = 0x01000000;

    private Kqueue() {}

    /**
     * The layout and the numbers to use here. Each call reads both properties: {@link #ABI_PROPERTY} names an ABI; else
     * {@link #LIBRARY_PROPERTY} means libkqueue's; else it is the system's own.
     *
     * @throws IllegalArgumentException if the property names no ABI
     */
    public static Abi abi() {
        String name = System.getProperty(ABI_PROPERTY);
        if (name != null) {
            return Abi.named(name);
        }
        if (System.getProperty(LIBRARY_PROPERTY) != null) {
            return Abi.LIBKQUEUE;
        }
        return Abi.here(Os.here(), System.getProperty("os.version", ""));
    }

    /**
     * One system's {@code struct kevent} and filters. The accessors take a buffer in native order with an array of
     * structs, and an index in that array. They allocate nothing.
     */
    public enum Abi {
        MACOS(Shape.PLAIN, "kevent", -1, -2, -10, -15, 0x2),
        /** FreeBSD 12 and later. */
        FREEBSD(Shape.EXTENDED, "kevent", -1, -2, -11, Abi.NONE, 0),
        /** FreeBSD 11 and earlier. */
        FREEBSD11(Shape.PLAIN, "kevent", -1, -2, -11, Abi.NONE, 0),
        /** EVFILT_USER came in 2025, after 7.7, and EVFILT_EXCEPT in 2020, after 6.7: earlier kernels refuse them. */
        OPENBSD(Shape.PLAIN, "kevent", -1, -2, -10, -9, 0x4),
        DRAGONFLY(Shape.PLAIN, "kevent", -1, -2, -9, -8, 0x2),
        /** NetBSD up to 10. EVFILT_USER came with 10: earlier kernels refuse it. */
        NETBSD(Shape.WIDE, "__kevent50", 0, 1, 8, Abi.NONE, 0),
        /** NetBSD 11 and later. */
        NETBSD11(Shape.WIDE_EXTENDED, "__kevent100", 0, 1, 8, Abi.NONE, 0),
        /** libkqueue, on Linux and elsewhere. */
        LIBKQUEUE(Shape.PLAIN, "kevent", -1, -2, -11, Abi.NONE, 0);

        /** No filter: no system uses this number. */
        private static final int NONE = 0x7fffffff;

        public final int EVFILT_READ;
        public final int EVFILT_WRITE;
        /** {@code 0x7fffffff} if there is none, see {@link #hasUser}. */
        public final int EVFILT_USER;
        /** {@code 0x7fffffff} if there is none, see {@link #hasExcept}. */
        public final int EVFILT_EXCEPT;
        /** In {@code fflags} of EVFILT_EXCEPT: out-of-band data. 0 if there is no such filter. */
        public final int NOTE_OOB;

        private final boolean wide;
        private final int sizeBytes;
        private final String symbol;

        Abi(Shape shape, String symbol, int read, int write, int user, int except, int oob) {
            this.wide = shape.wide;
            this.sizeBytes = shape.sizeBytes;
            this.symbol = symbol;
            this.EVFILT_READ = read;
            this.EVFILT_WRITE = write;
            this.EVFILT_USER = user;
            this.EVFILT_EXCEPT = except;
            this.NOTE_OOB = oob;
        }

        /** The size of one {@code struct kevent}. */
        public int sizeBytes() {
            return sizeBytes;
        }

        public int identOffset() {
            return 0;
        }

        public int filterOffset() {
            return 8;
        }

        /** 2 bytes, signed, or 4 bytes, unsigned. */
        public int filterBytes() {
            return wide ? 4 : 2;
        }

        public int flagsOffset() {
            return wide ? 12 : 10;
        }

        /** 2 or 4 bytes. */
        public int flagsBytes() {
            return wide ? 4 : 2;
        }

        public int fflagsOffset() {
            return wide ? 16 : 12;
        }

        public int dataOffset() {
            return wide ? 24 : 16;
        }

        public int udataOffset() {
            return wide ? 32 : 24;
        }

        /** The symbol of the C library behind {@code kevent}. */
        public String symbol() {
            return symbol;
        }

        /** Whether the headers have EVFILT_USER; an older kernel of the same ABI may still refuse it. */
        public boolean hasUser() {
            return EVFILT_USER != NONE;
        }

        /** Whether the headers have EVFILT_EXCEPT and NOTE_OOB; an older kernel of the same ABI may still refuse it. */
        public boolean hasExcept() {
            return EVFILT_EXCEPT != NONE;
        }

        /** Writes a whole struct; the fields after {@code udata} become 0. */
        public void put(
                ByteBuffer buffer, int index, long ident, int filter, int flags, int fflags, long data, long udata) {
            int base = index * sizeBytes;
            buffer.putLong(base, ident);
            if (wide) {
                buffer.putInt(base + filterOffset(), filter);
                buffer.putInt(base + flagsOffset(), flags);
            } else {
                buffer.putShort(base + filterOffset(), (short) filter);
                buffer.putShort(base + flagsOffset(), (short) flags);
            }
            buffer.putInt(base + fflagsOffset(), fflags);
            buffer.putLong(base + dataOffset(), data);
            buffer.putLong(base + udataOffset(), udata);
            for (int offset = udataOffset() + Long.BYTES; offset < sizeBytes; offset += Long.BYTES) {
                buffer.putLong(base + offset, 0);
            }
        }

        public long ident(ByteBuffer buffer, int index) {
            return buffer.getLong(index * sizeBytes);
        }

        public int filter(ByteBuffer buffer, int index) {
            int offset = index * sizeBytes + filterOffset();
            return wide ? buffer.getInt(offset) : buffer.getShort(offset);
        }

        public int flags(ByteBuffer buffer, int index) {
            int offset = index * sizeBytes + flagsOffset();
            return wide ? buffer.getInt(offset) : buffer.getShort(offset) & 0xffff;
        }

        public int fflags(ByteBuffer buffer, int index) {
            return buffer.getInt(index * sizeBytes + fflagsOffset());
        }

        public long data(ByteBuffer buffer, int index) {
            return buffer.getLong(index * sizeBytes + dataOffset());
        }

        public long udata(ByteBuffer buffer, int index) {
            return buffer.getLong(index * sizeBytes + udataOffset());
        }

        /**
         * The ABI of this name, in upper or lower case.
         *
         * @throws IllegalArgumentException if there is none; the message lists the names
         */
        public static Abi named(String name) {
            for (Abi abi : values()) {
                if (abi.name().equals(name.toUpperCase(Locale.ROOT))) {
                    return abi;
                }
            }
            throw new IllegalArgumentException(
                    "no kqueue ABI is named '" + name + "'; there are " + Arrays.toString(values()));
        }

        /** The ABI of a system; the version is that of {@code uname -r} or Java's {@code os.version}. */
        public static Abi here(Os os, String osVersion) {
            return switch (os) {
                case MACOS -> MACOS;
                case FREEBSD -> major(osVersion) < 12 ? FREEBSD11 : FREEBSD;
                case OPENBSD -> OPENBSD;
                case DRAGONFLY -> DRAGONFLY;
                case NETBSD -> major(osVersion) >= 11 || osVersion.startsWith("10.99") ? NETBSD11 : NETBSD;
                case LINUX, SOLARIS, OTHER -> LIBKQUEUE;
            };
        }

        /** The number before the first non-digit; a version without a number counts as the newest. */
        private static int major(String osVersion) {
            String digits = osVersion.replaceFirst("\\D.*", "");
            return digits.isEmpty() || digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        }
    }

    /** The four structs drawn above. */
    private enum Shape {
        PLAIN(false, 32),
        EXTENDED(false, 64),
        WIDE(true, 40),
        WIDE_EXTENDED(true, 72);

        final boolean wide;
        final int sizeBytes;

        Shape(boolean wide, int sizeBytes) {
            this.wide = wide;
            this.sizeBytes = sizeBytes;
        }
    }
}
