// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "quick", description = "A look at all workloads, in ten minutes or less, and the report.")
final class QuickCommand extends SuiteCommand {
    @Override
    Profile usual() {
        return Profile.QUICK_SUITE;
    }

    @Override
    List<Cell> plan(Plan plan) {
        return plan.quick();
    }
}
