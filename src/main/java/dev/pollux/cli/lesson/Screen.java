// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Scanner;

/** What the audience sees. Any thread may write to it. */
public final class Screen {
    private static final int WIDTH = 100;
    private static final String STEP_INDENT = "   ";
    private static final String CALL_INDENT = "     ";
    private static final String NOTICE_MARK = "   => ";

    private final PrintWriter out;
    private final boolean isTerminal;
    private final InputStream keys;
    private boolean stepping = true;
    private int steps;

    /**
     * A screen of plain lines.
     *
     * @param isTerminal whether it can show colours
     * @param keys where Enter comes from; at its end nobody is waited for
     */
    public Screen(PrintWriter out, boolean isTerminal, InputStream keys) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.keys = keys;
    }

    synchronized void title(String text) {
        print(styled("1", text));
    }

    /** What is about to happen; then the audience may think. */
    synchronized void step(String text) throws IOException {
        print("");
        String number = ++steps + ". ";
        wrapped(number, " ".repeat(Math.max(number.length(), STEP_INDENT.length())), text);
        awaitEnter();
    }

    private void awaitEnter() throws IOException {
        int key = stepping ? keys.read() : -1;
        while (key >= 0 && key != '\n') {
            key = keys.read();
        }
        stepping = key >= 0;
    }

    /** A line of a trace. */
    synchronized void call(String line) {
        print(CALL_INDENT + styled("36", line));
    }

    /** A line of what lies in memory, or in the kernel. */
    synchronized void state(String line) {
        print((CALL_INDENT + line).stripTrailing());
    }

    synchronized void text(String text) {
        wrapped(STEP_INDENT, STEP_INDENT, text);
    }

    synchronized void notice(String text) {
        wrapped(NOTICE_MARK, " ".repeat(NOTICE_MARK.length()), text);
    }

    private void wrapped(String first, String others, String text) {
        StringBuilder line = new StringBuilder(first);
        boolean begins = true;
        try (Scanner words = new Scanner(text)) {
            while (words.hasNext()) {
                String word = words.next();
                if (!begins && line.length() + 1 + word.length() > WIDTH) {
                    print(line.toString());
                    line = new StringBuilder(others);
                    begins = true;
                }
                line.append(begins ? "" : " ").append(word);
                begins = false;
            }
        }
        print(line.toString());
    }

    private String styled(String style, String text) {
        return isTerminal ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}
