// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Mechanism;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "spin", description = "What it gains and what it costs that a poll looks for a while before it waits.")
final class SpinCommand extends RoundsCommand {
    private static final int MICRO = 1000;

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

    @Option(names = "--trips", defaultValue = "5000", description = "In a round; without this, ${DEFAULT-VALUE}.")
    private int trips;

    SpinCommand() {
        super(11);
    }

    /** One row of the table. */
    private record Point(Mechanism mechanism, int pauseMicros, int spinMicros) {
        RoundTrips open(Binding binding) throws IOException {
            return RoundTrips.open(
                    mechanism,
                    binding,
                    Duration.of(spinMicros, ChronoUnit.MICROS),
                    Duration.of(pauseMicros, ChronoUnit.MICROS));
        }
    }

    /** Every round has each point once, so that what else the machine does affects all; the first does not count. */
    @Override
    MarkdownTable measure() throws IOException {
        Map<Point, List<RoundTrips.Cost>> costs = new LinkedHashMap<>();
        for (Mechanism mechanism : mechanisms) {
            for (int pauseMicros : pausesMicros) {
                for (int spinMicros : spinsMicros) {
                    costs.put(new Point(mechanism, pauseMicros, spinMicros), new ArrayList<>());
                }
            }
        }
        for (int round = 0; round <= rounds; round++) {
            progress("round " + round + " of " + rounds);
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
            List<String> row =
                    new ArrayList<>(List.of(point.mechanism + "", point.pauseMicros + "", point.spinMicros + ""));
            row.addAll(spread(each, RoundTrips.Cost::elapsedNanos));
            row.addAll(spread(each, RoundTrips.Cost::cpuNanos));
            table.row(row);
        });
        return table;
    }

    private static List<String> spread(List<RoundTrips.Cost> costs, ToDoubleFunction<RoundTrips.Cost> nanos) {
        double[] micros = costs.stream()
                .mapToDouble(nanos)
                .map(each -> each / MICRO)
                .sorted()
                .toArray();
        return Stream.of(median(micros), micros[0], micros[micros.length - 1])
                .map(each -> number("%.1f", each))
                .toList();
    }
}
