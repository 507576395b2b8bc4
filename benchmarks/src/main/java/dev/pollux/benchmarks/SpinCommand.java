// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Not through JMH, which does not know what the threads of a round trip cost in processor time. */
@Command(
        name = "spin",
        mixinStandardHelpOptions = true,
        description = "What it gains and what it costs that a poll looks for a while before it waits.")
final class SpinCommand implements Callable<Integer> {
    private static final int MICRO = 1000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--mechanisms",
            split = ",",
            defaultValue = "EPOLL,POLL",
            description = "${COMPLETION-CANDIDATES}; without this, ${DEFAULT-VALUE}.")
    private List<Mechanism> mechanisms;

    @Option(names = "--binding", description = "${COMPLETION-CANDIDATES}; without this, the best.")
    private Binding binding;

    @Option(
            names = "--spins",
            split = ",",
            defaultValue = "0,20,50,200",
            description = "Microseconds; without this, ${DEFAULT-VALUE}.")
    private List<Integer> spinsMicros;

    @Option(
            names = "--pauses",
            split = ",",
            defaultValue = "0,100",
            description = "Microseconds that the answer takes; without this, ${DEFAULT-VALUE}.")
    private List<Integer> pausesMicros;

    @Option(names = "--rounds", defaultValue = "11", description = "Without this, ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--trips", defaultValue = "5000", description = "In a round; without this, ${DEFAULT-VALUE}.")
    private int trips;

    /** One row of the table. */
    private record Point(Mechanism mechanism, int pauseMicros, int spinMicros) {
        RoundTrips open(Binding binding) throws IOException {
            return RoundTrips.open(
                    mechanism,
                    binding,
                    Duration.ofNanos((long) spinMicros * MICRO),
                    Duration.ofNanos((long) pauseMicros * MICRO));
        }
    }

    /** Every round has each point once, so that what else the machine does meets all; the first does not count. */
    @Override
    public Integer call() throws IOException {
        Map<Point, List<RoundTrips.Cost>> costs = new LinkedHashMap<>();
        for (Mechanism mechanism : mechanisms) {
            for (int pauseMicros : pausesMicros) {
                for (int spinMicros : spinsMicros) {
                    costs.put(new Point(mechanism, pauseMicros, spinMicros), new ArrayList<>());
                }
            }
        }
        for (int round = 0; round <= rounds; round++) {
            spec.commandLine().getErr().println("round " + round + " of " + rounds);
            for (Map.Entry<Point, List<RoundTrips.Cost>> each : costs.entrySet()) {
                try (RoundTrips roundTrips = each.getKey().open(binding)) {
                    roundTrips.run(trips / 10);
                    RoundTrips.Cost cost = roundTrips.run(trips);
                    if (round > 0) {
                        each.getValue().add(cost);
                    }
                }
            }
        }
        Machine.describe().forEach((what, value) -> spec.commandLine().getOut().println(what + ": " + value));
        spec.commandLine().getOut().println();
        spec.commandLine().getOut().print(table(costs));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String table(Map<Point, List<RoundTrips.Cost>> costs) {
        MarkdownTable table = new MarkdownTable(
                1,
                List.of(
                        "",
                        "the answer takes, µs",
                        "spin, µs",
                        "round trip, µs: median",
                        "best",
                        "worst",
                        "processor time of both, µs: median",
                        "best",
                        "worst"));
        costs.forEach((point, each) -> {
            List<String> row = new ArrayList<>(List.of(
                    point.mechanism().toString(),
                    Integer.toString(point.pauseMicros()),
                    Integer.toString(point.spinMicros())));
            row.addAll(spread(each.stream().map(RoundTrips.Cost::elapsedNanos).toList()));
            row.addAll(spread(each.stream().map(RoundTrips.Cost::cpuNanos).toList()));
            table.row(row);
        });
        return table.toString();
    }

    private static List<String> spread(List<Double> nanos) {
        List<Double> sorted = nanos.stream().sorted().toList();
        return List.of(
                micros(sorted.get(sorted.size() / 2)), micros(sorted.get(0)), micros(sorted.get(sorted.size() - 1)));
    }

    private static String micros(double nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / MICRO);
    }
}
