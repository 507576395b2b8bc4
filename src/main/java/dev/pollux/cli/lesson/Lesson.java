// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.syscall.Syscalls;
import java.io.IOException;

/**
 * A lesson: a name to type, a title, and a script that makes real calls and explains them. To add one, write a file
 * with a script beside this one and add a line to {@link Lessons}.
 *
 * @param needs the C function that the lesson cannot do without, such as {@code epoll_create1}; null if it plays
 *     everywhere
 */
public record Lesson(String name, String title, String needs, Script script) {
    /** Makes the calls of a lesson. */
    @FunctionalInterface
    interface Script {
        void play(Stage stage) throws IOException;
    }

    /**
     * Plays the lesson to its end.
     *
     * @throws IOException if it cannot play here; the message says why
     */
    public void play(Syscalls syscalls, Screen screen) throws IOException {
        if (needs != null && syscalls.missing(needs) != null) {
            throw new IOException("the lesson " + name + " needs " + needs + ", which this system does not have");
        }
        screen.show(new Fact.Title(name, title));
        try (Stage stage = new Stage(syscalls, screen)) {
            script.play(stage);
        }
    }
}
