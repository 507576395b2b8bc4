// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A table that can be written as Markdown and as HTML; all but the first columns stand at the right. */
final class Table {
    private final int leftColumns;
    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    Table(int leftColumns, List<String> headings) {
        this.leftColumns = leftColumns;
        this.headings = List.copyOf(headings);
    }

    void row(List<String> cells) {
        if (cells.size() != headings.size()) {
            throw new IllegalArgumentException(cells + " under " + headings);
        }
        rows.add(List.copyOf(cells));
    }

    int size() {
        return rows.size();
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        line(text, headings);
        List<String> rules = new ArrayList<>(Collections.nCopies(headings.size(), "---:"));
        Collections.fill(rules.subList(0, leftColumns), "---");
        line(text, rules);
        rows.forEach(row -> line(text, row));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells).replace("\n", " ")).append(" |\n");
    }

    String html() {
        StringBuilder html = new StringBuilder("<div class=\"table\"><table>\n<thead>");
        row(html, "th", headings);
        html.append("</thead>\n<tbody>\n");
        rows.forEach(row -> row(html, "td", row));
        return html.append("</tbody></table></div>\n").toString();
    }

    private void row(StringBuilder html, String tag, List<String> cells) {
        html.append("<tr>");
        double at = 0;
        for (int i = 0; i < cells.size(); i++) {
            html.append('<').append(tag);
            if (i < leftColumns) {
                html.append(String.format(
                        Locale.ROOT, " class=\"left\" style=\"--at:%.1fem;--width:%.1fem\"", at, width(i)));
                at += width(i);
            }
            html.append('>');
            html.append(Page.escape(cells.get(i)).replaceAll("\\*\\*(.+?)\\*\\*", "<strong>$1</strong>"));
            html.append("</").append(tag).append('>');
        }
        html.append("</tr>\n");
    }

    /** Of a column that stays where it is while the others move: so much that each cell has room in it. */
    private double width(int column) {
        int letters = Stream.concat(Stream.of(headings), rows.stream())
                .mapToInt(row -> row.get(column).length())
                .max()
                .orElse(0);
        return 1.6 + 0.7 * letters;
    }
}
