// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.ForeignChannel;
import dev.pollux.Interest;
import dev.pollux.Trigger;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How closed channels and descriptors are found, without a system call. */
class ClosedChecksTest {
    private static final FakeDriver.Kind MISSES_CLOSED = FakeDriver.Kind.FILES;
    private static final FakeDriver.Kind REPORTS_CLOSED = FakeDriver.Kind.NUMBERS;

    private FakeCore core;
    private Batch batch;
    private ClosedChecks checks;

    private void open(FakeDriver.Kind kind) throws IOException {
        core = new FakeCore(kind);
        batch = new Batch();
        checks = new ClosedChecks(core.driver, core.gate, core.lifecycle, batch);
    }

    /** A ready descriptor whose file stays open and ready when it is closed. */
    private Entry registerWithADuplicate() throws IOException {
        Entry entry = core.registerReady(1, Trigger.LEVEL).get(0);
        core.descriptors.dup(entry.fd());
        return entry;
    }

    private Entry registerAndCloseWithADuplicate() throws IOException {
        Entry entry = registerWithADuplicate();
        core.descriptors.close(entry.fd());
        return entry;
    }

    /** A registration whose number now belongs to an empty pipe. */
    private Entry registerAndReuseTheNumber() throws IOException {
        Entry entry = registerWithADuplicate();
        int emptyFd = core.descriptors.pipe().readFd();
        core.descriptors.close(entry.fd());
        core.descriptors.dupAs(emptyFd, entry.fd());
        return entry;
    }

    @Test
    void aClosedChannelEndsWhenTheSweepComesToItsNumber() throws IOException {
        open(REPORTS_CLOSED);
        ForeignChannel channel = new ForeignChannel();
        int fd = core.posix.dupAtOrAbove(core.descriptors.pipe().readFd(), 21);
        Entry entry = core.register(fd, Interest.READ, Trigger.LEVEL, channel);
        assertThat(core.gate.needsSlowPoll()).isTrue();
        int sweeps = (fd - 1) / 4;
        core.locked(() -> {
            for (int i = 0; i < sweeps; i++) {
                checks.sweepChannels();
            }
        });
        channel.close();
        assertThat(entry.state()).isEqualTo(State.ARMED);

        core.locked(checks::sweepChannels);

        assertThat(entry.state()).isEqualTo(State.ENDED);
        assertThat(core.gate.needsSlowPoll()).isFalse();
    }

    @Test
    void aSweepEndsNoOpenChannel() throws IOException {
        open(MISSES_CLOSED);
        Entry entry =
                core.register(core.descriptors.pipe().readFd(), Interest.READ, Trigger.LEVEL, new ForeignChannel());

        core.locked(() -> {
            for (int i = 0; i < core.driver.registry.numbers(); i++) {
                checks.sweepChannels();
            }
        });

        assertThat(entry.state()).isEqualTo(State.ARMED);
    }

    @Test
    void readyDescriptorsAreCheckedInThe1024thWait() throws IOException {
        open(MISSES_CLOSED);
        Entry open = core.registerReady(1, Trigger.LEVEL).get(0);
        Entry closed = registerAndCloseWithADuplicate();

        for (int wait = 1; wait < 1024; wait++) {
            assertThat(core.look()).as("in wait %d", wait).containsExactly(open, closed);
        }

        assertThat(core.look()).containsExactly(open);
        assertThat(closed.state()).isEqualTo(State.ENDED);
        assertThat(core.look()).containsExactly(open);
    }

    @Test
    void aDescriptorIsCheckedInEachEighthFetch() throws IOException {
        open(MISSES_CLOSED);
        int fd = core.posix.pipe().readFd(); // a low number, which the first check reaches
        Entry closed = core.register(fd, Interest.READ, Trigger.LEVEL);
        core.posix.close(fd);
        for (int fetch = 1; fetch < 8; fetch++) {
            core.locked(checks::checkNext);
        }
        assertThat(closed.state()).isEqualTo(State.ARMED);

        core.locked(checks::checkNext);

        assertThat(closed.state()).isEqualTo(State.ENDED);
        assertThat(batch.isEmpty()).as("nothing is reported").isTrue();
    }

    @Test
    void eachCheckTakesTheNextDescriptor() throws IOException {
        open(MISSES_CLOSED);
        core.register(core.posix.pipe().readFd(), Interest.READ, Trigger.LEVEL);
        int fd = core.posix.pipe().readFd();
        Entry closed = core.register(fd, Interest.READ, Trigger.LEVEL);
        core.posix.close(fd);
        for (int fetch = 1; fetch < 16; fetch++) {
            core.locked(checks::checkNext);
        }
        assertThat(closed.state()).isEqualTo(State.ARMED);

        core.locked(checks::checkNext);

        assertThat(closed.state()).isEqualTo(State.ENDED);
    }

    @Test
    void noDescriptorIsCheckedWhereTheKernelReportsClosedOnes() throws IOException {
        open(REPORTS_CLOSED);
        Entry closed = registerAndCloseWithADuplicate();

        for (int fetch = 0; fetch < 800; fetch++) {
            core.locked(checks::checkNext);
        }

        assertThat(closed.state()).isEqualTo(State.ARMED);
        assertThat(checks.isDue()).isFalse();
    }

    @Test
    void aFailedWaitEndsAllThatAreClosedAndReportsThemOnlyWhereTheMechanismDoes() throws IOException {
        for (FakeDriver.Kind kind : FakeDriver.Kind.values()) {
            open(kind);
            Entry open = core.registerReady(1, Trigger.LEVEL).get(0);
            List<Entry> closed = List.of(registerWithADuplicate(), registerWithADuplicate());
            for (Entry each : closed) {
                core.descriptors.close(each.fd());
            }

            core.locked(() -> assertThat(checks.endAllClosed()).isTrue());

            assertThat(closed).extracting(Entry::state).containsOnly(State.ENDED);
            assertThat(open.state()).isEqualTo(State.ARMED);
            assertThat(batch.events()).isEqualTo(kind == REPORTS_CLOSED ? 2 : 0);
            for (int i = 0; i < batch.count(); i++) {
                assertThat(batch.get(i).fetched).isEqualTo(ReadyBits.INVALID);
            }
            core.locked(() -> assertThat(checks.endAllClosed()).isFalse());
        }
    }

    @Test
    void aRegistrationIsGoneIfItsDescriptorIsClosedOrItsNumberIsAnotherFiles() throws IOException {
        open(MISSES_CLOSED);
        Entry open = core.registerReady(1, Trigger.LEVEL).get(0);
        Entry reused = registerAndReuseTheNumber();
        Entry closed = registerAndCloseWithADuplicate();

        core.locked(() -> {
            assertThat(checks.isGone(open)).isFalse();
            assertThat(checks.isGone(closed)).isTrue();
            assertThat(checks.isGone(reused)).isTrue();
        });
    }

    @Test
    void aRegistrationIsNotGoneIfTheKernelDoesNotSay() throws IOException {
        open(MISSES_CLOSED);
        Entry reused = registerAndReuseTheNumber();
        core.driver.failingQuestions = 1;

        core.locked(() -> {
            assertThat(checks.isGone(reused)).isFalse();
            assertThat(checks.isGone(reused)).isTrue();
        });
    }
}
