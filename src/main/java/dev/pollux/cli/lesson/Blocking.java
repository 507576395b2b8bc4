// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;

/** Why poll at all. */
final class Blocking {
    private static final int PAUSE_MILLIS = 200;
    private static final long BUSY_NANOS = 20_000_000;

    private Blocking() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe pipe = stage.pipe("A");
        Posix.Pipe other = stage.pipe("B");
        int fd = pipe.readFd();

        stage.step("The read end of A is made blocking, and another thread reads from the empty pipe. After "
                + PAUSE_MILLIS + " ms this thread writes a byte. (A poll of nothing is the oldest way to pause.)");
        stage.posix.setNonBlocking(fd, false);
        LessonThreads threads = new LessonThreads();
        threads.start("reader", () -> stage.read(fd, 16));
        stage.calls.poll(null, 0, PAUSE_MILLIS);
        stage.write(pipe.writeFd(), "x");
        threads.await();
        stage.notice("The read took as long as there was nothing to read: see the seconds at its end. The thread could"
                + " do nothing else, and with a second pipe it would need a second thread.");

        stage.step("Now O_NONBLOCK, and a read from the empty pipe.");
        stage.posix.setNonBlocking(fd, true);
        stage.read(fd, 16);
        stage.notice("The read returns at once: EAGAIN means nothing there now, try again. But when?");

        stage.step("Try again and again, for 20 ms.");
        NativeMemory memory = stage.allocate(16);
        int tries = 0;
        int vain = 0;
        for (long end = System.nanoTime() + BUSY_NANOS; System.nanoTime() < end; tries++) {
            vain += stage.unseen.read(fd, memory, 0, 16) == -Errno.EAGAIN ? 1 : 0;
        }
        stage.state(tries + " reads, " + vain + " of them EAGAIN");
        stage.notice("All that work for nothing: a busy loop burns a whole processor.");

        stage.step("So ask the kernel to wait, for both pipes at once. The other thread writes to B.");
        threads.start("writer", () -> {
            stage.unseen.poll(null, 0, PAUSE_MILLIS);
            stage.write(other.writeFd(), "y");
        });
        PollFds both = PollFds.of(stage).add(fd, PollFds.POLLIN).add(other.readFd(), PollFds.POLLIN);
        both.poll(-1);
        threads.await();
        stage.read(other.readFd(), 16);
        stage.notice("One thread slept on two descriptors, used no processor, and was told which one to read. That is"
                + " what select, poll, epoll and kqueue are for; they differ in how one asks and in what it costs.");
    }
}
