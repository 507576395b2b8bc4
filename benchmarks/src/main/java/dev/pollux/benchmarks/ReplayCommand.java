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
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "replay",
        description = "What each caller adds to epoll_wait: a preloaded library answers it from memory.")
final class ReplayCommand extends TableCommand {
    @Option(
            names = "--ready",
            split = ",",
            defaultValue = "1,16,64",
            description = "How many of 100 descriptors are ready. Default: ${DEFAULT-VALUE}.")
    private TreeSet<Integer> readyCounts;

    private Path library;
    private List<String> notReplayed = List.of();

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
    List<Cell> plan(Usable usable, Set<Caller> callers) {
        return new Plan(usable, EnumSet.of(Mechanism.EPOLL), callers).replay(readyCounts);
    }

    @Override
    Profile usual() {
        return quick ? Profile.QUICK_REPLAY : Profile.REPLAY;
    }

    @Override
    Estimate nanos(Statistics samples) {
        return Estimate.median(samples);
    }

    @Override
    ChainedOptionsBuilder options(Profile profile) {
        return profile.oneTurn().addProfiler(Replay.class, library.toString());
    }

    @Override
    String table(List<Result> results) {
        notReplayed = results.stream()
                .filter(each -> !each.isReplayed())
                .map(each -> "not replayed: " + each.caller() + " does not call the preloaded epoll_wait")
                .distinct()
                .toList();
        return Ratios.replay(results);
    }
}
