// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The six forms of selection: when they end, what they return, and what they lock. */
class SelectingTest extends SelectorFixture {
    /** One of the six forms; only some take an action. */
    private interface Form {
        int select(Selector selector, Consumer<SelectionKey> action) throws IOException;
    }

    private record Named(String name, boolean waits, boolean acts, Form form) {}

    private static List<Named> forms() {
        return List.of(
                new Named("select()", true, false, (selector, action) -> selector.select()),
                new Named("select(timeout)", true, false, (selector, action) -> selector.select(DEADLINE_MILLIS)),
                new Named("select(0)", true, false, (selector, action) -> selector.select(0)),
                new Named("selectNow()", false, false, (selector, action) -> selector.selectNow()),
                new Named("select(action)", true, true, Selector::select),
                new Named(
                        "select(action, timeout)",
                        true,
                        true,
                        (selector, action) -> selector.select(action, DEADLINE_MILLIS)),
                new Named("select(action, 0)", true, true, (selector, action) -> selector.select(action, 0)),
                new Named("selectNow(action)", false, true, Selector::selectNow));
    }

    private interface Check {
        void check(Named form) throws Exception;
    }

    private static List<DynamicTest> each(Check check) {
        return forms().stream()
                .map(form -> DynamicTest.dynamicTest(form.name, () -> check.check(form)))
                .toList();
    }

    private static final Consumer<SelectionKey> NOTHING = key -> {};

    // What is found.

    @TestFactory
    List<DynamicTest> whatIsReadyIsFoundAndCounted() {
        return each(form -> {
            try (Selector own = provider.openSelector(combination.open())) {
                SelectionKey one = readyPipe().source().register(own, SelectionKey.OP_READ);
                SelectionKey other = readyPipe().source().register(own, SelectionKey.OP_READ);
                pipe().source().register(own, SelectionKey.OP_READ);
                List<SelectionKey> acted = new ArrayList<>();

                assertThat(form.form.select(own, acted::add)).isEqualTo(2);

                assertThat(form.acts ? acted : own.selectedKeys()).containsExactlyInAnyOrder(one, other);
                assertThat(form.acts ? own.selectedKeys() : acted).isEmpty();
                assertThat(one.readyOps()).isEqualTo(SelectionKey.OP_READ);
            }
        });
    }

    @Test
    void onlyKeysThatAreNewOrNewlyReadyForSomethingCount() throws IOException {
        Connection connection = connection();
        SelectionKey key = register(connection.channel(), SelectionKey.OP_WRITE);

        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.select()).as("ready, but nothing new").isZero();

        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        connection.peer().write(bytes(1));
        Eventually.until("it is readable too", () -> selector.selectNow() == 1);
        assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void aSelectedKeyKeepsItsReadySetAndARemovedOneDoesNot() throws IOException {
        Connection connection = connection();
        SelectionKey key = register(connection.channel(), SelectionKey.OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_WRITE);

        key.interestOps(SelectionKey.OP_READ);
        connection.peer().write(bytes(1));
        Eventually.until("it is readable", () -> selector.selectNow() == 1);
        assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE);

        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_READ);
    }

    @Test
    void anActionSeesExactlyWhatIsReadyNowAlsoIfTheKeyIsSelected() throws IOException {
        Connection connection = connection();
        SelectionKey key = register(connection.channel(), SelectionKey.OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_WRITE);
        key.interestOps(SelectionKey.OP_READ);
        connection.peer().write(bytes(1));

        List<Integer> seen = new ArrayList<>();
        assertThat(selector.select(each -> seen.add(each.readyOps()))).isEqualTo(1);

        assertThat(seen).containsExactly(SelectionKey.OP_READ);
        assertThat(selector.selectedKeys()).containsExactly(key);
    }

    @Test
    void aKeyWithoutInterestIsNotSelected() throws IOException {
        register(readyPipe().source(), 0);

        assertNothingIsReady();
        assertThat(acted(1)).isEmpty();
    }

    // What ends the wait.

    @Test
    void aTimeoutIsNotCutShort() throws IOException {
        register(pipe().source(), SelectionKey.OP_READ);
        long startNanos = System.nanoTime();

        assertThat(selector.select(20)).isZero();
        assertThat(selector.select(NOTHING, 20)).isZero();

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(40_000_000);
    }

    @Test
    void theLongestTimeoutIsNoError() throws Exception {
        Background<Integer> waiting = Background.start(() -> selector.select(Long.MAX_VALUE));
        waiting.awaitInKernel();
        selector.wakeup();
        assertThat(waiting.get()).isZero();
    }

    @Test
    void aNegativeTimeoutIsRefused() {
        assertThatThrownBy(() -> selector.select(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> selector.select(NOTHING, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNullActionIsRefused() {
        assertThatThrownBy(() -> selector.select((Consumer<SelectionKey>) null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> selector.select(null, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> selector.selectNow(null)).isInstanceOf(NullPointerException.class);
    }

    @TestFactory
    List<DynamicTest> anEventEndsTheWait() {
        return each(form -> {
            if (form.waits) {
                try (Selector own = provider.openSelector(combination.open())) {
                    Pipe pipe = pipe();
                    pipe.source().register(own, SelectionKey.OP_READ);
                    Background<Integer> waiting = Background.start(() -> form.form.select(own, NOTHING));
                    waiting.awaitInKernel();
                    pipe.sink().write(bytes(1));
                    assertThat(waiting.get()).isEqualTo(1);
                }
            }
        });
    }

    @TestFactory
    List<DynamicTest> aWakeupEndsOneSelectionAndIsOverThen() {
        return each(form -> {
            assertThat(selector.wakeup()).isSameAs(selector);
            selector.wakeup();
            assertThat(form.form.select(selector, NOTHING)).isZero();

            Background<Integer> waiting = selectInBackground().awaitInKernel();
            selector.wakeup();
            assertThat(waiting.get()).isZero();

            waiting = selectInBackground().awaitInKernel();
            selector.wakeup();
            assertThat(waiting.get()).isZero();
        });
    }

    @Test
    void aWokenSelectionStillFindsWhatIsReady() throws IOException {
        SelectionKey key = register(readyPipe().source(), SelectionKey.OP_READ);
        selector.wakeup();
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_READ);
    }

    @TestFactory
    List<DynamicTest> anInterruptEndsTheWaitAndStaysSet() {
        return each(form -> {
            Thread.currentThread().interrupt();
            assertThat(form.form.select(selector, NOTHING)).isZero();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(selector.isOpen()).isTrue();

            if (form.waits) {
                Background<Boolean> waiting = Background.start(() -> {
                    form.form.select(selector, NOTHING);
                    return Thread.interrupted();
                });
                waiting.awaitInKernel().thread().interrupt();
                assertThat(waiting.get()).isTrue();
            }
            selector.selectNow(); // an interrupt may have woken it as well
        });
    }

    @TestFactory
    List<DynamicTest> aCloseEndsTheWaitLikeAWakeup() {
        return each(form -> {
            if (form.waits) {
                PolluxSelector own = openSelector();
                Background<Integer> waiting = Background.start(() -> form.form.select(own, NOTHING));
                waiting.awaitInKernel();
                own.close();
                assertThat(waiting.get()).isZero();
            }
        });
    }

    @TestFactory
    List<DynamicTest> aClosedSelectorSelectsNothing() {
        return each(form -> {
            PolluxSelector own = openSelector();
            own.close();
            own.close();
            assertThat(own.wakeup()).isSameAs(own);
            assertThatThrownBy(() -> form.form.select(own, NOTHING)).isInstanceOf(ClosedSelectorException.class);
        });
    }

    // Actions.

    @TestFactory
    List<DynamicTest> aSelectionFromInsideAnActionIsRefusedAndTheOuterOneGoesOn() {
        return each(inner -> {
            try (Selector own = provider.openSelector(combination.open())) {
                readyPipe().source().register(own, SelectionKey.OP_READ);
                List<Throwable> thrown = new ArrayList<>();
                assertThat(own.select(key -> {
                            try {
                                inner.form.select(own, NOTHING);
                            } catch (IllegalStateException | IOException e) {
                                thrown.add(e);
                            }
                        }))
                        .isEqualTo(1);
                assertThat(thrown).singleElement().isExactlyInstanceOf(IllegalStateException.class);
                assertThat(own.selectNow()).isEqualTo(1);
            }
        });
    }

    @Test
    void anExceptionOfAnActionIsThrownAndTheNextSelectionHasTheRest() throws IOException {
        SelectionKey one = register(readyPipe().source(), SelectionKey.OP_READ);
        SelectionKey other = register(readyPipe().source(), SelectionKey.OP_READ);
        IllegalStateException mine = new IllegalStateException("mine");
        List<SelectionKey> acted = new ArrayList<>();

        assertThatThrownBy(() -> selector.select(key -> {
                    acted.add(key);
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(acted).hasSize(1);
        assertThatThrownBy(() -> selector.selectNow(key -> {
                    throw new AssertionError("an error too");
                }))
                .isInstanceOf(AssertionError.class);

        assertThat(acted(0)).containsExactlyInAnyOrder(one, other);
    }

    @Test
    void anActionThatClosesTheSelectorIsTheLast() throws IOException {
        register(readyPipe().source(), SelectionKey.OP_READ);
        register(readyPipe().source(), SelectionKey.OP_READ);
        List<SelectionKey> acted = new ArrayList<>();

        assertThatThrownBy(() -> selector.select(key -> {
                    acted.add(key);
                    close(selector);
                }))
                .isInstanceOf(ClosedSelectorException.class);

        assertThat(acted).hasSize(1).allMatch(key -> !key.isValid());
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anActionMayCancelCloseRegisterAndChangeInterestSets() throws IOException {
        Pipe one = readyPipe();
        Pipe other = readyPipe();
        SelectionKey[] keys = {
            register(one.source(), SelectionKey.OP_READ), register(other.source(), SelectionKey.OP_READ)
        };
        Pipe third = readyPipe();
        List<SelectionKey> acted = new ArrayList<>();

        assertThat(selector.select(key -> {
                    acted.add(key);
                    keys[0].cancel();
                    close(other.source());
                    try {
                        register(third.source(), SelectionKey.OP_READ);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))
                .isEqualTo(1);

        assertThat(acted).as("the other was cancelled before its turn").hasSize(1);
        assertThat(acted(0)).containsExactly(third.source().keyFor(selector));
        assertThat(selector.keys()).containsExactly(third.source().keyFor(selector));
    }

    // Locks.

    @Test
    void anActionRunsWithTheLocksOfTheSelectorAndOfTheSelectedKeys() throws IOException {
        register(readyPipe().source(), SelectionKey.OP_READ);
        assertThat(selector.select(key -> {
                    assertThat(Thread.holdsLock(selector)).isTrue();
                    assertThat(Thread.holdsLock(selector.selectedKeys())).isTrue();
                    assertThat(Thread.holdsLock(selector.keys())).isFalse();
                }))
                .isEqualTo(1);
    }

    @Test
    void aSelectionWaitsForTheLockOfTheSelectedKeys() throws Exception {
        CountDownLatch begins = new CountDownLatch(1);
        Background<Integer> selecting;
        synchronized (selector.selectedKeys()) {
            selecting = Background.start(() -> {
                begins.countDown();
                return selector.selectNow();
            });
            begins.await();
            Eventually.until("it waits", () -> selecting.thread().getState() == Thread.State.BLOCKED);
            assertThat(selecting.isDone()).isFalse();
        }
        assertThat(selecting.get()).isZero();
    }

    @Test
    void onlyOneThreadSelectsAtATime() throws Exception {
        Background<Integer> first = selectInBackground().awaitInKernel();
        Background<Integer> second = selectInBackground();
        Eventually.until("it waits", () -> second.thread().getState() == Thread.State.BLOCKED);
        selector.wakeup();
        assertThat(first.get()).isZero();
        second.awaitInKernel();
        selector.wakeup();
        assertThat(second.get()).isZero();
    }

    @Test
    void theWaitIsInsideAMethodWithTheNameOfTheJdks() throws Exception {
        Background<Integer> waiting = selectInBackground().awaitInKernel();
        assertThat(waiting.thread().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("doSelect")
                        && frame.getClassName().equals(selector.getClass().getName()));
        selector.wakeup();
        waiting.get();
    }
}
