// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.trace.TraceFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs an echo server. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Serve TCP echo until Ctrl-C.")
final class EchoCommand implements Callable<Integer> {
    private static final long TICK_MILLIS = 100;
    private static final int TICKS_PER_UPDATE = 10;

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
            defaultValue = "7007",
            converter = Addresses.PortConverter.class,
            description = "The TCP port, or 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "The number of threads, each with its own poller. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--reuse-port",
            description = "Give each thread its own listening socket (SO_REUSEPORT). Default: all threads share one.")
    private boolean reusePort;

    @Mixin
    private PollerOptions pollerOptions;

    @Mixin
    private WatchOptions watchOptions;

    EchoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (threads < 1) {
            throw new ParameterException(spec.commandLine(), "--threads must be at least 1, not " + threads);
        }
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
        List<Poller> pollers = new ArrayList<>();
        try (EchoServer server = new EchoServer(
                EventLoopGroup.open(threads, () -> opened(pollers, watch)),
                posix,
                Addresses.resolve(host, port).get(0),
                reusePort)) {
            progress.line("listening on " + Addresses.text(server.address()) + " with "
                    + PollerOptions.text(pollers.get(0)) + (threads > 1 ? ", " + threads + " threads" : ""));
            server.start();
            try {
                report(server, progress, interruption);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (threads > 1) {
                progress.line("accepted by each thread: " + join(server.accepted()));
            }
            progress.line("stopped"); // the JVM ends once the interruption is closed
        }
    }

    private Poller opened(List<Poller> pollers, WatchOptions.Watch watch) throws IOException {
        Poller poller = pollerOptions.open(watch.sink());
        pollers.add(poller);
        return poller;
    }

    private static void report(EchoServer server, Progress progress, Interruption interruption)
            throws IOException, InterruptedException {
        IOException refusal = null;
        int tick = 0;
        while (!server.await(TICK_MILLIS) && !interruption.came()) {
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

    private static String join(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
