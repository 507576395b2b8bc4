// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.benchmarks.report.ReportCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Measures all workloads and makes the report. */
abstract class SuiteCommand extends MeasureCommand {
    @Option(names = "--mechanisms", split = ",", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private Set<Mechanism> mechanisms = EnumSet.allOf(Mechanism.class);

    @Option(
            names = "--benchmarks",
            split = ",",
            paramLabel = "NAME",
            description = "Only these: Chain, Echo and so on.")
    private Set<String> benchmarks = Set.of();

    abstract List<Cell> plan(Plan plan);

    @Override
    List<Cell> plan(Usable usable, Set<Caller> callers) {
        return plan(new Plan(usable, mechanisms, callers)).stream()
                .filter(cell -> benchmarks.isEmpty()
                        || benchmarks.contains(cell.benchmark().getSimpleName()))
                .toList();
    }

    @Override
    void show(Path file, Run run) throws IOException {
        spec.commandLine().getOut().println(ReportCommand.write(List.of(file), null));
    }
}
