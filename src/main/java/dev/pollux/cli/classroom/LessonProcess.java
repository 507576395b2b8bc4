// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import com.google.gson.JsonObject;
import dev.pollux.Pollers;
import dev.pollux.cli.lesson.JsonScreen;
import dev.pollux.cli.lesson.Lesson;
import dev.pollux.cli.lesson.Lessons;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process in which a {@link Player} plays one lesson: facts go to standard output, a line of JSON each, and presses
 * of keys come from standard input, a byte each.
 *
 * <p>Lessons run in processes of their own because some depend on the numbers of descriptors, which threads of the web
 * server and other lessons would take, and some change limits of the process. The end of standard input ends the
 * process at once, even in the middle of a call.
 */
public final class LessonProcess {
    static final int NEXT = 'n';
    static final int RUN = 'r';

    private static final int MANY_STEPS = 1_000_000;

    private final Semaphore turns = new Semaphore(0);
    private final PrintStream out;

    private LessonProcess(PrintStream out) {
        this.out = out;
    }

    /** Plays a lesson. The arguments: its name, and the number of the first step that waits for a press. */
    public static void main(String[] args) {
        LessonProcess process = new LessonProcess(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setOut(System.err); // what a lesson prints must not mix with the facts
        Thread keys = new Thread(process::readKeys, "keys");
        keys.setDaemon(true);
        keys.start();
        process.play(Lessons.named(args[0]), Integer.parseInt(args[1]));
    }

    private void readKeys() {
        try {
            for (int key = System.in.read(); key >= 0; key = System.in.read()) {
                turns.release(key == RUN ? MANY_STEPS : 1);
            }
        } catch (IOException e) {
            e.printStackTrace();
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private void play(Lesson lesson, int firstStepThatWaits) {
        AtomicInteger step = new AtomicInteger();
        JsonScreen screen = new JsonScreen(out::println, () -> {
            if (step.incrementAndGet() >= firstStepThatWaits) {
                turns.acquireUninterruptibly();
            }
        });
        try {
            lesson.play(Pollers.builder().syscalls(), screen);
            print("End", "");
        } catch (IOException | RuntimeException e) {
            print("Failed", String.valueOf(e.getMessage()));
        }
    }

    private void print(String kind, String message) {
        JsonObject object = new JsonObject();
        object.addProperty("kind", kind);
        object.addProperty("message", message);
        out.println(object);
    }
}
