// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.mechanism.EpollDriver;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link Poller#registerExclusive} promises, on epoll. The contract checks that the other mechanisms refuse it. */
class ExclusiveTest extends MechanismTest {
    private static final int POLLERS = 4;

    @Override
    protected Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(EpollDriver::new, settings);
    }

    @BeforeEach
    void skipWhereTheKernelHasNone() {
        assumeThat(poller.supportsExclusive())
                .as("this kernel has EPOLLEXCLUSIVE")
                .isTrue();
    }

    /** Records changes of the interest list; refuses EPOLL_CTL_ADD with {@code addRefused}. */
    private final class Changes extends ForwardingSyscalls {
        private final List<String> ops = new ArrayList<>();
        private int addRefused;

        Changes() {
            super(calls);
        }

        @Override
        public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
            int bits = event.getInt(Epoll.layout().eventsOffset());
            ops.add(Epoll.opName(op).substring("EPOLL_CTL_".length())
                    + ((bits & Epoll.EPOLLEXCLUSIVE) != 0 && op != Epoll.EPOLL_CTL_DEL ? "+" : ""));
            return op == Epoll.EPOLL_CTL_ADD && addRefused > 0 ? -addRefused : super.epollCtl(epfd, op, fd, event);
        }
    }

    private Changes record() throws IOException {
        Changes changes = new Changes();
        poller = openOver(changes);
        assertThat(poller.supportsExclusive()).isTrue();
        changes.ops.clear();
        return changes;
    }

    /** Counts the pollers that one connection wakes, of those that wait for one listening socket. */
    private int woken(boolean exclusive) throws Exception {
        int listener = descriptors.listener(POLLERS);
        AtomicInteger woken = new AtomicInteger();
        List<Poller> pollers = new ArrayList<>();
        List<Background<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < POLLERS; i++) {
            Poller one = opened(open());
            if (exclusive) {
                one.registerExclusive(listener, Interest.READ, Trigger.LEVEL, null);
            } else {
                one.register(listener, Interest.READ);
            }
            pollers.add(one);
            waiting.add(Background.start(() -> one.poll((registration, ready) -> woken.incrementAndGet())));
        }
        for (Background<Integer> each : waiting) {
            each.awaitInKernel();
        }
        posix.connect(descriptors.tcpSocket(), posix.localAddress(listener));
        if (!exclusive) {
            Eventually.until("all are woken", () -> woken.get() == POLLERS);
        }
        Eventually.until("one is woken", () -> woken.get() > 0);
        assertThat(descriptors.accept(listener)).isNotNegative();
        for (Poller each : pollers) {
            each.wakeup();
        }
        int delivered = 0;
        for (Background<Integer> each : waiting) {
            delivered += each.get();
        }
        assertThat(delivered).isEqualTo(woken.get());
        return delivered;
    }

    @Test
    void aConnectionWakesOneOfFourWaitingPollersAndAllFourWithoutExclusive() throws Exception {
        assertThat(woken(false)).isEqualTo(POLLERS);
        assertThat(woken(true)).isEqualTo(1);
    }

    @Test
    void noConnectionIsLostWhileInterestsChange() throws Exception {
        int connections = 300;
        int listener = descriptors.listener(connections);
        AtomicInteger accepted = new AtomicInteger();
        List<Registration> registrations = new ArrayList<>();
        List<Poller> pollers = new ArrayList<>();
        List<Background<Void>> accepting = new ArrayList<>();
        for (int i = 0; i < POLLERS; i++) {
            Poller one = opened(open());
            registrations.add(one.registerExclusive(listener, Interest.READ, Trigger.LEVEL, null));
            pollers.add(one);
            accepting.add(Background.start(() -> {
                while (accepted.get() < connections) {
                    one.poll((registration, ready) -> {
                        int fd;
                        while ((fd = posix.accept(listener)) >= 0) {
                            posix.close(fd);
                            accepted.incrementAndGet();
                        }
                    });
                }
                return null;
            }));
        }
        for (int i = 0; i < connections; i++) {
            Registration changed = registrations.get(i % POLLERS);
            changed.modify(Interest.NONE);
            posix.connect(descriptors.tcpSocket(), posix.localAddress(listener));
            changed.modify(i % 3 == 0 ? Interest.READ_WRITE : Interest.READ);
        }

        Eventually.until("all are accepted", () -> accepted.get() == connections);
        for (int i = 0; i < POLLERS; i++) {
            pollers.get(i).wakeup();
            accepting.get(i).get();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"LEVEL", "EDGE"})
    void itIsReportedLikeAnyOtherRegistration(Trigger trigger) throws IOException {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.registerExclusive(pipe.readFd(), Interest.READ, trigger, "attached");
        assertThat(look()).isEmpty();

        descriptors.write(pipe.writeFd());

        assertThat(await()).containsExactly(event(registration, READABLE));
        assertThat(look()).hasSize(trigger == Trigger.LEVEL ? 1 : 0);
        assertThat(registration.attachment()).isEqualTo("attached");
        assertThat(registration.trigger()).isEqualTo(trigger);
        assertThat(poller.registration(pipe.readFd())).isSameAs(registration);
        registration.cancel();
        assertThat(look()).isEmpty();
        assertThat(poller.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"LEVEL", "EDGE"})
    void itIsModifiedWithoutEpollCtlMod(Trigger trigger) throws IOException {
        Changes changes = record();
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());

        Registration registration = poller.registerExclusive(pair.fd(), Interest.READ, trigger, null);
        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        registration.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        registration.modify(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        registration.modify(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        registration.cancel();

        assertThat(changes.ops).containsExactly("ADD+", "DEL", "ADD+", "DEL", "ADD+", "DEL", "ADD+", "DEL");
    }

    @Test
    void anUnrequestedHangUpIsSilencedWithoutEpollCtlMod() throws IOException {
        Changes changes = record();
        Registration registration =
                poller.registerExclusive(descriptors.hungUpPipe(), Interest.WRITE, Trigger.LEVEL, null);

        assertThat(look()).isEmpty();
        assertThat(poller.poll(2_000_000, UNEXPECTED)).isZero();

        assertThat(changes.ops).containsExactly("ADD+", "DEL", "ADD+");
        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void aHandlerThatThrowsLosesNoEdge() throws IOException {
        Changes changes = record();
        for (int i = 0; i < 3; i++) {
            poller.registerExclusive(descriptors.readyPipe().readFd(), Interest.READ, Trigger.EDGE, null);
        }
        List<Registration> reported = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                        reported.add(registration);
                        throw new IOException("on purpose");
                    }))
                    .hasMessage("on purpose");
        }
        assertThat(reported).hasSize(3).doesNotHaveDuplicates();
        assertThat(changes.ops).doesNotContain("MOD", "MOD+");
    }

    @Test
    void aRebuiltInterestListIsExclusiveAgain() throws IOException {
        Changes changes = record();
        Registration kept = poller.registerExclusive(descriptors.readyPipe().readFd(), Interest.READ, Trigger.LEVEL, 1);
        Pipe ghost = descriptors.readyPipe();
        Registration gone = poller.registerExclusive(ghost.readFd(), Interest.READ, Trigger.LEVEL, null);
        descriptors.dup(ghost.readFd());
        descriptors.close(ghost.readFd());
        gone.cancel();
        changes.ops.clear();

        for (int i = 0; i < 5; i++) {
            assertThat(look()).containsExactly(event(kept, READABLE));
        }

        assertThat(changes.ops)
                .as("the waker, the kept one, whether the old list has it")
                .containsExactly("ADD", "ADD+", "ADD");
    }

    @Test
    void aRegistrationThatTheKernelHadNoRoomForIsAddedAgainBeforeTheNextWait() throws IOException {
        Changes changes = record();
        int fd = descriptors.readyPipe().readFd();
        Registration registration = poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null);

        changes.addRefused = Errno.ENOSPC;
        assertThatThrownBy(() -> registration.modify(Interest.READ_WRITE))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
        changes.addRefused = 0;

        assertThat(registration.isValid()).isTrue();
        assertThat(registration.interest()).isEqualTo(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void aSilentRegistrationThatTheKernelHasNoRoomForStaysSilent() throws IOException {
        Changes changes = record();
        Registration registration =
                poller.registerExclusive(descriptors.readyPipe().readFd(), Interest.NONE, Trigger.LEVEL, null);

        changes.addRefused = Errno.ENOSPC;
        assertThatThrownBy(() -> registration.modify(Interest.READ)).isInstanceOf(SyscallException.class);
        changes.addRefused = 0;

        assertThat(registration.isValid()).isTrue();
        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @Test
    void aReusedNumberIsNotTakenForTheClosedDescriptor() throws IOException {
        Registration old = poller.registerExclusive(descriptors.pipe().readFd(), Interest.READ, Trigger.LEVEL, null);
        int ready = descriptors.readyPipe().readFd();
        descriptors.close(old.fd());
        descriptors.dupAs(ready, old.fd());

        assertThatThrownBy(() -> old.modify(Interest.READ)).isInstanceOf(SyscallException.class);

        assertThat(old.isValid()).isFalse();
        assertThat(look()).isEmpty();
    }

    @Test
    void aReadHangupIsNotReported() throws IOException {
        SocketPair pair = descriptors.tcpPair();
        poller.registerExclusive(pair.fd(), Interest.READ, Trigger.LEVEL, null);
        posix.shutdownWrite(pair.peerFd());
        List<Readiness> reported = new ArrayList<>();

        poller.poll(DEADLINE_NANOS, (registration, ready) -> reported.add(ready));

        assertThat(reported).containsExactly(ReadyBits.readiness(READABLE));
    }

    @Test
    void anAlwaysReadyDescriptorIsReported() throws IOException {
        Registration file = poller.registerExclusive(descriptors.regularFile(), Interest.READ, Trigger.LEVEL, null);

        assertThat(look()).containsExactly(event(file, READABLE));
        file.modify(Interest.NONE);
        assertThat(look()).isEmpty();
    }

    @Test
    void aChannelCanBeExclusive() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress("127.0.0.1", 0)).configureBlocking(false);
            Registration registration;
            try {
                registration = poller.registerExclusive(server, Interest.READ, Trigger.LEVEL, null);
            } catch (UnsupportedOperationException noDescriptor) {
                System.out.println("skipped: an exclusive channel: " + noDescriptor.getMessage());
                assumeThat(noDescriptor).isNull();
                return;
            }
            posix.connect(descriptors.tcpSocket(), (InetSocketAddress) server.getLocalAddress());

            assertThat(await()).containsExactly(event(registration, READABLE));
            registration.cancel();
        }
    }

    // Misuse.

    private void assertNothingHalfRegistered(int fd) throws IOException {
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(fd)).isNull();
        assertThat(look()).isEmpty();
        Registration plain = poller.register(fd, Interest.READ);
        assertThat(look()).containsExactly(event(plain, READABLE));
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"ONESHOT", "EDGE_ONESHOT"})
    void anOneshotIsRefusedBeforeTheKernelDoes(Trigger trigger) throws IOException {
        Changes changes = record();
        int fd = descriptors.readyPipe().readFd();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> poller.registerExclusive(fd, Interest.READ, trigger, null))
                .withMessage("registerExclusive(" + fd + ", READ, " + trigger
                        + "): EPOLLEXCLUSIVE works with LEVEL and EDGE only; use one of these, or call register");

        assertThat(changes.ops).isEmpty();
        assertNothingHalfRegistered(fd);
    }

    @Test
    void priorityIsRefusedBeforeTheKernelDoesAlsoLater() throws IOException {
        Changes changes = record();
        int fd = descriptors.readyPipe().readFd();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> poller.registerExclusive(fd, Interest.READ.plus(Interest.PRIORITY), Trigger.LEVEL, null))
                .withMessageContaining("does not work with PRIORITY");
        assertThat(changes.ops).isEmpty();
        Registration registration = poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null);
        changes.ops.clear();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> registration.modify(Interest.PRIORITY))
                .withMessageContaining("does not work with PRIORITY");

        assertThat(changes.ops).isEmpty();
        assertThat(registration.interest()).isEqualTo(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.cancel();
        assertNothingHalfRegistered(fd);
    }

    @Test
    void theKernelRefusesAnEpollDescriptor() throws IOException {
        int epfd = descriptors.opened(calls.epollCreate1(Epoll.EPOLL_CLOEXEC));

        assertThatThrownBy(() -> poller.registerExclusive(epfd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));

        assertThat(poller.size()).isZero();
    }

    @Test
    void theOtherRulesOfRegisteringHold() throws IOException {
        int fd = descriptors.pipe().readFd();
        poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null);

        assertThatIllegalStateException()
                .isThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> poller.registerExclusive(-1, Interest.READ, Trigger.LEVEL, null));
        poller.close();
        assertThatThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(ClosedPollerException.class);
        assertThat(poller.supportsExclusive()).isFalse();
    }

    @Test
    void aKernelWithoutItIsDetected() throws IOException {
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
                return op == Epoll.EPOLL_CTL_MOD ? 0 : super.epollCtl(epfd, op, fd, event);
            }
        });
        int fd = descriptors.readyPipe().readFd();

        assertThat(poller.supportsExclusive()).isFalse();
        assertThatThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Linux 4.5");
        assertNothingHalfRegistered(fd);
    }
}
