// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;

/**
 * How long a fresh JVM takes from the first statement of its main method to the first event of a pipe. Each figure is a
 * JVM's own, and each caller has its turn in every round, with and without an archive of its classes (AppCDS).
 */
@Command(
        name = "start",
        description = "How long a fresh JVM takes to its first event: Pollux, the JDK's selector, Netty.")
final class StartCommand extends RoundsCommand {
    private static final int CALLS_C_FREELY_UNTIL = 22;

    StartCommand() {
        super(30);
    }

    /** What opens, waits, and sees the event. */
    enum Opener {
        POLLUX("Pollers.open()"),
        POLLUX_JNI("Pollux through JNI"),
        POLLUX_FFM("Pollux through FFM"),
        POLLUX_JNA("Pollux through JNA"),
        SELECTOR("Selector.open()"),
        NETTY("Netty's first epoll event loop");

        private final String title;

        Opener(String title) {
            this.title = title;
        }

        boolean isHere() {
            return this != POLLUX_FFM || Runtime.version().feature() >= CALLS_C_FREELY_UNTIL;
        }
    }

    @Override
    MarkdownTable measure() throws IOException, InterruptedException {
        Map<Opener, List<Double>> plain = new EnumMap<>(Opener.class);
        Map<Opener, List<Double>> archived = new EnumMap<>(Opener.class);
        Path folder = Files.createTempDirectory("pollux-start");
        try {
            for (Opener opener : Opener.values()) {
                if (opener.isHere()) {
                    plain.put(opener, new ArrayList<>());
                    archived.put(opener, new ArrayList<>());
                    firstEventMillis(opener, "-XX:ArchiveClassesAtExit=" + archive(folder, opener));
                }
            }
            for (int round = 0; round < rounds; round++) {
                for (Opener opener : plain.keySet()) {
                    plain.get(opener).add(firstEventMillis(opener));
                    archived.get(opener)
                            .add(firstEventMillis(opener, "-XX:SharedArchiveFile=" + archive(folder, opener)));
                }
            }
        } finally {
            for (Opener opener : Opener.values()) {
                Files.deleteIfExists(archive(folder, opener));
            }
            Files.delete(folder);
        }
        MarkdownTable table = new MarkdownTable(
                1, List.of("ms to the first event", "min", "median", "max", "AppCDS: min", "median", "max"));
        for (Opener opener : plain.keySet()) {
            List<String> cells = new ArrayList<>(List.of(opener.title));
            cells.addAll(minMedianMax(plain.get(opener)));
            cells.addAll(minMedianMax(archived.get(opener)));
            table.row(cells);
        }
        return table;
    }

    private static Path archive(Path folder, Opener opener) {
        return folder.resolve(opener + ".jsa");
    }

    private static double firstEventMillis(Opener opener, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= CALLS_C_FREELY_UNTIL) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Xlog:disable"); // what it says of archives would stand before the figure
        command.addAll(Arrays.asList(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FirstEvent.class.getName()));
        command.add(opener.name());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
        return Double.parseDouble(printed) / 1e6;
    }

    private static List<String> minMedianMax(List<Double> millis) {
        double[] sorted = millis.stream().mapToDouble(each -> each).sorted().toArray();
        double median = (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
        return DoubleStream.of(sorted[0], median, sorted[sorted.length - 1])
                .mapToObj(each -> number("%.1f", each))
                .toList();
    }

    /**
     * The main class of the measured JVM. What each opener needs is in a class of its own, which is loaded while the
     * time is taken, and handlers are classes: a JVM's first lambda is the program's cost, not the library's.
     */
    static final class FirstEvent {
        private FirstEvent() {}

        public static void main(String[] args) throws Exception {
            long startNanos = System.nanoTime();
            switch (args[0]) {
                case "POLLUX" -> PolluxEvent.await(null);
                case "POLLUX_JNI" -> PolluxEvent.await(Binding.JNI);
                case "POLLUX_FFM" -> PolluxEvent.await(Binding.FFM);
                case "POLLUX_JNA" -> PolluxEvent.await(Binding.JNA);
                case "SELECTOR" -> SelectorEvent.await();
                case "NETTY" -> NettyEvent.await();
                default -> throw new IllegalArgumentException(args[0]);
            }
            System.out.print(System.nanoTime() - startNanos);
            System.out.flush();
            Runtime.getRuntime().exit(0); // Netty's threads need not end first
        }
    }

    private static final class PolluxEvent implements ReadyHandler {
        private boolean seen;

        static void await(Binding binding) throws IOException {
            Poller poller = Pollers.builder().binding(binding).open();
            KernelPosix posix =
                    new KernelPosix(Pollers.builder().binding(binding).syscalls());
            Posix.Pipe pipe = posix.pipe();
            poller.register(pipe.readFd(), Interest.READ);
            posix.write(pipe.writeFd(), posix.allocate(1), 0, 1);
            PolluxEvent event = new PolluxEvent();
            poller.poll(event);
            Loop.require("events", 1, event.seen ? 1 : 0);
        }

        @Override
        public void ready(Registration registration, Readiness ready) {
            seen = ready.isReadable();
        }
    }

    private static final class SelectorEvent {
        static void await() throws IOException {
            Selector selector = Selector.open();
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            pipe.sink().write(ByteBuffer.allocate(1));
            Loop.require("events", 1, selector.select());
        }
    }

    private static final class NettyEvent implements EpollIoHandle {
        private final FileDescriptor fd;
        private final CountDownLatch seen = new CountDownLatch(1);

        private NettyEvent(FileDescriptor fd) {
            this.fd = fd;
        }

        static void await() throws Exception {
            IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            FileDescriptor[] pipe = FileDescriptor.pipe();
            NettyEvent event = new NettyEvent(pipe[0]);
            group.next().register(event).get().submit(EpollIoOps.EPOLLIN);
            pipe[1].write(ByteBuffer.allocateDirect(1), 0, 1);
            event.seen.await();
        }

        @Override
        public FileDescriptor fd() {
            return fd;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            seen.countDown();
        }

        @Override
        public void close() {}
    }
}
