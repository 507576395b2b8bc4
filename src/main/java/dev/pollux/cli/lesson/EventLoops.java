// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Shows how a loop around poll becomes an event loop. */
final class EventLoops {
    private static final int PAUSE_MILLIS = 30;
    private static final int SLOW_MILLIS = 100;

    private EventLoops() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");

        stage.step("The loop of every textbook: poll, then one if for each descriptor.");
        stage.write(a.writeFd(), "x");
        PollFds both = PollFds.of(stage).add(a.readFd(), PollFds.POLLIN).add(b.readFd(), PollFds.POLLIN);
        both.poll(-1);
        if (both.revents(0) != 0) {
            stage.read(a.readFd(), 16);
        }
        if (both.revents(1) != 0) {
            stage.read(b.readFd(), 16);
        }
        stage.notice("It works, and grows by an if for each descriptor. What to do is written far from where the"
                + " descriptor was opened.");

        SmallLoop loop = new SmallLoop(stage, stage.pipe("for waking"));
        stage.step("Callbacks: a table from descriptor to code. (The loop is in SmallLoop.java.)");
        loop.onReadable(a.readFd(), () -> {
            stage.text("The callback of A:");
            stage.read(a.readFd(), 16);
        });
        loop.onReadable(b.readFd(), () -> {
            stage.text("The callback of B:");
            stage.read(b.readFd(), 16);
        });
        stage.write(b.writeFd(), "y");
        loop.round();
        stage.notice("The loop knows no descriptor any more. This is a reactor: whoever opens a descriptor says what is"
                + " to be done when it is ready, and the loop calls back.");

        stage.ask(
                "A timer is due in " + PAUSE_MILLIS + " ms, and nothing arrives. Which call waits for it?",
                "a sleep",
                "the poll",
                "another thread");
        stage.step("Timers: the timeout of poll is the time until the first one is due.");
        List<String> fired = new ArrayList<>();
        loop.after(2 * PAUSE_MILLIS, () -> fired.add("the second timer"));
        loop.after(PAUSE_MILLIS, () -> fired.add("the first timer"));
        while (fired.size() < 2) {
            loop.round();
        }
        fired.forEach(each -> stage.state(each + " has fired"));
        stage.seen("the poll");
        stage.notice("A heap of deadlines, and the same call that waits for descriptors. The timeout is rounded up:"
                + " rounded down, the loop would poll again and again in the last millisecond.");

        stage.ask(
                "The loop sleeps in poll without a timeout. How can another thread give it work?",
                "it adds the task to a queue",
                "it adds the task, and writes to a pipe");
        stage.step("Tasks: another thread wants something done on the loop's thread.");
        List<String> ran = new ArrayList<>();
        LessonThreads threads = new LessonThreads();
        threads.start("worker", () -> {
            stage.unseen.poll(null, 0, PAUSE_MILLIS);
            loop.execute(() -> ran.add(Thread.currentThread().getName()));
        });
        while (ran.isEmpty()) {
            loop.round();
        }
        threads.await();
        stage.state("the task ran on the loop's own thread");
        stage.seen("it adds the task, and writes to a pipe");
        stage.notice(
                "A queue alone would not wake the loop. The byte in the pipe does, even if it is written before the"
                        + " poll begins: see the lesson signals. All callbacks run on one thread, so they need no locks.");

        stage.ask(
                "A callback takes " + SLOW_MILLIS + " ms. When does a timer of " + PAUSE_MILLIS + " ms fire?",
                "after about " + PAUSE_MILLIS + " ms",
                "after about " + SLOW_MILLIS + " ms");
        stage.step("The price: a callback that takes long.");
        long began = System.nanoTime();
        long[] firedMillis = {0};
        loop.after(PAUSE_MILLIS, () -> firedMillis[0] = (System.nanoTime() - began) / 1_000_000);
        loop.onReadable(a.readFd(), () -> {
            stage.read(a.readFd(), 16);
            stage.calls.poll(null, 0, SLOW_MILLIS);
        });
        stage.write(a.writeFd(), "z");
        while (firedMillis[0] == 0) {
            loop.round();
        }
        stage.state("the timer of " + PAUSE_MILLIS + " ms fired after " + firedMillis[0] + " ms");
        stage.seen(
                firedMillis[0] < SLOW_MILLIS
                        ? "after about " + PAUSE_MILLIS + " ms"
                        : "after about " + SLOW_MILLIS + " ms");
        stage.notice("One slow callback delays everybody. Long work belongs to other threads, which hand back their"
                + " result as a task. dev.pollux.loop.EventLoop is this loop with cancelling and many cores, and"
                + " dev.pollux.loop.BlockingIo the same for code that blocks on virtual threads.");
    }
}
