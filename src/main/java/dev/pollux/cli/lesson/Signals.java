// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.EventFd;
import dev.pollux.abi.Signal;
import dev.pollux.cli.BackgroundThread;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows the race between a flag and a wait, and descriptors that close it. */
final class Signals {
    private static final int WAIT_MILLIS = 100;
    private static final int PAUSE_MILLIS = 30;
    private static final int PIPE_BLOCK = 4096;
    private static final int PERIOD_MILLIS = 10;
    private static final int LATE_MILLIS = 45;

    private Signals() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe self = stage.pipe("self");
        AtomicBoolean flag = new AtomicBoolean();
        stage.text("A JVM handles signals on a thread of its own. So a thread plays the signal here: what it does is"
                + " what a handler in C does, at the worst moment. Only the signals of signalfd are real.");

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
        stage.notice(
                "A sleeping program does not look at its flag; the byte in the pipe ends the poll. write is one of the"
                        + " few functions that a handler may call (signal-safety(7)).");

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
        if (stage.has("signalfd")) {
            signalfd(stage);
        } else {
            stage.text("This system has no signalfd, so a step is missing here. kqueue has EVFILT_SIGNAL for it.");
        }
        timers(stage, self);
        if (stage.has("timerfd_create")) {
            timerfd(stage);
        } else {
            stage.text("This system has no timerfd, so a step is missing here. kqueue has EVFILT_TIMER for it.");
        }
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
                + " descriptors of the rest too: signals are signalfd(2), timers timerfd_create(2), processes"
                + " pidfd_open(2).");
    }

    /** An exception leaves the signal blocked: unblocked while it is pending, it would end the JVM. */
    private static void signalfd(Stage stage) throws IOException {
        stage.ask("The same signal is sent twice before the program looks. How often is it read?", 1, 2);
        stage.step("signalfd: no handler. This thread blocks SIGUSR1, sends it to itself twice, and reads it.");
        boolean wasBlocked = stage.behind.signals().isBlocked(Signal.SIGUSR1);
        var signals = stage.posix.signals();
        signals.block(Signal.SIGUSR1);
        int fd = stage.opened(signals.signalfd(Signal.SIGUSR1));
        PollFds watched = PollFds.of(stage).add(fd, PollFds.POLLIN);
        watched.poll(0);
        signals.raise(Signal.SIGUSR1);
        signals.raise(Signal.SIGUSR1);
        watched.poll(0);
        int count = 0;
        while (signals.read(fd) != 0) {
            count++;
        }
        if (!wasBlocked) {
            signals.unblock(Signal.SIGUSR1);
        }
        stage.state("sent 2 times, read " + (count == 1 ? "once" : count + " times"));
        stage.seen(count);
        stage.notice("A blocked signal is pending, and the descriptor is readable as long as it is: there is no race,"
                + " because the signal waits for the poll. But a standard signal is pending or not; nobody counts it"
                + " (signal(7)). So after one SIGCHLD ask for all children that have ended.");
        stage.text(
                "The signals go to the thread (raise(3)), so this thread alone must block them. A signal from another"
                        + " process goes to any thread that does not block it, and a JVM has many: block it before the JVM"
                        + " starts (env --block-signal=USR1).");
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

    private static void timerfd(Stage stage) throws IOException {
        stage.ask(
                "A timer expires every " + PERIOD_MILLIS + " ms, and the program looks after " + LATE_MILLIS
                        + " ms. What does the first read return?",
                "one expiration",
                "the number of all expirations");
        stage.step("timerfd: a timer that is a descriptor. The program is late on purpose.");
        var timers = stage.posix.timers();
        Duration period = Duration.ofMillis(PERIOD_MILLIS);
        int fd = stage.opened(timers.timerfd());
        timers.armEvery(fd, period, period);
        stage.calls.poll(null, 0, LATE_MILLIS);
        PollFds watched = PollFds.of(stage).add(fd, PollFds.POLLIN);
        watched.poll(-1);
        long expirations = timers.expirations(fd);
        stage.state("the timer has expired " + expirations + " times");
        stage.seen(expirations > 1 ? "the number of all expirations" : "one expiration");
        watched.poll(-1);
        timers.disarm(fd);
        watched.poll(0);
        stage.notice("The poll has no timeout to compute: the timer is one more readable descriptor. The kernel counts"
                + " periods from the first on, so a late program neither drifts nor loses one. Disarmed, it forgets"
                + " what was not read. Each timer costs a descriptor, and each change a call: that is why event loops"
                + " with thousands of timers keep a heap of deadlines.");
    }

    private static void signal(BackgroundThread.Work<IOException> handler) throws IOException {
        LessonThreads threads = new LessonThreads();
        threads.start("signal", handler);
        threads.await();
    }
}
