// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    private static final int SIGTERM = 15;

    /** Ends the command in a JVM of its own when it has printed its first line, and returns all its lines. */
    private static List<String> terminated(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).start();
        try (BufferedReader out = process.inputReader();
                BufferedReader err = process.errorReader()) {
            List<String> lines = new ArrayList<>();
            lines.add(out.readLine());
            process.toHandle().destroy();
            out.lines().forEach(lines::add);
            assertThat(process.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                    .as("it ended")
                    .isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + SIGTERM);
            assertThat(err.lines()).noneMatch(line -> line.contains("Exception") || line.startsWith("\tat "));
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aSignalEndsTheDemoWithOneLine() throws IOException, InterruptedException {
        assertThat(terminated("demo", "--connections", "20", "--seconds", "600"))
                .hasSize(2)
                .last()
                .isEqualTo("stopped");
    }

    @Test
    void aSignalEndsTheEchoServerWithOneLine() throws IOException, InterruptedException {
        assertThat(terminated("echo", "--port", "0")).hasSize(2).last().isEqualTo("stopped");
    }

    @Test
    void aSignalEndsTheChatWithOneLine() throws IOException, InterruptedException {
        assertThat(terminated("chat", "--port", "0")).hasSize(2).last().isEqualTo("stopped");
    }
}
