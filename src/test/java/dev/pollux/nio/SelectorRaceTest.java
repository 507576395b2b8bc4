// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Races of threads with each other and a selector, each for {@code -Dpollux.race.millis} milliseconds. */
class SelectorRaceTest extends SelectorFixture {
    private static final long RACE_NANOS = TimeUnit.MILLISECONDS.toNanos(Long.getLong("pollux.race.millis", 300));
    private static final int THREADS = 3;

    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Background<?>> threads = new ArrayList<>();

    private interface Work {
        void run() throws Exception;
    }

    private void untilOver(Work work) {
        threads.add(Background.start(() -> {
            while (!over.get()) {
                work.run();
            }
            return null;
        }));
    }

    private void race() throws Exception {
        long startNanos = System.nanoTime();
        Eventually.until("the race is over", () -> System.nanoTime() - startNanos > RACE_NANOS);
        over.set(true);
        selector.wakeup();
        for (Background<?> thread : threads) {
            thread.get();
        }
    }

    @Test
    void noInterestIsLostInAStormOfChanges() throws Exception {
        List<SelectionKey> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            keys.add(register(readyPipe().source(), SelectionKey.OP_READ));
        }
        for (int i = 0; i < THREADS; i++) {
            untilOver(() -> {
                SelectionKey key = keys.get(ThreadLocalRandom.current().nextInt(keys.size()));
                key.interestOps(0);
                key.interestOpsOr(SelectionKey.OP_READ);
                if (ThreadLocalRandom.current().nextInt(100) == 0) {
                    selector.wakeup();
                }
            });
        }
        untilOver(() -> {
            selector.select(1);
            selector.selectedKeys().clear();
        });
        race();

        keys.forEach(key -> key.interestOps(SelectionKey.OP_READ));
        assertThat(acted(0)).containsExactlyInAnyOrderElementsOf(keys);
        keys.forEach(key -> key.interestOps(0));
        assertNothingIsReady();
    }

    /** Each thread has its own operation, so it always has the value that the thread set last. */
    @Test
    void orAndAndAreAtomic() throws Exception {
        SelectionKey key = register(connection().channel(), 0);
        for (int op : new int[] {SelectionKey.OP_READ, SelectionKey.OP_WRITE, SelectionKey.OP_CONNECT}) {
            untilOver(() -> {
                for (int i = 0; i < 1000; i++) {
                    requireNotLost((key.interestOpsOr(op) & op) == 0);
                    requireNotLost((key.interestOpsAnd(~op) & op) != 0);
                }
            });
        }
        race();
        assertThat(key.interestOps()).isZero();
    }

    private static void requireNotLost(boolean asItWasSet) {
        if (!asItWasSet) {
            throw new AssertionError("a change was lost");
        }
    }

    /**
     * As in servers with an acceptor thread: it registers a channel and wakes the selecting thread, which must find it
     * ready.
     */
    @Test
    void registrationsOfOtherThreadsAreFoundAfterAWakeup() throws Exception {
        AtomicInteger registered = new AtomicInteger();
        AtomicBoolean allRegistered = new AtomicBoolean();
        Background<Integer> finding = Background.start(() -> {
            int found = 0;
            while (!allRegistered.get()) {
                selector.select();
                for (Iterator<SelectionKey> each = selector.selectedKeys().iterator(); each.hasNext(); found++) {
                    SelectionKey key = each.next();
                    each.remove();
                    key.channel().close();
                }
            }
            return found;
        });
        for (int i = 0; i < THREADS; i++) {
            untilOver(() -> {
                Pipe pipe = provider.openPipe();
                pipe.source().configureBlocking(false);
                pipe.sink().write(bytes(1));
                registered.incrementAndGet();
                pipe.source().register(selector, SelectionKey.OP_READ);
                selector.wakeup();
                Eventually.until(
                        "it is closed by who found it", () -> !pipe.source().isOpen());
                pipe.sink().close();
            });
        }
        race();
        allRegistered.set(true);
        selector.wakeup();
        assertThat(finding.get()).isEqualTo(registered.get()).isPositive();
        selector.selectNow();
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void channelsThatAreClosedAnywhereLeaveNoKeyBehind() throws Exception {
        ConcurrentLinkedQueue<Throwable> strange = new ConcurrentLinkedQueue<>();
        untilOver(() -> selector.select(
                key -> {
                    try {
                        key.interestOps(SelectionKey.OP_READ);
                    } catch (CancelledKeyException e) {
                        assertThat(key.isValid()).isFalse();
                    }
                },
                1));
        for (int i = 0; i < THREADS; i++) {
            untilOver(() -> {
                Pipe pipe = provider.openPipe();
                pipe.source().configureBlocking(false);
                pipe.sink().write(bytes(1));
                SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
                if (ThreadLocalRandom.current().nextBoolean()) {
                    key.cancel();
                }
                close(pipe);
                Eventually.until(
                        "not too many wait for the selector",
                        () -> over.get() || selector.keys().size() < 100);
                if (key.isValid()) {
                    strange.add(new AssertionError("valid after its channel was closed: " + key));
                }
            });
        }
        race();
        assertThat(strange).isEmpty();
        selector.selectNow();
        assertThat(selector.keys()).isEmpty();
    }

    /** On JDK 17 close threw an exception for a key that was in the selector but not yet in its channel. */
    @Test
    void aRegistrationThatRacesWithCloseEitherSucceedsOrIsRefused() throws Exception {
        for (int i = 0; i < 100; i++) {
            PolluxSelector own = provider.openSelector(combination.open());
            Pipe pipe = pipe();
            CyclicBarrier start = new CyclicBarrier(3);
            Background<SelectionKey> registering = Background.start(() -> {
                start.await();
                try {
                    return pipe.source().register(own, SelectionKey.OP_READ);
                } catch (ClosedSelectorException refused) {
                    return null;
                }
            });
            Background<Integer> selecting = Background.start(() -> {
                start.await();
                try {
                    return own.select();
                } catch (ClosedSelectorException late) {
                    return 0;
                }
            });
            start.await();
            own.close();
            SelectionKey key = registering.get();
            assertThat(selecting.get()).isZero();
            assertThat(pipe.source().isRegistered()).isFalse();
            assertThat(key == null || !key.isValid()).isTrue();
        }
    }

    @Test
    void closeRacesWithEverything() throws Exception {
        untilOver(() -> {
            PolluxSelector own = provider.openSelector(combination.open());
            Pipe pipe = provider.openPipe();
            pipe.source().configureBlocking(false);
            pipe.sink().write(bytes(1));
            Background<Void> selecting = Background.start(() -> {
                while (true) {
                    own.select(key -> key.interestOpsAnd(SelectionKey.OP_READ));
                }
            });
            Background<Void> changing = Background.start(() -> {
                while (true) {
                    SelectionKey key = pipe.source().register(own, SelectionKey.OP_READ);
                    own.wakeup();
                    key.cancel();
                    own.selectNow();
                }
            });
            own.wakeup();
            own.close();
            assertThat(selecting.failure()).isInstanceOfAny(ClosedSelectorException.class, CancelledKeyException.class);
            assertThat(changing.failure())
                    .isInstanceOfAny(
                            ClosedSelectorException.class, CancelledKeyException.class, ClosedChannelException.class);
            close(pipe);
        });
        race();
    }

    private static void close(Pipe pipe) throws IOException {
        pipe.source().close();
        pipe.sink().close();
    }
}
