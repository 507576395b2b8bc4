// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.syscall.Syscalls;
import java.io.IOException;

/**
 * One lesson: a name to type, a title, and a script that makes real calls and says what to notice. To add one: a file
 * beside this with its script, and a line in {@link Lessons}.
 *
 * @param needs the function of C without which it cannot be played, such as {@code epoll_create1}; null if it can be
 *     played everywhere
 */
public record Lesson(String name, String title, String needs, Script script) {
    /** What happens on the stage. */
    @FunctionalInterface
    interface Script {
        void play(Stage stage) throws IOException;
    }

    /**
     * Plays it to its end, with these calls.
     *
     * @throws IOException if it cannot be played here; the message says why
     */
    public void play(Syscalls syscalls, Screen screen) throws IOException {
        if (needs != null && syscalls.missing(needs) != null) {
            throw new IOException("the lesson " + name + " needs " + needs + ", which this system does not have");
        }
        screen.title(name + ": " + title);
        try (Stage stage = new Stage(syscalls, screen)) {
            script.play(stage);
        }
    }
}
