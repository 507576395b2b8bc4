// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "full", description = "All workloads at all points, which takes hours, and the report.")
final class FullCommand extends SuiteCommand {
    @Override
    Profile usual() {
        return Profile.FULL_SUITE;
    }

    @Override
    List<Cell> plan(Plan plan) {
        return plan.full();
    }
}
