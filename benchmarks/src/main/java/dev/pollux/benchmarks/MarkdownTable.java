// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows in Markdown; all but the first columns stand at the right. */
public final class MarkdownTable {
    private final List<String> lines = new ArrayList<>();

    public MarkdownTable(int leftColumns, List<String> headings) {
        row(headings);
        List<String> rules = new ArrayList<>(Collections.nCopies(headings.size(), "---:"));
        Collections.fill(rules.subList(0, leftColumns), "---");
        row(rules);
    }

    public void row(List<String> cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
