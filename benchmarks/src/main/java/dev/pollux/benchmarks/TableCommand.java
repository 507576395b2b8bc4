// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures one benchmark and prints a table. */
abstract class TableCommand extends MeasureCommand {
    @Option(names = "--quick", description = "A look: fewer forks, shorter iterations.")
    private boolean quick;

    private final Profile full;
    private final Profile look;
    private final Function<Statistics, Estimate> statistic;
    private final Function<List<Result>, String> table;

    private TableCommand(
            Profile full,
            Profile look,
            Function<Statistics, Estimate> statistic,
            Function<List<Result>, String> table) {
        this.full = full;
        this.look = look;
        this.statistic = statistic;
        this.table = table;
    }

    @Command(name = "speed", description = "Wait and dispatch: every usable mechanism and binding against plain C.")
    static final class Speed extends TableCommand {
        @Option(names = "--mechanisms", split = ",", description = "Only these: EPOLL, POLL, SELECT.")
        private Set<Mechanism> mechanisms = EnumSet.of(Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT);

        @Option(
                names = "--wait",
                split = ",",
                description = "How long a poll may wait: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
                defaultValue = "BLOCKING")
        private Set<Wait> waits;

        Speed() {
            super(Profile.FULL, Profile.QUICK, Estimate::mean, Ratios::speed);
        }

        @Override
        Set<Mechanism> mechanisms() {
            return mechanisms;
        }

        @Override
        List<Cell> cells(Plan plan) {
            return plan.speed(waits);
        }
    }

    @Command(name = "cost", description = "One system call through each way of calling C.")
    static final class Cost extends TableCommand {
        Cost() {
            super(Profile.FULL, Profile.QUICK, Estimate::mean, Ratios::cost);
        }

        @Override
        List<Cell> cells(Plan plan) {
            return plan.cost();
        }
    }

    @Command(
            name = "blocking",
            description =
                    "Blocking code on virtual threads: BlockingIo and the JDK's own channels, with N waiting threads.")
    static final class Blocking extends TableCommand {
        @Option(
                names = "--counts",
                split = ",",
                description = "How many threads wait. Default: ${DEFAULT-VALUE}.",
                defaultValue = "1,100,9000")
        private TreeSet<Integer> counts;

        Blocking() {
            super(Profile.BLOCKING, Profile.QUICK_BLOCKING, Estimate::median, Ratios::blocking);
        }

        @Override
        List<Cell> cells(Plan plan) {
            return plan.blocking(counts);
        }
    }

    @Command(
            name = "replay",
            description = "What each caller adds to epoll_wait: a preloaded library answers it from memory.")
    static final class Replayed extends TableCommand {
        @Option(
                names = "--ready",
                split = ",",
                defaultValue = "1,16,64",
                description = "How many of 100 descriptors are ready. Default: ${DEFAULT-VALUE}.")
        private TreeSet<Integer> readyCounts;

        private Path library;
        private List<String> notReplayed = List.of();

        Replayed() {
            super(Profile.REPLAY, Profile.QUICK_REPLAY, Estimate::median, Ratios::replay);
        }

        @Override
        public Integer call() throws IOException {
            Path folder = Files.createTempDirectory("pollux-replay");
            try {
                library = PlainC.unpack(Replay.LIBRARY, folder);
                int exitCode = super.call();
                notReplayed.forEach(spec.commandLine().getErr()::println);
                return notReplayed.isEmpty() ? exitCode : 1;
            } finally {
                Files.deleteIfExists(folder.resolve(Replay.LIBRARY));
                Files.delete(folder);
            }
        }

        @Override
        List<Cell> cells(Plan plan) {
            return plan.replay(readyCounts);
        }

        @Override
        ChainedOptionsBuilder options(Profile profile) {
            return profile.oneTurn().addProfiler(Replay.class, library.toString());
        }

        @Override
        void show(Path file, Run run) throws IOException {
            notReplayed = run.results().stream()
                    .filter(each -> !each.isReplayed())
                    .map(each -> "not replayed: " + each.caller() + " does not call the preloaded epoll_wait")
                    .distinct()
                    .toList();
            super.show(file, run);
        }
    }

    @Override
    Profile usual() {
        return quick ? look : full;
    }

    @Override
    Estimate nanos(Statistics samples) {
        return statistic.apply(samples);
    }

    @Override
    void show(Path file, Run run) throws IOException {
        String head = Stream.of("machine", "kernel", "jdk", "load before", "date", "command", "profile")
                .map(key -> key + ": " + run.about().get(key))
                .collect(Collectors.joining("; "));
        String text = head + "; ± is 99.9 % confidence.\n\n" + table.apply(run.results());
        Files.writeString(file.resolveSibling(run.name() + ".md"), text);
        spec.commandLine().getOut().println(text);
    }
}
