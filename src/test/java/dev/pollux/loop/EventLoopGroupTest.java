// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Poller;
import dev.pollux.Usable;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopGroupTest {
    private static final int THREADS = 4;

    @Parameter
    private Usable.Combination combination;

    private final List<Poller> pollers = new ArrayList<>();
    private Descriptors descriptors;
    private KernelPosix posix;
    private EventLoopGroup group;

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeEach
    void open() throws IOException {
        posix = new KernelPosix(Usable.syscalls(combination.binding()));
        descriptors = new Descriptors(posix);
        group = EventLoopGroup.open(THREADS, this::poller);
    }

    @AfterEach
    void close() throws IOException {
        try {
            group.close();
        } catch (IOException e) {
            // the test has seen it
        }
        descriptors.close();
        assertThat(pollers).noneMatch(Poller::isOpen);
    }

    private Poller poller() throws IOException {
        Poller poller = combination.open();
        pollers.add(poller);
        return poller;
    }

    private static boolean await(CountDownLatch latch) throws InterruptedException {
        return latch.await(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS);
    }

    private boolean awaitEnd() throws IOException, InterruptedException {
        return group.await(Duration.ofNanos(Eventually.DEADLINE_NANOS));
    }

    @Test
    void eachLoopHasAPollerAndAThreadOfItsOwn() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        CountDownLatch ran = new CountDownLatch(THREADS);
        for (int i = 0; i < group.size(); i++) {
            group.loop(i).execute(() -> {
                Thread me = Thread.currentThread();
                names.add(me.getName() + (me.isDaemon() ? ", a daemon" : ""));
                ran.countDown();
            });
        }
        assertThat(names).as("before the start").isEmpty();

        group.start();

        assertThat(await(ran)).isTrue();
        assertThat(names).containsExactlyInAnyOrder("pollux-loop-1", "pollux-loop-2", "pollux-loop-3", "pollux-loop-4");
        assertThat(pollers).hasSize(THREADS).doesNotHaveDuplicates();
    }

    @Test
    void nextGoesRoundRobin() {
        List<EventLoop> all = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            all.add(group.loop(i));
        }
        for (int round = 0; round < 3; round++) {
            for (EventLoop loop : all) {
                assertThat(group.next()).isSameAs(loop);
            }
        }
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void manyTasksFromManyThreadsAllRunEachOnItsLoop() throws Exception {
        int tasks = 20_000;
        CountDownLatch ran = new CountDownLatch(tasks);
        AtomicInteger elsewhere = new AtomicInteger();
        group.start();
        List<Background<Void>> givers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            givers.add(Background.start(() -> {
                for (int task = 0; task < tasks / 4; task++) {
                    EventLoop loop = group.next();
                    loop.execute(() -> {
                        elsewhere.addAndGet(loop.isInLoop() ? 0 : 1);
                        ran.countDown();
                    });
                }
                return null;
            }));
        }
        for (Background<Void> giver : givers) {
            giver.get();
        }

        assertThat(await(ran)).isTrue();
        assertThat(elsewhere).hasValue(0);
    }

    @Test
    void allLoopsAcceptFromOneDescriptorAndNoConnectionIsLostOrAcceptedTwice() throws Exception {
        int connections = 100;
        int listener = descriptors.listener(connections);
        Set<EventLoop> accepting = ConcurrentHashMap.newKeySet();
        List<Integer> accepted = Collections.synchronizedList(new ArrayList<>());
        List<Watch> watches = group.onAcceptable(listener, (loop, watch) -> {
            assertThat(loop.isInLoop()).isTrue();
            int fd;
            while ((fd = posix.accept(watch.fd())) >= 0) {
                descriptors.opened(fd);
                accepted.add(fd);
                accepting.add(loop);
                Eventually.until("another one accepts too", () -> accepting.size() > 1);
            }
        });
        assertThat(watches).hasSize(THREADS).allMatch(watch -> watch.fd() == listener);
        group.start();

        for (int i = 0; i < connections; i++) {
            posix.connect(descriptors.tcpSocket(), posix.localAddress(listener));
        }

        Eventually.until("all are accepted", () -> accepted.size() == connections);
        assertThat(accepted).doesNotHaveDuplicates();
        for (Watch watch : watches) {
            watch.cancel();
        }
    }

    @Test
    void allLoopsAcceptFromOneChannel() throws Exception {
        int connections = 20;
        AtomicInteger accepted = new AtomicInteger();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress("127.0.0.1", 0)).configureBlocking(false);
            assertThat(group.onAcceptable(server, (loop, watch) -> {
                        SocketChannel connection;
                        while ((connection = server.accept()) != null) {
                            connection.close();
                            accepted.incrementAndGet();
                        }
                    }))
                    .hasSize(THREADS);
            group.start();

            for (int i = 0; i < connections; i++) {
                SocketChannel.open(server.getLocalAddress()).close();
            }

            Eventually.until("all are accepted", () -> accepted.get() == connections);
            group.close();
        } catch (UnsupportedOperationException noDescriptor) {
            System.out.println("skipped: a group on a channel: " + noDescriptor.getMessage());
            Assumptions.abort(noDescriptor.getMessage());
        }
    }

    @Test
    void aListeningDescriptorThatOneLoopCannotWatchIsWatchedByNone() throws Exception {
        int listener = descriptors.listener(1);
        Watch taken = group.loop(2).onReadable(listener, (watch, ready) -> {});

        assertThatIllegalStateException().isThrownBy(() -> group.onAcceptable(listener, (loop, watch) -> {}));

        taken.cancel();
        assertThat(pollers).allMatch(poller -> poller.size() == 0);
        assertThat(group.onAcceptable(listener, (loop, watch) -> {})).hasSize(THREADS);
    }

    // The end.

    @Test
    void closeWaitsForTheCallbackThatRunsAndClosesAll() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger();
        group.loop(1).execute(() -> {
            entered.countDown();
            try {
                await(leave);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            left.incrementAndGet();
        });
        group.start();
        assertThat(await(entered)).isTrue();
        Background<Void> closing = Background.start(() -> {
            group.close();
            assertThat(left).hasValue(1);
            return null;
        });
        Eventually.until(
                "the others have ended",
                () -> pollers.stream().filter(Poller::isOpen).count() == 1);
        assertThat(closing.isDone()).isFalse();
        closing.thread().interrupt();

        leave.countDown();

        closing.get();
        assertThat(pollers).noneMatch(Poller::isOpen);
        assertThat(awaitEnd()).isTrue();
        assertThatThrownBy(() -> group.next().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        group.close();
    }

    @Test
    void closeFromInsideALoopEndsAll() throws Exception {
        group.loop(3).execute(() -> {
            try {
                group.close();
                assertThat(pollers.get(3).isOpen()).isTrue();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        group.start();

        assertThat(awaitEnd()).isTrue();
        assertThat(pollers).noneMatch(Poller::isOpen);
    }

    @Test
    void closeFromInsideTwoLoopsAtOnceDoesNotHang() throws Exception {
        for (int i = 0; i < 2; i++) {
            group.loop(i).execute(() -> {
                try {
                    group.close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
        group.start();
        assertThat(awaitEnd()).isTrue();
    }

    @Test
    void aLoopThatStopsEndsAll() throws Exception {
        group.start();
        group.loop(1).stop();

        assertThat(awaitEnd()).isTrue();
        assertThat(pollers).noneMatch(Poller::isOpen);
    }

    @Test
    void anExceptionOfACallbackGoesToTheHandlerAndTheLoopsGoOn() throws Exception {
        List<Throwable> told = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch ran = new CountDownLatch(THREADS);
        group.onException(told::add);
        group.start();
        for (int i = 0; i < THREADS; i++) {
            group.loop(i).execute(() -> {
                throw new IllegalStateException("on purpose");
            });
            group.loop(i).execute(ran::countDown);
        }

        assertThat(await(ran)).isTrue();
        assertThat(told).hasSize(THREADS).allSatisfy(e -> assertThat(e).hasMessage("on purpose"));
        assertThat(group.await(Duration.ZERO)).isFalse();
    }

    @Test
    void anExceptionOfTheHandlerEndsAllLoopsAndAwaitAndCloseThrowIt() throws Exception {
        Pipe pipe = descriptors.readyPipe();
        group.onException(e -> {
            throw new IllegalStateException("the handler, too", e);
        });
        group.loop(2).onReadable(pipe.readFd(), (watch, ready) -> {
            throw new IOException("on purpose");
        });

        group.start();

        assertThatThrownBy(this::awaitEnd)
                .isInstanceOf(IOException.class)
                .hasMessage("an event loop ended with java.lang.IllegalStateException: the handler, too")
                .hasRootCauseMessage("on purpose");
        assertThatThrownBy(() -> group.close()).isInstanceOf(IOException.class).hasRootCauseMessage("on purpose");
        assertThat(pollers).noneMatch(Poller::isOpen);
    }

    @Test
    void aGroupThatWasNeverStartedCanBeClosed() throws Exception {
        assertThat(group.await(Duration.ZERO)).isFalse();

        group.close();

        assertThat(pollers).noneMatch(Poller::isOpen);
        assertThat(awaitEnd()).isTrue();
        assertThatIllegalStateException().isThrownBy(group::start).withMessageContaining("closed");
    }

    @Test
    void aGroupCanBeStartedOnlyOnce() {
        group.start();
        assertThatIllegalStateException().isThrownBy(group::start).withMessageContaining("started");
    }

    @Test
    void ifAPollerCannotBeOpenedTheOthersAreClosed() {
        int before = pollers.size();

        assertThatThrownBy(() -> EventLoopGroup.open(3, () -> {
                    if (pollers.size() == before + 2) {
                        throw new IOException("no more");
                    }
                    return poller();
                }))
                .hasMessage("no more");

        assertThat(pollers.subList(before, pollers.size())).hasSize(2).noneMatch(Poller::isOpen);
        assertThatIllegalArgumentException().isThrownBy(() -> EventLoopGroup.open(0, this::poller));
    }
}
