// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "many",
        description = "What a million registrations cost Pollux itself: heap, registering, cancelling, polling.")
final class ManyCommand extends RoundsCommand {
    @Option(
            names = "--counts",
            split = ",",
            defaultValue = "1000,10000,100000,1000000",
            description = "Without this, ${DEFAULT-VALUE}.")
    private List<Integer> counts;

    @Option(
            names = "--operations",
            defaultValue = "1000000",
            description = "Of each kind, in a round; without this, ${DEFAULT-VALUE}.")
    private int operations;

    ManyCommand() {
        super(20);
    }

    @Override
    MarkdownTable measure() throws IOException {
        return ManyDescriptors.measure(counts, rounds, operations, this::progress);
    }
}
