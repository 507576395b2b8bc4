// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.util.ArrayList;
import java.util.List;

/** Text that is broken between words, never inside of a word that fits on a line: options and class names stay whole. */
public final class Paragraph {
    private Paragraph() {}

    /** Breaks a text into lines, without a line separator at the end. */
    static String wrapped(Terminal terminal, int columns, String text) {
        return wrapped(terminal, columns, "", "", text, 0);
    }

    /**
     * Breaks a text into lines, without a line separator at the end.
     *
     * @param mark stands before the first line; the others are indented as far
     * @param style a style of picocli, such as bold or cyan; empty for none
     * @param hangingIndent how much farther all lines but the first are indented
     */
    public static String wrapped(
            Terminal terminal, int columns, String mark, String style, String text, int hangingIndent) {
        StringBuilder wrapped = new StringBuilder();
        String margin = mark;
        for (String line : lines(text, Math.max(1, columns - mark.length() - hangingIndent))) {
            wrapped.append(wrapped.isEmpty() ? "" : System.lineSeparator());
            wrapped.append(line.isEmpty() ? margin.stripTrailing() : margin + terminal.styled(style, line));
            margin = " ".repeat(mark.length() + hangingIndent);
        }
        return wrapped.toString();
    }

    /** At least one line; several blanks between words stay as they are. */
    static List<String> lines(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("(?<= )(?=[^ ])")) {
            if (!line.isEmpty() && line.length() + word.stripTrailing().length() > width) {
                lines.add(line.toString().stripTrailing());
                line.setLength(0);
            }
            line.append(word);
            while (line.toString().stripTrailing().length() > width) {
                lines.add(line.substring(0, width));
                line.delete(0, width);
            }
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
