// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Timespec;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Measures what a poll costs as the number of descriptors grows. */
final class Cost {
    private static final int MOST = 10_000;
    private static final int SPARE = 300;
    private static final int ROUNDS = 5;
    private static final long ROUND_NANOS = 10_000_000;

    /** Microseconds of one call that watches these idle descriptors and a ready one. */
    @FunctionalInterface
    private interface Measured {
        double micros(Stage stage, List<Integer> fds, int readyFd) throws IOException;
    }

    private record Curve(String call, Measured measured) {}

    private static final Curve SELECT = new Curve("pselect", Cost::select);
    private static final Curve POLL = new Curve("poll", Cost::poll);
    private static final Curve EPOLL = new Curve("epoll_wait", Cost::epoll);

    private Cost() {}

    static void ofPoll(Stage stage) throws IOException {
        measure(stage, List.of(POLL), 10, false);
    }

    static void ofPollAndEpoll(Stage stage) throws IOException {
        measure(stage, List.of(POLL, EPOLL), 10, false);
    }

    /** Returns how much the last curve has grown from its first to its last point. */
    static double oneReady(Stage stage) throws IOException {
        return measure(stage, List.of(SELECT, POLL, EPOLL), 2, false);
    }

    static void allReady(Stage stage) throws IOException {
        measure(stage, List.of(SELECT, POLL, EPOLL), 10, true);
    }

    static void withChanges(Stage stage) throws IOException {
        measure(stage, List.of(POLL, new Curve("epoll_ctl and epoll_wait", Cost::changedEpoll)), 10, false);
    }

    /** Shows how many bytes a question has. */
    static void sizes(Stage stage) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("N", "select: three sets", "poll", "epoll_wait, one ready"));
        for (int n = 10; n <= MOST; n *= 10) {
            rows.add(Stream.of(
                            n,
                            3 * FdSet.sizeBytes(n),
                            n * PollFd.SIZE,
                            Epoll.layout().sizeBytes())
                    .map(bytes -> String.format("%6d", bytes))
                    .toList());
        }
        stage.show(new Fact.Table(List.of(6, 18, 8), rows));
    }

    private static double measure(Stage stage, List<Curve> curves, int factor, boolean areAllReady) throws IOException {
        long limit = stage.behind.raiseDescriptorLimit().soft();
        Posix.Pipe quiet = stage.behind.pipe();
        Posix.Pipe ready = stage.behind.pipe();
        List<Integer> fds = new ArrayList<>();
        double first = 0;
        double last = 0;
        try {
            stage.behind.write(ready.writeFd(), stage.behind.allocate(1), 0, 1);
            stage.show(new Fact.Plot(curves.stream().map(Curve::call).toList()));
            for (int n = 10; n <= MOST && n < limit - SPARE; n *= factor) {
                while (fds.size() < n - 1) {
                    fds.add(stage.behind.dup(areAllReady ? ready.readFd() : quiet.readFd()));
                }
                List<Double> micros = new ArrayList<>();
                for (Curve each : curves) {
                    micros.add(each.measured.micros(stage, fds, ready.readFd()));
                }
                stage.show(new Fact.Point(n, micros));
                last = micros.get(micros.size() - 1);
                first = first == 0 ? last : first;
            }
        } finally {
            fds.addAll(List.of(quiet.readFd(), quiet.writeFd(), ready.readFd(), ready.writeFd()));
            fds.forEach(stage.unseen::close);
        }
        return last / first;
    }

    /** The bits are set again before each call, as a program must. */
    private static double select(Stage stage, List<Integer> fds, int readyFd) {
        int nfds = Math.max(readyFd, fds.get(fds.size() - 1)) + 1;
        int sizeBytes = FdSet.sizeBytes(nfds);
        NativeMemory master = stage.allocate(sizeBytes);
        fds.forEach(fd -> FdSet.set(master.buffer(), fd));
        FdSet.set(master.buffer(), readyFd);
        NativeMemory set = stage.allocate(sizeBytes);
        NativeMemory zero = stage.allocate(Timespec.SIZE);
        return microsPerCall(() -> {
            set.copyFrom(master, sizeBytes);
            stage.unseen.pselect(nfds, set, null, null, zero);
        });
    }

    private static double poll(Stage stage, List<Integer> fds, int readyFd) {
        PollFds array = PollFds.of(stage);
        fds.forEach(fd -> array.add(fd, PollFds.POLLIN));
        array.add(readyFd, PollFds.POLLIN);
        return microsPerCall(() -> stage.unseen.poll(array.memory(), array.size(), 0));
    }

    private static double epoll(Stage stage, List<Integer> fds, int readyFd) throws IOException {
        return epoll(stage, fds, readyFd, false);
    }

    private static double changedEpoll(Stage stage, List<Integer> fds, int readyFd) throws IOException {
        return epoll(stage, fds, readyFd, true);
    }

    private static double epoll(Stage stage, List<Integer> fds, int readyFd, boolean isChanged) throws IOException {
        EpollList list = new EpollList(stage, stage.unseen);
        fds.forEach(fd -> list.add(fd, Epoll.EPOLLIN));
        list.add(readyFd, Epoll.EPOLLIN);
        int room = fds.size() + 1;
        NativeMemory events = stage.allocate(room * Epoll.layout().sizeBytes());
        double micros = microsPerCall(() -> {
            if (isChanged) {
                list.modify(readyFd, Epoll.EPOLLIN);
            }
            stage.unseen.epollWait(list.epfd(), events, room, 0);
        });
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
