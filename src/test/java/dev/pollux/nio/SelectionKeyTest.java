// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import dev.pollux.ForeignChannel;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Registration and keys: what is refused, and how the interest set is changed. */
class SelectionKeyTest extends SelectorFixture {
    private static final int READ_WRITE = SelectionKey.OP_READ | SelectionKey.OP_WRITE;

    // Registering.

    @Test
    void aKeyKnowsWhatItWasRegisteredWith() throws IOException {
        Pipe pipe = pipe();
        SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ, "attached");

        assertThat(key.channel()).isSameAs(pipe.source());
        assertThat(key.selector()).isSameAs(selector);
        assertThat(key.attachment()).isEqualTo("attached");
        assertThat(key.attach("other")).isEqualTo("attached");
        assertThat(key.attachment()).isEqualTo("other");
        assertThat(key.interestOps()).isEqualTo(SelectionKey.OP_READ);
        assertThat(key.readyOps()).isZero();
        assertThat(key.isValid()).isTrue();
        assertThat(((PolluxSelectionKey) key).fd()).isNotNegative();
        assertThat(key.toString()).contains("fd=", "interestOps=1");
    }

    @Test
    void registeringAgainChangesTheKey() throws IOException {
        Pipe pipe = readyPipe();
        SelectionKey key = pipe.source().register(selector, 0, "one");

        assertThat(pipe.source().register(selector, SelectionKey.OP_READ, "two"))
                .isSameAs(key);

        assertThat(key.attachment()).isEqualTo("two");
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_READ);
        assertThat(selector.keys()).hasSize(1);
    }

    @Test
    void aChannelThatTheJdkDidNotMakeIsRefused() throws IOException {
        ForeignChannel foreign = nonBlocking(new ForeignChannel());

        assertThatThrownBy(() -> register(foreign, SelectionKey.OP_READ)).isInstanceOf(IllegalSelectorException.class);

        assertThat(selector.keys()).isEmpty();
        assertThat(foreign.isRegistered()).isFalse();
    }

    @Test
    void aChannelOfTheJdksOwnProviderIsAccepted() throws IOException {
        Pipe pipe = Pipe.open();
        assertThat(pipe.sink().provider()).isNotEqualTo(provider);
        opened(pipe.source());
        SelectionKey key = register(nonBlocking(pipe.sink()), SelectionKey.OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_WRITE);
    }

    @Test
    void anInvalidRegistrationIsRefusedAndLeavesNothing() throws IOException {
        Pipe pipe = pipe();
        assertThatThrownBy(() -> register(pipe.source(), SelectionKey.OP_WRITE))
                .isInstanceOf(IllegalArgumentException.class);
        pipe.source().configureBlocking(true);
        assertThatThrownBy(() -> register(pipe.source(), SelectionKey.OP_READ))
                .isInstanceOf(IllegalBlockingModeException.class);
        pipe.source().close();
        assertThatThrownBy(() -> register(pipe.source(), SelectionKey.OP_READ))
                .isInstanceOf(ClosedChannelException.class);
        assertThat(selector.keys()).isEmpty();

        selector.close();
        assertThatThrownBy(() -> register(pipe.sink(), SelectionKey.OP_WRITE))
                .isInstanceOf(ClosedSelectorException.class);
        assertThat(pipe.sink().isRegistered()).isFalse();
    }

    @Test
    void aRegisteredChannelCannotBeMadeBlocking() throws IOException {
        Pipe pipe = pipe();
        SelectionKey key = register(pipe.source(), SelectionKey.OP_READ);
        assertThatThrownBy(() -> pipe.source().configureBlocking(true))
                .isInstanceOf(IllegalBlockingModeException.class);
        key.cancel();
        selector.selectNow();
        pipe.source().configureBlocking(true);
        assertThat(pipe.source().isBlocking()).isTrue();
    }

    @Test
    void registeringDoesNotWaitForASelectionAndTheNextOneSeesIt() throws Exception {
        Background<Integer> waiting = selectInBackground().awaitInKernel();

        SelectionKey key = register(readyPipe().source(), SelectionKey.OP_READ);
        assertThat(selector.keys()).containsExactly(key);
        assertThat(waiting.isDone()).isFalse();

        selector.wakeup();
        waiting.get();
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_READ);
    }

    // The interest set.

    @Test
    void theInterestSetAcceptsOnlyTheOperationsOfTheChannel() throws IOException {
        SelectionKey key = register(connection().channel(), 0);

        assertThat(key.interestOps(READ_WRITE)).isSameAs(key);
        assertThat(key.interestOps()).isEqualTo(READ_WRITE);
        assertThat(key.interestOpsAnd(~SelectionKey.OP_READ)).isEqualTo(READ_WRITE);
        assertThat(key.interestOps()).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(key.interestOpsOr(SelectionKey.OP_CONNECT)).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(key.interestOps()).isEqualTo(SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);

        assertThatThrownBy(() -> key.interestOps(SelectionKey.OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOpsOr(1 << 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOps(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(key.interestOps()).isEqualTo(SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT);
    }

    @Test
    void theMethodsOfACancelledKeyThrow() throws IOException {
        SelectionKey key = register(pipe().source(), SelectionKey.OP_READ);
        key.cancel();
        assertThatThrownBy(key::interestOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOps(0)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOpsOr(0)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> key.interestOpsAnd(0)).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::readyOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::isReadable).isInstanceOf(CancelledKeyException.class);
        assertThat(key.selector()).isSameAs(selector);
        assertThat(key.toString()).contains("cancelled");
    }

    @Test
    void eachSelectionSeesTheInterestSetOfItsBeginning() throws IOException {
        Connection connection = connection();
        connection.peer().write(bytes(1));
        SelectionKey key = register(connection.channel(), SelectionKey.OP_READ);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_READ);
        key.interestOps(SelectionKey.OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_WRITE);
        key.interestOpsOr(SelectionKey.OP_READ);
        assertThat(readyOps(key)).isEqualTo(READ_WRITE);
        key.interestOpsAnd(SelectionKey.OP_READ);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_READ);
        key.interestOps(0);
        assertNothingIsReady();
        register(connection.channel(), SelectionKey.OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(SelectionKey.OP_WRITE);
    }

    @Test
    void aChangeByAnotherThreadCountsFromTheNextSelectionOn() throws Exception {
        SelectionKey key = register(readyPipe().source(), 0);
        Background<Integer> waiting = selectInBackground().awaitInKernel();

        key.interestOps(SelectionKey.OP_READ);
        waiting.awaitInKernel();
        selector.wakeup();
        assertThat(waiting.get()).isZero();

        assertThat(selector.select()).isEqualTo(1);
    }

    private PolluxSelector traced(List<String> calls) throws IOException {
        return provider.openSelector(Pollers.builder()
                .mechanism(combination.mechanism())
                .binding(combination.binding())
                .trace(calls::add)
                .open());
    }

    @Test
    void aChannelIsRegisteredAndCancelledByOneSystemCallEach() throws IOException {
        assumeThat(combination.mechanism()).isEqualTo(Mechanism.EPOLL);
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        try (PolluxSelector traced = traced(calls)) {
            SocketChannel socket = connection().channel();
            for (int round = 0; round < 2; round++) { // in the first, the table of numbers may grow
                calls.clear();
                SelectionKey key = socket.register(traced, SelectionKey.OP_READ);
                traced.selectNow();
                key.cancel();
                traced.selectNow();
            }

            assertThat(calls)
                    .filteredOn(call -> !call.startsWith("epoll_wait"))
                    .extracting(call -> call.split(", ")[1])
                    .containsExactly("EPOLL_CTL_ADD", "EPOLL_CTL_DEL");
        }
    }

    @Test
    void changesThatCancelOutCostNoSystemCall() throws IOException {
        assumeThat(combination.mechanism()).isEqualTo(Mechanism.EPOLL);
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        try (PolluxSelector traced = traced(calls)) {
            SelectionKey key = connection().channel().register(traced, SelectionKey.OP_READ);
            traced.selectNow();
            calls.clear();
            for (int i = 0; i < 1000; i++) {
                key.interestOps(0);
                key.interestOpsOr(SelectionKey.OP_WRITE);
                key.interestOps(SelectionKey.OP_READ);
            }
            traced.selectNow();
            traced.selectNow();
            assertThat(calls).noneMatch(call -> call.startsWith("epoll_ctl")).hasSize(2);

            key.interestOps(SelectionKey.OP_WRITE);
            key.interestOps(READ_WRITE);
            traced.selectNow();
            assertThat(calls).filteredOn(call -> call.startsWith("epoll_ctl")).hasSize(1);
        }
    }

    @Test
    void aChangeByAnotherThreadIsNotLostWhileASelectionUpdatesTheKernel() throws Exception {
        SelectionKey key = register(readyPipe().source(), 0);
        Background<Void> changing = Background.start(() -> {
            for (int i = 0; i < 20_000; i++) {
                key.interestOps(0);
                key.interestOps(SelectionKey.OP_READ);
            }
            return null;
        });
        while (!changing.isDone()) {
            selector.selectNow();
            selector.selectedKeys().clear();
        }
        changing.get();
        Eventually.until("it is asked for in the end", () -> selector.selectNow() == 1);
    }
}
