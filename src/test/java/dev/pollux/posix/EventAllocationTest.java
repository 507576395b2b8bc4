// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done for each event makes no garbage: the last of several warm rounds allocates not one byte. */
class EventAllocationTest extends EventFixture {
    private static final int ROUNDS = 8;
    private static final int ROUNDS_AT_MOST = 30;
    private static final int CALLS = 5_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Call {
        void call() throws IOException;
    }

    @BeforeEach
    void open() throws IOException {
        super.open();
        assumeThat(combination.mechanism())
                .as("none of them polls, so one mechanism is enough")
                .isEqualTo(Mechanism.EPOLL);
        assumeThat(THREADS.isThreadAllocatedMemorySupported())
                .as("this JVM counts what a thread allocates")
                .isTrue();
        THREADS.setThreadAllocatedMemoryEnabled(true);
    }

    private static void assertNothingIsAllocated(Call call) throws IOException {
        long thread = Thread.currentThread().getId();
        long bytes = -1;
        for (int round = 0; round < ROUNDS || bytes > 0 && round < ROUNDS_AT_MOST; round++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < CALLS; i++) {
                call.call();
            }
            bytes = THREADS.getThreadAllocatedBytes(thread) - before;
        }
        assertThat(bytes).as("bytes in %d calls", CALLS).isZero();
    }

    @Test
    void readingATimerMakesNoGarbage() throws IOException {
        int timer = descriptors.opened(posix.timers().timerfd());
        Duration delay = Duration.ofNanos(1);
        assertNothingIsAllocated(() -> {
            posix.timers().armAfter(timer, delay);
            posix.timers().expirations(timer);
        });
    }

    @Test
    void readingASignalMakesNoGarbage() throws IOException {
        Signals signals = posix.signals();
        signals.block(Signals.SIGUSR1);
        try {
            int fd = descriptors.opened(signals.signalfd(Signals.SIGUSR1));
            Syscalls calls = Usable.syscalls(combination.binding());
            assertNothingIsAllocated(() -> {
                calls.raise(Signals.SIGUSR1);
                signals.read(fd);
                signals.read(fd);
            });
        } finally {
            signals.unblock(Signals.SIGUSR1);
        }
    }

    @Test
    void readingFileEventsMakesNoGarbage(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        int inotify = descriptors.opened(posix.fileWatches().inotify());
        posix.fileWatches().add(inotify, folder, FileWatches.IN_MODIFY);
        FileWatches.Events events = posix.fileWatches().events(inotify);
        NativeMemory text = posix.allocate(1);
        int fd = descriptors.opened(posix.open(file, Fcntl.O_WRONLY));
        assertNothingIsAllocated(() -> {
            posix.write(fd, text, 0, 1);
            while (events.next()) {
                if (!events.is(FileWatches.IN_MODIFY) || events.wd() < 0 || events.cookie() != 0) {
                    throw new AssertionError(events.mask());
                }
            }
        });
    }
}
