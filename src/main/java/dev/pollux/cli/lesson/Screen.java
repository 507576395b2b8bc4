// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.cli.Paragraph;
import dev.pollux.cli.Progress;
import dev.pollux.cli.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints a lesson. Any thread may write to it. */
public final class Screen {
    private static final String TEXT_MARK = "   ";
    private static final String CALL_MARK = "     ";
    private static final String NOTICE_MARK = "   => ";
    private static final int HANGING_INDENT = 2;

    private final PrintWriter out;
    private final Terminal terminal;
    private final Terminal.Keys keys;
    /** The lines of each step, to show them again; those before the first step are at index 0. */
    private final List<List<String>> steps = new ArrayList<>(List.of(new ArrayList<>()));

    private boolean waitsForKeys;

    /** A screen that does not wait between steps. */
    public Screen(PrintWriter out, Terminal terminal) {
        this(out, terminal, null);
    }

    /** A screen that waits for a key after it has announced a step, as long as there are keys; null means none. */
    public Screen(PrintWriter out, Terminal terminal, Terminal.Keys keys) {
        this.out = out;
        this.terminal = terminal;
        this.keys = keys;
        waitsForKeys = keys != null;
    }

    synchronized void title(String text) {
        print(terminal.proseColumns(), "", "bold", text, 0);
    }

    /** Announces what is about to happen; then the audience may think. */
    synchronized void step(String text) throws IOException {
        int number = steps.size();
        steps.add(new ArrayList<>());
        print(terminal.proseColumns(), "", "", "", 0);
        print(terminal.proseColumns(), number + ". ", "", text, 0);
        awaitKey(number);
    }

    private void awaitKey(int last) throws IOException {
        int shown = last;
        try (Progress prompt = new Progress(out, terminal)) {
            while (waitsForKeys) {
                prompt.update(prompt(shown, last));
                int key = keys.read();
                prompt.erase();
                if (key < 0) {
                    waitsForKeys = false;
                } else if (isEnter(key) && shown == last) {
                    return;
                } else if (isEnter(key)) {
                    showAgain(++shown);
                } else if (key == 'b' && shown > 1) {
                    showAgain(--shown);
                }
            }
        }
    }

    /** A terminal that passes on single keys sends a carriage return. */
    private static boolean isEnter(int key) {
        return key == '\r' || key == '\n';
    }

    private static String prompt(int shown, int last) {
        String enter = shown == last ? "Enter: make the calls of step " + shown : "Enter: on to step " + (shown + 1);
        return shown == 1 ? enter : enter + "   b: back to step " + (shown - 1);
    }

    private void showAgain(int step) {
        steps.get(step).forEach(out::println);
        out.flush();
    }

    /** Prints a line of a trace. */
    synchronized void call(String line) {
        print(terminal.columns(), CALL_MARK, "cyan", line, HANGING_INDENT);
    }

    /** Prints a line about memory or about the kernel. */
    synchronized void state(String line) {
        print(terminal.columns(), CALL_MARK, "", line, HANGING_INDENT);
    }

    synchronized void text(String text) {
        print(terminal.proseColumns(), TEXT_MARK, "", text, 0);
    }

    synchronized void notice(String text) {
        print(terminal.proseColumns(), NOTICE_MARK, "", text, 0);
    }

    private void print(int columns, String mark, String style, String text, int hangingIndent) {
        String lines = Paragraph.wrapped(terminal, columns, mark, style, text, hangingIndent);
        steps.get(steps.size() - 1).add(lines);
        out.println(lines);
        out.flush();
    }
}
