// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.benchmarks.report.ReportCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line of the benchmarks. Exit codes: 0, it worked; 1, it failed; 2, the command line was wrong. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        description = "What waiting for descriptors costs, on every mechanism, through every binding.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SuiteCommand.Quick.class,
            SuiteCommand.Full.class,
            ReportCommand.class,
            TableCommand.Speed.class,
            TableCommand.Cost.class,
            TableCommand.Replayed.class,
            SpinCommand.class,
            RearmCommand.class,
            ManyCommand.class,
            StartCommand.class,
            TableCommand.Blocking.class,
            SmokeCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(TimeValue.class, TimeValue::fromString)
                .setExecutionExceptionHandler(Main::failed)
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .execute(args));
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        command.getErr().println(e.getMessage() == null ? e : e.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? quick, full, report, speed, cost, replay, spin, rearm, many, start, blocking or smoke");
    }
}
