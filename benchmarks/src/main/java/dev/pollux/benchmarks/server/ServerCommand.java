// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.Mechanism;
import dev.pollux.benchmarks.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Not through JMH, whose benchmarks run in one process: a server and its client each have their own, and their own core. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Whole servers on one core, beside plain C; with --http, on the JDK's provider and on Pollux's.")
public final class ServerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--http", description = "HTTP servers under wrk, which works in a closed loop.")
    private boolean http;

    @Option(names = "--servers", split = ",", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private List<Server> servers = List.of(Server.values());

    @Option(
            names = "--mechanisms",
            split = ",",
            defaultValue = "EPOLL,POLL,SELECT,IO_URING",
            description = "Of Pollux. Default: ${DEFAULT-VALUE}.")
    private List<Mechanism> mechanisms;

    @Option(
            names = "--reference",
            description = "With which echo server the others are compared. Default: ${DEFAULT-VALUE}.")
    private Server reference = Server.C;

    @Option(
            names = "--connections",
            split = ",",
            defaultValue = "1,10,100,1000",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<Integer> connections;

    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "64,16384",
            description = "Bytes of a message, or of the body of a response. Default: ${DEFAULT-VALUE}.")
    private List<Integer> sizes;

    @Option(
            names = "--rate",
            split = ",",
            defaultValue = "0,20000",
            description = "Messages a second of an open loop; 0: a closed loop. Default: ${DEFAULT-VALUE}.")
    private List<Integer> rates;

    @Option(names = "--rounds", defaultValue = "5", description = "At least so many. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--max-rounds",
            defaultValue = "30",
            description = "Fewer where each 99 %% interval is within 3 %%. Default: ${DEFAULT-VALUE}.")
    private int maxRounds;

    @Option(names = "--time", defaultValue = "500ms", description = "What is measured. Default: ${DEFAULT-VALUE}.")
    private TimeValue time;

    @Option(
            names = "--warmup",
            defaultValue = "2s",
            description = "Of each server in each round. Default: ${DEFAULT-VALUE}.")
    private TimeValue warmup;

    @Option(names = "--out", paramLabel = "FILE.jsonl", defaultValue = "target/server.jsonl", description = """
            Where the results go, with the table beside. Default: ${DEFAULT-VALUE}.""")
    private Path out;

    /** Lets every server answer a few messages. Not a measurement. */
    public static void smoke(Consumer<String> progress) throws IOException {
        ServerCommand command = new ServerCommand();
        command.mechanisms = List.of(Mechanism.EPOLL); // the other smoke runs have all
        try (Programs programs = new Programs()) {
            for (boolean http : new boolean[] {false, true}) {
                command.http = http;
                String missing = missing(http);
                if (missing != null) {
                    progress.accept("left out: " + missing);
                    continue;
                }
                List<Point> points =
                        http ? List.of(new Point(3, 64, 0)) : List.of(new Point(3, 64, 0), new Point(3, 16384, 1000));
                Comparison comparison = new Comparison(programs, command.contenders(), Server.C, points, progress);
                comparison.run(1, 1, Duration.ofMillis(10), Duration.ofMillis(20));
                if (!comparison.failures().isEmpty()) {
                    throw new IllegalStateException(String.join("\n", comparison.failures()));
                }
            }
        }
    }

    /** What is missing here; null if nothing. */
    private static String missing(boolean http) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return "a server and its client need a core each, and there is only one";
        }
        return http && !Programs.hasWrk() ? "the HTTP servers need wrk (Debian: apt install wrk)" : null;
    }

    @Override
    public Integer call() throws IOException {
        requireAtLeast(1, "--connections", connections);
        requireAtLeast(1, "--sizes", sizes);
        requireAtLeast(0, "--rate", rates);
        requireAtLeast(1, "--rounds", List.of(rounds));
        requireAtLeast(rounds, "--max-rounds", List.of(maxRounds));
        if (missing(http) != null) {
            throw new IllegalStateException(missing(http));
        }
        Map<String, String> about = Machine.describe(spec);
        try (Programs programs = new Programs()) {
            Comparison comparison = new Comparison(
                    programs,
                    contenders(),
                    reference,
                    points(),
                    spec.commandLine().getErr()::println);
            comparison.run(rounds, maxRounds, duration(warmup), duration(time));
            about.put("left out", String.join("\n", comparison.leftOut()));
            about.put("failed", String.join("\n", comparison.failures()));
            Files.createDirectories(out.toAbsolutePath().getParent());
            Files.write(out, Tables.jsonLines(comparison, about));
            String page = about.entrySet().stream()
                            .map(each -> each.getKey() + ": " + each.getValue())
                            .collect(Collectors.joining("; "))
                    + "; intervals of 99 %.\n" + Tables.markdown(comparison);
            Files.writeString(
                    out.resolveSibling(out.getFileName().toString().replaceFirst("\\.jsonl$", "") + ".md"), page);
            spec.commandLine().getOut().println(page);
            return comparison.failures().isEmpty() ? 0 : 1;
        }
    }

    private void requireAtLeast(int least, String option, List<Integer> numbers) {
        int lowest = Collections.min(numbers);
        if (lowest < least) {
            throw new ParameterException(spec.commandLine(), option + " must be at least " + least + ", not " + lowest);
        }
    }

    private static Duration duration(TimeValue time) {
        return Duration.ofMillis(time.convertTo(TimeUnit.MILLISECONDS));
    }

    private List<Contender> contenders() {
        Set<Contender> contenders = new LinkedHashSet<>();
        for (Server server : servers) {
            if (server.isHttp() == http) {
                (server.hasMechanisms() ? mechanisms : Collections.singletonList((Mechanism) null))
                        .forEach(mechanism -> contenders.add(new Contender(server, mechanism)));
            }
        }
        if (contenders.isEmpty()) {
            throw new IllegalStateException("none of these servers " + (http ? "speaks HTTP" : "sends back messages"));
        }
        List.copyOf(contenders).forEach(each -> contenders.add(each.reference(reference)));
        return List.copyOf(contenders);
    }

    private List<Point> points() {
        List<Point> points = new ArrayList<>();
        for (int rate : http ? List.of(0) : rates) {
            for (int bytes : sizes) {
                connections.forEach(each -> points.add(new Point(each, bytes, rate)));
            }
        }
        return points;
    }
}
