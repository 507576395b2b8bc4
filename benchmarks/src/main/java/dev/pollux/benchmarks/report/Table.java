// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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
        for (int i = 0; i < cells.size(); i++) {
            html.append('<').append(tag).append(i < leftColumns ? " class=\"left\">" : ">");
            html.append(Page.escape(cells.get(i)).replaceAll("\\*\\*(.+?)\\*\\*", "<strong>$1</strong>"));
            html.append("</").append(tag).append('>');
        }
        html.append("</tr>\n");
    }
}
