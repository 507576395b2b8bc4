// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The commands print the answers in the guide for teachers. */
class TeachingGuideTest {
    private static final Path GUIDE = Path.of("docs/teaching.md");
    private static final Pattern ANSWER =
            Pattern.compile("```sh\npollux ([^\n]*)\n```\n\n```text\n(.*?)```", Pattern.DOTALL);
    private static final Pattern EXERCISE = Pattern.compile("(?m)^### (.*)$");

    /** A whole number, hexadecimal too, or a fraction; not the digits of a name. */
    private static final Pattern NUMBER = Pattern.compile("0x\\p{XDigit}+|(?<![\\w.])\\d+(\\.\\d+)?");

    private final Map<String, List<String>> printed = new HashMap<>();

    @TestFactory
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the answers are those of Linux")
    Stream<DynamicTest> eachAnswerIsWhatItsCommandPrints() throws IOException {
        String guide = Files.readString(GUIDE);
        List<DynamicTest> tests = new ArrayList<>();
        Matcher answer = ANSWER.matcher(guide);
        while (answer.find()) {
            String command = answer.group(1);
            List<String> expected =
                    answer.group(2).lines().map(TeachingGuideTest::squeezed).toList();
            tests.add(DynamicTest.dynamicTest(exerciseBefore(guide, answer.start()) + " " + command, () -> {
                assertThat(masked(command)).containsAll(expected);
            }));
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests.stream();
    }

    @Test
    void eachExerciseHasAnAnswerWithACommand() throws IOException {
        String guide = Files.readString(GUIDE);
        String exercises = guide.substring(guide.indexOf("## Exercises"), guide.indexOf("## A lesson of your own"));
        for (String exercise : exercises.split("(?m)^### ")) {
            if (!exercise.startsWith("## ")) {
                assertThat(exercise).contains("**Answer.**").containsPattern(ANSWER);
            }
        }
    }

    @Test
    void eachLessonIsInTheGuide() throws IOException {
        assertThat(Files.readString(GUIDE))
                .contains(Lessons.ALL.stream()
                        .map(lesson -> "| `" + lesson.name() + "` |")
                        .toList());
        assertThat(Files.readString(GUIDE))
                .contains(Lessons.ALL.stream()
                        .map(Lesson::name)
                        .map(name -> "pollux lesson " + name)
                        .toList());
    }

    private static String exerciseBefore(String guide, int end) {
        return EXERCISE.matcher(guide.substring(0, end))
                .results()
                .map(heading -> heading.group(1))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private List<String> masked(String command) {
        return printed.computeIfAbsent(command, TeachingGuideTest::run);
    }

    /** The output of the command, and the trace that goes to standard output. */
    private static List<String> run(String command) {
        PrintStream standard = System.out;
        ByteArrayOutputStream traced = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(traced, true, StandardCharsets.UTF_8));
            CommandRun run = CommandRun.of(command.split(" "));
            assumeTrue(!run.err().contains("(RLIMIT_NOFILE)") && !run.err().contains("io_uring"), run.err());
            return (run.out() + traced.toString(StandardCharsets.UTF_8))
                    .lines()
                    .map(TeachingGuideTest::maskedLine)
                    .toList();
        } finally {
            System.setOut(standard);
        }
    }

    private static String maskedLine(String line) {
        return squeezed(
                NUMBER.matcher(line.strip()).replaceAll(number -> number.group().startsWith("0x") ? "0xN" : "N"));
    }

    /** Without the columns, whose width depends on the numbers. */
    private static String squeezed(String line) {
        return line.replaceAll(" +", " ");
    }
}
