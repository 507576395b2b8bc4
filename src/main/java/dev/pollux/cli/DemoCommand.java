// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Binding;
import dev.pollux.DescriptorLimitException;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SelectLimit;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import dev.pollux.syscall.trace.TraceFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the mechanisms as the number of connections grows. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Serve a growing number of TCP connections, most of them idle, with each mechanism in turn, check every"
                        + " byte that comes back, and show what finding the active ones costs.")
final class DemoCommand implements Callable<Integer> {
    private static final int TURNS = 5;
    private static final int FIRST_STEP = 100;
    private static final int STEP_FACTOR = 3;
    private static final int MOST_CONNECTIONS = 10_000;
    private static final int WARM_UP_SHARE = 10;
    private static final int INTERRUPTED = 130;
    private static final int BAR_LENGTH = 20;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--connections",
            paramLabel = "N",
            split = ",",
            description = "The numbers of connections. Default: from 100 up in steps of factor 3, as far as the"
                    + " descriptor limit allows.")
    private List<Integer> connections = List.of();

    @Option(
            names = "--active",
            paramLabel = "A",
            defaultValue = "10",
            description = "How many connections send a message in each round. Default: ${DEFAULT-VALUE}.")
    private int active;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "20",
            converter = Seconds.Converter.class,
            description = "About how long the whole comparison takes. Default: ${DEFAULT-VALUE}.")
    private Seconds seconds;

    @Option(
            names = "--mechanism",
            paramLabel = "M",
            split = ",",
            description = "The mechanisms to compare: ${COMPLETION-CANDIDATES}. Default: all usable ones.")
    private List<Mechanism> mechanisms = List.of();

    @Option(
            names = "--binding",
            paramLabel = "B",
            description = "The binding: ${COMPLETION-CANDIDATES}. Default: the preferred one.")
    private Binding binding;

    @Option(
            names = "--select-limit",
            paramLabel = "L",
            defaultValue = "FD_SETSIZE",
            description = "The descriptor limit of select: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private SelectLimit selectLimit;

    @Mixin
    private WatchOptions watchOptions;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        long endNanos = System.nanoTime() + seconds.nanos();
        connections.forEach(count -> requirePositive("--connections", count));
        requirePositive("--active", active);
        KernelPosix posix = new KernelPosix(Pollers.builder().syscalls());
        List<Integer> steps = steps(posix);
        int lowestClientFd = ClientDescriptors.lowest(posix, steps.get(steps.size() - 1));
        ProbeReport report = Pollers.probe();
        List<Finding> usable = usable(report);
        PrintWriter out = spec.commandLine().getOut();
        try (Progress progress = new Progress(out, terminal);
                Interruption interruption = new Interruption();
                WatchOptions.Watch watch = watchOptions.open(progress);
                EchoRounds rounds = new EchoRounds(traced(watch), lowestClientFd, active)) {
            CostComparison costs = new Turns(usable, steps, rounds, progress, interruption, watch, endNanos).all();
            if (costs == null) {
                progress.line("stopped");
                return INTERRUPTED;
            }
            print(costs, report, out);
        }
        return ExitCode.OK;
    }

    /** Untraced, unless somebody watches. */
    private static KernelPosix traced(WatchOptions.Watch watch) throws IOException {
        return new KernelPosix(
                Pollers.builder().trace(TraceFormat.JSON, watch.sink()).syscalls());
    }

    private void requirePositive(String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1, not " + value);
        }
    }

    private List<Integer> steps(KernelPosix posix) {
        if (!connections.isEmpty()) {
            return connections.stream().distinct().sorted().toList();
        }
        int most = (int) Math.max(1, Math.min(MOST_CONNECTIONS, ClientDescriptors.mostConnections(posix)));
        List<Integer> steps = IntStream.iterate(FIRST_STEP, step -> step <= most, step -> step * STEP_FACTOR)
                .boxed()
                .toList();
        return steps.isEmpty() ? List.of(most) : steps;
    }

    private List<Finding> usable(ProbeReport report) throws IOException {
        Binding through = binding != null || report.chosen() == null
                ? binding
                : report.chosen().binding();
        List<Finding> wanted = report.findings().stream()
                .filter(finding -> through == null || through == finding.binding())
                .filter(finding -> mechanisms.isEmpty() || mechanisms.contains(finding.mechanism()))
                .toList();
        List<Finding> usable = wanted.stream().filter(Finding::usable).toList();
        for (Finding finding : wanted) {
            if (!finding.usable() && (usable.isEmpty() || !mechanisms.isEmpty())) {
                throw new MechanismUnavailableException(finding.mechanism() + " through " + finding.binding()
                        + " is not usable here: " + finding.reason());
            }
        }
        return usable;
    }

    /** Lets the mechanisms take turns at each number of connections, so that other load on the machine affects all alike. */
    private final class Turns {
        private final List<Finding> findings;
        private final List<Integer> steps;
        private final EchoRounds rounds;
        private final Progress progress;
        private final Interruption interruption;
        private final WatchOptions.Watch watch;
        private final CostComparison costs;
        private final long endNanos;
        private final int turnCount;
        private int turn;

        Turns(
                List<Finding> findings,
                List<Integer> steps,
                EchoRounds rounds,
                Progress progress,
                Interruption interruption,
                WatchOptions.Watch watch,
                long endNanos) {
            this.findings = findings;
            this.steps = steps;
            this.rounds = rounds;
            this.progress = progress;
            this.interruption = interruption;
            this.watch = watch;
            this.endNanos = endNanos;
            costs = new CostComparison(findings.stream().map(Finding::mechanism).toList());
            turnCount = steps.size() * TURNS * findings.size();
        }

        /** Returns null if Ctrl-C or an interrupt ended it. */
        CostComparison all() throws IOException {
            progress.line(String.format(
                    Locale.ROOT,
                    "An echo server on 127.0.0.1 for %s connections, of which %d send a message in each round.",
                    steps.stream()
                            .map(step -> String.format(Locale.ROOT, "%,d", step))
                            .collect(Collectors.joining(", ")),
                    active));
            try {
                for (int step : steps) {
                    step(step);
                }
            } catch (InterruptedIOException e) {
                return null;
            }
            return costs;
        }

        private void step(int count) throws IOException {
            progress.update(String.format(Locale.ROOT, "connecting until there are %,d", count));
            rounds.connect(count, this::isStopping);
            requireNotStopping();
            if (count == steps.get(0)) {
                warmUp(count);
            }
            for (int i = 0; i < TURNS; i++) {
                for (int j = 0; j < findings.size(); j++) {
                    Finding finding = findings.get((i + j) % findings.size());
                    progress.update(state(finding, count, i));
                    measure(finding, count);
                    turn++;
                }
            }
            progress.line(String.format(
                    Locale.ROOT,
                    "%,d connections: %,d messages so far, and every byte came back",
                    count,
                    rounds.messages()));
        }

        /** Lets the JVM compile what the turns run. */
        private void warmUp(int count) throws IOException {
            for (Finding finding : findings) {
                progress.update("warming up " + finding.mechanism());
                serve(finding, count, System.nanoTime() + seconds.nanos() / WARM_UP_SHARE / findings.size());
            }
        }

        private String state(Finding finding, int count, int turnOfStep) {
            int done = BAR_LENGTH * turn / turnCount;
            return String.format(
                    Locale.ROOT,
                    "[%s%s] %,d connections, turn %d of %d, %s",
                    "#".repeat(done),
                    ".".repeat(BAR_LENGTH - done),
                    count,
                    turnOfStep + 1,
                    TURNS,
                    finding.mechanism());
        }

        private void measure(Finding finding, int count) throws IOException {
            if (!costs.hasEnded(finding.mechanism())) {
                serve(finding, count, endOfTurn())
                        .ifPresent(pollNanos ->
                                costs.add(finding.mechanism(), count, pollNanos.getValueAtPercentile(50) / 1e3));
            }
        }

        /** The turns share what is left of the time, in which they also open the poller and register. */
        private long endOfTurn() {
            long now = System.nanoTime();
            return now + (endNanos - now) / (turnCount - turn);
        }

        /** Returns what the rounds took; empty if the mechanism cannot watch this many connections. */
        private Optional<Histogram> serve(Finding finding, int count, long untilNanos) throws IOException {
            try (Poller poller = Pollers.builder()
                    .mechanism(finding.mechanism())
                    .binding(finding.binding())
                    .selectLimit(selectLimit)
                    .trace(TraceFormat.JSON, watch.sink())
                    .open()) {
                Histogram pollNanos = rounds.serve(poller, untilNanos, this::isStopping);
                requireNotStopping();
                return Optional.of(pollNanos);
            } catch (DescriptorLimitException limit) {
                costs.end(finding.mechanism(), count, limit);
                return Optional.empty();
            }
        }

        private boolean isStopping() {
            return interruption.came() || Thread.currentThread().isInterrupted();
        }

        private void requireNotStopping() throws InterruptedIOException {
            if (isStopping()) {
                throw new InterruptedIOException();
            }
        }
    }

    private void print(CostComparison costs, ProbeReport report, PrintWriter out) {
        out.println();
        print(
                out,
                Terminal.MICROS + " of processor time in poll for a round: the median of " + TURNS
                        + " turns (the lowest to the highest turn)");
        out.println();
        costs.print(out, terminal);
        out.println();
        print(out, ProbeCommand.choice(report));
        String unusable = unusable(report);
        if (!unusable.isEmpty()) {
            print(out, "Not usable here: " + unusable + "; 'pollux probe' says why.");
        }
        out.flush();
    }

    private void print(PrintWriter out, String text) {
        out.println(Paragraph.wrapped(terminal, terminal.proseColumns(), text));
    }

    private static String unusable(ProbeReport report) {
        return report.findings().stream()
                .map(Finding::mechanism)
                .distinct()
                .filter(mechanism -> report.findings().stream()
                        .noneMatch(finding -> finding.usable() && finding.mechanism() == mechanism))
                .map(Mechanism::name)
                .collect(Collectors.joining(", "));
    }
}
