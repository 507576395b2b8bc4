// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.ChildJvm;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.cli.live.Viewer;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code watch}, and the option {@code --watch} of the others. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchCommandTest {
    private static final Pattern PAGE = Pattern.compile("(http://127\\.0\\.0\\.1:\\d+/\\p{XDigit}{32}/)\\R");
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) with ");

    @TempDir
    private Path folder;

    /** A command that runs on a thread of its own until it is closed. */
    private static final class Running implements AutoCloseable {
        private final StringWriter out = new StringWriter();
        private final StringWriter err = new StringWriter();
        private final AtomicInteger exitCode = new AtomicInteger(-1);
        private final Thread thread;

        Running(String... args) {
            thread = new Thread(() -> exitCode.set(
                    CommandRun.commandLine(out, err, Terminal.plain()).execute(args)));
            thread.start();
        }

        String found(Pattern pattern) {
            CommandRun.await(
                    "it prints " + pattern,
                    () -> pattern.matcher(out.toString()).find());
            Matcher matcher = pattern.matcher(out.toString());
            assertThat(matcher.find()).isTrue();
            return matcher.group(1);
        }

        void awaitEnd() {
            CommandRun.await("the command ends", () -> !thread.isAlive());
        }

        @Override
        public void close() {
            thread.interrupt();
            awaitEnd();
            assertThat(err.toString()).isEmpty();
            assertThat(exitCode).hasValue(0);
        }
    }

    private static void echo(Socket socket, String text) throws Exception {
        socket.getOutputStream().write(text.getBytes());
        assertThat(socket.getInputStream().readNBytes(text.length())).isEqualTo(text.getBytes());
    }

    private static JsonObject openPoller(JsonObject state) {
        List<JsonObject> open = state.getAsJsonArray("pollers").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("isOpen").getAsBoolean())
                .toList();
        return open.isEmpty() ? new JsonObject() : open.get(0);
    }

    private static boolean hasRegistered(JsonObject state, int count) {
        JsonObject poller = openPoller(state);
        return poller.has("registered") && poller.get("registered").getAsInt() == count;
    }

    @ParameterizedTest
    @MethodSource("dev.pollux.cli.CommandRun#usableMechanisms")
    void echoShowsItsPollerWhileItServes(Mechanism mechanism) throws Exception {
        try (Running echo = new Running("echo", "--port=0", "--watch", "--mechanism=" + mechanism);
                Viewer viewer = new Viewer(echo.found(PAGE));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(echo.found(LISTENING)))) {
            echo(socket, "hello");
            echo(socket, "world");
            JsonObject state = viewer.await(each -> each.toString().contains("\"write(")
                    && each.getAsJsonArray("counts").toString().contains("\"name\":\"write\",\"count\":2"));
            JsonObject poller = openPoller(state);
            assertThat(poller.get("name").getAsString()).containsIgnoringCase(mechanism.name());
            assertThat(poller.get("polls").getAsInt()).isGreaterThanOrEqualTo(2);
            if (poller.get("showsRegistrations").getAsBoolean()) {
                assertThat(poller.get("registered").getAsInt())
                        .as("the waker, the listening socket and the connection")
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void chatShowsItsPoller() throws Exception {
        try (Running chat = new Running("chat", "--port=0", "--watch=0");
                Viewer viewer = new Viewer(chat.found(PAGE))) {
            JsonObject state = viewer.await(each -> hasRegistered(each, 2));
            assertThat(state.get("source").getAsString()).isEqualTo("pollux chat");
        }
    }

    @Test
    void demoShowsItsPollersAndTheLastStateAtItsEnd() throws Exception {
        try (Running demo = new Running("demo", "--connections=20", "--seconds=2", "--watch");
                Viewer viewer = new Viewer(demo.found(PAGE))) {
            JsonObject last = viewer.last();
            assertThat(last.getAsJsonArray("pollers").asList())
                    .hasSizeGreaterThanOrEqualTo(CommandRun.usableMechanisms().size());
            demo.awaitEnd();
        }
    }

    @Test
    void watchShowsTheTraceOfAnotherProcess() throws Exception {
        Path file = folder.resolve("calls.json");
        List<String> command = new ArrayList<>(ChildJvm.command(
                System.getProperty("java.class.path"),
                Main.class,
                "-Ddev.pollux.trace=" + file,
                "-Ddev.pollux.trace.format=json"));
        command.addAll(List.of("echo", "--port=0", "--mechanism=poll"));
        Process server = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String line = server.inputReader().readLine();
            while (line != null && !LISTENING.matcher(line).find()) {
                line = server.inputReader().readLine();
            }
            Matcher listening = LISTENING.matcher(String.valueOf(line));
            assertThat(listening.find()).isTrue();
            try (Running watch = new Running("watch", file.toString());
                    Viewer viewer = new Viewer(watch.found(PAGE));
                    Socket socket =
                            new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listening.group(1)))) {
                echo(socket, "hello");
                echo(socket, "world");
                viewer.await(each -> hasRegistered(each, 3));
                server.destroy();
                assertThat(server.waitFor()).isNotNegative();
                List<String> lines = Files.readAllLines(file);
                JsonObject state = viewer.await(each -> each.get("calls").getAsInt() == lines.size());
                assertThat(state.get("unreadable").getAsInt()).isZero();
                List<JsonObject> polls = lines.stream()
                        .map(each -> JsonParser.parseString(each).getAsJsonObject())
                        .filter(each -> each.get("call").getAsString().endsWith("poll")
                                && each.getAsJsonArray("args").get(1).getAsInt() > 1)
                        .toList();
                assertThat(openPoller(state).get("polls").getAsInt()).isEqualTo(polls.size());
                assertThat(openPoller(state).get("ready").getAsInt())
                        .isEqualTo(polls.stream()
                                .mapToInt(each -> each.get("result").getAsInt())
                                .sum());
            }
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void aMissingFileExitsWith1AndTheWayOut() {
        CommandRun run = CommandRun.of("watch", folder.resolve("missing").toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("there is no file ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo --port=0", "chat --port=0", "demo --seconds=1"})
    void aTraceBesideWatchIsRefusedWithTheWayOut(String command) {
        CommandRun run = CommandRun.of((command + " --watch --trace").split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("pollux watch FILE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch pom.xml", "echo --port=0 --watch"})
    void aRuntimeWithoutTheWebServerSaysSo(String line) throws Exception {
        List<String> command = new ArrayList<>(ChildJvm.command(
                System.getProperty("java.class.path"), Main.class, "--limit-modules", "java.se,jdk.unsupported"));
        command.addAll(List.of(line.split(" ")));
        ChildJvm run = ChildJvm.run(command);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).startsWith("this Java runtime has no web server, the module jdk.httpserver");
    }
}
