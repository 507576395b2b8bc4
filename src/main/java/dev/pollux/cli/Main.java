// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. Exit codes: 0 for success, 1 for a failure, 2 for a wrong command line. */
@Command(
        name = "pollux",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "One Poller over every readiness mechanism of Unix: find out what this machine has, and watch it work.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Print the stack trace of a failure.")
    private boolean stacktrace;

    @Mixin
    private TraceOptions traceOptions;

    private final Terminal terminal;

    private Main(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Runs a command. If it fails, the JVM ends with its exit code; if not, the JVM ends when its threads have ended. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, Terminal.CHARSET), true);
        int exitCode = commandLine(Terminal.ofProcess()).setOut(out).execute(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    /** The whole command line; it prints to picocli's writers, as fits the terminal. */
    static CommandLine commandLine(Terminal terminal) {
        Main main = new Main(terminal);
        return new CommandLine(main)
                .addSubcommand(new ProbeCommand(terminal))
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new EchoCommand(terminal))
                .addSubcommand(new ConnectCommand(terminal))
                .addSubcommand(new LessonCommand(terminal))
                .addSubcommand(new ClassroomCommand(terminal))
                .addSubcommand(new ChatCommand(terminal))
                .addSubcommand(new WatchCommand(terminal))
                .addSubcommand(new CommandLine.HelpCommand())
                .addSubcommand(new AutoComplete.GenerateCompletion())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(terminal.colorScheme())
                .setUsageHelpWidth(terminal.helpColumns())
                .setExecutionStrategy(parsed -> main.traceOptions.during(() -> new RunLast().execute(parsed)))
                .setParameterExceptionHandler((e, args) -> main.usageError(e))
                .setExecutionExceptionHandler((e, command, parsed) -> main.failure(e, command));
    }

    private int usageError(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        print(err, e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        print(err, "Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private int failure(Exception e, CommandLine command) {
        if (stacktrace) {
            e.printStackTrace(command.getErr());
        } else {
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            print(command.getErr(), message.lines().findFirst().orElse(e.toString()));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void print(PrintWriter err, String message) {
        err.println(Paragraph.wrapped(terminal, terminal.columns(), message));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing command; there are "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
