// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.cli.live.FollowedFile;
import dev.pollux.cli.live.LivePage;
import dev.pollux.cli.live.LiveView;
import dev.pollux.cli.web.WebServerModule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the trace of a running program in a browser. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Show the pollers of a program as a page for a browser on this machine, until Ctrl-C, from the program's"
                    + " trace in a file. It prints the address, with a token.",
            // not in the list of commands, whose narrow column would break the options
            "The program writes the file with -Ddev.pollux.trace=FILE -Ddev.pollux.trace.format=json."
        })
final class WatchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The trace of one program, in JSON.")
    private Path file;

    @Mixin
    private PagePort port;

    WatchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        WebServerModule.require("the file has one call a line");
        LiveView view = new LiveView(file.toString());
        try (Progress progress = new Progress(spec.commandLine().getOut(), terminal);
                Interruption interruption = new Interruption();
                FollowedFile followed = new FollowedFile(file, view);
                LivePage page = new LivePage(port.number, view, () -> 0)) {
            progress.line("watch " + file + " at");
            progress.line(page.address());
            progress.line("Anyone with the address can watch. Ctrl-C ends it.");
            followed.follow(interruption::came);
        }
        return ExitCode.OK;
    }
}
