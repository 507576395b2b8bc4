// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Pages;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command lines of the pages exist, and the lessons on them print what the pages show. */
class CommandsOfThePagesTest {
    private static final Pattern COMMAND =
            Pattern.compile("(?:java -jar target/pollux-cli\\.jar|exec:java -Dexec\\.args=\"?) ?([\\w][^`\"\n]*)");
    /** A lesson that a page names, and a step of it that follows. */
    private static final Pattern LESSON = Pattern.compile(
            "`(?:java -jar target/pollux-cli\\.jar|pollux) lesson (\\w+)`.*?```text\n(.*?)```", Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> eachCommandOfThePagesIsOne() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : Pages.all()) {
            Matcher command = COMMAND.matcher(Files.readString(page));
            while (command.find()) {
                String[] args = command.group(1).strip().split(" +");
                tests.add(DynamicTest.dynamicTest(
                        page + ": " + command.group(1),
                        () -> CommandRun.commandLine(new StringWriter(), new StringWriter(), Terminal.plain(80))
                                .parseArgs(args)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(5);
        return tests.stream();
    }

    /** But for the numbers, where a line is wrapped, and rows of bits: more of them draw higher descriptors. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/teaching.md"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "one lesson is on epoll")
    void theLessonsStepOnThePageIsWhatTheCommandPrints(String page) throws IOException {
        Matcher lesson = LESSON.matcher(Files.readString(Path.of(page)));
        assertThat(lesson.find()).isTrue();
        String printed =
                CommandRun.on(Terminal.plain(80), "lesson", lesson.group(1)).out();
        assertThat(masked(printed)).contains(masked(lesson.group(2)));
    }

    private static String masked(String text) {
        return text.replaceAll("(?m)^.*[.1]{8}.*\\R", "")
                .replaceAll("[0-9]+(\\.[0-9]+)?", "N")
                .replaceAll("\\s+", " ");
    }
}
