// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

/**
 * The settings of a terminal at one moment, {@code struct termios} of {@code termios(3)}. It is immutable: change it by
 * making another, and give that to {@link Terminals#setMode}.
 */
public interface TerminalMode {
    /** Whether input is read in lines, after Enter, with backspace at work: ICANON. */
    boolean isCanonical();

    /** Whether the terminal shows what is typed: ECHO. */
    boolean isEcho();

    /**
     * The speed of output in bits per second. 0 asks a serial line to hang up; a pseudo-terminal ignores its speed.
     *
     * @throws UnsupportedOperationException if the rate has no name in {@code termios(3)}, or on Solaris
     */
    int baudRate();

    /**
     * This mode made raw, as {@code cfmakeraw(3)} does: bytes arrive one by one and unchanged, without echo and without
     * signals, with 8 bits and no parity; output is not changed either. The terminal is readable when one byte is there.
     */
    TerminalMode raw();

    /**
     * This mode with another speed for input and output.
     *
     * @param bitsPerSecond such as 9600 or 115200; Linux has the rates up to 4000000 that {@code termios(3)} names
     * @throws IllegalArgumentException if there is no such rate here
     */
    TerminalMode withBaudRate(int bitsPerSecond);
}
