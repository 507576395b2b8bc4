// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.loop.EventLoop;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.trace.TraceFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a chat server. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Serve a chat until Ctrl-C. Join it with 'nc HOST PORT' from several terminals.")
final class ChatCommand implements Callable<Integer> {
    private static final Duration TICK = Duration.ofMillis(100);

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "The address to listen at. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7008",
            converter = Addresses.PortConverter.class,
            description = "The TCP port, or 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private PollerOptions pollerOptions;

    @Mixin
    private WatchOptions watchOptions;

    ChatCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (Progress progress = new Progress(spec.commandLine().getOut(), terminal);
                Interruption interruption = new Interruption();
                WatchOptions.Watch watch = watchOptions.open(progress)) {
            serve(progress, interruption, watch);
        }
        return ExitCode.OK;
    }

    private void serve(Progress progress, Interruption interruption, WatchOptions.Watch watch) throws IOException {
        KernelPosix posix = new KernelPosix(
                Pollers.builder().trace(TraceFormat.JSON, watch.sink()).syscalls());
        ClientDescriptors.raiseLimit(posix, progress);
        try (Poller poller = pollerOptions.open(watch.sink());
                EventLoop loop = new EventLoop(poller);
                ChatServer server = new ChatServer(
                        loop, posix, Addresses.resolve(host, port).get(0), progress::line)) {
            progress.line("listening on " + Addresses.text(server.address()) + " with " + PollerOptions.text(poller));
            loop.scheduleAtFixedRate(TICK, TICK, () -> {
                if (interruption.came()) {
                    loop.stop();
                }
            });
            loop.run();
            progress.line("stopped");
        }
    }
}
