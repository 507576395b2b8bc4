// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.nio.ByteBuffer;

/**
 * {@code <termios.h>}, and the window size of {@code <sys/ioctl.h>}. The flags and the struct are in {@link Abi}:
 *
 * <pre>{@code
 * struct termios {         // Linux            BSDs             macOS            Solaris
 *     tcflag_t c_iflag;    //  0: 4 bytes       0: 4 bytes       0: 8 bytes       0: 4 bytes
 *     tcflag_t c_oflag;    //  4: 4             4: 4             8: 8             4: 4
 *     tcflag_t c_cflag;    //  8: 4             8: 4            16: 8             8: 4
 *     tcflag_t c_lflag;    // 12: 4            12: 4            24: 8            12: 4
 *     cc_t     c_line;     // 16: 1            -                -                -
 *     cc_t     c_cc[];     // 17: 32           16: 20           32: 20           16: 19
 *     speed_t  c_ispeed;   // 52: 4            36: 4            56: 8            -
 *     speed_t  c_ospeed;   // 56: 4            40: 4            64: 8            -
 * };                       // 60               44               72               36
 *
 * struct winsize {
 *     unsigned short ws_row;       //  0: 2 bytes
 *     unsigned short ws_col;       //  2: 2
 *     unsigned short ws_xpixel;    //  4: 2
 *     unsigned short ws_ypixel;    //  6: 2
 * };                               //  8
 * }</pre>
 *
 * <p>A baud rate is set in the struct, without {@code cfsetspeed}: since glibc 2.42 that function takes a number where
 * it took a code before, and which of the two a program gets depends on how it was linked. Linux's kernel reads the
 * code in {@code c_cflag}; glibc 2.42 and later read the number in {@code c_ospeed}; BSDs and macOS have the number
 * only.
 */
public final class Termios {
    public static final int WINSIZE = 8;
    public static final int WS_ROW = 0;
    public static final int WS_COL = 2;
    public static final int WS_XPIXEL = 4;
    public static final int WS_YPIXEL = 6;

    public static final int IGNBRK = 0x1;
    public static final int BRKINT = 0x2;
    public static final int IGNPAR = 0x4;
    public static final int PARMRK = 0x8;
    public static final int INPCK = 0x10;
    public static final int ISTRIP = 0x20;
    public static final int INLCR = 0x40;
    public static final int IGNCR = 0x80;
    public static final int ICRNL = 0x100;
    public static final int IXANY = 0x800;
    public static final int IMAXBEL = 0x2000;
    public static final int IUTF8 = 0x4000;
    public static final int OPOST = 0x1;
    public static final int ECHO = 0x8;

    /** Linux's rates by their code, which is the index. */
    private static final int[] SLOW = {
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400
    };

    /** Linux's rates by the distance of their code from B57600. */
    private static final int[] FAST = {
        57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000,
        3500000, 4000000
    };

    /** Linux has the code of the input rate at so many bits above that of the output rate; 0 means the same rate. */
    private static final int IBSHIFT = 16;

    private static final Abi HERE = Abi.of(Os.here(), System.getProperty("os.arch", ""));

    private Termios() {}

    /** The struct and the numbers of this machine. */
    public static Abi abi() {
        return HERE;
    }

    /**
     * One system's {@code struct termios} and those numbers that differ. System V (Linux, Solaris) and 4.4BSD (BSDs,
     * macOS) have different flags; Linux on POWER has those of 4.4BSD. The accessors take a buffer in native order with
     * one struct at index 0.
     */
    public enum Abi {
        LINUX(false, Shape.LINUX, 6, 5, 0, 0x5413, 0x5414, 0x100f, 0x1001),
        /** POWER with glibc; musl has {@code c_cc} at 16 there. */
        LINUX_POWER(true, Shape.LINUX, 5, 7, 0, 0x4008_7468L, 0x8008_7467L, 0xff, 0x10),
        BSD(true, Shape.BSD, 16, 17, 0, 0x4008_7468L, 0x8008_7467L, 0, 0),
        MACOS(true, Shape.MACOS, 16, 17, 0, 0x4008_7468L, 0x8008_7467L, 0, 0),
        SOLARIS(false, Shape.SOLARIS, 4, 5, 0x540e, 0x5468, 0x5467, 0, 0);

        public final int IXON;
        public final int IXOFF;
        public final int ONLCR;
        public final int CSIZE;
        public final int CS8;
        public final int CREAD;
        public final int PARENB;
        public final int ISIG;
        public final int ICANON;
        public final int ECHOE;
        public final int ECHOK;
        public final int ECHONL;
        public final int ECHOCTL;
        public final int ECHOKE;
        public final int IEXTEN;
        public final int VMIN;
        public final int VTIME;

        /** The action of {@code tcsetattr}: at once. */
        public final int TCSANOW;

        /** The bits of {@code c_cflag} with the code of the baud rate; 0 where it is a number of its own. */
        public final int CBAUD;

        /** The code of the first baud rate that does not follow on that of 38400; 0 as {@link #CBAUD}. */
        public final int B57600;

        /** Operations of {@code ioctl}. */
        public final long TIOCGWINSZ;

        public final long TIOCSWINSZ;

        private final Shape shape;

        Abi(
                boolean bsd,
                Shape shape,
                int vmin,
                int vtime,
                int tcsanow,
                long getWindowSize,
                long setWindowSize,
                int cbaud,
                int b57600) {
            this.shape = shape;
            IXON = bsd ? 0x200 : 0x400;
            IXOFF = bsd ? 0x400 : 0x1000;
            ONLCR = bsd ? 0x2 : 0x4;
            CSIZE = bsd ? 0x300 : 0x30;
            CS8 = bsd ? 0x300 : 0x30;
            CREAD = bsd ? 0x800 : 0x80;
            PARENB = bsd ? 0x1000 : 0x100;
            ISIG = bsd ? 0x80 : 0x1;
            ICANON = bsd ? 0x100 : 0x2;
            ECHOE = bsd ? 0x2 : 0x10;
            ECHOK = bsd ? 0x4 : 0x20;
            ECHONL = bsd ? 0x10 : 0x40;
            ECHOCTL = bsd ? 0x40 : 0x200;
            ECHOKE = bsd ? 0x1 : 0x800;
            IEXTEN = bsd ? 0x400 : 0x8000;
            VMIN = vmin;
            VTIME = vtime;
            TCSANOW = tcsanow;
            CBAUD = cbaud;
            B57600 = b57600;
            TIOCGWINSZ = getWindowSize;
            TIOCSWINSZ = setWindowSize;
        }

        /** The struct of a system; the processor is named as in Java's {@code os.arch}. */
        public static Abi of(Os os, String osArch) {
            return switch (os) {
                case LINUX, OTHER -> osArch.startsWith("ppc64") ? LINUX_POWER : LINUX;
                case FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> BSD;
                case MACOS -> MACOS;
                case SOLARIS -> SOLARIS;
            };
        }

        /** The size of {@code struct termios}. */
        public int sizeBytes() {
            return shape.sizeBytes;
        }

        public int flagBytes() {
            return shape.flagBytes;
        }

        public int iflagOffset() {
            return 0;
        }

        public int oflagOffset() {
            return shape.flagBytes;
        }

        public int cflagOffset() {
            return 2 * shape.flagBytes;
        }

        public int lflagOffset() {
            return 3 * shape.flagBytes;
        }

        public int ccOffset() {
            return shape.ccOffset;
        }

        /** 0 if the struct has no speeds. */
        public int ispeedOffset() {
            return shape.ispeedOffset;
        }

        public int ospeedOffset() {
            return shape.ispeedOffset == 0 ? 0 : shape.ispeedOffset + shape.flagBytes;
        }

        /** The flags at an offset. No system uses the upper half of 8 bytes. */
        public int flags(ByteBuffer termios, int offset) {
            return shape.flagBytes == Long.BYTES ? (int) termios.getLong(offset) : termios.getInt(offset);
        }

        public void putFlags(ByteBuffer termios, int offset, int flags) {
            if (shape.flagBytes == Long.BYTES) {
                termios.putLong(offset, Integer.toUnsignedLong(flags));
            } else {
                termios.putInt(offset, flags);
            }
        }

        public byte cc(ByteBuffer termios, int index) {
            return termios.get(shape.ccOffset + index);
        }

        public void putCc(ByteBuffer termios, int index, int value) {
            termios.put(shape.ccOffset + index, (byte) value);
        }

        /** The output rate in bits per second; -1 if it is not known here. */
        public int baudRate(ByteBuffer termios) {
            if (CBAUD == 0) {
                return ispeedOffset() == 0 ? -1 : flags(termios, ospeedOffset());
            }
            int code = flags(termios, cflagOffset()) & CBAUD;
            if (code < SLOW.length) {
                return SLOW[code];
            }
            return code >= B57600 && code - B57600 < FAST.length ? FAST[code - B57600] : -1;
        }

        /** Sets both rates. False, and nothing is changed, if there is no such rate here. */
        public boolean putBaudRate(ByteBuffer termios, int bitsPerSecond) {
            if (ispeedOffset() == 0) {
                return false;
            }
            if (CBAUD != 0) {
                int code = code(bitsPerSecond);
                if (code < 0) {
                    return false;
                }
                int others = flags(termios, cflagOffset()) & ~(CBAUD | CBAUD << IBSHIFT);
                putFlags(termios, cflagOffset(), others | code);
            }
            putFlags(termios, ispeedOffset(), bitsPerSecond);
            putFlags(termios, ospeedOffset(), bitsPerSecond);
            return true;
        }

        private int code(int bitsPerSecond) {
            int slow = index(SLOW, bitsPerSecond);
            int fast = index(FAST, bitsPerSecond);
            return slow >= 0 ? slow : fast >= 0 ? B57600 + fast : -1;
        }

        private static int index(int[] rates, int rate) {
            for (int index = 0; index < rates.length; index++) {
                if (rates[index] == rate) {
                    return index;
                }
            }
            return -1;
        }
    }

    /** The four structs drawn above. */
    private enum Shape {
        LINUX(60, 4, 17, 52),
        BSD(44, 4, 16, 36),
        MACOS(72, 8, 32, 56),
        SOLARIS(36, 4, 16, 0);

        final int sizeBytes;
        final int flagBytes;
        final int ccOffset;
        final int ispeedOffset;

        Shape(int sizeBytes, int flagBytes, int ccOffset, int ispeedOffset) {
            this.sizeBytes = sizeBytes;
            this.flagBytes = flagBytes;
            this.ccOffset = ccOffset;
            this.ispeedOffset = ispeedOffset;
        }
    }
}
