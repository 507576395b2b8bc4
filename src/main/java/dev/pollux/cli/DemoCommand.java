// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SelectLimit;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.probe.Finding;
import dev.pollux.probe.ProbeReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs an echo server on each mechanism in turn and compares them. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Serve TCP connections with each mechanism in turn, check every byte that comes back, and compare the"
                        + " mechanisms.")
final class DemoCommand implements Callable<Integer> {
    private static final long TICK_NANOS = 100_000_000L;
    private static final long MAX_WARM_UP_NANOS = 1_000_000_000L;
    private static final int INTERRUPTED = 130;
    private static final int BAR_LENGTH = 30;

    private final boolean isTerminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "500",
            description = "The number of connections; the default is ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--active",
            paramLabel = "A",
            description = "How many connections talk at the same time, in turn; the default is a tenth. The mechanisms"
                    + " differ most if few of many talk: try --connections 5000 --active 50.")
    private Integer active;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "2",
            converter = Seconds.Converter.class,
            description = "How long to measure each mechanism; the default is ${DEFAULT-VALUE}.")
    private Seconds seconds;

    @Option(
            names = "--mechanism",
            paramLabel = "M",
            split = ",",
            description = "The mechanisms to run, of ${COMPLETION-CANDIDATES}; the default is all usable ones.")
    private List<Mechanism> mechanisms = List.of();

    @Option(
            names = "--binding",
            paramLabel = "B",
            description = "The binding, one of ${COMPLETION-CANDIDATES}; the default is the one that Pollux prefers.")
    private Binding binding;

    @Option(
            names = "--select-limit",
            paramLabel = "L",
            defaultValue = "FD_SETSIZE",
            description = "The limit for descriptors under select, ${COMPLETION-CANDIDATES}; the default is"
                    + " ${DEFAULT-VALUE}.")
    private SelectLimit selectLimit;

    private KernelPosix posix;
    private Progress progress;
    private int lowestClientFd;

    DemoCommand(boolean isTerminal) {
        this.isTerminal = isTerminal;
    }

    private record Result(
            Finding finding, int connections, long messages, long nanos, LatencyHistogram latencies, long lostBytes) {
        long messagesPerSecond() {
            return Math.round(messages * 1e9 / nanos);
        }

        long percentileMicros(double percent) {
            return Math.round(latencies.percentileNanos(percent) / 1e3);
        }
    }

    @Override
    public Integer call() throws IOException {
        requirePositive("--connections", connections);
        requirePositive("--active", active());
        PrintWriter out = spec.commandLine().getOut();
        progress = new Progress(out, isTerminal);
        posix = new KernelPosix(Pollers.builder().syscalls());
        lowestClientFd = ClientDescriptors.lowest(posix, connections);
        ProbeReport report = Pollers.probe();
        List<Finding> usable = usable(report);
        try (Interruption interruption = new Interruption()) {
            progress.line(String.format(
                    Locale.ROOT,
                    "%,d connections%s to an echo server on 127.0.0.1, %s s with each mechanism, every byte checked",
                    connections,
                    active() < connections ? String.format(Locale.ROOT, " (%,d active)", active()) : "",
                    seconds));
            List<Result> results = new ArrayList<>();
            for (Finding finding : usable) {
                Result result = run(finding, interruption);
                if (result == null) {
                    progress.line("stopped");
                    return INTERRUPTED;
                }
                results.add(result);
            }
            print(results, report, out);
        }
        return ExitCode.OK;
    }

    private void requirePositive(String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + " is at least 1, not " + value);
        }
    }

    private int active() {
        return active == null ? Math.max(1, connections / 10) : active;
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

    /** Measures one mechanism; returns null if Ctrl-C interrupted it. */
    private Result run(Finding finding, Interruption interruption) throws IOException {
        try (EchoServer server = new EchoServer(
                        EventLoopGroup.open(1, () -> serverPoller(finding)),
                        posix,
                        new InetSocketAddress("127.0.0.1", 0),
                        false);
                Poller clientPoller = Pollers.builder()
                        .binding(finding.binding())
                        .selectLimit(SelectLimit.KERNEL)
                        .open();
                EchoClients clients =
                        new EchoClients(clientPoller, posix, server, connections, active(), lowestClientFd)) {
            if (!talk(finding, server, clients, interruption)) {
                return null;
            }
            Result result = new Result(
                    finding,
                    clients.served(),
                    clients.echoes(),
                    clients.measuredNanos(),
                    clients.latencies(),
                    clients.lostBytes());
            report(result, clients);
            return result;
        }
    }

    private Poller serverPoller(Finding finding) throws IOException {
        return Pollers.builder()
                .mechanism(finding.mechanism())
                .binding(finding.binding())
                .selectLimit(selectLimit)
                .open();
    }

    /** Runs the clients to their end; returns false if Ctrl-C interrupted them. */
    private boolean talk(Finding finding, EchoServer server, EchoClients clients, Interruption interruption)
            throws IOException {
        long warmUpNanos = Math.min(MAX_WARM_UP_NANOS, seconds.nanos());
        server.start();
        BackgroundThread<IOException> talking =
                BackgroundThread.start("pollux-demo-clients", () -> clients.run(warmUpNanos, seconds.nanos()));
        try {
            while (!talking.await(TICK_NANOS)) {
                if (interruption.came()) {
                    return false;
                }
                server.await(0);
                progress.update(state(finding, clients));
            }
            return !interruption.came();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            clients.stop();
            talking.join();
        }
    }

    private String state(Finding finding, EchoClients clients) {
        String name = String.format("%-8s ", finding.mechanism());
        long since = clients.measuringSinceNanos();
        if (since == 0) {
            return name
                    + (clients.served() < connections
                            ? String.format(Locale.ROOT, "%,d of %,d connections", clients.served(), connections)
                            : String.format(Locale.ROOT, "%,d connections, warming up", connections));
        }
        long nanos = System.nanoTime() - since;
        int done = (int) Math.min(BAR_LENGTH, BAR_LENGTH * nanos / seconds.nanos());
        return name
                + String.format(
                        Locale.ROOT,
                        "%,d connections [%s%s] %,d messages/s",
                        clients.served(),
                        "#".repeat(done),
                        ".".repeat(BAR_LENGTH - done),
                        Math.round(clients.echoes() * 1e9 / nanos));
    }

    private void report(Result result, EchoClients clients) {
        if (clients.limit() != null) {
            progress.line(String.format(
                    Locale.ROOT,
                    "%s: serves %d of %d connections: descriptor %d is beyond FD_SETSIZE (%d)",
                    result.finding().mechanism().name().toLowerCase(Locale.ROOT),
                    result.connections(),
                    connections,
                    clients.limit().fd(),
                    clients.limit().limit()));
        }
        progress.line(String.format(
                Locale.ROOT,
                "%-8s %,d connections, %,d messages in %.1f s, every byte came back",
                result.finding().mechanism(),
                result.connections(),
                result.messages(),
                result.nanos() / 1e9));
    }

    private static void print(List<Result> results, ProbeReport report, PrintWriter out) {
        Table table = new Table(
                "",
                "mechanism",
                "binding",
                "connections",
                "messages",
                "messages/s",
                "median " + Terminal.MICROS,
                "p99 " + Terminal.MICROS,
                "bytes lost");
        for (Result result : results) {
            table.row(
                    result.finding().equals(report.chosen()) ? "*" : "",
                    result.finding().mechanism(),
                    result.finding().binding(),
                    result.connections(),
                    result.messages(),
                    result.messagesPerSecond(),
                    result.percentileMicros(50),
                    result.percentileMicros(99),
                    result.lostBytes());
        }
        out.println();
        table.print(out);
        out.println();
        out.println("* " + ProbeCommand.choice(report));
        out.println("not usable here: " + unusable(report) + " ('pollux probe' says why)");
        out.flush();
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
