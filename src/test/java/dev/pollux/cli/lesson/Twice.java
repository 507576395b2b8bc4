// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;

/** The lesson that {@code docs/teaching.md} shows. */
final class Twice {
    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        stage.step("The same descriptor stands in the array twice.");
        stage.write(a.writeFd(), "x");
        PollFds.of(stage)
                .add(a.readFd(), PollFds.POLLIN)
                .add(a.readFd(), PollFds.POLLIN)
                .poll(0);
        stage.notice("Both entries are answered, and both count.");
    }
}
