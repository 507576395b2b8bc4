// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Not through JMH, whose cells lie minutes apart: here all that is compared has its turn in every round. */
abstract class RoundsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", description = "Without this, ${DEFAULT-VALUE}.")
    int rounds;

    RoundsCommand(int rounds) {
        this.rounds = rounds;
    }

    abstract MarkdownTable measure() throws IOException, InterruptedException;

    void progress(String line) {
        spec.commandLine().getErr().println(line);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        MarkdownTable table = measure();
        PrintWriter out = spec.commandLine().getOut();
        Machine.describe().forEach((what, value) -> out.println(what + ": " + value));
        out.println();
        out.print(table);
        out.flush();
        return 0;
    }

    static double best(double[] samples) {
        return Arrays.stream(samples).min().orElseThrow();
    }

    static double median(double[] samples) {
        return Arrays.stream(samples).sorted().toArray()[samples.length / 2];
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
