// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.benchmarks.report.ReportCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
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

    private final Function<Plan, List<Cell>> cells;
    private final Profile profile;

    private SuiteCommand(Function<Plan, List<Cell>> cells, Profile profile) {
        this.cells = cells;
        this.profile = profile;
    }

    @Command(name = "quick", description = "A look at all workloads, in ten minutes or less, and the report.")
    static final class Quick extends SuiteCommand {
        Quick() {
            super(Plan::quick, Profile.QUICK_SUITE);
        }
    }

    @Command(name = "full", description = "All workloads at all points, which takes hours, and the report.")
    static final class Full extends SuiteCommand {
        Full() {
            super(Plan::full, Profile.FULL_SUITE);
        }
    }

    @Override
    Set<Mechanism> mechanisms() {
        return mechanisms;
    }

    @Override
    List<Cell> cells(Plan plan) {
        return cells.apply(plan).stream()
                .filter(cell -> benchmarks.isEmpty()
                        || benchmarks.contains(cell.benchmark().getSimpleName()))
                .toList();
    }

    @Override
    Profile usual() {
        return profile;
    }

    @Override
    Estimate nanos(Statistics samples) {
        return Estimate.mean(samples);
    }

    @Override
    void show(Path file, Run run) throws IOException {
        spec.commandLine().getOut().println(ReportCommand.write(List.of(file), null));
    }
}
