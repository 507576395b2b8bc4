// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A report as one HTML file that needs nothing else. */
final class Page {
    /** The first pictures of a workload are open, more are a click away. */
    private static final int OPEN_PICTURES = 4;

    /** A longer list about a run is a click away. */
    private static final int OPEN_LINES = 4;

    /** A longer table is a click away. */
    private static final int OPEN_ROWS = 16;

    private final StringBuilder html = new StringBuilder();

    private Page() {}

    static String of(Report report) {
        Page page = new Page();
        page.write(report);
        return page.html.toString();
    }

    private void write(Report report) {
        html.append("""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>Pollux: %s</title>
                <style>
                %s%s</style>
                </head>
                <body>
                <header>
                <p class="brand">Pollux</p>
                <h1>%1$s</h1>
                """.formatted(escape(report.title()), css(), Ink.darkCss()));
        report.about().forEach(this::about);
        html.append("</header>\n<nav><ul>\n<li><a href=\"#summary\">Summary</a></li>\n");
        for (Report.Section section : report.sections()) {
            html.append("<li><a href=\"#")
                    .append(escape(section.benchmark()))
                    .append("\">")
                    .append(escape(section.benchmark()))
                    .append("</a></li>\n");
        }
        html.append("</ul></nav>\n<main>\n<section id=\"how\"><h2>How to read this</h2>\n<ul>\n");
        report.howToRead()
                .forEach(each -> html.append("<li>").append(escape(each)).append("</li>\n"));
        html.append("</ul>\n</section>\n<section id=\"summary\"><h2>Summary</h2>\n")
                .append(report.summary().html())
                .append("</section>\n");
        report.sections().forEach(this::section);
        html.append("</main>\n</body>\n</html>\n");
    }

    private void about(Run run) {
        html.append("<dl><dt>results</dt><dd>").append(escape(run.name())).append("</dd>\n");
        run.about().forEach((key, value) -> {
            if (!value.isEmpty()) {
                html.append("<dt>").append(escape(words(key))).append("</dt><dd>");
                html.append(lines(value)).append("</dd>\n");
            }
        });
        html.append("</dl>\n");
    }

    private static String lines(String value) {
        String lines = escape(value).replace("\n", "<br />");
        long count = value.lines().count();
        return count <= OPEN_LINES ? lines : "<details><summary>" + count + " entries</summary>" + lines + "</details>";
    }

    private void section(Report.Section section) {
        html.append("<section id=\"").append(escape(section.benchmark())).append("\">\n<h2>");
        html.append(escape(section.title())).append("</h2>\n<p class=\"name\">");
        html.append(escape(section.benchmark()))
                .append("</p>\n<p>")
                .append(escape(section.text()))
                .append("</p>\n");
        List<Picture> pictures = section.pictures();
        int open = Math.min(OPEN_PICTURES, pictures.size());
        pictures.subList(0, open).forEach(this::picture);
        if (open < pictures.size()) {
            html.append("<details><summary>").append(pictures.size() - open).append(" more plots</summary>\n");
            pictures.subList(open, pictures.size()).forEach(this::picture);
            html.append("</details>\n");
        }
        for (Map.Entry<String, Table> each : section.tables().entrySet()) {
            Table table = each.getValue();
            html.append("<details")
                    .append(table.size() <= OPEN_ROWS ? " open=\"open\"" : "")
                    .append("><summary>");
            html.append(escape(each.getKey())).append(" (").append(table.size()).append(" rows)</summary>\n");
            html.append(table.html()).append("</details>\n");
        }
        html.append("</section>\n");
    }

    private void picture(Picture picture) {
        html.append("<figure><div class=\"wide\">").append(picture.svg(false));
        html.append("</div><div class=\"narrow\">").append(picture.svg(true)).append("</div></figure>\n");
    }

    private static String css() {
        try (InputStream css = Objects.requireNonNull(Page.class.getResourceAsStream("report.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code leftOut} is "left out". */
    private static String words(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
