// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a plan and prints it as a table. */
abstract class MeasureCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--quick", description = "A look: fewer forks, shorter iterations.")
    private boolean quick;

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
            description = "Where JMH's results go; the table and JMH's log go beside. Default: target/COMMAND.json.")
    private Path out;

    abstract List<Cell> plan(Usable usable, Set<Caller> callers);

    abstract String table(List<Measurement> measurements);

    @Override
    public Integer call() throws IOException, RunnerException {
        PrintWriter progress = spec.commandLine().getErr();
        EnumSet<Caller> compared = EnumSet.of(Caller.C);
        compared.addAll(callers);
        List<Cell> cells = plan(new Usable(progress::println), compared);
        if (cells.stream().allMatch(cell -> cell.params().get("caller").equals(Caller.C.name()))) {
            throw new IllegalStateException("nothing of this can be measured here");
        }
        String machine = Machine.describe();
        Profile profile = profile();
        Path json = out != null ? out : Path.of("target", spec.name() + ".json");
        Files.createDirectories(json.toAbsolutePath().getParent());
        Path logFile = beside(json, ".log");
        try (PrintStream log = new PrintStream(Files.newOutputStream(logFile), true, StandardCharsets.UTF_8)) {
            write(new Campaign(profile, log, progress).run(cells), json);
        } catch (RunnerException e) {
            throw new RunnerException(e.getMessage() + "; more in " + logFile, e);
        }
        String report = machine + "; `" + command() + "`; " + profile + "; ± is 99.9 % confidence.\n\n" + table(json);
        Files.writeString(beside(json, ".md"), report);
        spec.commandLine().getOut().println(report);
        return 0;
    }

    private Profile profile() {
        Profile base = quick ? Profile.QUICK : Profile.FULL;
        return new Profile(
                base.mode(),
                forks != null ? forks : base.forks(),
                warmups != null ? warmups : base.warmups(),
                iterations != null ? iterations : base.iterations(),
                time != null ? time : base.time());
    }

    private String command() {
        return "java -jar target/benchmarks.jar "
                + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    }

    private static Path beside(Path json, String ending) {
        return json.resolveSibling(json.getFileName().toString().replaceFirst("\\.json$", "") + ending);
    }

    private static void write(Collection<RunResult> results, Path json) throws IOException {
        try (PrintStream stream = new PrintStream(Files.newOutputStream(json), false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(results);
        }
    }

    private String table(Path json) throws IOException {
        try (Reader reader = Files.newBufferedReader(json)) {
            return table(Measurement.read(reader));
        }
    }
}
