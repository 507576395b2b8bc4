// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Scriptable;

/** Apache ECharts, which is JavaScript: for a page, and on Rhino for files. */
final class ECharts {
    private static final int WIDTH = 1000;
    private static final String FOLDER = "/META-INF/resources/webjars/echarts/5.3.1/dist/";

    private ECharts() {}

    /** What a page needs; it draws each figure from its {@code data-option}. */
    static String script() throws IOException {
        return resource(FOLDER + "echarts.common.min.js") + """

                for (const figure of document.querySelectorAll("figure")) {
                  echarts.init(figure).setOption(JSON.parse(figure.dataset.option));
                }
                """;
    }

    /** A file for each chart. */
    static void writeSvg(List<Chart> charts, Path folder) throws IOException {
        try (Context context = Context.enter()) {
            context.setInterpretedMode(true); // it runs once: compiling would take longer
            Scriptable scope = context.initStandardObjects();
            evaluate(context, scope, "function setTimeout() {}"); // there is nothing to animate
            evaluate(context, scope, resource(FOLDER + "echarts.min.js")); // with its SVG renderer
            for (Chart chart : charts) {
                Object svg = evaluate(context, scope, """
                        (function () {
                          var chart = echarts.init(null, null, {renderer: "svg", ssr: true, width: %d, height: %d});
                          chart.setOption(%s);
                          return chart.renderToSVGString();
                        })()""".formatted(WIDTH, chart.height(), chart.json()));
                Files.writeString(folder.resolve(chart.name() + ".svg"), svg.toString());
            }
        }
    }

    private static Object evaluate(Context context, Scriptable scope, String script) {
        return context.evaluateString(scope, script, "report", 1, null);
    }

    static String resource(String name) throws IOException {
        try (InputStream resource = Objects.requireNonNull(ECharts.class.getResourceAsStream(name), name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
