// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text in columns; numbers stand at the right. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] isNumeric;

    Table(String... headings) {
        rows.add(headings);
        isNumeric = new boolean[headings.length];
    }

    /** A {@link Number} is grouped in thousands and makes its column a numeric one. */
    void row(Object... cells) {
        String[] texts = new String[isNumeric.length];
        for (int column = 0; column < texts.length; column++) {
            boolean number = cells[column] instanceof Number;
            isNumeric[column] |= number;
            texts[column] = number ? String.format(Locale.ROOT, "%,d", cells[column]) : cells[column].toString();
        }
        rows.add(texts);
    }

    void print(PrintWriter out) {
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.length; column++) {
                String padding = " ".repeat(width(column) - row[column].length());
                line.append(column == 0 ? "" : GAP);
                line.append(isNumeric[column] ? padding + row[column] : row[column] + padding);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
    }
}
