// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "smoke", description = "Runs every benchmark once, to see that it runs. Not a measurement.")
final class SmokeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws RunnerException {
        PrintWriter progress = spec.commandLine().getErr();
        List<Cell> cells = plan(new Usable(progress::println));
        Set<String> rotting = benchmarks();
        cells.forEach(cell -> rotting.remove(cell.benchmark().getName()));
        if (!rotting.isEmpty()) {
            throw new IllegalStateException("no smoke run for " + rotting);
        }
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8)) {
            new Campaign(Profile.SMOKE, stream, progress).run(cells);
        } catch (RunnerException e) {
            progress.println(log.toString(StandardCharsets.UTF_8));
            throw e;
        }
        spec.commandLine().getOut().println(cells.size() + " cells ran");
        return 0;
    }

    private static List<Cell> plan(Usable usable) {
        EnumSet<Mechanism> mechanisms = EnumSet.of(Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT);
        EnumSet<Caller> callers = EnumSet.allOf(Caller.class);
        List<Cell> cells = new ArrayList<>(Plan.speed(usable, mechanisms, EnumSet.allOf(Wait.class), callers));
        cells.addAll(Plan.cost(usable, callers));
        return cells;
    }

    /** The classes of all benchmarks in this jar. */
    private static Set<String> benchmarks() {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        Set<String> classes = new TreeSet<>();
        for (BenchmarkListEntry each : BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT), List.of())) {
            classes.add(each.getUserClassQName());
        }
        return classes;
    }
}
