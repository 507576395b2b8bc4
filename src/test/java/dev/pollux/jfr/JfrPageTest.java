// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/jfr.md gives the recording that the page shows, with the flags that it names. */
class JfrPageTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    private Path recording;
    private Path program;

    @BeforeEach
    void takeTheProgramFromThePage() throws Exception {
        Matcher block = PROGRAM.matcher(Files.readString(Path.of("docs/jfr.md")));
        assertThat(block.find()).isTrue();
        program = Files.writeString(folder.resolve("Slow.java"), block.group(1));
        recording = folder.resolve("slow.jfr");
    }

    private List<RecordedEvent> record(String settings) throws Exception {
        ChildJvm child = ChildJvm.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddev.pollux.jfr=true",
                "-XX:StartFlightRecording:filename=" + recording + settings,
                "-cp",
                System.getProperty("java.class.path"),
                program.toString()));
        assertThat(child.exitCode()).as(child.output()).isZero();
        return RecordingFile.readAllEvents(recording);
    }

    private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    @Test
    void twoOfElevenDescriptorsAreReadyAndOneHandlerIsSlow() throws Exception {
        List<RecordedEvent> events = record("");
        assertThat(named(Recorded.POLL, events))
                .hasSize(3)
                .allMatch(poll -> poll.getInt("ready") == 2 && poll.getInt("registered") == 11);
        assertThat(named(Recorded.HANDLER, events))
                .hasSizeBetween(3, 6) // a busy machine makes the other handlers slow too
                .anyMatch(handler -> handler.getClass("attachment").getName().equals("Slow$Report"));
    }

    @Test
    void theCommandLineSetsOtherThresholds() throws Exception {
        List<RecordedEvent> events = record(",+dev.pollux.Handler#threshold=0ms,+dev.pollux.Poll#threshold=1h");
        assertThat(named(Recorded.POLL, events)).isEmpty();
        assertThat(named(Recorded.HANDLER, events)).hasSize(6);
    }
}
