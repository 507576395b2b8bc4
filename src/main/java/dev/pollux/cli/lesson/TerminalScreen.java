// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.cli.Paragraph;
import dev.pollux.cli.Progress;
import dev.pollux.cli.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints a lesson as text. */
public final class TerminalScreen implements Screen {
    private static final String TEXT_MARK = "   ";
    private static final String FACT_MARK = "     ";
    private static final String NOTICE_MARK = "   => ";
    private static final int HANGING_INDENT = 2;

    private final PrintWriter out;
    private final Terminal terminal;
    private final Terminal.Keys keys;
    /** The lines of each step, to show them again; those before the first step are at index 0. */
    private final List<List<String>> steps = new ArrayList<>(List.of(new ArrayList<>()));

    private boolean waitsForKeys;

    /** A screen that does not wait between steps. */
    public TerminalScreen(PrintWriter out, Terminal terminal) {
        this(out, terminal, null);
    }

    /** A screen that waits for a key after it has announced a step, as long as there are keys; null means none. */
    public TerminalScreen(PrintWriter out, Terminal terminal, Terminal.Keys keys) {
        this.out = out;
        this.terminal = terminal;
        this.keys = keys;
        waitsForKeys = keys != null;
    }

    @Override
    public synchronized void show(Fact fact) {
        for (String line : fact.lines()) {
            if (fact instanceof Fact.Title) {
                print(terminal.proseColumns(), "", "bold", line, 0);
            } else if (fact instanceof Fact.Text) {
                print(terminal.proseColumns(), TEXT_MARK, "", line, 0);
            } else if (fact instanceof Fact.Notice) {
                print(terminal.proseColumns(), NOTICE_MARK, "", line, 0);
            } else {
                print(terminal.columns(), FACT_MARK, fact instanceof Fact.Call ? "cyan" : "", line, HANGING_INDENT);
            }
        }
    }

    @Override
    public boolean drawsDescriptors() {
        return false;
    }

    /** Shows no question: the audience asks its own. */
    @Override
    public synchronized void step(String text, Question question) throws IOException {
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

    private void print(int columns, String mark, String style, String text, int hangingIndent) {
        String lines = Paragraph.wrapped(terminal, columns, mark, style, text, hangingIndent);
        steps.get(steps.size() - 1).add(lines);
        out.println(lines);
        out.flush();
    }
}
