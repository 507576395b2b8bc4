// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.Flags;
import dev.pollux.abi.Termios;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;

/** Traces the calls for terminals: the layer under {@link TracingSyscalls}. */
final class TracingTerminals extends ForwardingSyscalls {
    private static final Termios.Abi ABI = Termios.abi();

    private final Trace trace;

    TracingTerminals(Syscalls next, Trace trace) {
        super(next);
        this.trace = trace;
    }

    /** Whether this layer traces the operation of {@code ioctl}. */
    static boolean knows(long op) {
        return op == ABI.TIOCGWINSZ || op == ABI.TIOCSWINSZ;
    }

    @Override
    public int posixOpenpt(int flags) {
        TraceLine line = new TraceLine("posix_openpt").add(Flags.open(flags)).called();
        return trace.tell(line.returned(super.posixOpenpt(flags)));
    }

    @Override
    public int grantpt(int fd) {
        return trace.tell(new TraceLine("grantpt").add(fd).called().returned(super.grantpt(fd)));
    }

    @Override
    public int unlockpt(int fd) {
        return trace.tell(new TraceLine("unlockpt").add(fd).called().returned(super.unlockpt(fd)));
    }

    @Override
    public int ptsnameR(int fd, NativeMemory buf, int buflen) {
        TraceLine line = new TraceLine("ptsname_r").add(fd).called();
        return trace.tell(line.returned(super.ptsnameR(fd, buf, buflen))
                .output(buf, CStrings::path)
                .add(buflen));
    }

    @Override
    public int tcgetattr(int fd, NativeMemory termios) {
        TraceLine line = new TraceLine("tcgetattr").add(fd).called();
        return trace.tell(line.returned(super.tcgetattr(fd, termios)).output(termios, TracingTerminals::termios));
    }

    @Override
    public int tcsetattr(int fd, int optionalActions, NativeMemory termios) {
        TraceLine line = new TraceLine("tcsetattr")
                .add(fd)
                .add(optionalActions == ABI.TCSANOW ? "TCSANOW" : Flags.hex(optionalActions))
                .input(termios, TracingTerminals::termios)
                .called();
        return trace.tell(line.returned(super.tcsetattr(fd, optionalActions, termios)));
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        if (op == ABI.TIOCGWINSZ) {
            TraceLine line = new TraceLine("ioctl").add(fd).add("TIOCGWINSZ").called();
            return trace.tell(line.returned(super.ioctl(fd, op, argp)).output(argp, TracingTerminals::winsize));
        } else if (op == ABI.TIOCSWINSZ) {
            TraceLine line = new TraceLine("ioctl").add(fd).add("TIOCSWINSZ").input(argp, TracingTerminals::winsize);
            return trace.tell(line.called().returned(super.ioctl(fd, op, argp)));
        }
        return super.ioctl(fd, op, argp);
    }

    private static String termios(ByteBuffer bytes) {
        return "{c_iflag=" + Flags.TERMIOS_INPUT.set(ABI.flags(bytes, ABI.iflagOffset()))
                + ", c_oflag=" + Flags.TERMIOS_OUTPUT.set(ABI.flags(bytes, ABI.oflagOffset()))
                + ", c_cflag=" + control(bytes)
                + ", c_lflag=" + Flags.TERMIOS_LOCAL.set(ABI.flags(bytes, ABI.lflagOffset())) + ", ...}";
    }

    /** The rate is in the flags, as a code, on Linux only. */
    private static String control(ByteBuffer bytes) {
        int flags = ABI.flags(bytes, ABI.cflagOffset());
        int rate = ABI.baudRate(bytes);
        return ABI.CBAUD == 0 || rate < 0
                ? Flags.TERMIOS_CONTROL.set(flags)
                : "B" + rate + "|" + Flags.TERMIOS_CONTROL.set(flags & ~ABI.CBAUD);
    }

    private static String winsize(ByteBuffer bytes) {
        return "{ws_row=" + unsigned(bytes, Termios.WS_ROW)
                + ", ws_col=" + unsigned(bytes, Termios.WS_COL)
                + ", ws_xpixel=" + unsigned(bytes, Termios.WS_XPIXEL)
                + ", ws_ypixel=" + unsigned(bytes, Termios.WS_YPIXEL) + "}";
    }

    private static int unsigned(ByteBuffer bytes, int offset) {
        return bytes.getShort(offset) & 0xffff;
    }
}
