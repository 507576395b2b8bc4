// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Races between real threads, on every mechanism through every binding; each takes {@code -Dpollux.race.millis}
 * milliseconds.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RaceTest {
    private static final long RACE_NANOS = TimeUnit.MILLISECONDS.toNanos(Long.getLong("pollux.race.millis", 500));

    @Parameter
    private Usable.Combination combination;

    private KernelPosix posix;
    private Descriptors descriptors;
    private Poller poller;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Background<?>> threads = new ArrayList<>();

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeEach
    void open() throws IOException {
        posix = new KernelPosix(Usable.syscalls(combination.binding()));
        descriptors = new Descriptors(posix);
        poller = combination.open();
    }

    @AfterEach
    void close() throws IOException {
        over.set(true);
        poller.close();
        descriptors.close();
    }

    // Threads.

    private interface Act {
        void run() throws Exception;
    }

    /** Does this again and again, in a thread of its own, until the race is over. */
    private Background<?> again(Act act) {
        return start(() -> {
            while (!over.get()) {
                act.run();
            }
            return null;
        });
    }

    private <T> Background<T> start(Callable<T> work) {
        Background<T> thread = Background.start(() -> {
            try {
                return work.call();
            } catch (Throwable failure) {
                over.set(true);
                poller.wakeup();
                throw failure;
            }
        });
        threads.add(thread);
        return thread;
    }

    /** Lets the threads race; then ends them, and throws what any of them threw. */
    private void race() throws Exception {
        Eventually.holdsWithin(RACE_NANOS, over::get);
        over.set(true);
        for (Background<?> thread : threads) {
            Eventually.until("the end of " + thread.thread(), () -> {
                poller.wakeup();
                return thread.isDone();
            });
        }
        for (Background<?> thread : threads) {
            thread.get();
        }
        threads.clear();
        over.set(false);
    }

    /** Waits for a random time, mostly a very short one. */
    private static void dawdle() {
        int turns = ThreadLocalRandom.current()
                .nextInt(1 << ThreadLocalRandom.current().nextInt(12));
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    private static boolean oneIn(int n) {
        return ThreadLocalRandom.current().nextInt(n) == 0;
    }

    /**
     * Finds deliveries that begin after the cancel of their registration has returned.
     *
     * <p>A handler that was already being called when cancel returned is allowed, and a test cannot distinguish it
     * from one that was called a moment later. But whatever was cancelled before the polling thread was last seen
     * outside of the library's delivery (before the poll, or at the end of the handler call before this one) must not
     * come any more.
     */
    private static final class CancelWatch {
        private final AtomicLong clock = new AtomicLong();
        private long lastSeen;

        final class Token {
            private final int fd;
            private final boolean ready;
            private volatile long cancelledAt = Long.MAX_VALUE;

            Token(int fd, boolean ready) {
                this.fd = fd;
                this.ready = ready;
            }

            /** Cancel has returned. */
            void cancelled() {
                cancelledAt = clock.incrementAndGet();
            }
        }

        /** On the polling thread, outside of the library. */
        void seen() {
            lastSeen = clock.get();
        }

        /** On the polling thread, at the beginning of a handler call. */
        void check(Registration registration, Readiness ready) {
            Token token = (Token) registration.attachment();
            assertThat(token.cancelledAt)
                    .as("an event of %s, which was cancelled", registration)
                    .isGreaterThan(lastSeen);
            assertThat(registration.fd()).isEqualTo(token.fd);
            assertThat(token.ready)
                    .as("%s is %s, but it was never ready", registration, ready)
                    .isTrue();
            assertThat(ready.isReadable()).isTrue();
            assertThat(ready.isInvalid()).isFalse();
        }

        void poll(Poller poller, long timeoutNanos) throws IOException {
            seen();
            poller.poll(timeoutNanos, (registration, ready) -> {
                check(registration, ready);
                seen();
            });
        }
    }

    // Races.

    /** Nothing else ends the other thread's wait, so a descriptor that the wait held would stay open. */
    @Test
    void aWaitHoldsNoDescriptorThatIsCancelledAndClosed() throws Exception {
        cancelAndCloseByThreads(1);
    }

    @Test
    void aWaitHoldsNoDescriptorThatSeveralThreadsCancelAndClose() throws Exception {
        cancelAndCloseByThreads(2);
    }

    private void cancelAndCloseByThreads(int count) throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        again(() -> poller.poll((registration, ready) -> {}));
        List<Background<?>> changers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changers.add(again(() -> {
                SocketPair pair = posix.socketPair();
                Registration registration = poller.register(pair.fd(), Interest.READ, Trigger.ONESHOT, null);
                dawdle();
                if (oneIn(4)) {
                    descriptors.write(pair.peerFd());
                }
                registration.cancel();
                posix.close(pair.fd());
                awaitEnd(pair.peerFd());
                posix.close(pair.peerFd());
                rounds.incrementAndGet();
            }));
        }

        Eventually.holdsWithin(RACE_NANOS, over::get);
        over.set(true);
        for (Background<?> changer : changers) { // race() would wake the poller, which then holds no descriptor
            Eventually.until("the end of " + changer.thread(), changer::isDone);
        }
        race();

        assertThat(poller.size()).isZero();
        assertThat(rounds).hasPositiveValue();
    }

    /** Usually the end is there at once, but a process that lists {@code /proc/PID/fd} keeps a file open for a moment. */
    private void awaitEnd(int fd) throws IOException {
        if (!endOfStream(fd)) {
            Eventually.until("the peer sees the end", () -> endOfStream(fd));
        }
    }

    private boolean endOfStream(int fd) throws IOException {
        try {
            return descriptors.read(fd, 1) == -1;
        } catch (SyscallException e) {
            return e.errno() == Errno.ECONNRESET; // what we had sent was not read
        }
    }

    @Test
    void noEventComesFromACancelledRegistrationThoughItsNumberIsUsedAgain() throws Exception {
        CancelWatch watch = new CancelWatch();
        again(() -> watch.poll(poller, oneIn(2) ? 0 : 1_000_000));
        for (int i = 0; i < 3; i++) {
            again(() -> {
                Pipe pipe = posix.pipe();
                CancelWatch.Token token = watch.new Token(pipe.readFd(), oneIn(2));
                if (token.ready) {
                    descriptors.write(pipe.writeFd());
                }
                Trigger trigger = oneIn(2) ? Trigger.LEVEL : Trigger.ONESHOT;
                Registration registration = poller.register(pipe.readFd(), Interest.READ, trigger, token);
                dawdle();
                registration.cancel();
                token.cancelled();
                posix.close(pipe.readFd());
                posix.close(pipe.writeFd());
            });
        }

        race();

        assertThat(poller.size()).isZero();
        assertThat(poller.poll(0, (registration, ready) -> {})).isZero();
    }

    @Test
    void afterAStormOfChangesTheStateIsExact() throws Exception {
        CancelWatch watch = new CancelWatch();
        Map<Integer, Interest> registered = new ConcurrentHashMap<>();
        Map<Integer, Boolean> ready = new ConcurrentHashMap<>();
        again(() -> watch.poll(poller, oneIn(2) ? -1 : 100_000));
        for (int i = 0; i < 4; i++) {
            List<Integer> mine = new ArrayList<>();
            for (int k = 0; k < 6; k++) {
                boolean isReady = k % 2 == 0;
                int fd = (isReady ? descriptors.readyPipe() : descriptors.pipe()).readFd();
                ready.put(fd, isReady);
                mine.add(fd);
            }
            CancelWatch.Token[] tokens = new CancelWatch.Token[mine.size()];
            again(() -> {
                int k = ThreadLocalRandom.current().nextInt(mine.size());
                int fd = mine.get(k);
                Registration registration = poller.registration(fd);
                if (registration == null) {
                    tokens[k] = watch.new Token(fd, ready.get(fd));
                    poller.register(fd, Interest.READ, oneIn(2) ? Trigger.LEVEL : Trigger.ONESHOT, tokens[k]);
                    registered.put(fd, Interest.READ);
                } else if (oneIn(3)) {
                    registration.cancel();
                    tokens[k].cancelled();
                    registered.remove(fd);
                } else {
                    Interest interest = oneIn(2) ? Interest.READ : Interest.NONE;
                    registration.modify(interest);
                    registered.put(fd, interest);
                }
            });
        }

        race();

        assertThat(poller.size()).isEqualTo(registered.size());
        Map<Integer, Interest> found = new ConcurrentHashMap<>();
        for (int fd : ready.keySet()) {
            Registration registration = poller.registration(fd);
            if (registration != null) {
                assertThat(registration.isValid()).isTrue();
                found.put(fd, registration.interest());
                registration.modify(registration.interest()); // also arms what has fired
            }
        }
        assertThat(found).isEqualTo(registered);
        List<Integer> events = new ArrayList<>();
        poller.poll(0, (registration, told) -> events.add(registration.fd()));
        assertThat(events)
                .containsExactlyInAnyOrderElementsOf(registered.keySet().stream()
                        .filter(fd -> ready.get(fd) && registered.get(fd) == Interest.READ)
                        .toList());
    }

    @Test
    void noWakeupIsLost() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        AtomicLong returned = new AtomicLong();
        AtomicLong wakeups = new AtomicLong();
        again(() -> {
            assertThat(poller.poll((registration, ready) -> {})).isZero();
            returned.incrementAndGet();
        });
        for (int i = 0; i < 3; i++) {
            again(() -> {
                long before = returned.get();
                poller.wakeup();
                wakeups.incrementAndGet();
                long startNanos = System.nanoTime();
                while (returned.get() == before && !over.get()) {
                    Thread.yield();
                    assertThat(System.nanoTime() - startNanos)
                            .as("nanoseconds since a wakeup that ended no poll")
                            .isLessThan(Eventually.DEADLINE_NANOS / 2);
                }
            });
        }

        race();

        assertThat(wakeups.get()).isPositive();
        assertThat(returned.get()).isPositive();
    }

    @Test
    void noInterruptIsLost() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        AtomicLong taken = new AtomicLong();
        CountDownLatch end = new CountDownLatch(1);
        Background<Void> polling = start(() -> {
            while (end.getCount() > 0) {
                assertThat(poller.poll((registration, ready) -> {})).isZero();
                assertThat(Thread.interrupted() || end.getCount() == 0)
                        .as("it was interrupted")
                        .isTrue();
                taken.incrementAndGet();
            }
            return null;
        });
        again(() -> {
            long before = taken.get();
            dawdle();
            polling.thread().interrupt();
            long startNanos = System.nanoTime();
            while (taken.get() == before && !polling.isDone()) {
                Thread.yield();
                assertThat(System.nanoTime() - startNanos)
                        .as("nanoseconds since an interrupt that ended no poll")
                        .isLessThan(Eventually.DEADLINE_NANOS / 2);
            }
        });

        Eventually.holdsWithin(RACE_NANOS, over::get);
        end.countDown();
        over.set(true);
        race();

        assertThat(taken.get()).isPositive();
    }

    @Test
    void interruptsAndWakeupsAndEventsTogetherLoseNothing() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        AtomicLong received = new AtomicLong();
        AtomicLong sent = new AtomicLong();
        Background<?> polling = start(() -> {
            while (!over.get() || received.get() < sent.get()) {
                poller.poll((registration, ready) -> received.addAndGet(descriptors.drain(registration.fd())));
                Thread.interrupted();
            }
            return null;
        });
        again(() -> {
            dawdle();
            polling.thread().interrupt();
        });
        again(poller::wakeup);
        again(() -> {
            sent.incrementAndGet();
            while (descriptors.write(pipe.writeFd(), 1) == 0) {
                Thread.yield();
            }
            long goal = sent.get();
            while (received.get() < goal && !polling.isDone()) {
                Thread.yield();
            }
        });

        race();

        assertThat(received.get()).isEqualTo(sent.get()).isPositive();
    }

    /** One thread polls; workers read one byte each time and arm again: the pattern that ONESHOT is for. */
    @Test
    void aOneshotHandsADescriptorToOneWorkerAtATime() throws Exception {
        record Connection(Pipe pipe, AtomicBoolean busy, AtomicInteger received) {}
        int bytes = 40;
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            connections.add(new Connection(descriptors.pipe(), new AtomicBoolean(), new AtomicInteger()));
        }
        for (Connection connection : connections) {
            poller.register(connection.pipe().readFd(), Interest.READ, Trigger.ONESHOT, connection);
        }
        LinkedBlockingQueue<Registration> work = new LinkedBlockingQueue<>();
        AtomicInteger rounds = new AtomicInteger();
        again(() -> poller.poll(-1, (registration, ready) -> {
            Connection connection = (Connection) registration.attachment();
            assertThat(connection.busy().getAndSet(true))
                    .as("%s fired again before it was armed", registration)
                    .isFalse();
            work.add(registration);
        }));
        for (int i = 0; i < 3; i++) {
            again(() -> {
                Registration registration = work.poll(1, TimeUnit.MILLISECONDS);
                if (registration != null) {
                    Connection connection = (Connection) registration.attachment();
                    assertThat(descriptors.read(registration.fd(), 1))
                            .as("%s fired, and a byte is there", registration)
                            .isEqualTo(1);
                    connection.received().incrementAndGet();
                    connection.busy().set(false);
                    registration.modify(Interest.READ);
                }
            });
        }
        again(() -> {
            for (Connection connection : connections) {
                connection.received().set(0);
                descriptors.write(connection.pipe().writeFd(), bytes);
            }
            for (Connection connection : connections) {
                long startNanos = System.nanoTime();
                while (connection.received().get() < bytes && !over.get()) {
                    Thread.yield();
                    assertThat(System.nanoTime() - startNanos)
                            .as("nanoseconds since an event was due on %s", connection)
                            .isLessThan(Eventually.DEADLINE_NANOS / 2);
                }
            }
            rounds.incrementAndGet();
        });

        race();

        assertThat(rounds.get()).as("rounds").isGreaterThan(1);
    }

    @Test
    void oneThreadAfterTheOtherPolls() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        Semaphore turn = new Semaphore(1, true);
        AtomicLong received = new AtomicLong();
        Queue<Thread> pollers = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 4; i++) {
            again(() -> {
                turn.acquire();
                try {
                    poller.poll(
                            5_000_000,
                            (registration, ready) -> received.addAndGet(descriptors.read(registration.fd(), 1)));
                    if (pollers.size() < 1000) {
                        pollers.add(Thread.currentThread());
                    }
                } finally {
                    turn.release();
                }
            });
        }
        long[] sent = {0};
        again(() -> {
            descriptors.write(pipe.writeFd());
            sent[0]++;
            long startNanos = System.nanoTime();
            while (received.get() < sent[0] && !over.get()) {
                Thread.yield();
                assertThat(System.nanoTime() - startNanos).isLessThan(Eventually.DEADLINE_NANOS / 2);
            }
        });

        race();

        received.addAndGet(descriptors.drain(pipe.readFd()));
        assertThat(received.get()).isEqualTo(sent[0]).isPositive();
        assertThat(pollers.stream().distinct().count()).isGreaterThan(1);
    }

    @Test
    void closeRacesWithEverythingElse() throws Exception {
        poller.close();
        Pipe[] pipes = {descriptors.readyPipe(), descriptors.pipe(), descriptors.pipe(), descriptors.pipe()};
        long before = Descriptors.openNow();
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < RACE_NANOS) {
            closeOnce(pipes);
        }

        Eventually.until("as many descriptors are open as before", () -> Descriptors.openNow() <= before);
    }

    private void closeOnce(Pipe[] pipes) throws Exception {
        poller = combination.open();
        Registration level = poller.register(pipes[0].readFd(), Interest.NONE);
        Registration silent = poller.register(pipes[1].readFd(), Interest.READ);
        CountDownLatch running = new CountDownLatch(5);
        untilClosed(running, () -> poller.poll(oneIn(2) ? -1 : 0, (registration, ready) -> {}));
        untilClosed(
                running, () -> poller.register(pipes[2].readFd(), Interest.READ).cancel());
        untilClosed(running, () -> {
            poller.size();
            poller.register(pipes[3].writeFd(), Interest.NONE).cancel();
        });
        untilClosed(running, () -> {
            level.modify(oneIn(2) ? Interest.READ : Interest.NONE);
            silent.modify(Interest.READ);
        });
        AtomicBoolean quiet = new AtomicBoolean();
        Background<?> waking = start(() -> {
            running.countDown();
            while (!quiet.get()) {
                poller.wakeup();
            }
            return null;
        });
        running.await();
        dawdle();
        dawdle();

        poller.close();

        // the numbers that the poller had are the lowest free ones
        List<Integer> heirs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Pipe pipe = posix.pipe();
            heirs.add(pipe.readFd());
            heirs.add(pipe.writeFd());
        }
        for (int i = 0; i < 50; i++) {
            Thread.yield();
        }
        quiet.set(true);
        for (Background<?> thread : threads) {
            thread.get();
        }
        threads.clear();
        assertThat(waking.isDone()).isTrue();
        for (int i = 0; i < heirs.size(); i += 2) {
            assertThat(descriptors.read(heirs.get(i), 8))
                    .as("what a late wakeup wrote")
                    .isZero();
        }
        for (int fd : heirs) {
            posix.close(fd);
        }
        assertThat(level.isValid()).isFalse();
        assertThat(silent.isValid()).isFalse();
    }

    /** Repeats an act until it throws ClosedPollerException; any other exception fails the test. */
    private void untilClosed(CountDownLatch running, Act act) {
        start(() -> {
            running.countDown();
            try {
                while (true) {
                    act.run();
                }
            } catch (ClosedPollerException e) {
                return null;
            }
        });
    }
}
