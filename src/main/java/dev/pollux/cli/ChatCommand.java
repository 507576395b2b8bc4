// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.loop.EventLoop;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The chat server for anybody. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Serve a chat of lines until Ctrl-C. Join it with as many 'nc HOST PORT' as you like.")
final class ChatCommand implements Callable<Integer> {
    private static final Duration TICK = Duration.ofMillis(100);

    private final boolean isTerminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "A name or address of this machine; the default is ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            defaultValue = "7008",
            converter = Addresses.PortConverter.class,
            description = "A TCP port, 0 for any; the default is ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private PollerOptions pollerOptions;

    ChatCommand(boolean isTerminal) {
        this.isTerminal = isTerminal;
    }

    @Override
    public Integer call() throws IOException {
        Progress progress = new Progress(spec.commandLine().getOut(), isTerminal);
        KernelPosix posix = new KernelPosix(Pollers.builder().syscalls());
        ClientDescriptors.raiseLimit(posix, progress);
        try (Interruption interruption = new Interruption();
                Poller poller = pollerOptions.open();
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
        return ExitCode.OK;
    }
}
