// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/** Rows of text in columns. Numbers are aligned at the right; on a narrow terminal, the text of a cell is broken. */
final class Table {
    private static final int GAP = 2;
    private static final int LEAST_TEXT_COLUMNS = 6;

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] isNumeric;

    Table(String... headings) {
        rows.add(headings);
        isNumeric = new boolean[headings.length];
    }

    /** Adds a row. A {@link Number} is grouped in thousands and makes its column numeric. */
    void row(Object... cells) {
        String[] texts = new String[isNumeric.length];
        for (int column = 0; column < texts.length; column++) {
            boolean number = cells[column] instanceof Number;
            isNumeric[column] |= number;
            texts[column] = number ? String.format(Locale.ROOT, "%,d", cells[column]) : cells[column].toString();
        }
        rows.add(texts);
    }

    void print(PrintWriter out, Terminal terminal) {
        int[] widths = widths(terminal.columns());
        TextTable table = TextTable.forColumns(
                terminal.colorScheme(),
                IntStream.range(0, widths.length)
                        .mapToObj(column -> new Column(widths[column] + gap(column), gap(column), Overflow.TRUNCATE))
                        .toArray(Column[]::new));
        for (String[] row : rows) {
            List<List<String>> cells = IntStream.range(0, widths.length)
                    .mapToObj(column -> Paragraph.lines(row[column], Math.max(1, widths[column])))
                    .toList();
            int lines = cells.stream().mapToInt(List::size).max().orElse(0);
            String style = row == rows.get(0) ? "bold" : "";
            for (int line = 0; line < lines; line++) {
                table.addRowValues(cells(terminal, cells, line, widths, style));
            }
        }
        table.toString().lines().map(String::stripTrailing).forEach(out::println);
        out.flush();
    }

    private Ansi.Text[] cells(Terminal terminal, List<List<String>> cells, int line, int[] widths, String style) {
        return IntStream.range(0, widths.length)
                .mapToObj(column -> {
                    String text =
                            line < cells.get(column).size() ? cells.get(column).get(line) : "";
                    String cell = aligned(text, column, widths[column]);
                    return terminal.colorScheme()
                            .text(style.isEmpty() || cell.isBlank() ? cell : "@|" + style + " " + cell + "|@");
                })
                .toArray(Ansi.Text[]::new);
    }

    private static int gap(int column) {
        return column == 0 ? 0 : GAP;
    }

    private String aligned(String text, int column, int width) {
        return isNumeric[column] ? " ".repeat(Math.max(0, width - text.length())) + text : text;
    }

    /** As wide as the texts, or, where that is too wide together, the widest columns less. */
    private int[] widths(int most) {
        int[] widths = new int[isNumeric.length];
        int[] least = new int[isNumeric.length];
        for (int column = 0; column < widths.length; column++) {
            for (String[] row : rows) {
                widths[column] = Math.max(widths[column], row[column].length());
                least[column] = Math.max(least[column], longestWord(row[column]));
            }
        }
        int total = Arrays.stream(widths).sum() + GAP * (widths.length - 1);
        for (int excess = total - most; excess > 0; excess--) {
            int widest = widest(widths, least);
            if (widest < 0) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static int longestWord(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(String::length).max().orElse(0);
    }

    /** The widest column that can become narrower; -1 if none can. Words are broken only if that does not suffice. */
    private int widest(int[] widths, int[] least) {
        return IntStream.range(0, widths.length)
                .filter(column -> !isNumeric[column] && widths[column] > LEAST_TEXT_COLUMNS)
                .boxed()
                .max(Comparator.comparing((Integer column) -> widths[column] > least[column])
                        .thenComparing(column -> widths[column]))
                .orElse(-1);
    }
}
