// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.PrintWriter;

/**
 * Lines that stay, and below them, on a terminal, one line that changes in place. For one thread.
 *
 * <p>Closing it erases the changing line, so that an error message after it begins a line of its own.
 */
public final class Progress implements AutoCloseable {
    /** Moves to the beginning of the line and erases it: ECMA-48's EL. */
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final Terminal terminal;
    private boolean isShowing;

    /** Nothing is printed yet. */
    public Progress(PrintWriter out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Replaces the changing line; without a terminal, does nothing. */
    public void update(String text) {
        if (terminal.isInteractive()) {
            out.print(ERASE_LINE + text.substring(0, Math.min(text.length(), terminal.columns() - 1)));
            out.flush();
            isShowing = true;
        }
    }

    /** Prints a line that stays. */
    public void line(String text) {
        erase();
        out.println(Paragraph.wrapped(terminal, terminal.columns(), text));
        out.flush();
    }

    @Override
    public void close() {
        erase();
    }

    /** Erases the changing line. */
    public void erase() {
        if (isShowing) {
            out.print(ERASE_LINE);
            out.flush();
            isShowing = false;
        }
    }
}
