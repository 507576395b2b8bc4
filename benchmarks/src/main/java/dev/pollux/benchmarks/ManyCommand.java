// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Not through JMH, whose cells lie minutes apart: here each number of descriptors has its turn in every round. */
@Command(
        name = "many",
        mixinStandardHelpOptions = true,
        description = "What a million registrations cost Pollux itself: heap, registering, cancelling, polling.")
final class ManyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--counts",
            split = ",",
            defaultValue = "1000,10000,100000,1000000",
            description = "Without this, ${DEFAULT-VALUE}.")
    private List<Integer> counts;

    @Option(names = "--rounds", defaultValue = "20", description = "Without this, ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--operations",
            defaultValue = "1000000",
            description = "Of each kind, in a round; without this, ${DEFAULT-VALUE}.")
    private int operations;

    @Override
    public Integer call() throws IOException {
        String table = ManyDescriptors.measure(
                counts, rounds, operations, spec.commandLine().getErr()::println);
        Machine.describe().forEach((what, value) -> spec.commandLine().getOut().println(what + ": " + value));
        spec.commandLine().getOut().println();
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
