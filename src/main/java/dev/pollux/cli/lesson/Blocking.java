// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/** Shows why programs poll. */
final class Blocking {
    private static final int PAUSE_MILLIS = 200;
    private static final long BUSY_NANOS = 20_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Blocking() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe pipe = stage.pipe("A");
        Posix.Pipe other = stage.pipe("B");
        int fd = pipe.readFd();

        stage.step("The read end of A becomes blocking, and another thread reads from the empty pipe. After "
                + PAUSE_MILLIS
                + " ms this thread writes a byte. (A poll without descriptors only waits for its timeout.)");
        stage.posix.setNonBlocking(fd, false);
        LessonThreads threads = new LessonThreads();
        threads.start("reader", () -> stage.read(fd, 16));
        stage.calls.poll(null, 0, PAUSE_MILLIS);
        stage.write(pipe.writeFd(), "x");
        threads.await();
        stage.notice(
                "The read returned when a byte arrived; the number at the end of its line is the time in seconds. Until"
                        + " then its thread could do nothing else. A second pipe would need a second thread.");

        stage.ask("What will the read do?", "wait", "return 0", "fail");
        stage.step("Set O_NONBLOCK, and read from the empty pipe.");
        stage.posix.setNonBlocking(fd, true);
        stage.seen(stage.read(fd, 16) < 0 ? "fail" : "return 0");
        stage.notice("The read returns at once. EAGAIN means: nothing to read now, try again later. But when?");

        stage.step("Try again and again for 20 ms.");
        NativeMemory memory = stage.allocate(16);
        int tries = 0;
        int refused = 0;
        long processorBegin = THREADS.getCurrentThreadCpuTime();
        for (long end = System.nanoTime() + BUSY_NANOS; System.nanoTime() < end; tries++) {
            refused += stage.unseen.read(fd, memory, 0, 16) == -Errno.EAGAIN ? 1 : 0;
        }
        long processorNanos = THREADS.getCurrentThreadCpuTime() - processorBegin;
        stage.state(String.format(
                Locale.ROOT,
                "%d reads, %d of them EAGAIN; %.1f ms of processor time",
                tries,
                refused,
                processorNanos / 1e6));
        stage.notice("No read achieved anything. A busy loop takes all the processor time that it can get: on an idle"
                + " machine the whole 20 ms, on a busy one the share that other programs leave to it.");

        stage.step("One poll waits for both pipes. Another thread writes to B.");
        threads.start("writer", () -> {
            stage.unseen.poll(null, 0, PAUSE_MILLIS);
            stage.write(other.writeFd(), "y");
        });
        PollFds both = PollFds.of(stage).add(fd, PollFds.POLLIN).add(other.readFd(), PollFds.POLLIN);
        both.poll(-1);
        threads.await();
        stage.read(other.readFd(), 16);
        stage.notice(
                "One thread waited for two descriptors, slept meanwhile, and learned which one to read. select, poll,"
                        + " epoll and kqueue all do this; they differ in their interface and in their cost.");
    }
}
