// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Single polls, by the rules of the package documentation, without a system call. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollLoopTest {
    private static final FakeDriver.Kind DIRECT = FakeDriver.Kind.FILES;
    private static final FakeDriver.Kind BATCHED = FakeDriver.Kind.NUMBERS;

    // Rule 1.

    @Test
    void aFastPollTakesNoLock() throws Exception {
        FakeCore core = new FakeCore(DIRECT);
        Entry ready = core.registerReady(1, Trigger.LEVEL).get(0);
        assertThat(core.look()).containsExactly(ready);
        assertThat(ready.fastRow()).isNotZero();
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch polled = new CountDownLatch(1);
        Background<Boolean> holder = Background.start(() -> {
            core.gate.lock();
            try {
                locked.countDown();
                return polled.await(Eventually.DEADLINE_SECONDS, TimeUnit.SECONDS);
            } finally {
                core.gate.unlock();
            }
        });
        assertThat(locked.await(Eventually.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();

        assertThat(core.look()).containsExactly(ready);

        polled.countDown();
        assertThat(holder.get()).isTrue();
    }

    @Test
    void aWaitThatWasFastTakesTheLockIfSomethingNeedsItMeanwhile() throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        Entry ready = core.registerReady(1, Trigger.LEVEL).get(0);
        core.look();
        int file = core.descriptors.open("/", 0);
        List<Entry> files = new ArrayList<>();
        core.calls.afterNextWait(() -> quietly(() -> files.add(core.register(file, Interest.READ, Trigger.LEVEL))));

        List<Entry> delivered = core.look();

        assertThat(files.get(0).state()).isEqualTo(State.CONSTANT);
        assertThat(delivered).containsExactlyInAnyOrder(ready, files.get(0));
    }

    /** In each 1024th wait the core checks for closed descriptors: it must not skip that number. */
    @Test
    void eachPollThatFindsAnEventIsOneWait() throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        core.registerReady(1, Trigger.LEVEL);
        core.register(core.descriptors.open("/", 0), Interest.READ, Trigger.LEVEL);
        int before = core.gate.waits();

        for (int poll = 1; poll <= 5; poll++) {
            assertThat(core.look()).hasSize(2);
            assertThat(core.gate.waits() - before).isEqualTo(poll);
        }
    }

    // Looking before waiting.

    @Test
    void aLookThatFindsAnEventReplacesTheWait() throws IOException {
        FakeCore core = new FakeCore(DIRECT, 0);
        core.registerReady(2, Trigger.LEVEL);
        core.driver.timeoutsNanos.clear();

        assertThat(core.loop.poll(-1, (registration, ready) -> {})).isEqualTo(2);

        assertThat(core.driver.timeoutsNanos).containsExactly(0L);
    }

    @Test
    void aLookThatFindsNothingIsFollowedByTheWait() throws IOException {
        FakeCore core = new FakeCore(DIRECT, 0);

        assertThat(core.loop.poll(TimeUnit.MILLISECONDS.toNanos(1), (registration, ready) -> {}))
                .isZero();

        assertThat(core.driver.timeoutsNanos).startsWith(0L).last().isNotEqualTo(0L);
    }

    @Test
    void anInterruptedThreadGetsWhatALookFoundAndItsNextPollEnds() throws IOException {
        FakeCore core = new FakeCore(DIRECT, 0);
        Entry entry = core.registerReady(1, Trigger.LEVEL).get(0);
        Thread.currentThread().interrupt();
        try {
            assertThat(core.loop.poll(-1, (registration, ready) -> {})).isOne();
            core.modify(entry, Interest.NONE);
            assertThat(core.loop.poll(-1, (registration, ready) -> {})).isZero();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aMechanismWithExpensiveLooksWaitsAtOnce() throws IOException {
        FakeCore core = new FakeCore(BATCHED, 0);
        core.registerReady(1, Trigger.LEVEL);
        core.driver.timeoutsNanos.clear();

        core.loop.poll(-1, (registration, ready) -> {});

        assertThat(core.driver.timeoutsNanos).doesNotContain(0L);
    }

    // Rule 2: FakeDriver asserts that nothing changes during a wait.

    @ParameterizedTest
    @EnumSource
    void aChangeByAnotherThreadTakesEffectInTheWaitThatRuns(FakeDriver.Kind kind) throws Exception {
        FakeCore core = new FakeCore(kind);
        List<Entry> delivered = new ArrayList<>();
        Background<Integer> waiting =
                Background.start(() -> core.loop.poll(-1, (each, ready) -> delivered.add((Entry) each)));
        waiting.awaitInKernel();

        Entry entry = core.registerReady(1, Trigger.LEVEL).get(0);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(delivered).containsExactly(entry);
    }

    // Rule 3.

    @ParameterizedTest
    @EnumSource(names = {"LEVEL", "EDGE"})
    void anAnswerIsIgnoredForAnEntryThatWasArmedDuringTheWait(Trigger trigger) throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        List<Entry> entries = core.registerReady(2, trigger);
        core.calls.afterNextWait(() -> quietly(() -> core.modify(entries.get(1), Interest.READ)));

        assertThat(core.look()).containsExactly(entries.get(0));

        List<Entry> expected = trigger == Trigger.LEVEL
                ? List.of(entries.get(1), entries.get(0)) // it keeps its place before the one delivered last time
                : List.of(entries.get(1));
        assertThat(core.look()).isEqualTo(expected);
    }

    // Rule 4.

    @ParameterizedTest
    @EnumSource
    void anEventIsNotDeliveredAfterItsRegistrationWasModifiedOrCancelled(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        List<Entry> entries = core.registerReady(3, Trigger.LEVEL);
        List<Entry> delivered = new ArrayList<>();

        core.look((registration, ready) -> {
            delivered.add((Entry) registration);
            core.modify(entries.get(1), Interest.READ);
            core.cancel(entries.get(2));
        });

        assertThat(delivered).containsExactly(entries.get(0));
        assertThat(core.look()).containsExactly(entries.get(1), entries.get(0));
    }

    // Rule 5.

    @ParameterizedTest
    @EnumSource
    void aLaterRegistrationOfANumberInheritsNoAnswer(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        List<Entry> entries = core.registerReady(2, Trigger.LEVEL);
        List<Entry> delivered = new ArrayList<>();
        List<Entry> later = new ArrayList<>();

        core.look((registration, ready) -> {
            delivered.add((Entry) registration);
            core.cancel(entries.get(1));
            later.add(core.register(entries.get(1).fd(), Interest.READ, Trigger.LEVEL));
        });

        assertThat(delivered).containsExactly(entries.get(0));
        assertThat(core.look()).containsExactlyInAnyOrder(entries.get(0), later.get(0));
    }

    @Test
    void aChangeOfARegistrationEndsItsFastPath() throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        Entry entry = core.registerReady(1, Trigger.LEVEL).get(0);
        core.look();
        assertThat(entry.fastRow()).isNotZero();

        core.modify(entry, Interest.READ);
        assertThat(entry.fastRow()).isZero();
        core.look();
        core.look();
        assertThat(entry.fastRow()).isNotZero();
        core.cancel(entry);
        assertThat(entry.fastRow()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
    void aOneshotHasNoFastPathAndHasFiredWhenItsHandlerRuns(Trigger trigger) throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        Entry entry = core.registerReady(1, trigger).get(0);
        List<State> states = new ArrayList<>();

        core.look((registration, ready) -> states.add(entry.state()));

        assertThat(states).containsExactly(State.FIRED);
        assertThat(entry.fastRow()).isZero();
        assertThat(core.look()).isEmpty();
    }

    // Rules 6 and 7: FakeCore checks in each call which locks are held.

    @ParameterizedTest
    @EnumSource
    void onlyThePollingThreadWaits(FakeDriver.Kind kind) throws Exception {
        FakeCore core = new FakeCore(kind);
        Background<Integer> waiting = Background.start(() -> core.loop.poll(-1, (each, ready) -> {}));
        waiting.awaitInKernel();

        Entry entry = core.register(core.descriptors.pipe().readFd(), Interest.READ, Trigger.LEVEL);
        core.modify(entry, Interest.WRITE);
        core.cancel(entry);
        core.waker.signal(Waker.USER);

        assertThat(waiting.get()).isZero();
        assertThat(core.driver.waitingThreads).containsOnly(waiting.thread());
    }

    @Test
    void theLockIsFreeDuringAWait() throws Exception {
        FakeCore core = new FakeCore(BATCHED);
        Background<Integer> waiting = Background.start(() -> core.loop.poll(-1, (each, ready) -> {}));
        waiting.awaitInKernel();

        core.gate.lock();
        assertThat(core.gate.isWaiting()).isTrue();
        core.gate.unlock();

        core.waker.signal(Waker.USER);
        assertThat(waiting.get()).isZero();
    }

    // Handlers that throw.

    @ParameterizedTest
    @EnumSource
    void aHandlerThatThrowsHalfWayLosesNoEventAndRepeatsNoneBeforeTheOthers(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        List<Entry> entries = core.registerReady(4, Trigger.LEVEL);

        assertThat(untilItThrows(core, entries.get(1))).containsExactly(entries.get(0), entries.get(1));

        assertThat(core.look()).containsExactly(entries.get(2), entries.get(3), entries.get(0), entries.get(1));
        assertThat(core.look()).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReportedOnceIsArmedAgainAfterAHandlerThrew(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        List<Entry> entries = core.registerReady(3, Trigger.ONESHOT);

        assertThat(untilItThrows(core, entries.get(0))).containsExactly(entries.get(0));

        assertThat(entries).extracting(Entry::state).containsExactly(State.FIRED, State.ARMED, State.ARMED);
        assertThat(core.look()).containsExactly(entries.get(1), entries.get(2));
        assertThat(core.look()).isEmpty();
    }

    @Test
    void anEdgeThatWasNotDeliveredIsReportedAgainThoughNothingArrived() throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        List<Entry> entries = core.registerReady(3, Trigger.EDGE);

        assertThat(untilItThrows(core, entries.get(0))).containsExactly(entries.get(0));

        assertThat(core.look()).containsExactly(entries.get(1), entries.get(2));
        assertThat(core.look()).isEmpty();
    }

    /** The events of a poll whose handler throws at this registration. */
    private static List<Entry> untilItThrows(FakeCore core, Entry last) {
        List<Entry> delivered = new ArrayList<>();
        assertThatThrownBy(() -> core.look((registration, ready) -> {
                    delivered.add((Entry) registration);
                    if (registration == last) {
                        throw new IOException("on purpose");
                    }
                }))
                .hasMessage("on purpose");
        return delivered;
    }

    // Failures.

    @ParameterizedTest
    @EnumSource
    void aFailureAtOneAnswerLosesNoneOfTheOthers(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        List<Entry> entries = core.registerReady(3, Trigger.LEVEL);
        core.driver.failingAnswers = 1;

        assertThatThrownBy(core::look).isInstanceOf(SyscallException.class);

        assertThat(core.look()).containsExactlyInAnyOrderElementsOf(entries);
    }

    @ParameterizedTest
    @EnumSource
    void aWaitThatASignalEndedIsRepeated(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        core.registerReady(1, Trigger.LEVEL);
        core.calls.interruptNext(3);

        assertThat(core.loop.poll(-1, (registration, ready) -> {})).isEqualTo(1);
        assertThat(core.calls.waits()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void aModifyThatFailedIsRetriedBeforeTheNextWait(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        Entry entry = core.registerReady(1, Trigger.ONESHOT).get(0);
        core.driver.failingArms = 1;

        assertThatThrownBy(() -> core.modify(entry, Interest.WRITE)).isInstanceOf(SyscallException.class);

        assertThat(core.lifecycle.retries.all()).containsExactly(entry);
        assertThat(entry.interest()).isEqualTo(Interest.READ);
        assertThat(core.gate.needsSlowPoll()).isTrue();
        assertThat(core.look()).containsExactly(entry);
        assertThat(core.lifecycle.retries.isEmpty()).isTrue();
        assertThat(core.gate.needsSlowPoll()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aRetryThatFailsWaitsForTheNextPollAndDelaysNoOther(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        List<Entry> entries = core.registerReady(2, Trigger.LEVEL);
        for (Entry entry : entries) {
            core.driver.failingArms = 1;
            assertThatThrownBy(() -> core.modify(entry, Interest.READ)).isInstanceOf(SyscallException.class);
        }
        core.driver.failingArms = 1;

        core.look();
        assertThat(core.lifecycle.retries.all()).containsExactly(entries.get(0));
        core.look();
        assertThat(core.lifecycle.retries.isEmpty()).isTrue();
        assertThat(core.look()).containsExactlyInAnyOrderElementsOf(entries);
    }

    @ParameterizedTest
    @EnumSource
    void aOneshotWhoseDisarmFailedIsDisarmedBeforeTheNextWait(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        Entry entry = core.registerReady(1, Trigger.ONESHOT).get(0);
        core.driver.failingDisarms = 1;

        assertThat(core.look()).containsExactly(entry);

        assertThat(entry.state()).isEqualTo(State.FIRED);
        assertThat(core.lifecycle.retries.all()).containsExactly(entry);
        assertThat(core.look()).isEmpty();
        assertThat(core.lifecycle.retries.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aCancelThatFailsLeavesTheRegistrationAsItIs(FakeDriver.Kind kind) throws IOException {
        FakeCore core = new FakeCore(kind);
        Entry entry = core.registerReady(1, Trigger.LEVEL).get(0);
        core.driver.failingDisarms = 1;

        assertThatThrownBy(() -> core.cancel(entry)).isInstanceOf(SyscallException.class);

        assertThat(entry.state()).isEqualTo(State.ARMED);
        assertThat(core.look()).containsExactly(entry);
        core.cancel(entry);
        assertThat(entry.state()).isEqualTo(State.ENDED);
    }

    // States.

    @Test
    void anUnaskedHangUpIsMutedByItsEdgesOrLookedAtInEachPoll() throws IOException {
        for (FakeDriver.Kind kind : FakeDriver.Kind.values()) {
            FakeCore core = new FakeCore(kind);
            Entry entry = core.register(core.descriptors.hungUpPipe(), Interest.PRIORITY, Trigger.LEVEL);

            assertThat(core.look()).isEmpty();

            assertThat(entry.state()).isEqualTo(State.MUTED);
            assertThat(core.lifecycle.muted.isEmpty()).isEqualTo(kind == DIRECT);
            assertThat(core.look()).isEmpty();
            assertThat(entry.state()).isEqualTo(State.MUTED);
            core.modify(entry, Interest.READ);
            assertThat(entry.state()).isEqualTo(State.ARMED);
            assertThat(core.lifecycle.muted.isEmpty()).isTrue();
            assertThat(core.look()).containsExactly(entry);
        }
    }

    @Test
    void interestNoneIsSilentAndAnotherInterestArms() throws IOException {
        FakeCore core = new FakeCore(BATCHED);
        Pipe pipe = core.descriptors.readyPipe();
        Entry entry = core.register(pipe.readFd(), Interest.NONE, Trigger.LEVEL);
        assertThat(entry.state()).isEqualTo(State.SILENT);
        assertThat(core.look()).isEmpty();

        core.modify(entry, Interest.READ);

        assertThat(entry.state()).isEqualTo(State.ARMED);
        assertThat(core.look()).containsExactly(entry);
    }

    @Test
    void aRegistrationThatFailsIsInNoTable() throws IOException {
        FakeCore core = new FakeCore(DIRECT);
        int fd = core.descriptors.pipe().readFd();
        core.driver.failingArms = 1;

        assertThatThrownBy(() -> core.register(fd, Interest.READ, Trigger.LEVEL))
                .isInstanceOf(SyscallException.class);

        assertThat(core.driver.registry.get(fd)).isNull();
        assertThat(core.driver.registry.size()).isZero();
    }

    @Test
    void aClosedPollerDeliversNoFetchedEvents() throws IOException {
        for (FakeDriver.Kind kind : FakeDriver.Kind.values()) {
            FakeCore core = new FakeCore(kind);
            List<Entry> entries = core.registerReady(2, Trigger.LEVEL);
            List<Entry> delivered = new ArrayList<>();

            core.look((registration, ready) -> {
                delivered.add((Entry) registration);
                core.locked(() -> {
                    core.gate.close();
                    core.lifecycle.forgetAll();
                });
            });

            assertThat(delivered).containsExactly(entries.get(0));
            assertThatThrownBy(core::look).isInstanceOf(ClosedPollerException.class);
        }
    }

    private static void quietly(FakeCore.Change change) {
        try {
            change.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
