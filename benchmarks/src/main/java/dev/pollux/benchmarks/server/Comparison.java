// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures all servers at all points in rounds. A round starts each server once and keeps it idle while another works, so
 * the servers of a point are measured right after each other; every other round goes through them backwards. A point has
 * no more rounds once each of its ratios is precise.
 */
final class Comparison {
    private final Programs programs;
    private final Consumer<String> progress;
    private final Map<Point, Map<Contender, Observations>> results = new LinkedHashMap<>();
    private final List<Contender> contenders;
    private final Server reference;
    private final List<String> leftOut = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** @param reference of the echo servers */
    Comparison(
            Programs programs,
            List<Contender> contenders,
            Server reference,
            List<Point> points,
            Consumer<String> progress) {
        this.programs = programs;
        this.contenders = new ArrayList<>(contenders);
        this.reference = reference;
        this.progress = progress;
        points.forEach(point -> results.put(point, new LinkedHashMap<>()));
    }

    /** A server that cannot be started is left out, one that fails at a point fails there only. */
    void run(int fewestRounds, int mostRounds, Duration warmup, Duration time) throws IOException {
        for (int round = 1; round <= mostRounds; round++) {
            List<Point> open = new ArrayList<>(results.keySet());
            if (round > fewestRounds) {
                open.removeIf(this::isPrecise);
            }
            if (open.isEmpty()) {
                return;
            }
            progress.accept("round " + round + " of at most " + mostRounds + ", " + open.size() + " points");
            Map<Contender, ServerProcess> servers = new LinkedHashMap<>();
            try {
                start(servers, open.get(0).closed(), warmup);
                for (Point point : open) {
                    for (Contender contender : servers.keySet()) {
                        observe(round, contender, servers.get(contender), point, time);
                    }
                }
            } finally {
                for (ServerProcess server : servers.values()) {
                    server.close();
                }
            }
            Collections.reverse(contenders);
        }
    }

    private void start(Map<Contender, ServerProcess> servers, Point point, Duration warmup) throws IOException {
        for (Contender contender : List.copyOf(contenders)) {
            try {
                servers.put(contender, new ServerProcess(contender.command(programs)));
            } catch (IOException e) {
                contenders.remove(contender);
                tell(leftOut, "left out: " + contender + ": " + e.getMessage());
            }
        }
        for (Map.Entry<Contender, ServerProcess> each : servers.entrySet()) {
            programs.observe(each.getValue().port(), each.getKey().server().isHttp(), point, warmup.toMillis());
        }
    }

    private void observe(int round, Contender contender, ServerProcess server, Point point, Duration time) {
        try {
            long cpuNanos = programs.cpuNanos(server);
            Observed observed =
                    programs.observe(server.port(), contender.server().isHttp(), point, time.toMillis());
            results.get(point)
                    .computeIfAbsent(contender, key -> new Observations())
                    .add(round, observed, programs.cpuNanos(server) - cpuNanos, point);
        } catch (IOException e) {
            tell(failures, "failed: " + contender + ", " + point + ": " + e.getMessage());
        }
    }

    private void tell(List<String> list, String what) {
        list.add(what);
        progress.accept(what);
    }

    Map<Point, Map<Contender, Observations>> results() {
        return results;
    }

    List<String> leftOut() {
        return leftOut;
    }

    List<String> failures() {
        return failures;
    }

    /** With what it is compared; null if that is not known, or is the same. */
    Observations referenceOf(Point point, Contender contender) {
        Contender other = contender.reference(reference);
        return other.equals(contender) ? null : results.get(point).get(other);
    }

    /** Whether more rounds would tell nothing more. */
    private boolean isPrecise(Point point) {
        return results.get(point).entrySet().stream().allMatch(each -> {
            Observations other = referenceOf(point, each.getKey());
            return other == null
                    || each.getValue().isPreciseBeside(other)
                    || each.getValue().isOverloaded(point);
        });
    }
}
