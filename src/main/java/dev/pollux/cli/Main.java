// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0, it worked; 1, it failed; 2, the command line was wrong. */
@Command(
        name = "pollux",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "One Poller over every readiness mechanism of Unix: see what this machine has, and watch it work.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Show where in the program a failure came from.")
    private boolean stacktrace;

    @Mixin
    private TraceOptions traceOptions;

    private Main() {}

    /** Runs a command; the JVM ends with its exit code unless that is 0, for 0 is how a JVM ends anyway. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, Terminal.CHARSET), true);
        int exitCode = commandLine(Terminal.isTerminal()).setOut(out).execute(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    /**
     * The whole command line; it prints to picocli's writers.
     *
     * @param isTerminal whether somebody looks at what is printed, as it is printed
     */
    static CommandLine commandLine(boolean isTerminal) {
        Main main = new Main();
        return new CommandLine(main)
                .addSubcommand(new ProbeCommand())
                .addSubcommand(new DemoCommand(isTerminal))
                .addSubcommand(new EchoCommand(isTerminal))
                .addSubcommand(new ConnectCommand())
                .addSubcommand(new LessonCommand(isTerminal, System.in))
                .addSubcommand(new ChatCommand(isTerminal))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(parsed -> main.traceOptions.during(() -> new RunLast().execute(parsed)))
                .setParameterExceptionHandler(usageError())
                .setExecutionExceptionHandler(main.failure());
    }

    private static IParameterExceptionHandler usageError() {
        return (e, args) -> {
            CommandLine command = e.getCommandLine();
            String name = command.getCommandSpec().qualifiedName();
            command.getErr().println(e.getMessage());
            command.getErr().println("Try '" + name + " --help'.");
            return CommandLine.ExitCode.USAGE;
        };
    }

    private IExecutionExceptionHandler failure() {
        return (e, command, parsed) -> {
            if (stacktrace) {
                e.printStackTrace(command.getErr());
            } else {
                String message = e.getMessage() == null ? e.toString() : e.getMessage();
                command.getErr().println(message.lines().findFirst().orElse(e.toString()));
            }
            return CommandLine.ExitCode.SOFTWARE;
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? probe, demo, echo, connect, chat or lesson");
    }
}
