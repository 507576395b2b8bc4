// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures cells in rounds: each round gives each cell one fork, and every other round goes through them backwards. JMH
 * by itself would run all forks of one cell before the next; a machine that grows slower in the meantime would make the
 * later cell look slow.
 */
final class Campaign {
    private static final int LOCK_WAIT_SECONDS = 600;

    private final Profile profile;
    private final Supplier<ChainedOptionsBuilder> oneTurn;
    private final PrintStream log;
    private final PrintWriter progress;
    private final Map<Cell, String> failures = new LinkedHashMap<>();

    /**
     * @param oneTurn JMH's options for one turn of the profile
     * @param log for JMH's own output
     */
    Campaign(Profile profile, Supplier<ChainedOptionsBuilder> oneTurn, PrintStream log, PrintWriter progress) {
        this.profile = profile;
        this.oneTurn = oneTurn;
        this.log = log;
        this.progress = progress;
    }

    /** One result for each cell that did not fail, in this order. */
    Collection<RunResult> run(List<Cell> cells) {
        Map<Cell, List<RunResult>> turns = new LinkedHashMap<>();
        cells.forEach(cell -> turns.put(cell, new ArrayList<>()));
        int total = cells.size() * profile.rounds();
        int done = 0;
        long startNanos = System.nanoTime();
        for (int round = 0; round < profile.rounds(); round++) {
            List<Cell> order = new ArrayList<>(cells);
            if (round % 2 == 1) {
                Collections.reverse(order);
            }
            for (Cell cell : order) {
                done++;
                String result = turn(cell, turns.get(cell));
                long leftSeconds = (System.nanoTime() - startNanos) / done * (total - done) / 1_000_000_000;
                progress.printf(
                        "[%d/%d, %d:%02d left] %s: %s%n",
                        done, total, leftSeconds / 60, leftSeconds % 60, cell, result);
                progress.flush();
            }
        }
        turns.keySet().removeAll(failures.keySet());
        return turns.values().stream().map(Campaign::merge).toList();
    }

    /** Which cells failed, and why: they have no result. */
    Map<Cell, String> failures() {
        return failures;
    }

    /** What came of it, as text. A cell that has failed once has no more turns. */
    private String turn(Cell cell, List<RunResult> turns) {
        if (!failures.containsKey(cell)) {
            ChainedOptionsBuilder options =
                    oneTurn.get().include("^" + Pattern.quote(cell.benchmark().getName() + "."));
            cell.params().forEach(options::param);
            try {
                RunResult result = runAlone(options.build());
                turns.add(result);
                var time = result.getPrimaryResult();
                return String.format(Locale.ROOT, "%,.1f %s", time.getScore(), time.getScoreUnit());
            } catch (RunnerException e) {
                failures.put(cell, e.getMessage());
            }
        }
        return "failed: " + failures.get(cell);
    }

    /** JMH lets one campaign of a machine run at a time, and so would anybody who measures: this waits for its turn. */
    private RunResult runAlone(Options options) throws RunnerException {
        for (int waited = 0; ; waited++) {
            try {
                return new Runner(options, OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL))
                        .runSingle();
            } catch (RunnerException e) {
                if (!String.valueOf(e.getMessage()).contains("JMH lock") || waited == LOCK_WAIT_SECONDS) {
                    throw e;
                }
            }
            if (waited == 0) {
                progress.println("another JMH runs on this machine: waiting for it");
            }
            LockSupport.parkNanos(1_000_000_000L);
        }
    }

    /** All turns of a cell as if JMH had run them as forks. */
    private static RunResult merge(List<RunResult> turns) {
        return new RunResult(
                turns.get(0).getParams(),
                turns.stream()
                        .flatMap(turn -> turn.getBenchmarkResults().stream())
                        .toList());
    }
}
