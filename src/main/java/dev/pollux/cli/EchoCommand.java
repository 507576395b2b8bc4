// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** An echo server for anybody. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Serve TCP echo until Ctrl-C.")
final class EchoCommand implements Callable<Integer> {
    private static final long TICK_MILLIS = 100;
    private static final int TICKS_PER_UPDATE = 10;

    private final boolean isTerminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "A name or address of this machine; without this, ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            defaultValue = "7007",
            converter = Addresses.PortConverter.class,
            description = "A TCP port, 0 for any; without this, ${DEFAULT-VALUE}.")
    private int port;

    @Mixin
    private PollerOptions pollerOptions;

    EchoCommand(boolean isTerminal) {
        this.isTerminal = isTerminal;
    }

    @Override
    public Integer call() throws IOException {
        Progress progress = new Progress(spec.commandLine().getOut(), isTerminal);
        Posix posix = Pollers.posix();
        posix.raiseDescriptorLimit();
        try (Interruption interruption = new Interruption();
                Poller poller = pollerOptions.open();
                EchoServer server = new EchoServer(
                        poller, posix, Addresses.resolve(host, port).get(0))) {
            progress.line("listening on " + Addresses.text(server.address()) + " with " + PollerOptions.text(poller));
            Task serving = Task.start("pollux-echo", server::run);
            try {
                report(server, serving, progress, interruption);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                server.stop();
                serving.join();
            }
            progress.line("stopped");
        }
        return ExitCode.OK;
    }

    private static void report(EchoServer server, Task serving, Progress progress, Interruption interruption)
            throws IOException, InterruptedException {
        IOException refusal = null;
        int tick = 0;
        while (!serving.await(TICK_MILLIS) && !interruption.came()) {
            IOException now = server.refusal();
            if (now != refusal) {
                progress.line(now == null ? "accepting connections again" : "no new connections: " + now.getMessage());
                refusal = now;
            }
            if (tick++ % TICKS_PER_UPDATE == 0) {
                progress.update("connections: " + server.connections());
            }
        }
    }
}
