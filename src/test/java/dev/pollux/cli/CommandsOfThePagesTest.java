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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The command lines of the pages exist, and the lesson in the README is what the command plays. */
class CommandsOfThePagesTest {
    private static final Pattern COMMAND =
            Pattern.compile("(?:java -jar target/pollux-cli\\.jar|exec:java -Dexec\\.args=\"?) ?([\\w][^`\"\n]*)");
    private static final Pattern LESSON = Pattern.compile(
            "`java -jar target/pollux-cli\\.jar (lesson [^`]*)`" + ".*?```text\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile("(?m)^ +(\\w+\\(.*\\) = .*)$");

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

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the lesson is on epoll")
    void theLessonInTheReadmeMakesTheCallsThatItShows() throws IOException {
        Matcher lesson = LESSON.matcher(Files.readString(Path.of("README.md")));
        assertThat(lesson.find()).isTrue();
        List<String> shown = calls(lesson.group(2));
        assertThat(shown).hasSizeGreaterThan(2);
        assertThat(calls(CommandRun.of(lesson.group(1).split(" ")).out())).containsSubsequence(shown);
    }

    private static List<String> calls(String text) {
        return CALL.matcher(text)
                .results()
                .map(call -> call.group(1).replaceAll("[0-9]+(\\.[0-9]+)?", "N"))
                .toList();
    }
}
