// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.SyscallException;
import dev.pollux.Usable;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopTest {
    private static final Duration AN_HOUR = Duration.ofHours(1);

    @Parameter
    private Usable.Combination combination;

    private Descriptors descriptors;
    private KernelPosix posix;
    private Poller poller;
    private EventLoop loop;

    /** What happened, in order. */
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeEach
    void open() throws IOException {
        posix = new KernelPosix(Usable.syscalls(combination.binding()));
        descriptors = new Descriptors(posix);
        poller = combination.open();
        loop = new EventLoop(poller);
        loop.onException(e -> {
            throw new AssertionError("unexpected", e);
        });
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        descriptors.close();
    }

    private Runnable says(String what) {
        return () -> happened.add(what);
    }

    private Watch.Callback says(String what, Watch.Callback then) {
        return (watch, ready) -> {
            happened.add(what);
            then.ready(watch, ready);
        };
    }

    private Background<Void> runInBackground() {
        Background<Void> background = Background.start(() -> {
            loop.run();
            return null;
        });
        Eventually.until("the loop runs", () -> background.isDone() || isRunning());
        return background;
    }

    private boolean isRunning() {
        try {
            CountDownLatch ran = new CountDownLatch(1);
            loop.execute(ran::countDown);
            return ran.await(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs one round, with all ready descriptors, due timers and queued tasks. */
    private void runOnce() throws IOException {
        loop.execute(loop::stop);
        loop.run();
    }

    // Descriptors.

    @Test
    void aReadableDescriptorCallsBackUntilItIsRead() throws IOException {
        Pipe pipe = descriptors.pipe();
        descriptors.write(pipe.writeFd(), 3);
        Watch watched = loop.onReadable(pipe.readFd(), (watch, ready) -> {
            assertThat(watch.fd()).isEqualTo(pipe.readFd());
            assertThat(ready.isReadable()).isTrue();
            happened.add("read " + descriptors.read(pipe.readFd(), 1));
            if (happened.size() == 3) {
                loop.stop();
            }
        });

        loop.run();
        runOnce();

        assertThat(happened).containsExactly("read 1", "read 1", "read 1");
        assertThat(watched.fd()).isEqualTo(pipe.readFd());
    }

    @Test
    void aWritableDescriptorCallsBackUntilItIsCancelled() throws IOException {
        Pipe pipe = descriptors.pipe();
        loop.onWritable(pipe.writeFd(), says("writable", (watch, ready) -> {
            assertThat(ready).isEqualTo(ReadyBits.readiness(ReadyBits.WRITABLE));
            if (happened.size() == 2) {
                watch.cancel();
                descriptors.close(watch.fd());
                loop.stop();
            }
        }));

        loop.run();
        runOnce();

        assertThat(happened).containsExactly("writable", "writable");
        assertThat(poller.size()).isZero();
    }

    @Test
    void bothCallbacksOfOneDescriptorAreCalledTheReadableOneFirst() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        loop.onWritable(pair.fd(), says("writable", (watch, ready) -> {}))
                .onReadable(says("readable", (watch, ready) -> {}));

        runOnce();

        assertThat(happened).containsExactly("readable", "writable");
    }

    @Test
    void aCallbackRemovedByTheReadableOneIsNotCalledForTheSameEvent() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        loop.onReadable(pair.fd(), says("readable", (watch, ready) -> watch.stopWriting()))
                .onWritable(says("writable", (watch, ready) -> {}));
        runOnce();
        assertThat(happened).containsExactly("readable");

        SocketPair other = descriptors.socketPair();
        descriptors.write(other.peerFd());
        loop.onReadable(other.fd(), says("cancels", (watch, ready) -> watch.cancel()))
                .onWritable(says("cancelled", (watch, ready) -> {}));
        runOnce();
        assertThat(happened).contains("cancels").doesNotContain("cancelled");
    }

    @Test
    void aNullCallbackIsRefusedWithTheMethodThatRemovesOneAndChangesNothing() throws IOException {
        SocketPair pair = descriptors.socketPair();
        Watch watch = loop.onWritable(pair.fd(), says("writable", (each, ready) -> {}));

        assertThatThrownBy(() -> watch.onReadable(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("the callback is null; to remove it, call stopReading()");
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(() -> watch.onWritable(null), () -> watch.onConnected(null))) {
            assertThatThrownBy(call)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("the callback is null; to remove it, call stopWriting()");
        }

        runOnce();
        assertThat(happened).containsExactly("writable");
    }

    @Test
    void stopReadingAndStopWritingRemoveOneCallbackAndKeepTheOther() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Watch watch = loop.onReadable(pair.fd(), says("readable", (each, ready) -> {}))
                .onWritable(says("writable", (each, ready) -> {}));
        assertThat(watch.stopWriting().stopWriting()).isSameAs(watch);
        runOnce();
        assertThat(happened).containsExactly("readable");

        watch.onConnected(says("connected", (each, ready) -> {})).stopReading().stopReading();
        runOnce();
        assertThat(happened).containsExactly("readable", "connected");

        watch.onConnected(says("connected", (each, ready) -> {})).stopWriting();
        runOnce();
        assertThat(happened).containsExactly("readable", "connected");
    }

    @Test
    void aWatchWithoutCallbacksIsSilentUntilItGetsOne() throws IOException {
        SocketPair pair = descriptors.socketPair();
        Watch watch = loop.onWritable(pair.fd(), says("writable", (each, ready) -> {}));
        watch.stopWriting();
        descriptors.close(pair.peerFd());
        runOnce();
        assertThat(happened).isEmpty();

        watch.onReadable(says("readable", (each, ready) -> each.onReadable(says("another", (same, again) -> {}))));
        runOnce();
        runOnce();
        assertThat(happened).containsExactly("readable", "another");
    }

    @Test
    void aCallbackThatCancelsAllOthersIsTheOnlyOneOfItsRound() throws IOException {
        List<Watch> watches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            watches.add(loop.onReadable(descriptors.readyPipe().readFd(), says("the first", (watch, ready) -> {
                for (Watch each : watches) {
                    each.cancel();
                    descriptors.close(each.fd());
                }
            })));
        }

        runOnce();
        runOnce();

        assertThat(happened).containsExactly("the first");
    }

    @Test
    void aDescriptorThatIsWatchedInACallbackIsCalledForInALaterRound() throws IOException {
        loop.onReadable(descriptors.readyPipe().readFd(), says("one", (watch, ready) -> {
            watch.cancel();
            loop.onReadable(descriptors.readyPipe().readFd(), says("other", (other, readyToo) -> loop.stop()));
        }));

        loop.run();

        assertThat(happened).containsExactly("one", "other");
    }

    @Test
    void anotherThreadMayWatchChangeAndCancelWhileTheLoopWaits() throws Exception {
        Background<Void> running = runInBackground().awaitInKernel();
        SocketPair pair = descriptors.socketPair();

        Watch watch = loop.onReadable(pair.fd(), says("readable", (each, ready) -> descriptors.drain(each.fd())));
        running.awaitInKernel();
        descriptors.write(pair.peerFd());
        Eventually.until("it is read", () -> happened.contains("readable"));

        watch.onWritable((each, ready) -> {
            each.stopWriting(); // before this thread may cancel
            happened.add("writable");
        });
        Eventually.until("it is written", () -> happened.contains("writable"));

        watch.cancel();
        descriptors.write(pair.peerFd());
        assertThat(isRunning()).isTrue();
        loop.stop();
        running.get();

        assertThat(happened).containsExactly("readable", "writable");
    }

    @Test
    void aWatchChangedByTwoThreadsHasTheInterestOfItsCallbacks() throws Exception {
        Background<Void> running = runInBackground();
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        Watch.Callback nothing = (watch, ready) -> {};
        Watch watch = loop.onReadable(pair.fd(), nothing);
        Interest[] asked = {Interest.NONE, Interest.READ, Interest.READ_WRITE, Interest.WRITE};
        AtomicInteger changes = new AtomicInteger();
        AtomicInteger rounds = new AtomicInteger();

        Background<Void> reader = Background.start(() -> {
            for (int n = 0; n < 1000; n++) {
                int i = n;
                Watch asks = i % 4 == 1 || i % 4 == 2 ? watch.onReadable(nothing) : watch.stopReading();
                assertThat(asks).isSameAs(watch);
                changes.incrementAndGet();
                awaitSpinning(() -> rounds.get() > i);
            }
            return null;
        });
        Background<Void> writer = Background.start(() -> {
            for (int n = 0; n < 1000; n++) {
                int i = n;
                Watch asks = i % 4 >= 2 ? watch.onWritable(nothing) : watch.stopWriting();
                assertThat(asks).isSameAs(watch);
                awaitSpinning(() -> changes.get() > i);
                assertThat(poller.registration(pair.fd()).interest()).isEqualTo(asked[i % 4]);
                rounds.incrementAndGet();
            }
            return null;
        });
        writer.get();
        reader.get();

        loop.stop();
        running.get();
    }

    /** Without a pause, so that both threads begin at the same moment. */
    private static void awaitSpinning(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > Eventually.DEADLINE_NANOS) {
                throw new AssertionError("the other thread does not come");
            }
            Thread.yield();
        }
    }

    @Test
    void misuseIsRefusedWithAMessageAndLeavesNothingBehind() throws IOException {
        int fd = descriptors.pipe().readFd();
        Watch.Callback nothing = (watch, ready) -> {};
        Watch watch = loop.onReadable(fd, nothing);

        assertThatThrownBy(() -> loop.onWritable(fd, nothing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("already registered");
        assertThatThrownBy(() -> loop.onReadable(-1, nothing)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> loop.onReadable(fd, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.onReadable(descriptors.closedNumber(), nothing))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("EBADF");
        assertThatThrownBy(() -> loop.execute(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.schedule(AN_HOUR, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.scheduleAtFixedRate(AN_HOUR, Duration.ZERO, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the period must be positive, not PT0S");
        assertThatThrownBy(() -> loop.scheduleAtFixedRate(AN_HOUR, Duration.ofNanos(-1), () -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(poller.size()).isEqualTo(1);

        watch.cancel();
        watch.cancel();
        assertThatThrownBy(() -> watch.onReadable(nothing)).isInstanceOf(IllegalStateException.class);
        assertThat(poller.size()).isZero();
    }

    @Test
    void aDescriptorClosedUnderItsWatchGoesToTheExceptionHandlerWhereTheKernelReportsIt() throws IOException {
        Pipe pipe = descriptors.pipe();
        loop.onReadable(pipe.readFd(), says("called", (watch, ready) -> {}));
        loop.onException(e -> happened.add(e.getMessage()));
        descriptors.close(pipe.readFd());

        runOnce();
        runOnce();

        boolean told = combination.mechanism() != Mechanism.EPOLL && combination.mechanism() != Mechanism.KQUEUE;
        assertThat(happened)
                .isEqualTo(
                        told
                                ? List.of("descriptor " + pipe.readFd() + " was closed before its watch was cancelled")
                                : List.of());
    }

    // Connecting.

    @Test
    void aConnectThatSucceedsCallsBackOnceAndTheWatchCanReadAfterwards() throws IOException {
        int listener = descriptors.listener(1);
        int client = descriptors.tcpSocket();
        posix.connect(client, posix.localAddress(listener));
        loop.onConnected(client, says("connected", (watch, ready) -> {
            assertThat(ready.isWritable()).isTrue();
            assertThat(posix.socketError(client)).isZero();
            descriptors.write(descriptors.accept(listener));
            watch.onReadable(says("readable", (same, readyToo) -> loop.stop()));
        }));

        loop.run();

        assertThat(happened).containsExactly("connected", "readable");
    }

    @Test
    void aRefusedConnectCallsBackOnceAndTheSocketHasTheError() throws IOException {
        int notListening = descriptors.bound(descriptors.tcpSocket());
        int client = descriptors.tcpSocket();
        try {
            posix.connect(client, posix.localAddress(notListening));
        } catch (SyscallException refusedAtOnce) {
            assumeThat(refusedAtOnce)
                    .as("a connect that is not refused at once")
                    .isNull();
        }
        loop.onConnected(client, says("over", (watch, ready) -> {
            assertThat(posix.socketError(client)).isNotZero();
            loop.stop();
        }));

        loop.run();
        runOnce();

        assertThat(happened).containsExactly("over");
    }

    @Test
    void aSecondConnectOnTheSameWatchCallsBackAgain() throws IOException {
        int first = descriptors.pipe().writeFd();
        Watch watch = loop.onConnected(first, says("first", (each, ready) -> {}));
        runOnce();
        watch.onConnected(says("second", (each, ready) -> {}));
        runOnce();
        runOnce();
        watch.onWritable(says("writable", (each, ready) -> {}));
        runOnce();
        runOnce();

        assertThat(happened).containsExactly("first", "second", "writable", "writable");
    }

    @Test
    void aChannelIsWatchedOrTheRefusalNamesTheMissingFlag() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        try (java.nio.channels.Pipe.SourceChannel source = pipe.source();
                java.nio.channels.Pipe.SinkChannel sink = pipe.sink()) {
            source.configureBlocking(false);
            sink.configureBlocking(false);
            try {
                loop.onWritable(sink, says("writable", (watch, ready) -> {
                    watch.cancel();
                    sink.write(ByteBuffer.allocate(1));
                }));
            } catch (UnsupportedOperationException e) {
                assertThat(e).hasMessageContaining("--add-opens java.base/sun.nio.ch=ALL-UNNAMED");
                System.out.println("skipped: channels on an event loop: " + e.getMessage());
                return;
            }
            loop.onReadable(source, says("readable", (watch, ready) -> {
                watch.cancel();
                loop.onConnected(sink, says("once", (other, readyToo) -> loop.stop()));
            }));

            loop.run();
            runOnce();

            assertThat(happened).containsExactly("writable", "readable", "once");
        }
    }

    // Timers.

    @Test
    void aTimerRunsOnceAndNeverEarly() throws IOException {
        for (long delayNanos : new long[] {0, 1, 1000, 100_000, 3_000_000}) {
            long startNanos = System.nanoTime();
            loop.schedule(Duration.ofNanos(delayNanos), () -> {
                assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(delayNanos);
                happened.add("timer");
                loop.stop();
            });
            loop.run();
        }
        runOnce();

        assertThat(happened).hasSize(5);
    }

    @Test
    void negativeAndEndlessDelaysAreClamped() throws IOException {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        loop.schedule(Duration.ofNanos(Long.MAX_VALUE), says("never"));
        loop.schedule(endless, says("never"));
        loop.scheduleAtFixedRate(endless, endless, says("never"));
        loop.schedule(Duration.ofNanos(-1), says("at once"));
        loop.schedule(Duration.ofSeconds(Long.MIN_VALUE), loop::stop);

        loop.run();

        assertThat(happened).containsExactly("at once");
    }

    @Test
    void aCancelledTimerDoesNotRunAndCancelTellsWhetherItWouldHave() throws IOException {
        Timer[] timers = new Timer[3];
        timers[0] = loop.schedule(Duration.ZERO, () -> {
            happened.add("0");
            assertThat(timers[0].cancel()).as("itself, running").isFalse();
            assertThat(timers[1].cancel()).as("the next").isTrue();
            assertThat(timers[1].cancel()).as("again").isFalse();
        });
        timers[1] = loop.schedule(Duration.ZERO, says("1"));
        timers[2] = loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofNanos(1), () -> {
            happened.add("2");
            if (happened.size() == 4) {
                assertThat(timers[2].cancel()).isTrue();
                loop.stop();
            }
        });

        loop.run();
        runOnce();

        assertThat(happened).containsExactly("0", "2", "2", "2");
        assertThat(timers[2].cancel()).isFalse();
    }

    @Test
    void aWaitingLoopNoticesATimerOfAnotherThreadAndItsCancel() throws Exception {
        Timer late = loop.schedule(AN_HOUR, says("late"));
        Background<Void> running = runInBackground().awaitInKernel();

        Timer first = loop.schedule(AN_HOUR.dividedBy(2), says("first"));
        running.awaitInKernel();
        loop.schedule(Duration.ofMillis(1), says("timer"));
        Eventually.until("it comes", () -> happened.contains("timer"));
        assertThat(first.cancel()).isTrue();
        assertThat(late.cancel()).isTrue();
        running.awaitInKernel();
        loop.stop();
        running.get();

        assertThat(happened).containsExactly("timer");
    }

    @Test
    void aTimerThatReschedulesItselfWithoutDelayDoesNotStarveDescriptors() throws IOException {
        loop.schedule(Duration.ZERO, new Runnable() {
            @Override
            public void run() {
                loop.schedule(Duration.ZERO, this);
            }
        });
        loop.execute(new Runnable() {
            @Override
            public void run() {
                loop.execute(this);
            }
        });
        loop.onReadable(descriptors.readyPipe().readFd(), says("readable", (watch, ready) -> loop.stop()));

        loop.run();

        assertThat(happened).containsExactly("readable");
    }

    @Test
    void aFixedRateDoesNotDrift() throws IOException {
        long periodNanos = 500_000;
        long startNanos = System.nanoTime();
        int[] ticks = {0};
        loop.scheduleAtFixedRate(Duration.ofNanos(periodNanos), Duration.ofNanos(periodNanos), () -> {
            ticks[0]++;
            assertThat(System.nanoTime() - startNanos)
                    .as("tick %d", ticks[0])
                    .isGreaterThanOrEqualTo(ticks[0] * periodNanos);
            if (ticks[0] == 20) {
                loop.stop();
            }
        });

        loop.run();

        assertThat(ticks[0]).isEqualTo(20);
    }

    @Test
    void aFixedRateThatFallsBehindSkipsMissedPeriods() throws IOException {
        long periodNanos = 1_000_000;
        int missed = 20;
        List<Long> ticks = new ArrayList<>();
        loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofNanos(periodNanos), () -> {
            ticks.add(System.nanoTime());
            if (ticks.size() == 1) {
                while (System.nanoTime() - ticks.get(0) < missed * periodNanos) {
                    Thread.onSpinWait();
                }
            } else if (ticks.size() == 10) {
                loop.stop();
            }
        });

        loop.run();

        for (int i = 2; i < ticks.size(); i++) {
            assertThat(ticks.get(i) - ticks.get(0))
                    .as("the second one was late, number %d is skipped", i + 1)
                    .isGreaterThan((missed + i - 2) * periodNanos);
        }
    }

    // Tasks and threads.

    @Test
    void tasksRunInTheOrderGivenOnTheLoopsThread() throws Exception {
        Background<Void> running = runInBackground();
        assertThat(loop.isInLoop()).isFalse();

        assertThat(CompletableFuture.supplyAsync(Thread::currentThread, loop)
                        .thenApply(thread -> thread)
                        .get(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                .isSameAs(running.thread());
        for (int i = 0; i < 100; i++) {
            loop.execute(says("task " + i));
        }
        assertThat(CompletableFuture.supplyAsync(loop::isInLoop, loop)
                        .get(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                .isTrue();
        loop.stop();
        running.get();

        assertThat(happened)
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "task " + i).toList());
    }

    @Test
    void noTaskOfManyThreadsIsLost() throws Exception {
        Background<Void> running = runInBackground();
        AtomicInteger ran = new AtomicInteger();
        List<Background<Void>> givers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            givers.add(Background.start(() -> {
                for (int j = 0; j < 5000; j++) {
                    loop.execute(ran::incrementAndGet);
                    loop.schedule(Duration.ofNanos(j % 3 * 1000), ran::incrementAndGet);
                }
                return null;
            }));
        }
        for (Background<Void> giver : givers) {
            giver.get();
        }
        Eventually.until("all have run", () -> ran.get() == 40_000);
        loop.stop();
        running.get();
    }

    @Test
    void stopInACallbackEndsWithItsRoundAndWhatComesLaterWaitsForTheNextRun() throws IOException {
        for (int i = 0; i < 2; i++) {
            loop.onReadable(descriptors.readyPipe().readFd(), says("readable", (watch, ready) -> {
                watch.cancel();
                loop.stop();
            }));
        }
        loop.schedule(Duration.ZERO, says("timer"));
        loop.execute(() -> {
            happened.add("task");
            loop.execute(says("later task"));
        });

        loop.run();
        assertThat(happened).containsExactlyInAnyOrder("readable", "readable", "timer", "task");

        loop.execute(loop::stop);
        loop.run();
        assertThat(happened).hasSize(5).endsWith("later task");
    }

    @Test
    void aStopBeforeTheRunLetsTheNextOneReturnAtOnceAndOnlyThatOne() throws Exception {
        loop.execute(says("task"));
        loop.stop();
        loop.stop();

        loop.run();
        assertThat(happened).isEmpty();

        runOnce();
        assertThat(happened).containsExactly("task");
        Background<Void> running = runInBackground().awaitInKernel();
        loop.stop();
        running.get();
    }

    @Test
    void onlyOneThreadRunsTheLoopAndNotFromInside() throws Exception {
        loop.onException(e -> happened.add(e.getMessage()));
        loop.execute(() -> {
            try {
                loop.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Background<Void> running = runInBackground();

        assertThatThrownBy(loop::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the event loop is already running, in " + running.thread());
        assertThat(happened).containsExactly("the event loop is already running, in " + running.thread());
        loop.stop();
        running.get();
    }

    @Test
    void anInterruptEndsTheRunAndTheStatusStaysSet() throws Exception {
        AtomicBoolean stillSet = new AtomicBoolean();
        Background<Void> running = Background.start(() -> {
            loop.run();
            stillSet.set(Thread.interrupted());
            loop.run();
            return null;
        });
        running.awaitInKernel();
        running.thread().interrupt();
        Eventually.until("the first run has ended", stillSet::get);

        running.awaitInKernel();
        loop.stop();
        running.get();
    }

    // Exceptions.

    @Test
    void anExceptionGoesToTheHandlerAndTheLoopGoesOn() throws IOException {
        loop.onException(e -> happened.add(e.getMessage()));
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        loop.onReadable(pair.fd(), (watch, ready) -> {
                    throw new IOException("reader");
                })
                .onWritable((watch, ready) -> {
                    throw new AssertionError("writer");
                });
        loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofNanos(1), () -> {
            throw new IllegalArgumentException("timer");
        });
        loop.execute(() -> {
            throw new IllegalStateException("task");
        });

        runOnce();
        runOnce();

        assertThat(happened).containsExactly("reader", "writer", "timer", "task", "reader", "writer", "timer");
    }

    @Test
    void withoutAHandlerExceptionsGoToTheThreadsHandler() throws Exception {
        loop.close();
        loop = new EventLoop(combination.open());
        loop.execute(() -> {
            throw new IllegalStateException("task");
        });
        Background<Void> running = Background.start(() -> {
            Thread.currentThread()
                    .setUncaughtExceptionHandler((thread, e) -> happened.add(thread.getName() + ": " + e.getMessage()));
            runOnce();
            return null;
        });
        running.get();

        assertThat(happened).containsExactly("background: task");
    }

    @Test
    void aHandlerThatThrowsEndsTheRunAndNothingIsLost() throws IOException {
        loop.onException(e -> {
            throw (RuntimeException) e;
        });
        for (int i = 0; i < 3; i++) {
            loop.onReadable(descriptors.readyPipe().readFd(), (watch, ready) -> {
                watch.cancel();
                throw new IllegalStateException("callback");
            });
            loop.schedule(Duration.ZERO, () -> {
                throw new IllegalStateException("timer");
            });
            loop.execute(() -> {
                throw new IllegalStateException("task");
            });
        }

        for (int i = 0; i < 9; i++) {
            assertThatThrownBy(loop::run).satisfies(e -> happened.add(e.getMessage()));
        }
        runOnce();

        assertThat(happened)
                .hasSize(9)
                .containsOnly("callback", "timer", "task")
                .satisfies(all -> assertThat(Collections.frequency(all, "task")).isEqualTo(3))
                .satisfies(
                        all -> assertThat(Collections.frequency(all, "timer")).isEqualTo(3));
    }

    // Closing.

    @Test
    void aCloseByAnotherThreadEndsTheRun() throws Exception {
        Timer timer = loop.schedule(AN_HOUR, says("timer"));
        Background<Void> running = runInBackground().awaitInKernel();

        loop.close();
        running.get();

        assertThat(timer.cancel()).isFalse();
        assertThat(poller.isOpen()).isFalse();
    }

    @Test
    void aCloseInACallbackEndsTheRunAndNothingElseHappens() throws IOException {
        for (int i = 0; i < 2; i++) {
            loop.onReadable(descriptors.readyPipe().readFd(), says("readable", (watch, ready) -> loop.close()));
        }
        loop.schedule(Duration.ZERO, says("timer"));
        loop.execute(says("task"));

        loop.run();

        assertThat(happened).containsExactly("readable");
    }

    @Test
    void afterACloseInTheReadableCallbackNothingElseIsCalled() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        loop.onReadable(pair.fd(), says("readable", (watch, ready) -> loop.close()))
                .onWritable(says("writable", (watch, ready) -> {}));

        loop.run();

        assertThat(happened).containsExactly("readable");
    }

    @Test
    void aClosedLoopRefusesEverythingButStopCancelAndClose() throws IOException {
        Watch watch = loop.onReadable(descriptors.readyPipe().readFd(), (each, ready) -> {});
        loop.close();
        loop.close();
        loop.stop();
        watch.cancel();

        int fd = descriptors.pipe().readFd();
        assertThatThrownBy(loop::run).isInstanceOf(ClosedPollerException.class);
        assertThatThrownBy(() -> loop.onReadable(fd, (each, ready) -> {})).isInstanceOf(ClosedPollerException.class);
        assertThatThrownBy(() -> watch.onWritable((each, ready) -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.schedule(Duration.ZERO, () -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
