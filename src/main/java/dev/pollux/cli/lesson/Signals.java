// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.EventFd;
import dev.pollux.cli.BackgroundThread;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows the race between a flag and a wait, and descriptors that close it. */
final class Signals {
    private static final int WAIT_MILLIS = 100;
    private static final int PAUSE_MILLIS = 30;
    private static final int PIPE_BLOCK = 4096;

    private Signals() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe self = stage.pipe("self");
        AtomicBoolean flag = new AtomicBoolean();
        stage.text("A JVM handles signals on a thread of its own. So a thread plays the signal here: what it does is"
                + " what a handler in C does, at the worst moment.");

        stage.ask(
                "The signal comes after the check and before the poll. When does poll return?",
                "at once",
                "after its timeout");
        stage.step("The race. The program looks at a flag, and then polls A for " + WAIT_MILLIS
                + " ms. The signal sets the flag in between.");
        boolean seenBefore = flag.get();
        signal(() -> flag.set(true));
        int rc = PollFds.of(stage).add(a.readFd(), PollFds.POLLIN).poll(WAIT_MILLIS);
        stage.state("the flag was " + seenBefore + " before the poll, and is " + flag.get() + " after it");
        stage.seen(rc == 0 ? "after its timeout" : "at once");
        stage.notice("The signal came too late for the check and too early to interrupt the poll. Without a timeout the"
                + " program would sleep for ever. pselect(2) and ppoll(2) close the gap in C: the signal is blocked"
                + " during the check, and their last argument, a signal mask, unblocks it for the wait alone, in one"
                + " step. (It is NULL in all traces of Pollux.)");

        stage.ask(
                "Now the handler writes a byte to a pipe as well. When does poll return?",
                "at once",
                "after its timeout");
        stage.step("The self-pipe. Poll watches the pipe too, and again the signal comes before the poll.");
        signal(() -> stage.write(self.writeFd(), "!"));
        PollFds both = PollFds.of(stage).add(a.readFd(), PollFds.POLLIN).add(self.readFd(), PollFds.POLLIN);
        stage.seen(both.poll(WAIT_MILLIS) > 0 ? "at once" : "after its timeout");
        stage.read(self.readFd(), 16);
        stage.notice("A flag is forgotten by those who sleep; a byte in a pipe waits for them. write is one of the few"
                + " functions that a handler may call (signal-safety(7)).");

        stage.step("Many signals before the program looks, and in the end a full pipe.");
        for (int i = 0; i < 3; i++) {
            signal(() -> stage.write(self.writeFd(), "!"));
        }
        both.poll(0);
        var block = stage.allocate(PIPE_BLOCK);
        while (stage.unseen.write(self.writeFd(), block, 0, PIPE_BLOCK) > 0) {
            // until not one block more fits
        }
        stage.calls.write(self.writeFd(), block, 0, PIPE_BLOCK);
        both.poll(0);
        while (stage.unseen.read(self.readFd(), block, 0, PIPE_BLOCK) > 0) {
            // until it is empty
        }
        stage.notice("The pipe holds several bytes for one reason to wake up, so the reader must empty it. When it is"
                + " full, EAGAIN does no harm: it is readable anyway. But both ends must have O_NONBLOCK; a handler"
                + " that blocks in write would wait for the very program that it has interrupted.");

        if (stage.has("eventfd")) {
            eventfd(stage);
        }
        timers(stage, self);
    }

    private static void eventfd(Stage stage) throws IOException {
        stage.ask("Three signals each add 1. What will one read return?", 1, 3, "8 bytes that are the number 3");
        stage.step("eventfd: a counter instead of a pipe, and one descriptor instead of two.");
        int fd = stage.opened(stage.calls.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
        var one = stage.allocate(Long.BYTES);
        one.putLong(0, 1);
        for (int i = 0; i < 3; i++) {
            stage.calls.write(fd, one, 0, Long.BYTES);
        }
        PollFds.of(stage).add(fd, PollFds.POLLIN).poll(0);
        var count = stage.allocate(Long.BYTES);
        int rc = stage.calls.read(fd, count, 0, Long.BYTES);
        stage.state("the counter was " + count.getLong(0));
        stage.seen(rc == Long.BYTES && count.getLong(0) == 3 ? "8 bytes that are the number 3" : rc);
        PollFds.of(stage).add(fd, PollFds.POLLIN).poll(0);
        stage.notice("The kernel adds the numbers up, and one read returns the sum and sets it to 0. Linux makes"
                + " descriptors of the rest too: timers are timerfd_create(2), signals signalfd(2), processes"
                + " pidfd_open(2); this lesson does not call them.");
    }

    private static void timers(Stage stage, Posix.Pipe self) throws IOException {
        stage.step("Timers without a descriptor. Something is due in " + WAIT_MILLIS
                + " ms; a signal wakes the program before.");
        long deadlineNanos = System.nanoTime() + WAIT_MILLIS * 1_000_000L;
        LessonThreads threads = new LessonThreads();
        threads.start("signal", () -> {
            stage.unseen.poll(null, 0, PAUSE_MILLIS);
            stage.write(self.writeFd(), "!");
        });
        PollFds wake = PollFds.of(stage).add(self.readFd(), PollFds.POLLIN);
        wake.poll(WAIT_MILLIS);
        threads.await();
        stage.read(self.readFd(), 16);
        long leftNanos = deadlineNanos - System.nanoTime();
        wake.poll((int) Math.max(0, (leftNanos + 999_999) / 1_000_000));
        stage.notice("The second poll waits for the rest only, measured from a clock that nobody sets"
                + " (CLOCK_MONOTONIC). A program that starts the whole timeout again after each wakeup never comes to"
                + " its timer when it is woken often enough.");
    }

    private static void signal(BackgroundThread.Work<IOException> handler) throws IOException {
        LessonThreads threads = new LessonThreads();
        threads.start("signal", handler);
        threads.await();
    }
}
