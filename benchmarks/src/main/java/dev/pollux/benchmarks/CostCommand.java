// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;

@Command(name = "cost", description = "One system call through each way of calling C.")
final class CostCommand extends TableCommand {
    @Override
    List<Cell> plan(Usable usable, Set<Caller> callers) {
        return new Plan(usable, EnumSet.noneOf(Mechanism.class), callers).cost();
    }

    @Override
    String table(List<Result> results) {
        return Ratios.cost(results);
    }
}
