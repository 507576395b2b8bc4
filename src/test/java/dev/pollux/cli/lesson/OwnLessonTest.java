// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Pollers;
import dev.pollux.cli.Terminal;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How a teacher adds a lesson. */
class OwnLessonTest {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private final StringWriter out = new StringWriter();
    private final TerminalScreen screen = new TerminalScreen(new PrintWriter(out), Terminal.plain());

    @Test
    void theLessonInTheGuideIsCompleteAndPlays() throws IOException {
        Matcher guide = BLOCK.matcher(Files.readString(Path.of("docs/teaching.md")));
        assertThat(guide.find()).isTrue();
        assertThat(Files.readString(Path.of("src/test/java/dev/pollux/cli/lesson/Twice.java")))
                .endsWith(guide.group(1));
        new Lesson("twice", "one descriptor, two entries", null, Twice::play)
                .play(Pollers.builder().syscalls(), screen);
        assertThat(out.toString())
                .startsWith("twice: one descriptor, two entries\n")
                .containsPattern("poll\\(\\[\\{fd=(\\d+), events=POLLIN}, \\{fd=\\1, events=POLLIN}], 2, 0\\) = 2 ")
                .containsPattern("fds\\[1]  fd \\d+ +events POLLIN +revents POLLIN\n");
    }

    @Test
    void aMissingFunctionIsReportedBeforeTheLessonBegins() {
        Lesson lesson = new Lesson("future", "", "no_such_function", stage -> {});
        assertThatThrownBy(() -> lesson.play(lacking(Pollers.builder().syscalls()), screen))
                .isInstanceOf(IOException.class)
                .hasMessage("the lesson future needs no_such_function, which this system does not have");
        assertThat(out.toString()).isEmpty();
    }

    private static Syscalls lacking(Syscalls real) {
        return new ForwardingSyscalls(real) {
            @Override
            public String missing(String function) {
                return "undefined symbol: " + function;
            }
        };
    }
}
