// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;

import app.EchoServer;
import com.sun.jna.Native;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command of {@code docs/selectors.md}, as it is written there, with three jars of these names. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SelectorsPageTest {
    private static final Pattern COMMAND =
            Pattern.compile("```sh\n(java -Djava\\.nio\\.channels\\.spi\\.SelectorProvider=[^\n]*)\n```");
    private static final int CLIENTS = 50;

    @TempDir
    private Path folder;

    @BeforeEach
    void packTheJars() throws Exception {
        NativePart.assume("a server on Pollux");
        Path app = whereIs(EchoServer.class);
        jar("app.jar", app, "app");
        jar("pollux.jar", whereIs(Pollers.class), ".");
        Files.copy(whereIs(Native.class), folder.resolve("jna.jar"));
    }

    private static Path whereIs(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private void jar(String name, Path classes, String content) {
        int rc = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--create",
                        "--file",
                        folder.resolve(name).toString(),
                        "-C",
                        classes.toString(),
                        content);
        assertThat(rc).isZero();
    }

    private static String command() throws IOException {
        Matcher matcher = COMMAND.matcher(Files.readString(Path.of("docs/selectors.md")));
        assertThat(matcher.find()).as("the command is on the page").isTrue();
        return matcher.group(1);
    }

    @Test
    void theCommandOfThePagePutsPolluxUnderAServer() throws Exception {
        try (Poller best = Pollers.open()) {
            assertThat(serve(Map.of())).startsWith("PolluxSelector[" + best.mechanism() + " through ");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SELECT", "POLL"})
    void theMechanismCanBeNamedFromOutside(Mechanism mechanism) throws Exception {
        assertThat(serve(Map.of("POLLUX_MECHANISM", mechanism.name(), "POLLUX_BINDING", "jni")))
                .isEqualTo("PolluxSelector[" + mechanism + " through JNI]");
    }

    /** What the server says its selector is. */
    private String serve(Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "exec " + command())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        builder.environment().merge("PATH", System.getProperty("java.home") + "/bin", (old, java) -> java + ":" + old);
        Process server = builder.start();
        try (BufferedReader printed = server.inputReader()) {
            int port = Integer.parseInt(printed.readLine());
            String selector = printed.readLine();
            for (int i = 0; i < CLIENTS; i++) {
                assertEchoed(port, i);
            }
            assertThat(server.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                    .as("it ends")
                    .isTrue();
            assertThat(server.exitValue()).isZero();
            return selector;
        } finally {
            server.destroyForcibly();
        }
    }

    private static void assertEchoed(int port, int number) throws IOException {
        byte[] message = ("message " + number).getBytes();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write(message);
            assertThat(client.getInputStream().readNBytes(message.length)).isEqualTo(message);
        }
    }
}
