// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Epoll;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** Shows which of many waiting threads one connection wakes. */
final class Herd {
    private static final int THREADS = 4;
    private static final int SETTLE_MILLIS = 100;
    /** The timeout of waits that the connection ends. */
    private static final int WAIT_MILLIS = 10_000;

    /** The timeout of threads that the connection does not wake; the lesson takes as long. */
    private static final int SLEEP_MILLIS = 1_000;

    private static final List<String> NAMES = IntStream.rangeClosed(1, THREADS)
            .mapToObj(number -> "thread " + number)
            .toList();

    /** Waits on the thread with this number; returns a positive number if the connection woke it. */
    @FunctionalInterface
    private interface Wait {
        int await(int number) throws IOException;
    }

    private final Stage stage;
    private final int listener;
    private final SocketAddress address;

    private Herd(Stage stage) throws IOException {
        this.stage = stage;
        listener = Loopback.listener(stage);
        address = stage.behind.localAddress(listener);
    }

    static void play(Stage stage) throws IOException {
        Herd herd = new Herd(stage);
        stage.text(THREADS + " threads wait for the listening socket " + herd.listener
                + ". Then one client connects. No thread accepts before all waits have returned, so that every thread"
                + " that wakes is shown. The line of a call appears when the call returns.");
        herd.polls();
        herd.epolls(Epoll.EPOLLIN, WAIT_MILLIS, "Each thread has its own epoll with the socket on its list.");
        stage.notice("epoll alone does not help: the connection wakes the thread of each of the four lists.");
        herd.epolls(Epoll.EPOLLIN | Epoll.EPOLLEXCLUSIVE, SLEEP_MILLIS, "The same with EPOLLEXCLUSIVE (Linux 4.5).");
        stage.notice(
                "The kernel promises to wake at least one thread, and usually wakes no other. The others slept until"
                        + " their timeout.");
        herd.sharedEdge();
        herd.pollers();
    }

    private void polls() throws IOException {
        stage.ask("How many threads will one connection wake?", 0, 1, 2, 3, 4);
        stage.step("All threads wait in poll.");
        NativeMemory[] fds = new NativeMemory[THREADS];
        for (int i = 0; i < THREADS; i++) {
            fds[i] = PollFds.of(stage).add(listener, PollFds.POLLIN).memory();
        }
        connectWhileAllWait(number -> stage.calls.poll(fds[number], 1, WAIT_MILLIS));
        stage.notice("This is the thundering herd: one connection wakes all threads, one thread gets it, and accept"
                + " returns EAGAIN to the others. With a blocking socket they would block in accept.");
    }

    private void epolls(int events, int timeoutMillis, String what) throws IOException {
        stage.ask("How many threads will one connection wake?", 0, 1, 2, 3, 4);
        stage.step(what);
        EpollList[] lists = new EpollList[THREADS];
        for (int i = 0; i < THREADS; i++) {
            lists[i] = new EpollList(stage, stage.unseen);
            if (stage.calls.epollCtl(lists[i].epfd(), Epoll.EPOLL_CTL_ADD, listener, event(events)) < 0) {
                stage.text("This kernel does not support EPOLLEXCLUSIVE.");
                return;
            }
        }
        connectWhileAllWait(number -> stage.calls.epollWait(lists[number].epfd(), room(), 1, timeoutMillis));
        for (EpollList each : lists) {
            stage.closeBehind(each.epfd());
        }
    }

    private void sharedEdge() throws IOException {
        stage.ask("How many threads will one connection wake?", 0, 1, 2, 3, 4);
        stage.step("All threads wait on the same epoll, edge-triggered.");
        EpollList shared = new EpollList(stage, stage.unseen);
        stage.calls.epollCtl(shared.epfd(), Epoll.EPOLL_CTL_ADD, listener, event(Epoll.EPOLLIN | Epoll.EPOLLET));
        connectWhileAllWait(number -> stage.calls.epollWait(shared.epfd(), room(), 1, SLEEP_MILLIS));
        stage.notice("One edge wakes one thread, which must accept until EAGAIN.");
    }

    private void pollers() throws IOException {
        stage.ask("How many threads will one connection wake?", 0, 1, 2, 3, 4);
        stage.step("EPOLLEXCLUSIVE again, through Pollux: four pollers and registerExclusive.");
        boolean[] isShown = {false};
        List<Poller> pollers = new ArrayList<>();
        try {
            for (int i = 0; i < THREADS; i++) {
                pollers.add(Pollers.builder()
                        .mechanism(Mechanism.EPOLL)
                        .trace(line -> {
                            if (isShown[0]) {
                                stage.traced(line);
                            }
                        })
                        .open());
            }
            isShown[0] = true;
            if (!pollers.get(0).supportsExclusive()) {
                stage.text("This kernel does not support EPOLLEXCLUSIVE.");
                return;
            }
            exclusive(pollers);
            isShown[0] = false;
        } finally {
            for (Poller each : pollers) {
                each.close();
            }
        }
    }

    private void exclusive(List<Poller> pollers) throws IOException {
        for (Poller each : pollers) {
            each.registerExclusive(listener, Interest.READ, Trigger.LEVEL, null);
        }
        connectWhileAllWait(number -> pollers.get(number).poll(SLEEP_MILLIS * 1_000_000L, (registration, ready) -> {}));
        stage.notice("Each poller first tests whether the kernel knows the flag: only then EPOLL_CTL_MOD with it fails."
                + " Pollux omits EPOLLRDHUP here, because the kernel refuses the two flags together.");
        stage.text("The interest changes. The kernel refuses EPOLL_CTL_MOD for such an entry.");
        pollers.get(0).registration(listener).modify(Interest.READ);
        stage.notice("So Pollux removes the entry from the list and adds it again.");
    }

    private NativeMemory event(int events) {
        NativeMemory event = stage.allocate(Epoll.layout().sizeBytes());
        event.putInt(Epoll.layout().eventsOffset(), events);
        event.putLong(Epoll.layout().dataOffset(), listener);
        return event;
    }

    private NativeMemory room() {
        return stage.allocate(Epoll.layout().sizeBytes());
    }

    private void connectWhileAllWait(Wait wait) throws IOException {
        List<Integer> woken = new CopyOnWriteArrayList<>();
        LessonThreads threads = new LessonThreads();
        IntStream.range(0, THREADS)
                .forEach(number -> threads.start(NAMES.get(number), () -> {
                    if (wait.await(number) > 0) {
                        woken.add(number);
                    }
                }));
        stage.unseen.poll(null, 0, SETTLE_MILLIS);
        stage.show(new Fact.Threads(NAMES, List.of(), false));
        connect();
        threads.await();
        for (int i = 0; i < woken.size(); i++) {
            int fd = stage.calls.accept(listener);
            if (fd >= 0) {
                stage.unseen.close(fd);
            }
        }
        stage.show(
                new Fact.Threads(NAMES, woken.stream().sorted().map(NAMES::get).toList(), true));
        stage.seen(woken.size());
    }

    private void connect() throws IOException {
        int fd = stage.opened(stage.behind.streamSocket(StandardProtocolFamily.INET));
        try {
            stage.posix.connect(fd, address);
        } catch (SyscallException e) {
            throw new IOException("cannot connect to the listening socket: " + e.getMessage(), e);
        }
    }
}
