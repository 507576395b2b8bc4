// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the contract stands on: a poller, descriptors for it, and events that can be compared. It runs for every
 * binding; one that is not usable is skipped, and the reason printed.
 *
 * <p>A subclass says the mechanism and how it is opened over given calls. One that brings its own kernel overrides
 * {@link #syscalls}, {@link #open()} and {@link #unusable} besides.
 */
@ParameterizedClass(name = "through {0}")
@EnumSource(Binding.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class PollerFixture {
    protected static final int READABLE = Readiness.READABLE;
    protected static final int WRITABLE = Readiness.WRITABLE;
    protected static final int PRIORITY = Readiness.PRIORITY;
    protected static final int INVALID = Readiness.INVALID;

    private static final int TOLD = READABLE | WRITABLE | PRIORITY | INVALID;

    protected static final long DEADLINE_NANOS = Eventually.DEADLINE_NANOS;

    @Parameter
    protected Binding binding;

    /** The calls of this test's pollers and descriptors. */
    protected Syscalls calls;

    protected Posix posix;
    protected Descriptors descriptors;

    /** Opened for each test, and closed after it. */
    protected Poller poller;

    private final List<Poller> pollers = new ArrayList<>();

    protected abstract Mechanism mechanism();

    /** Opens the mechanism over given calls. */
    protected abstract Poller open(PollerSettings settings) throws IOException;

    /** Opens the mechanism as a user would. */
    protected Poller open() throws IOException {
        return Pollers.builder().mechanism(mechanism()).binding(binding).open();
    }

    /** The kernel; asked for once a test. */
    protected Syscalls syscalls() throws IOException {
        return Usable.syscalls(binding);
    }

    /** Where the descriptors come from; asked for once a test, after {@link #syscalls}. */
    protected Posix posix() throws IOException {
        return new Posix(calls);
    }

    /** Null if this mechanism can be had through this binding here, else why it cannot. */
    protected String unusable() {
        return Usable.reasonAgainst(mechanism(), binding);
    }

    @BeforeParameterizedClassInvocation
    void skipWhatIsNotUsable() {
        String reason = unusable();
        if (reason != null) {
            System.out.println("skipped: " + mechanism() + " through " + binding + ": " + reason);
        }
        Assumptions.assumeTrue(reason == null, reason);
    }

    @BeforeEach
    void openThePoller() throws IOException {
        calls = syscalls();
        posix = posix();
        descriptors = new Descriptors(posix);
        poller = opened(open());
    }

    @AfterEach
    void closeEverything() throws IOException {
        for (Poller each : pollers) {
            each.close();
        }
        pollers.clear();
        descriptors.close();
    }

    /** From now on this one is closed at the end too. */
    protected final Poller opened(Poller another) {
        pollers.add(another);
        return another;
    }

    /** Another poller, over these calls. */
    protected final Poller openOver(Syscalls kernel) throws IOException {
        return opened(open(new PollerSettings(kernel, binding, SelectLimit.FD_SETSIZE)));
    }

    /** Replaces the poller by one whose waits are counted. */
    protected final CountingSyscalls count() throws IOException {
        CountingSyscalls counting = new CountingSyscalls(calls);
        poller.close();
        poller = openOver(counting);
        return counting;
    }

    // What the mechanisms differ in, as the promise says.

    protected final boolean isKqueue() {
        return mechanism() == Mechanism.KQUEUE;
    }

    /** Whether a descriptor that was closed without cancel is told, and not dropped in silence. */
    protected final boolean tellsOfClosedDescriptors() {
        return mechanism() != Mechanism.EPOLL && mechanism() != Mechanism.KQUEUE;
    }

    /** kqueue of some systems has no such filter. */
    protected final void assumePriority() throws IOException {
        int fd = descriptors.socketPair().fd();
        try {
            poller.register(fd, Interest.PRIORITY).cancel();
        } catch (UnsupportedOperationException e) {
            assertThat(mechanism()).as(e.getMessage()).isEqualTo(Mechanism.KQUEUE);
            Assumptions.abort(e.getMessage());
        }
    }

    // Events.

    /** One event without its details, which not every mechanism has. */
    protected record Event(Registration registration, Readiness told) {
        @Override
        public String toString() {
            return registration + " is " + told;
        }
    }

    protected static Event event(Registration registration, int bits) {
        return new Event(registration, Readiness.of(bits));
    }

    protected static Event event(Registration registration, Readiness ready) {
        return event(registration, ready.bits() & TOLD);
    }

    /** What is ready now. */
    protected final List<Event> look() throws IOException {
        return poll(0);
    }

    /** What is ready as soon as something is. */
    protected final List<Event> await() throws IOException {
        return poll(DEADLINE_NANOS);
    }

    protected final List<Event> poll(long timeoutNanos) throws IOException {
        List<Event> events = new ArrayList<>();
        int count = poller.poll(timeoutNanos, (registration, ready) -> events.add(event(registration, ready)));
        assertThat(count).as("what poll returned").isEqualTo(events.size());
        return events;
    }

    protected final Background<Integer> pollInBackground(long timeoutNanos, ReadyHandler handler) {
        return Background.start(() -> poller.poll(timeoutNanos, handler));
    }

    /** A poll without limit in another thread, which is waiting when this returns. */
    protected final Background<Integer> waitInBackground(ReadyHandler handler) {
        return pollInBackground(-1, handler).awaitInKernel();
    }

    protected static final ReadyHandler IGNORE = (registration, ready) -> {};

    protected static final ReadyHandler UNEXPECTED = (registration, ready) -> {
        throw new AssertionError("unexpected: " + registration + " is " + ready);
    };
}
