// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "blocking",
        description =
                "Blocking code on virtual threads: BlockingIo and the JDK's own channels, with N waiting threads.")
final class BlockingCommand extends TableCommand {
    @Option(
            names = "--counts",
            split = ",",
            description = "How many threads wait. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1,100,9000")
    private TreeSet<Integer> counts;

    @Override
    List<Cell> plan(Usable usable, Set<Caller> callers) {
        return new Plan(usable, EnumSet.of(Mechanism.EPOLL), callers).blocking(counts);
    }

    @Override
    Profile usual() {
        return quick ? Profile.QUICK_BLOCKING : Profile.BLOCKING;
    }

    @Override
    Estimate nanos(Statistics samples) {
        return Estimate.median(samples);
    }

    @Override
    String table(List<Result> results) {
        return Ratios.blocking(results);
    }
}
