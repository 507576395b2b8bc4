// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Pollers;
import dev.pollux.cli.classroom.Classroom;
import dev.pollux.cli.web.WebServerModule;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves the lessons to browsers on this machine. */
@Command(
        name = "classroom",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Serve the lessons as a page that draws them, until Ctrl-C. It prints the address, with a token;"
                + " open it in a browser on this machine.")
final class ClassroomCommand implements Callable<Integer> {
    private static final long TICK_MILLIS = 100;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PagePort port;

    ClassroomCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (TraceOptions.areSet()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the page shows the calls of each lesson; lessons that are played at the same time would mix theirs"
                            + " in one trace. 'pollux lesson NAME --trace=FILE' traces one");
        }
        WebServerModule.require("`pollux lesson` plays without it");
        try (Progress progress = new Progress(spec.commandLine().getOut(), terminal);
                Interruption interruption = new Interruption();
                Classroom classroom =
                        new Classroom(port.number, Pollers.builder().syscalls())) {
            progress.line("the classroom is open, on this machine only, for up to " + Classroom.MOST_PLAYERS
                    + " lessons at a time:");
            progress.line(classroom.address());
            progress.line("Anyone with the address can play lessons. Ctrl-C closes it.");
            while (!interruption.came()) {
                Thread.sleep(TICK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }
}
