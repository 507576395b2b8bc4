// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.cli.lesson.Lessons;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every command prints fits on a terminal of 80 columns. */
class OutputWidthTest {
    static Stream<String> commands() {
        return Stream.of(
                        Stream.of(
                                "probe",
                                "demo --connections 20,50,100 --seconds 0.2",
                                "demo --connections 2000000000",
                                "connect 127.0.0.1 1",
                                "connect the-name-of-a-host-that-does-not-exist-anywhere-on-this-network.invalid 1",
                                "echo --host 127.0.0.1 --port 70000",
                                "echo --mechanism devpoll --port 0",
                                "lesson",
                                "lesson telepathy",
                                ""),
                        Stream.of(
                                        "",
                                        "probe",
                                        "demo",
                                        "echo",
                                        "connect",
                                        "lesson",
                                        "chat",
                                        "classroom",
                                        "watch",
                                        "generate-completion")
                                .map(command -> ("help " + command).strip()),
                        Lessons.ALL.stream().map(lesson -> "lesson " + lesson.name()))
                .flatMap(lines -> lines);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void itFitsIn80Columns(String command) {
        CommandRun run = CommandRun.on(CommandRun.terminal(), command.isEmpty() ? new String[0] : command.split(" "));
        assertThat(run.out() + run.err()).isNotBlank();
        assertThat((run.out() + run.err()).replaceAll("\u001b\\[[0-9;]*m", "").split("\r\u001b\\[K|\\R"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
