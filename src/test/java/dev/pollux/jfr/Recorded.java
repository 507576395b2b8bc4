// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A recording of Pollux's events, and what it contains. */
final class Recorded {
    static final String POLL = "dev.pollux.Poll";
    static final String HANDLER = "dev.pollux.Handler";

    private Recorded() {}

    /** What is done while it is recorded. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** The events of this name, in the order in which they ended; handlers count from this threshold. */
    static List<RecordedEvent> during(String name, Duration threshold, Work work) throws Exception {
        Path file = Files.createTempFile("pollux", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(POLL);
            recording.enable(HANDLER).withThreshold(threshold);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
            return read(file, name);
        } finally {
            Files.delete(file);
        }
    }

    private static List<RecordedEvent> read(Path file, String name) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .sorted((one, other) -> one.getEndTime().compareTo(other.getEndTime()))
                .toList();
    }
}
