// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import dev.pollux.benchmarks.report.ReportCommand;
import dev.pollux.benchmarks.server.ServerCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of the benchmarks. Exit codes: 0, it worked; 1, it failed; 2, the command line was wrong. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        description = "What waiting for descriptors costs, on every mechanism, through every binding.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ReportCommand.class,
            SpinCommand.class,
            RearmCommand.class,
            ManyCommand.class,
            StartCommand.class,
            ServerCommand.class,
            SmokeCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(TimeValue.class, TimeValue::fromString)
                .setExecutionExceptionHandler(Main::failed)
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args));
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        command.getErr().println(e.getMessage() == null ? e : e.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? quick, full, report, speed, cost, replay, spin, rearm, many, start, blocking, server or smoke");
    }

    /** What {@code quick} and {@code full} have besides. */
    private static final class Suite extends Measurement {
        @Option(names = "--mechanisms", split = ",", description = "Only these: ${COMPLETION-CANDIDATES}.")
        private Set<Mechanism> mechanisms = EnumSet.allOf(Mechanism.class);

        @Option(
                names = "--benchmarks",
                split = ",",
                paramLabel = "NAME",
                description = "Only these: Chain, Churn and so on.")
        private Set<String> benchmarks = Set.of();

        int run(Function<Plan, List<Cell>> plan, Profile profile) throws IOException {
            return run(
                    mechanisms,
                    all -> plan.apply(all).stream()
                            .filter(cell -> benchmarks.isEmpty()
                                    || benchmarks.contains(cell.benchmark().getSimpleName()))
                            .toList(),
                    profile,
                    Profile::oneTurn,
                    Estimate::mean,
                    (file, run) -> spec.commandLine().getOut().println(ReportCommand.write(List.of(file), null)));
        }
    }

    @Command(name = "quick", description = "A look at all workloads, in ten minutes or less, and the report.")
    private int quick(@Mixin Suite suite) throws IOException {
        return suite.run(Plan::quick, Profile.QUICK_SUITE);
    }

    @Command(name = "full", description = "All workloads at all points, which takes hours, and the report.")
    private int full(@Mixin Suite suite) throws IOException {
        return suite.run(Plan::full, Profile.FULL_SUITE);
    }

    /** What a command that prints a table has besides. */
    private static final class Table extends Measurement {
        @Option(names = "--quick", description = "A look: fewer forks, shorter iterations.")
        private boolean quick;

        int run(
                Set<Mechanism> mechanisms,
                Function<Plan, List<Cell>> plan,
                Profile full,
                Profile look,
                Function<Statistics, Estimate> statistic,
                Function<List<Result>, String> table)
                throws IOException {
            return run(
                    mechanisms,
                    plan,
                    quick ? look : full,
                    Profile::oneTurn,
                    statistic,
                    (file, run) -> showTable(file, run, table));
        }
    }

    @Command(name = "speed", description = "Wait and dispatch: every usable mechanism and binding against plain C.")
    private int speed(
            @Mixin Table table,
            @Option(
                            names = "--mechanisms",
                            paramLabel = "MECHANISM",
                            split = ",",
                            defaultValue = "EPOLL,POLL,SELECT",
                            description = "Only these: ${DEFAULT-VALUE}.")
                    Set<Mechanism> mechanisms,
            @Option(
                            names = "--wait",
                            paramLabel = "WAIT",
                            split = ",",
                            defaultValue = "BLOCKING",
                            description = "How long a poll may wait: ${COMPLETION-CANDIDATES}. "
                                    + "Default: ${DEFAULT-VALUE}.")
                    Set<Wait> waits)
            throws IOException {
        return table.run(
                mechanisms, plan -> plan.speed(waits), Profile.FULL, Profile.QUICK, Estimate::mean, Ratios::speed);
    }

    @Command(name = "cost", description = "One system call through each way of calling C.")
    private int cost(@Mixin Table table) throws IOException {
        return table.run(Set.of(), Plan::cost, Profile.FULL, Profile.QUICK, Estimate::mean, Ratios::cost);
    }

    @Command(
            name = "blocking",
            description =
                    "Blocking code on virtual threads: BlockingIo and the JDK's own channels, with N waiting threads.")
    private int blocking(
            @Mixin Table table,
            @Option(
                            names = "--counts",
                            paramLabel = "N",
                            split = ",",
                            defaultValue = "1,100,9000",
                            description = "How many threads wait. Default: ${DEFAULT-VALUE}.")
                    TreeSet<Integer> counts)
            throws IOException {
        return table.run(
                Set.of(),
                plan -> plan.blocking(counts),
                Profile.BLOCKING,
                Profile.QUICK_BLOCKING,
                Estimate::median,
                Ratios::blocking);
    }

    @Command(
            name = "replay",
            description = "What each caller adds to epoll_wait: a preloaded library answers it from memory.")
    private int replay(
            @Mixin Table table,
            @Option(
                            names = "--ready",
                            paramLabel = "A",
                            split = ",",
                            defaultValue = "1,16,64",
                            description = "How many of 100 descriptors are ready. Default: ${DEFAULT-VALUE}.")
                    TreeSet<Integer> readyCounts)
            throws IOException {
        Path folder = Files.createTempDirectory("pollux-replay");
        Set<Caller> notReplayed = EnumSet.noneOf(Caller.class);
        try {
            String library = PlainC.unpack(Replay.LIBRARY, folder).toString();
            int exitCode = table.run(
                    Set.of(Mechanism.EPOLL),
                    plan -> plan.replay(readyCounts),
                    table.quick ? Profile.QUICK_REPLAY : Profile.REPLAY,
                    profile -> profile.oneTurn().addProfiler(Replay.class, library),
                    Estimate::median,
                    (file, run) -> {
                        table.showTable(file, run, Ratios::replay);
                        run.results().stream()
                                .filter(each -> !each.isReplayed())
                                .forEach(each -> notReplayed.add(each.caller()));
                    });
            notReplayed.forEach(
                    caller -> table.progress("not replayed: " + caller + " does not call the preloaded epoll_wait"));
            return notReplayed.isEmpty() ? exitCode : 1;
        } finally {
            Files.deleteIfExists(folder.resolve(Replay.LIBRARY));
            Files.delete(folder);
        }
    }
}
