// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lock and the phase of the polling thread: rules 1, 2 and 7 of the package documentation. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GateTest {
    private Waker waker;
    private Gate gate;

    @BeforeEach
    void open() throws Exception {
        waker = Waker.open(new FakeKernel());
        gate = gate(false);
    }

    private Gate gate(boolean changesDuringWait) {
        return new Gate(Mechanism.POLL, changesDuringWait, waker, () -> true);
    }

    private static void pass(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(Eventually.DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the other thread did not come so far");
        }
    }

    @Test
    void oneThreadPollsAtATime() throws Exception {
        gate.enter(false);

        assertThatIllegalStateException().isThrownBy(() -> gate.enter(true)).withMessageContaining("handler");
        assertThat(Background.start(() -> {
                            gate.enter(false);
                            return null;
                        })
                        .failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another thread");
        gate.leave();
        gate.enter(true);
        assertThat(gate.isWaiting()).as("a fast poll counts as waiting at once").isTrue();
    }

    // Rule 1.

    @Test
    void needsSlowPollIsSeenWithoutTheLock() {
        assertThat(gate.needsSlowPoll()).isFalse();
        gate.lock();
        gate.setWatchesMore(true);
        gate.unlock();
        assertThat(gate.needsSlowPoll()).isTrue();
        gate.lock();
        gate.setWatchesMore(false);
        assertThat(gate.needsSlowPoll()).isFalse();
        gate.close();
        gate.unlock();
        assertThat(gate.needsSlowPoll()).isTrue();
        assertThatThrownBy(gate::requireOpen).isInstanceOf(ClosedPollerException.class);
    }

    // Rule 2.

    @Test
    void aChangeWaitsUntilAFastWaitIsOver() throws Exception {
        gate.enter(true);
        List<String> order = new CopyOnWriteArrayList<>();
        Background<Object> changing = Background.start(() -> {
            gate.lock();
            gate.excludeWait();
            order.add("changed");
            gate.unlock();
            return null;
        });
        Eventually.until("the changer is counted", gate::needsSlowPoll);
        Eventually.until("the waker is signalled", waker::isSignalled);

        order.add("wait over");
        gate.endFastWait();

        changing.get();
        assertThat(order).containsExactly("wait over", "changed");
        assertThat(gate.needsSlowPoll()).isFalse();
    }

    @Test
    void aChangeGoesOnEvenIfTheEndOfAFastWaitIsNotSignalled() throws Exception {
        gate.enter(true);
        Background<Boolean> changing = Background.start(() -> {
            gate.lock();
            Thread.currentThread().interrupt();
            gate.endOthersWait();
            gate.unlock();
            return Thread.currentThread().isInterrupted();
        });
        Eventually.until("the waker is signalled", waker::isSignalled);

        gate.leave();

        assertThat(changing.get()).as("still interrupted").isTrue();
    }

    @Test
    void noWaitBeginsWhileThereAreChangers() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        gate.enter(false);
        gate.lock();
        gate.beginWait();
        Background<Object> changing = Background.start(() -> {
            gate.lock();
            gate.excludeWait();
            order.add("changed");
            gate.unlock();
            return null;
        });
        Eventually.until("the changer is counted", gate::needsSlowPoll);

        gate.endWait();
        order.add("wait over");
        gate.awaitChangers();
        order.add("next wait");
        gate.beginWait();

        changing.get();
        assertThat(order).containsExactly("wait over", "changed", "next wait");
    }

    @Test
    void aChangeDoesNotWaitWhereTheDriverAllowsItDuringAWait() {
        gate = gate(true);
        gate.enter(true);
        gate.lock();
        gate.excludeWait();
        gate.unlock();

        assertThat(waker.isSignalled()).isFalse();
        assertThat(gate.needsSlowPoll()).isFalse();
    }

    @Test
    void aThreadIsWokenOnlyFromAWait() {
        gate.enter(false);
        gate.lock();
        gate.recallWaiter();
        assertThat(waker.isSignalled()).isFalse();
        gate.beginWait();
        gate.lock();
        gate.recallWaiter();
        gate.unlock();

        assertThat(waker.isSignalled()).isTrue();
    }

    // Rule 3.

    @Test
    void everyWaitIsCounted() {
        gate.enter(true);
        gate.countWait();
        gate.endFastWait();
        gate.lock();
        gate.beginWait();
        gate.endWait();
        gate.unlock();

        assertThat(gate.waits()).isEqualTo(2);
    }

    // Rule 7.

    @Test
    void theLockIsFreeDuringAWaitAndHeldAfterIt() throws Exception {
        gate.enter(false);
        gate.lock();
        gate.beginWait();
        assertThat(gate.isLocked()).isFalse();
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Background<Object> other = Background.start(() -> {
            gate.lock();
            locked.countDown();
            pass(done);
            gate.unlock();
            return null;
        });
        pass(locked);
        done.countDown();

        gate.endWait();

        other.get();
        assertThat(gate.isLocked()).isTrue();
        assertThat(gate.isWaiting()).isFalse();
    }

    // Assertions.

    @Test
    void theInvariantsAreCheckedOnceAtTheOutermostUnlock() {
        int[] checks = {0};
        gate = new Gate(Mechanism.POLL, false, waker, () -> ++checks[0] > 0);
        gate.lock();
        gate.lock();
        gate.unlock();
        assertThat(checks[0]).isZero();
        gate.unlock();
        assertThat(checks[0]).isEqualTo(1);
    }

    @Test
    void methodsThatRelyOnARuleAssertIt() {
        assertThatThrownBy(gate::close).isInstanceOf(AssertionError.class);
        assertThatThrownBy(gate::excludeWait).isInstanceOf(AssertionError.class);
        assertThatThrownBy(gate::endOthersWait).isInstanceOf(AssertionError.class);
        assertThatThrownBy(gate::recallWaiter).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> gate.setWatchesMore(true)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(gate::countWait).isInstanceOf(AssertionError.class);
        assertThatThrownBy(gate::awaitChangers).isInstanceOf(AssertionError.class);
        assertThatThrownBy(gate::beginWait).isInstanceOf(AssertionError.class);
        gate.enter(true);
        gate.lock();
        assertThatThrownBy(gate::endFastWait).isInstanceOf(AssertionError.class);
    }
}
