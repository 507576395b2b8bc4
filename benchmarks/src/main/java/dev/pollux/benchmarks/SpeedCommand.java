// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "speed", description = "Wait and dispatch: every usable mechanism and binding against plain C.")
final class SpeedCommand extends TableCommand {
    @Option(names = "--mechanisms", split = ",", description = "Only these: EPOLL, POLL, SELECT.")
    private Set<Mechanism> mechanisms = EnumSet.of(Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT);

    @Option(
            names = "--wait",
            split = ",",
            description = "How long a poll may wait: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "BLOCKING")
    private Set<Wait> waits;

    @Override
    List<Cell> plan(Usable usable, Set<Caller> callers) {
        return new Plan(usable, mechanisms, callers).speed(waits);
    }

    @Override
    String table(List<Result> results) {
        return Ratios.speed(results);
    }
}
