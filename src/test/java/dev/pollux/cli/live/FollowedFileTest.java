// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Eventually;
import dev.pollux.cli.BackgroundThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowedFileTest {
    private static final String LINE = Lines.EPOLL.get(0);

    @TempDir
    private Path folder;

    private final LiveView view = new LiveView("a test");
    private final AtomicBoolean stopping = new AtomicBoolean();
    private Path file;
    private BackgroundThread<IOException> follower;

    @BeforeEach
    void follow() throws IOException {
        file = Files.writeString(folder.resolve("calls.json"), LINE + "\n");
        follower = BackgroundThread.start("follower", () -> {
            try (FollowedFile followed = new FollowedFile(file, view)) {
                followed.follow(stopping::get);
            }
        });
        awaitCalls(1);
    }

    @AfterEach
    void stop() throws Exception {
        stopping.set(true);
        assertThat(follower.await(Eventually.DEADLINE_NANOS)).isTrue();
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private void awaitCalls(int calls) {
        Eventually.until(calls + " calls", () -> Lines.state(view).get("calls").getAsInt() == calls);
    }

    private void awaitUnreadable(int lines) {
        Eventually.until(
                lines + " unreadable", () -> Lines.state(view).get("unreadable").getAsInt() == lines);
    }

    @Test
    void whatIsAppendedIsReadAlsoIfALineComesInParts() throws IOException {
        append(LINE + "\n" + LINE.substring(0, 20));
        awaitCalls(2);
        append(LINE.substring(20) + "\n");
        awaitCalls(3);
        awaitUnreadable(0);
    }

    @Test
    void aLineThatIsCutIsCountedAndTheNextOneIsRead() throws IOException {
        append(LINE.substring(0, 20) + "\n" + LINE + "\n");
        awaitCalls(2);
        awaitUnreadable(1);
    }

    @Test
    void aLineWithoutEndTakesNoMemory() throws IOException {
        for (int i = 0; i < 40; i++) {
            append("x".repeat(1 << 16));
        }
        append("\n" + LINE + "\n");
        awaitCalls(2);
        awaitUnreadable(1);
    }

    @Test
    void aTruncatedFileIsReadFromItsBeginning() throws IOException {
        append(LINE + "\n" + LINE.substring(0, 20));
        awaitCalls(2);
        Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
        Files.writeString(file, LINE + "\n");
        awaitCalls(3);
        awaitUnreadable(0);
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        follower.thread().interrupt();
        assertThat(follower.await(Eventually.DEADLINE_NANOS)).isTrue();
    }

    @Test
    void aFileThatIsMissingIsNamedWithTheWayOut() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> new FollowedFile(missing, view).close())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("no file " + missing, "-Ddev.pollux.trace=" + missing, "trace.format=json");
    }
}
