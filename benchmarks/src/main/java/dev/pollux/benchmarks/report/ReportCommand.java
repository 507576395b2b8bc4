// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import dev.pollux.benchmarks.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows results. */
@Command(
        name = "report",
        description = "A page with plots and tables from one result; or from two, one against the other.")
public final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..2", paramLabel = "RESULT.jsonl", description = "One result, or BEFORE and AFTER.")
    private List<Path> results;

    @Option(names = "--out", description = "The folder to write to. Default: RESULT-report, beside the (last) result.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Path page = write(results, out);
        spec.commandLine().getOut().println(page);
        return 0;
    }

    /**
     * Writes {@code report.html} and its plots.
     *
     * @param results one, or before and after
     * @param out a folder; null: beside the last result
     * @return the page
     */
    public static Path write(List<Path> results, Path out) throws IOException {
        Path last = results.get(results.size() - 1);
        Run run = Run.read(last);
        Report report = results.size() == 1 ? Report.of(run) : Report.of(Run.read(results.get(0)), run);
        Path folder = out != null ? out : last.resolveSibling(run.name() + "-report");
        Files.createDirectories(folder);
        ECharts.writeSvg(report.charts(), folder);
        Path page = folder.resolve("report.html");
        Files.writeString(page, report.html());
        return page;
    }
}
