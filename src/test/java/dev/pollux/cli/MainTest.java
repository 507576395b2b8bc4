// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "juggle",
                "demo --connections many",
                "demo --connections 0",
                "demo --active 0",
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
                "lesson select poll"
            })
    void aWrongCommandLineExitsWith2AndSaysWhatIsWrong(String line) {
        CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(2).last().asString().startsWith("Try 'pollux");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "probe --help",
                "demo --help",
                "echo -h",
                "connect --help",
                "lesson --help",
                "chat --help"
            })
    void helpExitsWith0(String line) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: pollux");
        assertThat(run.err()).isEmpty();
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
        assertThat(run.err()).isEqualToNormalizingNewlines("no address is known for ::ffff:0:0:0:0:0:0:0:1\n");
    }

    @Test
    void aStackTraceIsShownToWhoeverAsks() {
        CommandRun run = CommandRun.of("connect", "::ffff:0:0:0:0:0:0:0:1", "1", "--stacktrace");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("java.io.IOException: no address").contains("\tat dev.pollux.cli.");
    }

    @Test
    void aMechanismThatCannotBeHadExitsWith1AndSaysWhy() {
        for (String command : new String[] {"demo", "echo --port 0", "connect 127.0.0.1 1", "chat --port 0"}) {
            CommandRun run = CommandRun.of((command + " --mechanism devpoll").split(" "));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("DEVPOLL").hasLineCount(1);
        }
    }
}
