// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.PrintWriter;

/** Lines, and below them, on a terminal, one line that changes in its place. For one thread. */
final class Progress {
    /** To the line's beginning, and erase it: ECMA-48's EL. */
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final boolean isTerminal;

    Progress(PrintWriter out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /** Changes the last line; nothing at all where nobody looks. */
    void update(String text) {
        if (isTerminal) {
            out.print(ERASE_LINE + text);
            out.flush();
        }
    }

    /** Prints a line that stays. */
    void line(String text) {
        out.println((isTerminal ? ERASE_LINE : "") + text);
        out.flush();
    }
}
