// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.benchmarks.server.ServerCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
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
    public Integer call() throws IOException {
        System.setProperty("jmh.ignoreLock", "true"); // nothing is measured: whoever else runs does not matter
        PrintWriter progress = spec.commandLine().getErr();
        List<Cell> cells = new Plan(
                        new ThisMachine(progress::println), EnumSet.allOf(Mechanism.class), EnumSet.allOf(Caller.class))
                .smoke();
        Set<String> rotting = benchmarks();
        cells.forEach(cell -> rotting.remove(cell.benchmark().getName()));
        if (!rotting.isEmpty()) {
            throw new IllegalStateException("no smoke run for " + rotting);
        }
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8)) {
            Campaign campaign = new Campaign(Profile.SMOKE, Profile.SMOKE::oneTurn, stream, progress);
            campaign.run(cells);
            if (!campaign.failures().isEmpty()) {
                progress.println(log.toString(StandardCharsets.UTF_8));
                throw new IllegalStateException("failed: " + campaign.failures().keySet());
            }
        }
        ServerCommand.smoke(progress::println);
        ManyDescriptors.measure(List.of(1_000, 10_000), 2, 10_000, progress::println);
        spec.commandLine()
                .getOut()
                .println(cells.size() + " cells ran, the servers, and the table of many descriptors");
        return 0;
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
