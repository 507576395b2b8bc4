// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.mechanism.PollerSettings;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * The base of every test of a poller: an open poller, descriptors for it, and events that can be compared.
 *
 * <p>A topic of the contract extends this class and is nested in a {@link MechanismTest}, which opens the poller.
 */
@ExtendWith(PollerFixture.PollerPerTest.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class PollerFixture {
    protected static final int READABLE = ReadyBits.READABLE;
    protected static final int WRITABLE = ReadyBits.WRITABLE;
    protected static final int PRIORITY = ReadyBits.PRIORITY;
    protected static final int INVALID = ReadyBits.INVALID;

    private static final int COMPARED = READABLE | WRITABLE | PRIORITY | INVALID;

    protected static final long DEADLINE_NANOS = Eventually.DEADLINE_NANOS;

    /** The calls of this test's pollers and descriptors. */
    protected Syscalls calls;

    protected KernelPosix posix;
    protected Descriptors descriptors;

    /** Opened for each test, and closed after it. */
    protected Poller poller;

    private MechanismTest outer;

    /** Opens a poller before each test and closes it afterwards; a failure prints its mechanism and binding. */
    static final class PollerPerTest implements BeforeEachCallback, AfterEachCallback, TestWatcher {
        @Override
        public void beforeEach(ExtensionContext context) throws IOException {
            MechanismTest outer = outer(context);
            outer.openPoller();
            ((PollerFixture) context.getRequiredTestInstance()).use(outer);
        }

        @Override
        public void afterEach(ExtensionContext context) throws IOException {
            outer(context).closeEverything();
        }

        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            MechanismTest outer = outer(context);
            Method method = context.getRequiredTestMethod();
            String arguments = context.getDisplayName().startsWith("[") ? " " + context.getDisplayName() : "";
            System.out.println("failed: " + outer.getClass().getSimpleName() + " (" + outer.mechanism() + " through "
                    + outer.binding() + "): " + method.getDeclaringClass().getSimpleName() + "." + method.getName()
                    + arguments);
        }

        private static MechanismTest outer(ExtensionContext context) {
            return (MechanismTest)
                    context.getRequiredTestInstances().getAllInstances().get(0);
        }
    }

    private void use(MechanismTest test) {
        outer = test;
        calls = test.calls;
        posix = test.posix;
        descriptors = test.descriptors;
        poller = test.poller;
    }

    protected Mechanism mechanism() {
        return outer.mechanism();
    }

    protected Binding binding() {
        return outer.binding();
    }

    /** Opens the mechanism over given calls. */
    protected Poller open(PollerSettings settings) throws IOException {
        return outer.open(settings);
    }

    /** Opens another poller of the mechanism. */
    protected Poller open() throws IOException {
        return outer.open();
    }

    /** Takes over a poller: it is closed at the end. */
    protected Poller opened(Poller another) {
        return outer.opened(another);
    }

    /** Another poller, over these calls. */
    protected final Poller openOver(Syscalls kernel) throws IOException {
        return opened(open(new PollerSettings(kernel, binding(), SelectLimit.FD_SETSIZE)));
    }

    /** Replaces the poller by one whose waits are counted. */
    protected final CountingSyscalls count() throws IOException {
        CountingSyscalls counting = new CountingSyscalls(calls);
        poller.close();
        poller = openOver(counting);
        return counting;
    }

    // Documented differences between mechanisms.

    protected final boolean isKqueue() {
        return mechanism() == Mechanism.KQUEUE;
    }

    /** Whether a descriptor that was closed without cancel is reported once, and not dropped silently. */
    protected final boolean reportsClosedDescriptors() {
        return mechanism() != Mechanism.EPOLL && mechanism() != Mechanism.KQUEUE;
    }

    /** Skips the test where the mechanism has no such trigger. */
    protected final void assumeSupported(Trigger trigger) {
        assumeThat(poller.supports(trigger))
                .as(mechanism() + " supports " + trigger)
                .isTrue();
    }

    /** The kqueue of some systems has no filter for it. */
    protected final void assumePriority() throws IOException {
        int fd = descriptors.socketPair().fd();
        try {
            poller.register(fd, Interest.PRIORITY).cancel();
        } catch (UnsupportedOperationException e) {
            assertThat(mechanism()).as(e.getMessage()).isEqualTo(Mechanism.KQUEUE);
            Assumptions.abort(e.getMessage());
        }
    }

    /** After an error nothing is registered, and the poller still works. */
    protected final void assertNothingIsRegistered(int fd) throws IOException {
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(fd)).isNull();
        assertThat(look()).isEmpty();
        Registration good = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThat(await()).containsExactly(event(good, READABLE));
        good.cancel();
    }

    // Events.

    /** One event without its details, which not every mechanism reports. */
    protected record Event(Registration registration, Readiness ready) {
        @Override
        public String toString() {
            return registration + " is " + ready;
        }
    }

    protected static Event event(Registration registration, int bits) {
        return new Event(registration, ReadyBits.readiness(bits));
    }

    protected static Event event(Registration registration, Readiness ready) {
        return event(registration, ReadyBits.of(ready) & COMPARED);
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
