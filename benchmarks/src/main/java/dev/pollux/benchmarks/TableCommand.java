// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Measures one benchmark and prints a table. */
abstract class TableCommand extends MeasureCommand {
    @Option(names = "--quick", description = "A look: fewer forks, shorter iterations.")
    boolean quick;

    abstract String table(List<Result> results);

    @Override
    Profile usual() {
        return quick ? Profile.QUICK : Profile.FULL;
    }

    @Override
    void show(Path file, Run run) throws IOException {
        String head = Stream.of("machine", "kernel", "jdk", "load before", "date", "command", "profile")
                .map(key -> key + ": " + run.about().get(key))
                .collect(Collectors.joining("; "));
        String text = head + "; ± is 99.9 % confidence.\n\n" + table(run.results());
        Files.writeString(file.resolveSibling(run.name() + ".md"), text);
        spec.commandLine().getOut().println(text);
    }
}
