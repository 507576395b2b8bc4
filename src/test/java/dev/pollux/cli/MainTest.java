// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "juggle",
                "prob",
                "probe --jsn",
                "help juggle",
                "demo --connections many",
                "demo --connections 0",
                "demo --active 0",
                "demo --connections 10,0",
                "demo --seconds 0",
                "demo --seconds soon",
                "demo --seconds NaN",
                "demo --mechanism smoke-signals",
                "echo --port 65536",
                "echo --port http",
                "echo --binding telepathy",
                "echo --select-limit sky",
                "chat --port 65536",
                "chat --binding telepathy",
                "connect",
                "connect 127.0.0.1",
                "connect 127.0.0.1 -1",
                "connect 127.0.0.1 1 --timeout -3",
                "probe --yaml",
                "probe --trace-format=xml",
                "probe --trace-with=love",
                "lesson telepathy",
                "lesson select poll",
                "classroom --port 65536",
                "classroom select",
                "watch",
                "watch calls --port 65536",
                "echo --watch=soon"
            })
    void aWrongCommandLineExitsWith2AndNamesTheMistake(String line) {
        CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSizeBetween(2, 3).last().asString().startsWith("Try 'pollux");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "help",
                "help demo",
                "probe --help",
                "demo --help",
                "echo -h",
                "connect --help",
                "lesson --help",
                "chat --help",
                "watch --help"
            })
    void helpIsPrintedAndExitsWith0(String line) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: pollux");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aMistypedCommandOrOptionGetsASuggestion() {
        assertThat(CommandRun.of("prob").err()).contains("Did you mean: pollux probe");
        assertThat(CommandRun.of("demo", "--conections", "5").err()).contains("Possible solutions: --connections");
    }

    @Test
    void withoutACommandAllCommandsAreListed() {
        assertThat(CommandRun.of().err())
                .startsWith("Missing command; there are probe, demo, echo, connect, lesson, classroom, chat, watch,"
                        + " help, generate-completion");
    }

    @Test
    void theCompletionScriptKnowsCommandsOptionsAndLessons(@TempDir Path folder) throws Exception {
        CommandRun run = CommandRun.of("generate-completion");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("complete -F _complete_pollux", "--connections", "IO_URING", "select-limit");
        Path script = Files.writeString(folder.resolve("completion"), run.out());
        Process bash =
                new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start();
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void theVersionIsOneLine() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("pollux ").hasLineCount(1);
    }

    @Test
    void aFailureIsOneLineAndNoStackTrace() {
        CommandRun run = CommandRun.of("connect", "::ffff:0:0:0:0:0:0:0:1", "1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualToNormalizingNewlines("unknown host: ::ffff:0:0:0:0:0:0:0:1\n");
    }

    @Test
    void theOptionStacktraceShowsWhereAFailureCameFrom() {
        CommandRun run = CommandRun.of("connect", "::ffff:0:0:0:0:0:0:0:1", "1", "--stacktrace");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("java.io.IOException: unknown host").contains("\tat dev.pollux.cli.");
    }

    @Test
    void anUnusableMechanismExitsWith1AndTheReason() {
        Mechanism missing = Arrays.stream(Mechanism.values())
                .filter(each -> !CommandRun.usableMechanisms().contains(each))
                .findFirst()
                .orElseThrow();
        for (String command : new String[] {"demo", "echo --port 0", "connect 127.0.0.1 1", "chat --port 0"}) {
            CommandRun run = CommandRun.of((command + " --mechanism " + missing).split(" "));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith(missing.name()).hasLineCount(1);
        }
    }
}
