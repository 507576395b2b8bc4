// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.io.Closeable;
import java.nio.file.Path;

/**
 * Terminals: pseudo-terminals, serial ports, raw mode and window sizes. {@code Posix.terminals} returns it.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * Terminals terminals = posix.terminals();
 * try (Terminals.Pty pty = terminals.openPty()) {
 *     int slave = terminals.open(pty.slavePath());
 *     terminals.setWindowSize(slave, new Terminals.WindowSize(24, 80));
 *     TerminalMode before = terminals.mode(slave);
 *     terminals.setMode(slave, before.raw());
 *     terminals.setMode(slave, before);
 *     posix.close(slave);
 * }
 * }</pre>
 *
 * <p>A terminal keeps its mode after the program has ended: restore it in {@code finally}. A program in the background
 * that changes the mode of its terminal is stopped by SIGTTOU.
 *
 * <p>Threads, errors and the flags of new descriptors are those of {@link Posix}. A method whose call the system lacks
 * throws an {@link UnsupportedOperationException} that names the call.
 */
public interface Terminals {
    /**
     * A pseudo-terminal, {@code pty(7)}. A program at the slave has a terminal; the master reads what the program
     * writes, and writes what the program reads.
     *
     * <p>The master hangs up when the last slave is closed. On Linux it then reads the rest of the output, and after
     * that every read fails with EIO: this is the end of the stream. It hangs up only after a slave was open once.
     */
    interface Pty extends Closeable {
        /** The descriptor of the master. */
        int masterFd();

        /** The file of the slave, such as {@code /dev/pts/3}: for {@link Terminals#open}, or for another process. */
        Path slavePath();

        /**
         * Closes the master; a second close does nothing. The slave hangs up: its reads report the end, and its session
         * gets SIGHUP.
         */
        @Override
        void close() throws SyscallException;
    }

    /** The size of a terminal in characters; 0 is unknown. */
    record WindowSize(int rows, int columns) {
        private static final int MAX = 0xffff;

        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if a number is negative or above 65535
         */
        public WindowSize {
            if (rows < 0 || rows > MAX || columns < 0 || columns > MAX) {
                throw new IllegalArgumentException(
                        rows + " rows and " + columns + " columns are not both from 0 to " + MAX);
            }
        }
    }

    /**
     * A new pseudo-terminal, {@code posix_openpt(3)}, whose slave may be opened.
     *
     * @throws SyscallException ENOSPC if all are in use: on Linux the limit is {@code kernel.pty.max}
     * @throws UnsupportedOperationException if the system has no {@code ptsname_r}: OpenBSD, macOS before 10.13.4
     */
    Pty openPty() throws SyscallException;

    /**
     * Opens the slave of a pseudo-terminal, or a serial port, for reading and writing, {@code open(2)}. It does not
     * become the controlling terminal of this process, and the call does not wait for a modem's carrier.
     *
     * @return its descriptor
     */
    int open(Path terminal) throws SyscallException;

    /** Whether this descriptor is a terminal, {@code isatty(3)}; false if it is not open. */
    boolean isTerminal(int fd);

    /**
     * The mode of a terminal, {@code tcgetattr(3)}.
     *
     * @throws SyscallException ENOTTY if it is no terminal; EIO if it has hung up
     */
    TerminalMode mode(int fd) throws SyscallException;

    /**
     * Sets the mode of a terminal at once, {@code tcsetattr(3)} with TCSANOW. The kernel may accept a mode and ignore a
     * part that the device lacks, such as a baud rate: {@link #mode} returns what holds.
     *
     * @param mode one that this {@code Terminals} has made
     */
    void setMode(int fd, TerminalMode mode) throws SyscallException;

    /** The size of a terminal, {@code TIOCGWINSZ} of {@code ioctl_tty(2)}. Master and slave share one. */
    WindowSize windowSize(int fd) throws SyscallException;

    /**
     * Sets the size of a terminal, {@code TIOCSWINSZ} of {@code ioctl_tty(2)}. If it differs, the programs in the
     * foreground of the terminal get SIGWINCH.
     */
    void setWindowSize(int fd, WindowSize size) throws SyscallException;
}
