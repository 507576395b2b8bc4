// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.abi.Termios;
import dev.pollux.posix.TerminalMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** {@link TerminalMode} as the bytes of a {@code struct termios}, which never change. */
final class KernelTerminalMode implements TerminalMode {
    private static final Termios.Abi ABI = Termios.abi();
    private static final int CHANGED_ON_INPUT = Termios.IGNBRK
            | Termios.BRKINT
            | Termios.PARMRK
            | Termios.ISTRIP
            | Termios.INLCR
            | Termios.IGNCR
            | Termios.ICRNL
            | ABI.IXON;

    private final byte[] bytes;
    private final ByteBuffer termios;

    KernelTerminalMode(byte[] bytes) {
        this.bytes = bytes;
        termios = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    void copyTo(ByteBuffer memory) {
        memory.put(0, bytes);
    }

    private KernelTerminalMode copy() {
        return new KernelTerminalMode(bytes.clone());
    }

    private boolean isSet(int localFlag) {
        return (ABI.flags(termios, ABI.lflagOffset()) & localFlag) != 0;
    }

    @Override
    public boolean isCanonical() {
        return isSet(ABI.ICANON);
    }

    @Override
    public boolean isEcho() {
        return isSet(Termios.ECHO);
    }

    @Override
    public int baudRate() {
        int rate = ABI.baudRate(termios);
        if (rate < 0) {
            throw new UnsupportedOperationException("this baud rate has no name in termios(3)");
        }
        return rate;
    }

    @Override
    public TerminalMode raw() {
        KernelTerminalMode raw = copy();
        raw.clear(ABI.iflagOffset(), CHANGED_ON_INPUT);
        raw.clear(ABI.oflagOffset(), Termios.OPOST);
        raw.clear(ABI.lflagOffset(), Termios.ECHO | ABI.ECHONL | ABI.ICANON | ABI.ISIG | ABI.IEXTEN);
        int control = ABI.flags(termios, ABI.cflagOffset()) & ~(ABI.CSIZE | ABI.PARENB) | ABI.CS8;
        ABI.putFlags(raw.termios, ABI.cflagOffset(), control);
        ABI.putCc(raw.termios, ABI.VMIN, 1);
        ABI.putCc(raw.termios, ABI.VTIME, 0);
        return raw;
    }

    private void clear(int offset, int flags) {
        ABI.putFlags(termios, offset, ABI.flags(termios, offset) & ~flags);
    }

    @Override
    public TerminalMode withBaudRate(int bitsPerSecond) {
        KernelTerminalMode other = copy();
        if (bitsPerSecond < 0 || !ABI.putBaudRate(other.termios, bitsPerSecond)) {
            throw new IllegalArgumentException("no baud rate here: " + bitsPerSecond + "; termios(3) has the list");
        }
        return other;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KernelTerminalMode mode && Arrays.equals(bytes, mode.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
