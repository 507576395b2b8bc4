// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.cli.Terminal;
import dev.pollux.cli.lesson.Lessons;
import dev.pollux.cli.lesson.TerminalScreen;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The lesson on kqueue has a recorded result for each call; here a simulated kernel returns the results. */
class RecordedLessonTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void theRecordedResultsAreThoseOfTheSimulatedKernel() throws IOException {
        Syscalls linux = new JnaSyscalls();
        assumeTrue(linux.missing("kqueue") != null, "there is a real kqueue here, so nothing is recorded");
        List<String> recorded = events(linux);
        assertThat(recorded).hasSize(8).isEqualTo(events(new SimulatedKqueue(linux)));
    }

    /** The drawings of the kqueue, without descriptor numbers and the room of the socket. */
    private static List<String> events(Syscalls syscalls) throws IOException {
        StringWriter out = new StringWriter();
        Lessons.named("kqueue").play(syscalls, new TerminalScreen(new PrintWriter(out), Terminal.plain()));
        return out.toString()
                .lines()
                .filter(line -> line.matches(" +(kqueue +)?fd \\d+ +EVFILT_.*"))
                .map(line -> line.replaceAll("fd \\d+", "fd N").replaceAll("(EVFILT_WRITE data) \\d+", "$1 N"))
                .map(String::strip)
                .toList();
    }
}
