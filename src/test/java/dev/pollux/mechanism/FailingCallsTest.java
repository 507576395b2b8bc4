// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Binding;
import dev.pollux.ClosedPollerException;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.MechanismUnavailableException;
import dev.pollux.Poller;
import dev.pollux.Readiness;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.Usable;
import dev.pollux.abi.Kqueue;
import dev.pollux.mechanism.SimulatedKqueue.Manners;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Repeats one scenario; each time another system call or allocation of the poller fails, and perhaps the following ones
 * too. Once the calls succeed again, every registration reports its events, a wakeup ends a poll, {@code close}
 * returns, and no descriptor is left open.
 */
@Timeout(value = 30, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingCallsTest {
    /** The kernels over which a poller is opened. */
    enum Kernel {
        SELECT(Mechanism.SELECT),
        POLL(Mechanism.POLL),
        EPOLL(Mechanism.EPOLL),
        IO_URING(Mechanism.IO_URING),
        SIMULATED_DEVPOLL(Mechanism.DEVPOLL),
        SIMULATED_KQUEUE(Mechanism.KQUEUE),
        SIMULATED_LIBKQUEUE(Mechanism.KQUEUE);

        final Mechanism mechanism;

        Kernel(Mechanism mechanism) {
            this.mechanism = mechanism;
        }

        boolean isSimulated() {
            return name().startsWith("SIMULATED_");
        }

        /** The calls that are made to fail. */
        Syscalls over(Syscalls linux) {
            return switch (this) {
                case SIMULATED_DEVPOLL -> new SimulatedDevPoll(linux);
                case SIMULATED_KQUEUE -> new SimulatedKqueue(linux, Manners.FREEBSD);
                case SIMULATED_LIBKQUEUE -> new SimulatedKqueue(linux, Manners.LIBKQUEUE);
                default -> linux;
            };
        }

        Poller open(PollerSettings settings) throws IOException {
            return switch (mechanism) {
                case SELECT -> KernelPoller.open(SelectDriver::new, settings);
                case POLL -> KernelPoller.open(PollDriver::new, settings);
                case DEVPOLL -> KernelPoller.open(DevPollDriver::new, settings);
                case EPOLL -> KernelPoller.open(EpollDriver::new, settings);
                case KQUEUE -> KernelPoller.open(KqueueDriver::new, settings);
                case IO_URING -> KernelPoller.open(IoUringDriver::new, settings);
            };
        }
    }

    /** How many calls in a row fail, and how many succeed between two that fail. */
    private static final int[][] PATTERNS = {{1, 1}, {2, 1}, {4, 2}};

    private final Syscalls linux = firstUsable();

    private static Syscalls firstUsable() {
        try {
            return Usable.syscalls(null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Kernel.class)
    void whicheverCallFailsThePollerWorksAgainAfterwards(Kernel kernel) throws Exception {
        Mechanism needed = kernel.isSimulated() ? Mechanism.EPOLL : kernel.mechanism;
        String reason = Arrays.stream(Binding.values()).anyMatch(each -> Usable.reasonAgainst(needed, each) == null)
                ? null
                : needed + " is not usable here";
        if (reason != null) {
            System.out.println("skipped: " + kernel + ": " + reason);
        }
        Assumptions.assumeTrue(reason == null, reason);
        String abiBefore = System.getProperty(Kqueue.ABI_PROPERTY);
        try {
            System.setProperty(Kqueue.ABI_PROPERTY, kernel == Kernel.SIMULATED_LIBKQUEUE ? "LIBKQUEUE" : "FREEBSD");
            new Scenario(kernel, new FailingSyscalls(kernel.over(linux))).run();
            int calls = 0;
            for (int[] pattern : PATTERNS) {
                int nth = 0;
                FailingSyscalls failing;
                do {
                    failing = new FailingSyscalls(kernel.over(linux));
                    failing.failFrom(++nth, pattern[0], pattern[1]);
                    long descriptorsBefore = Descriptors.openNow();
                    try {
                        new Scenario(kernel, failing).run();
                        assertThat(Descriptors.openNow()).as("open descriptors").isEqualTo(descriptorsBefore);
                    } catch (Exception | AssertionError e) {
                        throw new AssertionError(
                                kernel + ", call " + nth + ", " + pattern[0] + " failures, every " + pattern[1] + ": "
                                        + failing.failed(),
                                e);
                    }
                } while (!failing.failed().isEmpty());
                calls += nth - 1;
            }
            System.out.println("failing calls: " + kernel + ", " + calls + " scenarios");
            assertThat(calls).as("calls that have failed").isGreaterThan(100);
        } finally {
            if (abiBefore == null) {
                System.clearProperty(Kqueue.ABI_PROPERTY);
            } else {
                System.setProperty(Kqueue.ABI_PROPERTY, abiBefore);
            }
        }
    }

    /** One poller's life. Each step may fail with its call; the API then tells what is registered. */
    private final class Scenario {
        private final Kernel kernel;
        private final FailingSyscalls failing;
        private final Descriptors descriptors = new Descriptors(new KernelPosix(linux));
        private final KernelPosix posix = descriptors.posix();
        private final List<Registration> registered = new ArrayList<>();

        /** Registrations that report once, became ready, and have not been reported yet. */
        private final Set<Registration> awaited = new HashSet<>();

        private final Map<Registration, Runnable> makeReady = new HashMap<>();
        private final Set<Registration> fired = new HashSet<>();
        private final Set<Registration> heard = new HashSet<>();
        private Poller poller;

        Scenario(Kernel kernel, FailingSyscalls failing) {
            this.kernel = kernel;
            this.failing = failing;
        }

        void run() throws Exception {
            try {
                poller = open();
                if (poller != null) {
                    try {
                        Background.start(() -> {
                                    live();
                                    return null;
                                })
                                .get();
                        failing.stop();
                        check();
                        failing.resume();
                    } finally {
                        Background.start(() -> {
                                    poller.close();
                                    return null;
                                })
                                .get();
                    }
                }
            } finally {
                descriptors.close();
            }
        }

        private Poller open() throws IOException {
            try {
                return kernel.open(new PollerSettings(failing, Binding.JNA, SelectLimit.KERNEL));
            } catch (SyscallException | MechanismUnavailableException | OutOfMemoryError e) {
                requireInjected(e);
                return null;
            }
        }

        private void requireInjected(Throwable e) {
            if (failing.failed().isEmpty()) {
                throw new AssertionError("nothing was made to fail, and yet: " + e, e);
            }
        }

        private interface Step {
            void take() throws Exception;
        }

        /** Returns whether the step succeeded. */
        private boolean step(Step step) throws Exception {
            try {
                step.take();
                return true;
            } catch (SyscallException | OutOfMemoryError e) {
                requireInjected(e);
                return false;
            }
        }

        private Registration register(int fd, Interest interest, Trigger trigger, boolean exclusive) throws Exception {
            Registration[] made = {null};
            boolean done = step(() -> made[0] = exclusive
                    ? poller.registerExclusive(fd, interest, trigger, null)
                    : poller.register(fd, interest, trigger, null));
            if (!done) {
                assertThat(poller.registration(fd))
                        .as("after a failed register")
                        .isNull();
                return null;
            }
            registered.add(made[0]);
            return made[0];
        }

        private void modify(Registration registration, Interest interest) throws Exception {
            if (registration == null) {
                return;
            }
            Interest before = registration.interest();
            if (step(() -> registration.modify(interest))) {
                fired.remove(registration);
            } else if (registration.isValid()) {
                assertThat(registration.interest()).isEqualTo(before);
            }
        }

        /** Cancels a registration; one whose cancel was refused stays, and is cancelled again. */
        private void cancel(Registration registration) throws Exception {
            if (registration != null && !step(registration::cancel) && registration.isValid()) {
                assertThat(poller.registration(registration.fd())).isSameAs(registration);
                step(registration::cancel);
            }
        }

        private void look() throws Exception {
            step(() -> poller.poll(0, this::hear));
        }

        private void hear(Registration registration, Readiness ready) {
            assertThat(registration.isValid() || ready.isInvalid())
                    .as("%s gets %s", registration, ready)
                    .isTrue();
            assertThat(fired).as("fired registrations").doesNotContain(registration);
            if (!ready.isInvalid()) {
                assertThat(ReadyBits.of(ready) & asked(registration.interest()))
                        .as("%s gets %s", registration, ready)
                        .isNotZero();
            }
            heard.add(registration);
            awaited.remove(registration);
            if (registration.trigger().isOneshot()) {
                fired.add(registration);
            }
        }

        private static int asked(Interest interest) {
            return (interest.isRead() ? ReadyBits.READABLE : 0)
                    | (interest.isWrite() ? ReadyBits.WRITABLE : 0)
                    | (interest.isPriority() ? ReadyBits.PRIORITY : 0);
        }

        private void live() throws Exception {
            for (Trigger trigger : Trigger.values()) {
                if (poller.supports(trigger)) {
                    readAndWrite(trigger);
                }
            }
            exclusive();
            hungUp();
            alwaysReady();
            ghost();
            numberUsedAgain();
            many();
            waitWhileAnotherThreadChanges();
            step(() -> {
                poller.wakeup();
                poller.poll(Eventually.DEADLINE_NANOS, this::hear);
            });
            look();
        }

        private void readAndWrite(Trigger trigger) throws Exception {
            SocketPair pair = descriptors.socketPair();
            Registration registration = register(pair.fd(), Interest.READ, trigger, false);
            look();
            write(pair.peerFd());
            if (registration != null) {
                awaited.add(registration);
            }
            look();
            look();
            modify(registration, Interest.READ_WRITE);
            look();
            modify(registration, Interest.WRITE);
            look();
            modify(registration, Interest.NONE);
            awaited.remove(registration);
            look();
            modify(registration, Interest.READ);
            makeReady.put(registration, () -> {
                readAgain(registration);
                write(pair.peerFd());
            });
            Registration gone = register(descriptors.readyPipe().readFd(), Interest.READ, trigger, false);
            look();
            cancel(gone);
            look();
        }

        /** Checks a registration after a refused change. */
        private void readAgain(Registration registration) {
            try {
                if (!registration.interest().equals(Interest.READ)) {
                    registration.modify(Interest.READ);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void write(int fd) {
            try {
                descriptors.write(fd);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void exclusive() throws Exception {
            if (!poller.supportsExclusive()) {
                return;
            }
            Pipe pipe = descriptors.readyPipe();
            Registration registration = register(pipe.readFd(), Interest.READ, Trigger.LEVEL, true);
            look();
            modify(registration, Interest.READ_WRITE);
            modify(registration, Interest.READ);
            look();
            makeReady.put(registration, () -> write(pipe.writeFd()));
            int fd = descriptors.readyPipe().readFd();
            Registration another = register(fd, Interest.READ, Trigger.EDGE, true);
            cancel(another);
            if (another == null || !another.isValid()) {
                register(fd, Interest.READ, Trigger.LEVEL, false);
            }
        }

        /** A descriptor with only a hang-up outside its interest, until its peer closes. */
        private void hungUp() throws Exception {
            SocketPair pair = descriptors.socketPair();
            descriptors.fill(pair.fd());
            Registration registration = register(pair.fd(), Interest.WRITE, Trigger.LEVEL, false);
            posix.shutdownBoth(pair.peerFd());
            look();
            look();
            look();
            if (registration != null && !awaited.contains(registration)) {
                descriptors.close(pair.peerFd());
                makeReady.put(registration, () -> {});
            }
            int fd = descriptors.hungUpPipe();
            Registration silent = register(fd, Interest.WRITE, Trigger.LEVEL, false);
            look();
            look();
            modify(silent, Interest.READ);
            makeReady.put(silent, () -> {});
            look();
            modify(silent, Interest.WRITE);
            look();
            look();
            modify(silent, Interest.READ);
            if (silent != null && !silent.interest().equals(Interest.READ)) {
                modify(silent, Interest.READ);
            }
            if (silent != null && !silent.interest().equals(Interest.READ)) {
                makeReady.remove(silent);
            }
        }

        private void alwaysReady() throws Exception {
            Registration file = register(descriptors.regularFile(), Interest.READ, Trigger.LEVEL, false);
            look();
            modify(file, Interest.NONE);
            look();
            modify(file, Interest.READ);
            cancel(register(descriptors.open("/dev/null", 2), Interest.READ_WRITE, Trigger.ONESHOT, false));
            look();
        }

        /**
         * A descriptor that is closed while a duplicate is open, then cancelled: epoll reports it until the list is
         * rebuilt.
         */
        private void ghost() throws Exception {
            Pipe pipe = descriptors.readyPipe();
            Registration registration = register(pipe.readFd(), Interest.READ, Trigger.LEVEL, false);
            descriptors.dup(pipe.readFd());
            descriptors.close(pipe.readFd());
            cancel(registration);
            for (int i = 0; i < 4; i++) {
                look();
            }
            Pipe back = descriptors.readyPipe();
            int number = back.readFd();
            Registration before = register(number, Interest.READ, Trigger.LEVEL, false);
            int duplicate = descriptors.dup(number);
            descriptors.close(number);
            cancel(before);
            descriptors.dupAs(duplicate, number);
            if (before == null || !before.isValid()) {
                register(number, Interest.READ, Trigger.LEVEL, false);
            }
        }

        /** Where the kernel drops closed descriptors, the number can be registered again without a cancel. */
        private void numberUsedAgain() throws Exception {
            Pipe pipe = descriptors.pipe();
            Registration old = register(pipe.readFd(), Interest.READ, Trigger.LEVEL, false);
            Pipe next = descriptors.readyPipe();
            descriptors.close(pipe.readFd());
            if (kernel.mechanism != Mechanism.EPOLL && kernel.mechanism != Mechanism.KQUEUE) {
                cancel(old);
                if (old != null && old.isValid()) {
                    return;
                }
            }
            descriptors.dupAs(next.readFd(), pipe.readFd());
            Registration[] fresh = {null};
            if (step(() -> fresh[0] = poller.register(pipe.readFd(), Interest.READ, Trigger.LEVEL, null))) {
                registered.add(fresh[0]);
            } else {
                cancel(old);
            }
            look();
        }

        /** Enough registrations to make every array and set grow, with batches of more than one event. */
        private void many() throws Exception {
            int fd = descriptors.readyPipe().readFd();
            for (int i = 0; i < 70; i++) {
                register(descriptors.dupAtOrAbove(fd, i < 60 ? 300 : 1500), Interest.READ, Trigger.LEVEL, false);
            }
            look();
        }

        private void waitWhileAnotherThreadChanges() throws Exception {
            List<Registration> own = new ArrayList<>(registered);
            for (Registration each : own) { // else no poll would wait
                if (each.isValid() && !makeReady.containsKey(each)) {
                    cancel(each);
                }
            }
            Pipe pipe = descriptors.pipe();
            Background<Boolean> waiting =
                    Background.start(() -> step(() -> poller.poll(Eventually.DEADLINE_NANOS, this::hear)));
            Background<Void> changing = Background.start(() -> {
                Registration registration = register(pipe.readFd(), Interest.READ, Trigger.LEVEL, false);
                modify(registration, Interest.READ_WRITE);
                modify(registration, Interest.READ);
                makeReady.put(registration, () -> {});
                return null;
            });
            changing.get();
            write(pipe.writeFd());
            poller.wakeup();
            long startNanos = System.nanoTime();
            waiting.get();
            assertThat(System.nanoTime() - startNanos)
                    .as("the wakeup ended the poll")
                    .isLessThan(Eventually.DEADLINE_NANOS / 2);
        }

        /** Checks the poller when no call fails any more. */
        private void check() throws Exception {
            for (int i = 0; i < 3; i++) {
                poller.poll(0, this::hear);
            }
            awaited.removeIf(each -> !each.isValid());
            assertThat(awaited)
                    .as("registrations that became ready while a call failed")
                    .isEmpty();
            heard.clear();
            Set<Registration> expected = new HashSet<>();
            for (Registration each : registered) {
                if (each.isValid()) {
                    if (fired.contains(each)) {
                        each.modify(each.interest());
                        fired.remove(each);
                    }
                    makeReady.getOrDefault(each, () -> {}).run();
                    if (isReady(each)) {
                        expected.add(each);
                    }
                }
            }
            Eventually.until("all that is registered is heard", () -> {
                poller.poll(0, this::hear);
                return heard.containsAll(expected);
            });
            wakeup();
        }

        /** A failed step may have left a registration with an interest in which it is not ready. */
        private boolean isReady(Registration registration) {
            return makeReady.containsKey(registration)
                    || registration.trigger() == Trigger.LEVEL
                            && registration.interest().isRead();
        }

        private void wakeup() throws Exception {
            for (Registration each : registered) {
                each.cancel();
            }
            assertThat(poller.size()).isZero();
            Background<Integer> waiting =
                    Background.start(() -> poller.poll(this::hear)).awaitInKernel();
            poller.wakeup();
            assertThat(waiting.get()).isZero();
            Pipe pipe = descriptors.pipe();
            Registration last = poller.register(pipe.readFd(), Interest.READ);
            Background<Integer> again =
                    Background.start(() -> poller.poll(this::hear)).awaitInKernel();
            descriptors.write(pipe.writeFd());
            assertThat(again.get()).isEqualTo(1);
            last.cancel();
            Background<Integer> closing =
                    Background.start(() -> poller.poll(this::hear)).awaitInKernel();
            poller.close();
            assertThat(closing.failure()).isInstanceOf(ClosedPollerException.class);
        }
    }
}
