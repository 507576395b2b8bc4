// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures what a poll costs as the number of descriptors grows. */
final class Cost {
    private static final int MOST = 10_000;
    private static final int SPARE = 300;
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = 10_000_000;

    private Cost() {}

    static void ofPoll(Stage stage) throws IOException {
        measure(stage, false);
    }

    static void ofPollAndEpoll(Stage stage) throws IOException {
        measure(stage, true);
    }

    private static void measure(Stage stage, boolean epollToo) throws IOException {
        long limit = stage.behind.raiseDescriptorLimit().soft();
        Posix.Pipe quiet = stage.behind.pipe();
        Posix.Pipe ready = stage.behind.pipe();
        List<Integer> fds = new ArrayList<>();
        try {
            stage.behind.write(ready.writeFd(), stage.behind.allocate(1), 0, 1);
            stage.state(String.format(
                    Locale.ROOT, "%6s  %20s%s", "N", "microseconds: poll", epollToo ? "  epoll_wait" : ""));
            for (int n = 10; n <= MOST && n < limit - SPARE; n *= 10) {
                while (fds.size() < n - 1) {
                    fds.add(stage.behind.dup(quiet.readFd()));
                }
                double poll = poll(stage, fds, ready.readFd());
                String epoll =
                        epollToo ? String.format(Locale.ROOT, "  %10.1f", epoll(stage, fds, ready.readFd())) : "";
                stage.state(String.format(Locale.ROOT, "%6d  %20.1f%s", n, poll, epoll));
            }
        } finally {
            fds.addAll(List.of(quiet.readFd(), quiet.writeFd(), ready.readFd(), ready.writeFd()));
            fds.forEach(stage.unseen::close);
        }
    }

    private static double poll(Stage stage, List<Integer> fds, int readyFd) {
        PollFds array = PollFds.of(stage);
        fds.forEach(fd -> array.add(fd, PollFds.POLLIN));
        array.add(readyFd, PollFds.POLLIN);
        return microsPerCall(() -> stage.unseen.poll(array.memory(), array.size(), 0));
    }

    private static double epoll(Stage stage, List<Integer> fds, int readyFd) throws IOException {
        EpollList list = new EpollList(stage, stage.unseen);
        fds.forEach(fd -> list.add(fd, Epoll.EPOLLIN));
        list.add(readyFd, Epoll.EPOLLIN);
        NativeMemory events = stage.allocate(Epoll.layout().sizeBytes());
        double micros = microsPerCall(() -> stage.unseen.epollWait(list.epfd(), events, 1, 0));
        stage.closeBehind(list.epfd());
        return micros;
    }

    /** Returns the best of some rounds: other programs can only make a round slower. */
    private static double microsPerCall(Runnable call) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            long took;
            int count = 0;
            do {
                call.run();
                count++;
                took = System.nanoTime() - began;
            } while (took < ROUND_NANOS);
            best = Math.min(best, took / 1e3 / count);
        }
        return best;
    }
}
