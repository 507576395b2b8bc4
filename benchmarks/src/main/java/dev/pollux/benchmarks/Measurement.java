// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import io.netty.util.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a plan, and writes the results with what they mean nothing without; the options of such a command. */
abstract class Measurement {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--forks", description = "JVMs for each cell; 0 runs all in this one.")
    private Integer forks;

    @Option(names = "--warmups", description = "Iterations of each fork that do not count.")
    private Integer warmups;

    @Option(names = "--iterations", description = "Iterations of each fork that count.")
    private Integer iterations;

    @Option(names = "--time", description = "The length of an iteration: 500ms, 1s.")
    private TimeValue time;

    @Option(names = "--callers", split = ",", description = "Only these, and C: ${COMPLETION-CANDIDATES}.")
    private Set<Caller> callers = EnumSet.allOf(Caller.class);

    @Option(
            names = "--out",
            paramLabel = "FILE.jsonl",
            description = "Where the results go; the table or report goes beside. Default: target/COMMAND.jsonl.")
    private Path out;

    /** Shows the results, which are already in the file. */
    @FunctionalInterface
    interface Show {
        void show(Path file, Run run) throws IOException;
    }

    void progress(String line) {
        spec.commandLine().getErr().println(line);
    }

    /** Prints the table, and writes it beside the results. */
    void showTable(Path file, Run run, Function<List<Result>, String> table) throws IOException {
        String head = Stream.of("machine", "kernel", "jdk", "load before", "date", "command", "profile")
                .map(key -> key + ": " + run.about().get(key))
                .collect(Collectors.joining("; "));
        String text = head + "; ± is 99.9 % confidence.\n\n" + table.apply(run.results());
        Files.writeString(file.resolveSibling(run.name() + ".md"), text);
        spec.commandLine().getOut().println(text);
    }

    /**
     * Measures.
     *
     * @param usual how much, if the options do not say otherwise
     * @param options JMH's, for one turn
     * @param statistic for the time of one operation
     * @return the exit code
     */
    int run(
            Set<Mechanism> mechanisms,
            Function<Plan, List<Cell>> plan,
            Profile usual,
            Function<Profile, ChainedOptionsBuilder> options,
            Function<Statistics, Estimate> statistic,
            Show show)
            throws IOException {
        PrintWriter progress = spec.commandLine().getErr();
        EnumSet<Caller> compared = EnumSet.of(Caller.C);
        compared.addAll(callers);
        ThisMachine machine = new ThisMachine(progress::println);
        List<Cell> cells = plan.apply(new Plan(machine, mechanisms, compared));
        if (cells.stream().allMatch(cell -> cell.params().get("caller").equals(Caller.C.name()))) {
            throw new IllegalStateException("nothing of this can be measured here");
        }
        Profile profile = profile(usual);
        Map<String, String> about = about(profile);
        Path file = out != null ? out : Path.of("target", spec.name() + Run.ENDING);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path target = Files.createDirectories(Path.of("target")); // what only JMH's own tools read stays there
        String name = file.getFileName().toString().replaceFirst("\\.jsonl$", "");
        Path logFile = target.resolve(name + ".log");
        Campaign campaign;
        Collection<RunResult> results;
        try (PrintStream log = new PrintStream(Files.newOutputStream(logFile), true, StandardCharsets.UTF_8)) {
            campaign = new Campaign(profile, () -> options.apply(profile), log, progress);
            results = campaign.run(cells);
        }
        writeRaw(results, target.resolve(name + ".jmh.json"));
        about.put("left out", String.join("\n", machine.leftOut()));
        about.put(
                "failed",
                campaign.failures().entrySet().stream().map(Object::toString).collect(Collectors.joining("\n")));
        Run run = new Run(
                name,
                about,
                results.stream().map(each -> Result.of(each, statistic)).toList());
        run.write(file);
        show.show(file, run);
        campaign.failures().forEach((cell, why) -> progress.println("failed: " + cell + ": " + why));
        if (!campaign.failures().isEmpty()) {
            progress.println("more in " + logFile);
            return 1;
        }
        return 0;
    }

    private Profile profile(Profile usual) {
        return new Profile(
                usual.mode(),
                forks != null ? forks : usual.forks(),
                warmups != null ? warmups : usual.warmups(),
                iterations != null ? iterations : usual.iterations(),
                time != null ? time : usual.time());
    }

    private Map<String, String> about(Profile profile) {
        Map<String, String> about = Machine.describe(spec);
        about.put("profile", profile.toString());
        about.put(
                "netty",
                Version.identify().values().stream()
                        .map(Version::artifactVersion)
                        .distinct()
                        .collect(Collectors.joining(", ")));
        if (PlainC.libeventVersion() != null) {
            about.put("libevent", PlainC.libeventVersion());
        }
        return about;
    }

    private static void writeRaw(Collection<RunResult> results, Path json) throws IOException {
        try (PrintStream stream = new PrintStream(Files.newOutputStream(json), false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(results);
        }
    }
}
