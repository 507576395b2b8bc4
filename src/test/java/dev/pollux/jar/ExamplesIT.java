// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import dev.pollux.posix.Signals;
import dev.pollux.posix.TerminalMode;
import dev.pollux.posix.Terminals;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in {@code examples/}, compiled and run with the finished jar, as a user would. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExamplesIT {
    private static final Path EXAMPLES = Path.of("examples");
    private static final String CLASS_PATH = Jars.POLLUX + File.pathSeparator + Jars.JNA;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Pattern PORT = Pattern.compile(":(\\d+)");

    @TempDir
    private static Path classes;

    @TempDir
    private Path folder;

    @BeforeAll
    static void compileThem() throws IOException {
        if (!hasVirtualThreads()) {
            System.out.println("skipped: EchoVirtualThreads: virtual threads came with JDK 21");
        }
        List<String> arguments =
                new ArrayList<>(List.of("-Xlint:none", "-nowarn", "-cp", CLASS_PATH, "-d", classes.toString()));
        names().map(each -> EXAMPLES.resolve(each + ".java").toString()).forEach(arguments::add);
        int rc = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertThat(rc).isZero();
    }

    private static Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files
                    .map(each -> each.getFileName().toString())
                    .filter(each -> each.endsWith(".java"))
                    .map(each -> each.substring(0, each.length() - ".java".length()))
                    .filter(each -> hasVirtualThreads() || !each.contains("Virtual"))
                    .toList()
                    .stream();
        }
    }

    private static boolean hasVirtualThreads() {
        return Runtime.version().feature() >= 21;
    }

    private static Stream<String> echoServers() throws IOException {
        return names().filter(each -> each.startsWith("Echo"));
    }

    /** An example that runs. What it prints goes to a file. */
    private final class Running implements AutoCloseable {
        private final Path output = folder.resolve("output" + System.nanoTime());
        private final Process process;

        Running(List<String> through, Mechanism mechanism, String... program) throws IOException {
            List<String> command = new ArrayList<>(through);
            command.addAll(java(mechanism, program));
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        }

        String printed() throws IOException {
            return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        }

        void awaitPrinted(String text) throws IOException {
            Eventually.until(text, () -> printed().contains(text) || !process.isAlive());
            assertThat(printed()).contains(text);
        }

        int port() throws IOException {
            awaitPrinted(":");
            Eventually.until("a whole line", () -> printed().contains("\n"));
            Matcher port = PORT.matcher(printed().replace("http:", ""));
            assertThat(port.find()).as(printed()).isTrue();
            return Integer.parseInt(port.group(1));
        }

        void awaitEnd() throws IOException, InterruptedException {
            assertThat(process.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                    .as(printed())
                    .isTrue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** What runs a program and its arguments. */
    private static List<String> java(Mechanism mechanism, String... program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Ddev.pollux.mechanism=" + mechanism);
        command.addAll(List.of("-cp", classes + File.pathSeparator + CLASS_PATH));
        command.addAll(List.of(program));
        return command;
    }

    private Running start(Mechanism mechanism, String... program) throws IOException {
        return new Running(List.of(), mechanism, program);
    }

    @Test
    void eachHasAtMost120Lines() throws IOException {
        for (String name : names().toList()) {
            assertThat(Files.readAllLines(EXAMPLES.resolve(name + ".java")))
                    .as(name)
                    .hasSizeLessThanOrEqualTo(120);
        }
    }

    @Test
    void aSingleFileRunsAsItsCommentSays() throws Exception {
        try (Running server =
                start(Mechanism.EPOLL, EXAMPLES.resolve("HttpHello.java").toString())) {
            assertThat(answer(server, "GET / HTTP/1.1\r\n\r\n")).endsWith("hello\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void httpHello(Mechanism mechanism) throws Exception {
        try (Running server = start(mechanism, "HttpHello")) {
            assertThat(answer(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\nhello\n");
            assertThat(answer(server, "POST / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405");
            assertThat(answer(server, "x".repeat(8192))).startsWith("HTTP/1.1 431");
        }
    }

    private static String answer(Running server, String request) throws IOException {
        try (Socket socket = new Socket(LOOPBACK, server.port())) {
            socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static Stream<Object[]> echoServersOnMechanisms() throws IOException {
        return echoServers()
                .flatMap(name -> Stream.of(Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT)
                        .map(mechanism -> new Object[] {name, mechanism}));
    }

    @ParameterizedTest
    @MethodSource("echoServersOnMechanisms")
    void echoReturnsAllAndStopsAfterTheLastConnection(String name, Mechanism mechanism) throws Exception {
        byte[] sent = new byte[3 << 20]; // more than all buffers on the way
        new Random(1).nextBytes(sent);
        try (Running server = start(mechanism, name);
                Socket socket = new Socket(LOOPBACK, server.port())) {
            socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
            Thread writer = new Thread(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            writer.start();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
            writer.join();
            server.process.destroy();
            server.awaitEnd();
            assertThat(server.process.exitValue()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("echoServers")
    void echoGoesOnAfterItHadNoDescriptorLeft(String name) throws Exception {
        List<String> fewDescriptors = List.of("sh", "-c", "ulimit -n 60; exec \"$@\"", "sh");
        try (Running server = new Running(fewDescriptors, Mechanism.EPOLL, name)) {
            List<Socket> many = new ArrayList<>();
            int port = server.port();
            for (int i = 0; i < 80; i++) {
                many.add(new Socket(LOOPBACK, port));
            }
            server.awaitPrinted("EMFILE");
            for (Socket each : many) {
                each.close();
            }
            try (Socket socket = new Socket(LOOPBACK, port)) {
                socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
                socket.getOutputStream().write('x');
                InputStream answers = socket.getInputStream();
                assertThat(answers.read()).isEqualTo('x');
            }
        }
    }

    // sockets and files

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void udpEchoReturnsEachDatagramToItsSender(Mechanism mechanism) throws Exception {
        try (Running server = start(mechanism, "UdpEcho");
                DatagramSocket one = new DatagramSocket(0, LOOPBACK);
                DatagramSocket other = new DatagramSocket(0, LOOPBACK)) {
            int port = server.port();
            assertThat(datagram(one, port, "one")).isEqualTo("one");
            assertThat(datagram(other, port, "")).isEmpty();
            assertThat(datagram(other, port, "x".repeat(60_000))).hasSize(60_000);
            assertThat(datagram(one, port, "one again")).isEqualTo("one again");
            server.process.destroy();
            server.awaitEnd();
            assertThat(server.process.exitValue()).isZero();
        }
    }

    private static String datagram(DatagramSocket socket, int port, String text) throws IOException {
        socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        socket.send(new DatagramPacket(bytes, bytes.length, LOOPBACK, port));
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(answer);
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void passDescriptorLetsTheReceiverReadTheSendersFileOrPipe(Mechanism mechanism) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in a file\n");
        assertReceives(mechanism, "exec \"$@\" < " + file, "in a file\n");
        assertReceives(mechanism, "(echo through; echo a pipe) | \"$@\"", "through\na pipe\n");
    }

    private void assertReceives(Mechanism mechanism, String script, String text) throws Exception {
        String path = folder.resolve("socket").toString();
        try (Running receiver = start(mechanism, "PassDescriptor", "receive", path)) {
            receiver.awaitPrinted("waiting on " + path + "\n");
            try (Running sender =
                    new Running(List.of("sh", "-c", script, "sh"), mechanism, "PassDescriptor", "send", path)) {
                sender.awaitEnd();
                assertThat(sender.process.exitValue()).as(sender.printed()).isZero();
                receiver.awaitEnd();
                assertThat(receiver.printed()).isEqualTo("waiting on " + path + "\ntake this:\n" + text);
                assertThat(receiver.process.exitValue()).isZero();
            }
        }
        assertThat(Path.of(path)).doesNotExist();
    }

    @Test
    void passDescriptorClosesItsSocketAlsoAfterAnError() throws Exception {
        String nobody = folder.resolve("nobody").toString();
        List<String> traced = List.of("env", "POLLUX_TRACE=stderr");
        try (Running sender = new Running(traced, Mechanism.EPOLL, "PassDescriptor", "send", nobody)) {
            sender.awaitEnd();
            assertThat(sender.process.exitValue()).isEqualTo(1);
            Matcher socket = Pattern.compile("socket\\(AF_UNIX.* = (\\d+)").matcher(sender.printed());
            assertThat(socket.find()).as(sender.printed()).isTrue();
            assertThat(sender.printed()).contains("ENOENT", "close(" + socket.group(1) + ") = 0");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void netcatCopiesAPipeAndAFileAndRestoresTheBlockingMode(Mechanism mechanism) throws Exception {
        byte[] sent = new byte[3 << 20]; // more than all buffers on the way
        new Random(1).nextBytes(sent);
        Path file = Files.write(folder.resolve("sent"), sent);
        assertNetcatCopies(mechanism, "{ \"$@\"; cat /proc/self/fdinfo/0 > FLAGS; } < " + file, sent);
        assertNetcatCopies(mechanism, "cat " + file + " | { \"$@\"; cat /proc/self/fdinfo/0 > FLAGS; }", sent);
    }

    private void assertNetcatCopies(Mechanism mechanism, String script, byte[] sent) throws Exception {
        Path flags = folder.resolve("flags");
        List<String> shell = List.of("sh", "-c", script.replace("FLAGS", flags.toString()), "sh");
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
                Running netcat = new Running(shell, mechanism, "Netcat", "127.0.0.1", "" + server.getLocalPort());
                Socket connection = server.accept()) {
            connection.setSoTimeout(Eventually.DEADLINE_MILLIS);
            assertThat(connection.getInputStream().readAllBytes())
                    .as("up to the end that a half-close makes")
                    .isEqualTo(sent);
            connection.getOutputStream().write(sent);
            connection.shutdownOutput();
            netcat.awaitEnd();
            assertThat(Files.readAllBytes(netcat.output)).isEqualTo(sent);
        }
        assertBlocks(flags);
    }

    /** The flags of {@code open} in octal: O_NONBLOCK is 04000. */
    private static void assertBlocks(Path fdinfo) throws IOException {
        Matcher flags = Pattern.compile("flags:\\s*([0-7]+)").matcher(Files.readString(fdinfo));
        assertThat(flags.find()).isTrue();
        assertThat(Integer.parseInt(flags.group(1), 8) & 04000)
                .as(flags.group())
                .isZero();
    }

    @Test
    void netcatReportsAHostWithoutAnAddressInOneLine() throws Exception {
        Path noHosts = Files.createFile(folder.resolve("hosts")); // instead of the resolver of the machine
        List<String> resolver = List.of("env", "JDK_JAVA_OPTIONS=-Djdk.net.hosts.file=" + noHosts);
        try (Running netcat = new Running(resolver, Mechanism.EPOLL, "Netcat", "pollux.invalid", "1")) {
            netcat.awaitEnd();
            assertThat(netcat.process.exitValue()).isEqualTo(1);
            assertThat(netcat.printed()).contains("unresolved: pollux.invalid").doesNotContain("\tat ");
        }
    }

    @Test
    void netcatCopiesATerminalAndRestoresTheBlockingMode() throws Exception {
        boolean hasScript =
                new ProcessBuilder("sh", "-c", "command -v script").start().waitFor() == 0;
        if (!hasScript) {
            System.out.println("skipped: Netcat on a terminal: there is no script(1)");
        }
        assumeTrue(hasScript);
        Path flags = folder.resolve("flags");
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            String netcat = String.join(" ", java(Mechanism.EPOLL, "Netcat", "127.0.0.1", "" + server.getLocalPort()));
            Path printed = folder.resolve("printed");
            Process terminal = new ProcessBuilder(
                            "script", "-qec", netcat + "; cat /proc/self/fdinfo/0 > " + flags, "/dev/null")
                    .redirectErrorStream(true)
                    .redirectOutput(printed.toFile())
                    .start();
            try (Socket connection = server.accept()) {
                connection.setSoTimeout(Eventually.DEADLINE_MILLIS);
                terminal.getOutputStream().write("typed\n".getBytes(StandardCharsets.US_ASCII));
                terminal.getOutputStream().flush();
                assertThat(new String(connection.getInputStream().readNBytes(6), StandardCharsets.US_ASCII))
                        .isEqualTo("typed\n");
                connection.getOutputStream().write("answer\n".getBytes(StandardCharsets.US_ASCII));
                connection.shutdownOutput();
                assertThat(terminal.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                        .isTrue();
                assertThat(Files.readString(printed)).contains("answer\r\n");
            } finally {
                terminal.destroyForcibly();
            }
        }
        assertBlocks(flags);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void aPeriodicTimerTicksAndEnds(Mechanism mechanism) throws Exception {
        try (Running timer = start(mechanism, "PeriodicTimer", "3")) {
            timer.awaitEnd();
            assertThat(timer.process.exitValue()).isZero();
            assertThat(timer.printed()).matches("(tick \\d+(, \\d+ late)?\n)+done\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void aSupervisorStartsAgainWhatFailsAndEndsAllAfterSigterm(Mechanism mechanism) throws Exception {
        assumeSetsid();
        Path marker = folder.resolve("marker");
        String failsOnce = "test -e " + marker + " || { touch " + marker + "; exit 3; }; exec sleep 600";
        try (Running supervisor = start(mechanism, "Supervisor", failsOnce, "true", "exec sleep 601")) {
            supervisor.awaitPrinted("status 3 of " + failsOnce);
            supervisor.awaitPrinted("status 0 of true");
            Eventually.until(
                    "the failed command runs again",
                    () -> supervisor.printed().split("started " + Pattern.quote(failsOnce), -1).length == 3);
            List<ProcessHandle> children = supervisor.process.children().toList();
            assertThat(children).hasSize(2);
            supervisor.process.destroy();
            supervisor.awaitEnd();
            assertThat(supervisor.process.exitValue()).isZero();
            assertThat(supervisor.printed()).endsWith("stopped\n").contains("status 143 of exec sleep 601");
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 602", "trap '' TERM; sleep 603"})
    void aSupervisorEndsWhatItsCommandsHaveStarted(String background) throws Exception {
        assumeSetsid();
        String command = "(" + background + "; sleep 604) & sleep 605; true";
        try (Running supervisor = start(Mechanism.EPOLL, "Supervisor", command)) {
            Eventually.until(
                    "the shell, its child and both that these have started run",
                    () -> supervisor.process.descendants().count() == 4);
            List<ProcessHandle> all = supervisor.process.descendants().toList();
            supervisor.process.destroy();
            supervisor.awaitEnd();
            assertThat(supervisor.printed()).endsWith("stopped\n");
            Eventually.until("all have ended", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void aSupervisorEndsWithItsLastCommand() throws Exception {
        assumeSetsid();
        try (Running supervisor = start(Mechanism.EPOLL, "Supervisor", "true", "sleep 0.1")) {
            supervisor.awaitEnd();
            assertThat(supervisor.process.exitValue()).isZero();
            assertThat(supervisor.printed())
                    .contains("status 0 of true\n", "status 0 of sleep 0.1\n")
                    .endsWith("stopped\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void tailFollowsAFileThatIsCreatedTruncatedAndRotated(Mechanism mechanism) throws Exception {
        Path file = folder.resolve("log");
        try (Running tail = start(mechanism, "TailFile", file.toString())) {
            tail.awaitPrinted("waiting for " + file);
            Files.writeString(file, "the first line, a long one\n");
            tail.awaitPrinted("the first line, a long one\n");
            Files.writeString(file, "appended\n", StandardOpenOption.APPEND);
            tail.awaitPrinted("appended\n");
            Files.writeString(file, "short\n");
            tail.awaitPrinted("short\n");
            assertThat(tail.printed()).contains("truncated: " + file);

            Path old = Files.move(file, folder.resolve("log.1"));
            Files.writeString(old, "late\n", StandardOpenOption.APPEND);
            Files.writeString(file, "rotated\n");
            tail.awaitPrinted("rotated\n");
            assertThat(tail.printed()).contains("late\n", "another file has the name " + file);
            Files.writeString(file, "and on\n", StandardOpenOption.APPEND);
            tail.awaitPrinted("and on\n");
            assertThat(tail.process.isAlive()).isTrue();
        }
    }

    @Test
    void tailBeginsAtTheEndOfAFileThatExists() throws Exception {
        Path file = Files.writeString(folder.resolve("log"), "old\n");
        try (Running tail = start(Mechanism.EPOLL, "TailFile", file.toString())) {
            tail.awaitPrinted("following " + file);
            Files.writeString(file, "new\n", StandardOpenOption.APPEND);
            tail.awaitPrinted("new\n");
            assertThat(tail.printed()).doesNotContain("old");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void ptyShellGivesTheShellATerminalAndEndsWithItsStatus(Mechanism mechanism) throws Exception {
        assumeSetsid();
        try (Running example = start(mechanism, "PtyShell")) {
            String typed = "tty; stty -a; test -t 0 && echo $((6 * 7))\nexit 3\n";
            example.process.getOutputStream().write(typed.getBytes(StandardCharsets.US_ASCII));
            example.process.getOutputStream().flush();
            example.awaitEnd();

            assertThat(example.printed()).contains("/dev/pts/", " icanon", "42\r\n");
            assertThat(example.process.exitValue()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void ptyShellSendsCtrlDWhenItsInputEnds(Mechanism mechanism) throws Exception {
        assumeSetsid();
        try (Running example = start(mechanism, "PtyShell")) {
            example.process.getOutputStream().close();
            example.awaitEnd();
            assertThat(example.process.exitValue()).as(example.printed()).isZero();
        }
    }

    /** The terminal is a pty of the test. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ptyShellMakesItsOwnTerminalRawAndRestoresIt(boolean isKilled) throws Exception {
        assumeSetsid();
        Posix posix = Pollers.posix();
        Terminals terminals = posix.terminals();
        try (Terminals.Pty pty = terminals.openPty()) {
            int slave = terminals.open(pty.slavePath());
            TerminalMode before = terminals.mode(slave);
            terminals.setWindowSize(slave, new Terminals.WindowSize(31, 97));
            List<String> onSlave = List.of("sh", "-c", "exec \"$@\" < " + pty.slavePath(), "sh");
            try (Running example = new Running(onSlave, Mechanism.EPOLL, "PtyShell")) {
                Eventually.until("the mode is raw", () -> terminals.mode(slave).equals(before.raw()));
                type(posix, pty, "stty size\n");
                example.awaitPrinted("31 97\r\n");
                terminals.setWindowSize(slave, new Terminals.WindowSize(32, 98));
                posix.signals().send(example.process.pid(), Signals.SIGWINCH);
                type(posix, pty, "until test \"$(stty size)\" = '32 98'; do sleep 0.1; done; echo re''sized\n");
                example.awaitPrinted("resized\r\n");
                if (isKilled) {
                    example.process.destroy();
                } else {
                    type(posix, pty, "exit\n");
                }
                example.awaitEnd();
                assertThat(terminals.mode(slave)).isEqualTo(before);
            }
            posix.close(slave);
        }
    }

    private static void type(Posix posix, Terminals.Pty pty, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        Eventually.until("all is typed", () -> {
            posix.write(pty.masterFd(), buffer);
            return !buffer.hasRemaining();
        });
    }

    private static void assumeSetsid() {
        boolean found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "setsid")));
        if (!found) {
            System.out.println("skipped: an example: there is no command setsid");
        }
        assumeTrue(found);
    }
}
