// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registering, interests, triggers, modify, cancel, and what may be registered at all. */
public abstract class PollerContractRegistering extends PollerFixture {
    private static final String BAD_DESCRIPTOR = "[a-z_0-9]+\\(.*\\): EBADF \\(Bad file descriptor\\)";

    // Register.

    @Test
    void aReadyDescriptorComesWithItsRegistrationAndAttachment() throws IOException {
        Pipe pipe = descriptors.pipe();
        Object attachment = new Object();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, attachment);
        assertThat(look()).isEmpty();

        descriptors.write(pipe.writeFd());

        assertThat(await()).containsExactly(event(registration, READABLE));
        assertThat(registration.attachment()).isSameAs(attachment);
    }

    @ParameterizedTest
    @EnumSource
    void aRegistrationSaysWhatItWasRegisteredWith(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        int fd = descriptors.pipe().readFd();

        Registration registration = poller.register(fd, Interest.READ, trigger, "attached");

        assertThat(registration.fd()).isEqualTo(fd);
        assertThat(registration.interest()).isSameAs(Interest.READ);
        assertThat(registration.trigger()).isSameAs(trigger);
        assertThat(registration.attachment()).isEqualTo("attached");
        assertThat(registration.isValid()).isTrue();
    }

    @Test
    void theShortFormsRegisterForLevelAndWithoutAttachment() throws IOException {
        Registration withAttachment = poller.register(descriptors.pipe().readFd(), Interest.READ, "attached");
        Registration without = poller.register(descriptors.pipe().readFd(), Interest.NONE);

        assertThat(withAttachment.trigger()).isEqualTo(Trigger.LEVEL);
        assertThat(withAttachment.attachment()).isEqualTo("attached");
        assertThat(without.trigger()).isEqualTo(Trigger.LEVEL);
        assertThat(without.attachment()).isNull();
        assertThat(without.interest()).isSameAs(Interest.NONE);
    }

    @Test
    void aRegistrationIsFoundByItsDescriptorAndCounted() throws IOException {
        Pipe pipe = descriptors.pipe();
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(pipe.readFd())).isNull();
        assertThat(poller.registration(-1)).isNull();
        assertThat(poller.registration(Integer.MAX_VALUE)).isNull();

        Registration read = poller.register(pipe.readFd(), Interest.READ);
        Registration write = poller.register(pipe.writeFd(), Interest.NONE);

        assertThat(poller.size()).isEqualTo(2);
        assertThat(poller.registration(pipe.readFd())).isSameAs(read);
        assertThat(poller.registration(pipe.writeFd())).isSameAs(write);
        write.cancel();
        assertThat(poller.size()).isEqualTo(1);
        assertThat(poller.registration(pipe.writeFd())).isNull();
    }

    @Test
    void aPollerSaysItsMechanismAndBinding() {
        assertThat(poller.mechanism()).isEqualTo(mechanism());
        assertThat(poller.binding()).isEqualTo(binding);
        assertThat(poller.isOpen()).isTrue();
    }

    @Test
    void bothDirectionsOfADescriptorComeInOneEvent() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ_WRITE);

        assertThat(await()).containsExactly(event(registration, READABLE | WRITABLE));
    }

    @Test
    void eachOfManyReadyDescriptorsIsReportedOnceInAPoll() throws IOException {
        List<Event> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            expected.add(event(poller.register(descriptors.readyPipe().readFd(), Interest.READ), READABLE));
            poller.register(descriptors.pipe().readFd(), Interest.READ);
        }

        assertThat(look()).containsExactlyInAnyOrderElementsOf(expected);
    }

    // Misuse.

    /** After an error nothing is registered, and the poller is as good as before. */
    private void assertNothingHalfRegistered(int fd) throws IOException {
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(fd)).isNull();
        assertThat(look()).isEmpty();
        Registration good = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThat(await()).containsExactly(event(good, READABLE));
        good.cancel();
    }

    @Test
    void whoCannotWakeOneOfManyPollersSaysSoAndNamesWhoCan() throws IOException {
        assumeThat(poller.supportsExclusive()).as(mechanism() + " can").isFalse();
        int fd = descriptors.readyPipe().readFd();

        assertThatThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(mechanism().name())
                .hasMessageContaining("EPOLL");

        assertNothingHalfRegistered(fd);
        poller.close();
        assertThatThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void aNegativeDescriptorIsRefused() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> poller.register(-7, Interest.READ))
                .withMessageContaining("-7");
        assertNothingHalfRegistered(-7);
    }

    @Test
    void aDescriptorThatIsNotOpenIsRefusedInStracesWords() throws IOException {
        int readFd = descriptors.readyPipe().readFd();
        int closed = descriptors.closedNumber();
        for (Interest interest : new Interest[] {Interest.NONE, Interest.READ, Interest.WRITE, Interest.READ_WRITE}) {
            assertRefusedAsNotOpen(() -> poller.register(closed, interest), closed);
            assertRefusedAsNotOpen(() -> poller.register(closed, interest, Trigger.ONESHOT, "x"), closed);
        }
        assertRefusedAsNotOpen(() -> poller.register(999_999, Interest.READ, null), 999_999);
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(closed)).isNull();

        int opened = descriptors.dupAs(readFd, closed);
        Registration registration = poller.register(opened, Interest.READ);
        assertThat(await()).containsExactly(event(registration, READABLE));
    }

    private void assertRefusedAsNotOpen(ThrowingCallable register, int fd) {
        if (mechanism() == Mechanism.SELECT && fd >= 1024) {
            assertThatThrownBy(register).isInstanceOf(DescriptorLimitException.class);
            return;
        }
        assertThatThrownBy(register).isInstanceOfSatisfying(SyscallException.class, e -> {
            assertThat(e.errno()).isEqualTo(Errno.EBADF);
            assertThat(e).hasMessageMatching(BAD_DESCRIPTOR);
            assertThat(e).hasMessageStartingWith(e.call() + "(");
            assertThat(e).hasMessageContaining(String.valueOf(fd));
        });
    }

    @Test
    void aDescriptorThatIsRegisteredAlreadyIsRefusedAndStaysAsItWas() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        Registration first = poller.register(fd, Interest.READ, "first");

        for (Interest interest : new Interest[] {Interest.NONE, Interest.READ, Interest.WRITE}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> poller.register(fd, interest, "second"))
                    .withMessageContaining("descriptor " + fd)
                    .withMessageContaining("already registered");
        }

        assertThat(poller.size()).isEqualTo(1);
        assertThat(poller.registration(fd)).isSameAs(first);
        assertThat(first.isValid()).isTrue();
        assertThat(first.interest()).isSameAs(Interest.READ);
        assertThat(look()).containsExactly(event(first, READABLE));
        first.modify(Interest.NONE);
        assertThatIllegalStateException().isThrownBy(() -> poller.register(fd, Interest.READ));
        assertThat(look()).isEmpty();
    }

    @Test
    void levelAndOneshotAreSupportedEverywhereAndTheEdgesByEpollKqueueAndIoUring() {
        boolean edges =
                Set.of(Mechanism.EPOLL, Mechanism.KQUEUE, Mechanism.IO_URING).contains(mechanism());

        assertThat(poller.supports(Trigger.LEVEL)).isTrue();
        assertThat(poller.supports(Trigger.ONESHOT)).isTrue();
        assertThat(poller.supports(Trigger.EDGE)).isEqualTo(edges);
        assertThat(poller.supports(Trigger.EDGE_ONESHOT)).isEqualTo(edges);
    }

    @ParameterizedTest
    @EnumSource
    void aTriggerThatTheMechanismLacksIsRefusedWithTheNamesOfThoseThatHaveIt(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isFalse();
        int fd = descriptors.readyPipe().readFd();

        assertThatThrownBy(() -> poller.register(fd, Interest.READ, trigger, null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(mechanism().name())
                .hasMessageContaining(trigger.name())
                .hasMessageContaining("EPOLL")
                .hasMessageContaining("KQUEUE");
        assertNothingHalfRegistered(fd);
    }

    @Test
    void twoPollersWatchTheSameDescriptorIndependently() throws IOException {
        Pipe pipe = descriptors.readyPipe();
        Poller other = opened(open());
        Registration here = poller.register(pipe.readFd(), Interest.READ);
        other.register(pipe.readFd(), Interest.READ);

        here.cancel();

        assertThat(look()).isEmpty();
        assertThat(other.poll(DEADLINE_NANOS, IGNORE)).isEqualTo(1);
    }

    // Interests.

    @Test
    void anInterestOfNothingIsSilentEvenAboutAHangUpAndDoesNotSpin() throws Exception {
        CountingSyscalls counting = count();
        Registration hungUp = poller.register(descriptors.hungUpPipe(), Interest.NONE);
        SocketPair pair = descriptors.socketPair();
        Registration socket = poller.register(pair.fd(), Interest.NONE);
        descriptors.close(pair.peerFd());
        poller.register(descriptors.readyPipe().readFd(), Interest.NONE);
        poller.register(descriptors.regularFile(), Interest.NONE);
        assertThat(look()).isEmpty();
        int before = counting.waits();

        assertThat(poller.poll(50_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 50 ms").isLessThanOrEqualTo(3);
        hungUp.modify(Interest.READ);
        assertThat(look()).containsExactly(event(hungUp, READABLE));
        hungUp.modify(Interest.NONE);
        socket.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(socket, READABLE | WRITABLE));
        socket.modify(Interest.NONE);
        assertThat(look()).isEmpty();
    }

    @Test
    void nothingIsReportedThatWasNotAskedFor() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ);

        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.modify(Interest.WRITE);
        assertThat(registration.interest()).isSameAs(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        registration.modify(Interest.READ_WRITE.without(Interest.WRITE));
        assertThat(look()).containsExactly(event(registration, READABLE));
        registration.modify(Interest.NONE);
        assertThat(look()).isEmpty();
    }

    @Test
    void aHangUpIsReadableAndAnErrorIsReadableAndWritable() throws IOException {
        Registration hungUp = poller.register(descriptors.hungUpPipe(), Interest.READ);
        Pipe broken = descriptors.pipe();
        descriptors.fill(broken.writeFd());
        descriptors.close(broken.readFd());
        Registration write = poller.register(broken.writeFd(), Interest.WRITE);

        assertThat(look()).containsExactlyInAnyOrder(event(hungUp, READABLE), event(write, WRITABLE));
        assumeThat(isKqueue()).as("kqueue, which reads no write end").isFalse();
        write.modify(Interest.READ);
        assertThat(look()).containsExactlyInAnyOrder(event(hungUp, READABLE), event(write, READABLE));
    }

    @Test
    void aHangUpThatNobodyAskedForDoesNotSpin() throws Exception {
        assumeThat(isKqueue())
                .as("kqueue, which refuses to write to a read end")
                .isFalse();
        CountingSyscalls counting = count();
        for (Trigger trigger : new Trigger[] {Trigger.LEVEL, Trigger.ONESHOT}) {
            poller.register(descriptors.hungUpPipe(), Interest.WRITE, trigger, null);
            poller.register(descriptors.hungUpPipe(), Interest.PRIORITY, trigger, null);
            poller.register(descriptors.hungUpPipe(), Interest.WRITE.and(Interest.PRIORITY), trigger, null);
        }
        int before = counting.waits();

        assertThat(poller.poll(300_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 300 ms").isLessThanOrEqualTo(60);
    }

    @Test
    void whatWasAskedForComesAfterAHangUpThatNobodyAskedFor() throws Exception {
        assumePriority();
        for (Trigger trigger : Trigger.values()) {
            if (!poller.supports(trigger)) {
                continue;
            }
            CountingSyscalls counting = count();
            int listener = descriptors.listener(1);
            int client = descriptors.tcpSocket(); // OUT|HUP until it is connected
            Registration registration = poller.register(client, Interest.PRIORITY, trigger, null);
            assertThat(look()).isEmpty();
            int before = counting.waits();
            assertThat(poller.poll(120_000_000, UNEXPECTED)).isZero();
            assertThat(counting.waits() - before).as("waits in 120 ms").isLessThanOrEqualTo(60);

            posix.connect(client, posix.localAddress(listener));
            int server = descriptors.accept(listener);
            assertThat(look()).isEmpty();
            posix.sendUrgent(server, (byte) 1);

            assertThat(await()).containsExactly(event(registration, PRIORITY));
            assertThat(look()).hasSize(trigger == Trigger.LEVEL ? 1 : 0);
            registration.modify(Interest.PRIORITY);
            assertThat(look()).containsExactly(event(registration, PRIORITY));
        }
    }

    @Test
    void anUrgentByteArrivesWhileThePollWaitsOnAHushedDescriptor() throws Exception {
        assumePriority();
        int listener = descriptors.listener(1);
        int client = descriptors.tcpSocket();
        Registration registration = poller.register(client, Interest.PRIORITY);
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        posix.connect(client, posix.localAddress(listener));
        posix.sendUrgent(descriptors.accept(listener), (byte) 1);

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, PRIORITY));
    }

    @Test
    void aHushedDescriptorCanBeModifiedAndCancelled() throws Exception {
        assumeThat(isKqueue())
                .as("kqueue, which refuses to write to a read end")
                .isFalse();
        Registration hushed = poller.register(descriptors.hungUpPipe(), Interest.WRITE);
        Registration another = poller.register(descriptors.hungUpPipe(), Interest.WRITE);
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();

        hushed.modify(Interest.READ);
        assertThat(look()).containsExactly(event(hushed, READABLE));
        hushed.modify(Interest.WRITE);
        assertThat(look()).isEmpty();
        hushed.cancel();
        another.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        Registration again = poller.register(hushed.fd(), Interest.READ);
        assertThat(look()).containsExactly(event(again, READABLE));
    }

    @Test
    void anUrgentByteIsExceptionalAndNotReadable() throws IOException {
        assumePriority();
        SocketPair tcp = descriptors.tcpPair();
        Registration registration = poller.register(tcp.fd(), Interest.READ.and(Interest.PRIORITY));

        posix.sendUrgent(tcp.peerFd(), (byte) 1);

        assertThat(await()).containsExactly(event(registration, PRIORITY));
        registration.modify(Interest.READ);
        assertThat(look()).isEmpty();
        descriptors.write(tcp.peerFd());
        assertThat(await()).containsExactly(event(registration, READABLE));
    }

    // Triggers.

    @Test
    void aLevelIsReportedByEveryPollForAsLongAsItIsReady() throws IOException {
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);

        for (int i = 0; i < 5; i++) {
            assertThat(look()).containsExactly(event(registration, READABLE));
        }
        descriptors.drain(pipe.readFd());
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
    }

    @ParameterizedTest
    @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
    void aOneshotFiresOnceAndHidesEvenAHangUp(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, trigger, null);

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).isEmpty();
        descriptors.close(pipe.writeFd());
        assertThat(look()).isEmpty();
        assertThat(poller.poll(5_000_000, UNEXPECTED)).isZero();

        assertThat(registration.isValid()).isTrue();
        assertThat(registration.interest()).as("what it asked").isSameAs(Interest.READ);
        assertThat(poller.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"ONESHOT", "EDGE_ONESHOT"})
    void modifyArmsAOneshotThatHasFiredEvenForTheSameInterest(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ, trigger, null);
        assertThat(look()).containsExactly(event(registration, READABLE));

        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        registration.modify(Interest.WRITE);
        assertThat(look()).containsExactly(event(registration, WRITABLE));
        assertThat(look()).isEmpty();
        registration.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        assertThat(look()).isEmpty();
        descriptors.drain(pair.fd());
        registration.modify(Interest.READ);
        assertThat(look()).isEmpty();
        descriptors.write(pair.peerFd());
        assertThat(await()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void aOneshotThatIsArmedBeforeItFiresStillFiresOnce() throws IOException {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.ONESHOT, null);
        registration.modify(Interest.READ);
        registration.modify(Interest.READ);
        descriptors.write(pipe.writeFd());

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void aOneshotOfBothDirectionsFiresOnceForWhicheverIsReady() throws IOException {
        SocketPair pair = descriptors.socketPair();
        Registration registration = poller.register(pair.fd(), Interest.READ_WRITE, Trigger.ONESHOT, null);

        assertThat(look()).containsExactly(event(registration, WRITABLE));
        descriptors.write(pair.peerFd());
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
    }

    @Test
    void anEdgeIsReportedWhenSomethingArrivesAndNotBefore() throws IOException {
        assumeThat(poller.supports(Trigger.EDGE)).as(mechanism() + " has EDGE").isTrue();
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.EDGE, null);

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        descriptors.drain(pipe.readFd());
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        descriptors.close(pipe.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void anEdgeIsReportedWhenRoomAppears() throws IOException {
        assumeThat(poller.supports(Trigger.EDGE)).as(mechanism() + " has EDGE").isTrue();
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        Registration registration = poller.register(pair.fd(), Interest.WRITE, Trigger.EDGE, null);
        assertThat(look()).isEmpty();

        descriptors.drain(pair.peerFd());

        assertThat(await()).containsExactly(event(registration, WRITABLE));
        assertThat(look()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"EDGE", "EDGE_ONESHOT"})
    void modifyMakesAnEdgeReportAgainWhatIsReady(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        SocketPair pair = descriptors.socketPair();
        descriptors.write(pair.peerFd());
        Registration registration = poller.register(pair.fd(), Interest.READ, trigger, null);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();

        registration.modify(Interest.READ);
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(look()).isEmpty();
        registration.modify(Interest.READ_WRITE);
        assertThat(look()).containsExactly(event(registration, READABLE | WRITABLE));
        assertThat(look()).isEmpty();
    }

    @Test
    void anEdgeOneshotIsSilentUntilItIsArmedAgain() throws IOException {
        assumeThat(poller.supports(Trigger.EDGE_ONESHOT))
                .as(mechanism() + " has EDGE_ONESHOT")
                .isTrue();
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ, Trigger.EDGE_ONESHOT, null);
        assertThat(look()).containsExactly(event(registration, READABLE));

        descriptors.write(pipe.writeFd());
        assertThat(look()).isEmpty();
        descriptors.drain(pipe.readFd());
        registration.modify(Interest.READ);
        assertThat(look()).isEmpty();
        descriptors.write(pipe.writeFd());
        assertThat(await()).containsExactly(event(registration, READABLE));
    }

    // Modify and cancel.

    @Test
    void aRegistrationThatWasCancelledCannotBeModified() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        registration.cancel();

        assertThatIllegalStateException()
                .isThrownBy(() -> registration.modify(Interest.READ))
                .isNotInstanceOf(ClosedPollerException.class)
                .withMessageContaining(String.valueOf(registration.fd()));
        assertThat(look()).isEmpty();
        assertThat(poller.size()).isZero();
    }

    @Test
    void nothingComesFromACancelledRegistration() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, "attached");
        assertThat(look()).hasSize(1);

        registration.cancel();

        assertThat(look()).isEmpty();
        assertThat(registration.isValid()).isFalse();
        assertThat(registration.fd()).isNotNegative();
        assertThat(registration.attachment()).isEqualTo("attached");
        assertThat(poller.size()).isZero();
        assertThat(poller.registration(registration.fd())).isNull();
    }

    @Test
    void aSecondCancelDoesNothingToALaterRegistrationOfTheNumber() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        Registration first = poller.register(fd, Interest.READ);
        first.cancel();
        first.cancel();
        Registration second = poller.register(fd, Interest.READ);

        first.cancel();

        assertThat(second.isValid()).isTrue();
        assertThat(first.isValid()).isFalse();
        assertThat(poller.registration(fd)).isSameAs(second);
        assertThat(look()).containsExactly(event(second, READABLE));
    }

    @Test
    void aRegistrationCanBeCancelledAfterItsPollerWasClosed() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        poller.close();

        registration.cancel();

        assertThat(registration.isValid()).isFalse();
    }

    @Test
    void aCancelledDescriptorCanBeClosedAndItsNumberUsedAgainAtOnce() throws IOException {
        int empty = descriptors.pipe().readFd();
        for (Trigger trigger : Trigger.values()) {
            if (poller.supports(trigger)) {
                Registration old = poller.register(descriptors.readyPipe().readFd(), Interest.READ, trigger, null);
                old.cancel();
                descriptors.close(old.fd());
                int again = descriptors.dupAs(empty, old.fd());
                Registration registration = poller.register(again, Interest.READ, trigger, null);

                assertThat(look()).isEmpty();
                registration.cancel();
            }
        }
    }

    @Test
    void manyRegistrationsComeAndGo() throws IOException {
        List<Registration> kept = new ArrayList<>();
        int[] fds = new int[300];
        for (int i = 0; i < fds.length; i++) {
            fds[i] = i % 3 == 0
                    ? descriptors.readyPipe().readFd()
                    : descriptors.pipe().readFd();
        }
        for (int round = 0; round < 5; round++) {
            for (Registration registration : kept) {
                registration.cancel();
            }
            kept.clear();
            for (int i = 0; i < fds.length; i++) {
                Registration registration = poller.register(fds[i], Interest.READ);
                if ((i + round) % 2 == 0) {
                    registration.cancel();
                } else {
                    kept.add(registration);
                }
            }
            Set<Integer> ready = new HashSet<>();
            poller.poll(0, (registration, told) -> ready.add(registration.fd()));
            Set<Integer> expected = new HashSet<>();
            for (int i = 0; i < fds.length; i++) {
                if ((i + round) % 2 != 0 && i % 3 == 0) {
                    expected.add(fds[i]);
                }
            }
            assertThat(ready).isEqualTo(expected);
            assertThat(poller.size()).isEqualTo(kept.size());
        }
    }

    // What is always ready.

    private Map<String, Integer> alwaysReady() throws IOException {
        Map<String, Integer> fds = new HashMap<>();
        fds.put("a regular file", descriptors.regularFile());
        fds.put("an empty place in a regular file", atItsEnd(descriptors.regularFile()));
        fds.put("a directory", descriptors.open("/", Fcntl.O_RDONLY));
        fds.put("/dev/null", descriptors.open("/dev/null", Fcntl.O_RDWR));
        return fds;
    }

    private int atItsEnd(int file) throws IOException {
        descriptors.drain(file);
        return file;
    }

    @Test
    void whatIsAlwaysReadyIsReadyOnEveryMechanism() throws IOException {
        for (Map.Entry<String, Integer> each : alwaysReady().entrySet()) {
            Registration registration = poller.register(each.getValue(), Interest.READ);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE));
            assertThat(poll(-1)).as(each.getKey()).containsExactly(event(registration, READABLE));
            registration.modify(Interest.WRITE);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, WRITABLE));
            registration.modify(Interest.READ_WRITE);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            registration.modify(Interest.NONE);
            assertThat(look()).as(each.getKey()).isEmpty();
            registration.cancel();
            assertThat(look()).as(each.getKey()).isEmpty();
            assertThat(poller.size()).isZero();
        }
    }

    @Test
    void whatIsAlwaysReadyIsNeverExceptional() throws IOException {
        assumePriority();
        CountingSyscalls counting = count();
        for (int fd : alwaysReady().values()) {
            poller.register(fd, Interest.PRIORITY);
        }
        int before = counting.waits();

        assertThat(poller.poll(30_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 30 ms").isLessThanOrEqualTo(3);
    }

    @Test
    void whatIsAlwaysReadyFiresAOneshotOnce() throws IOException {
        for (Map.Entry<String, Integer> each : alwaysReady().entrySet()) {
            Registration registration = poller.register(each.getValue(), Interest.READ_WRITE, Trigger.ONESHOT, null);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
            registration.modify(Interest.READ);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            registration.cancel();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EDGE", "EDGE_ONESHOT"})
    void whatIsAlwaysReadyHasOneEdgeUntilItIsArmedAgain(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        for (Map.Entry<String, Integer> each : alwaysReady().entrySet()) {
            Registration registration = poller.register(each.getValue(), Interest.READ, trigger, null);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
            registration.modify(Interest.READ_WRITE);
            assertThat(look()).as(each.getKey()).containsExactly(event(registration, READABLE | WRITABLE));
            assertThat(look()).as(each.getKey()).isEmpty();
            registration.cancel();
        }
    }

    @Test
    void whatIsAlwaysReadyIsReportedBesideWhatBecomesReady() throws IOException {
        Registration file = poller.register(descriptors.regularFile(), Interest.READ);
        Registration pipe = poller.register(descriptors.readyPipe().readFd(), Interest.READ);

        assertThat(look()).containsExactlyInAnyOrder(event(file, READABLE), event(pipe, READABLE));
        assertThat(await()).containsExactlyInAnyOrder(event(file, READABLE), event(pipe, READABLE));
    }

    // Many, and high numbers.

    @Test
    void aThousandReadyDescriptorsComeInOnePoll() throws IOException {
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThanOrEqualTo(2000);
        int readFd = descriptors.readyPipe().readFd();
        Set<Integer> fds = new HashSet<>();
        while (fds.size() < 1000) {
            int fd = descriptors.dup(readFd);
            if (mechanism() == Mechanism.SELECT && fd >= 1024) {
                break;
            }
            fds.add(fd);
        }
        assertThat(fds).hasSizeGreaterThan(700);
        for (int fd : fds) {
            poller.register(fd, Interest.READ);
        }
        Map<Integer, Integer> seen = new HashMap<>();

        for (int polls = 0; polls < (isKqueue() ? 10 : 1); polls++) {
            poller.poll(0, (registration, ready) -> seen.merge(registration.fd(), 1, Integer::sum));
        }

        assertThat(seen.keySet()).isEqualTo(fds);
        if (!isKqueue()) {
            assertThat(seen.values()).containsOnly(1);
        }
    }

    @Test
    void aDescriptorAbove1024IsWatchedOrRefusedButNeverCorruptsAnything() throws IOException {
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(5000);
        Pipe pipe = descriptors.readyPipe();
        int high = descriptors.dupAtOrAbove(pipe.readFd(), 5000);

        if (mechanism() == Mechanism.SELECT) {
            assertThatThrownBy(() -> poller.register(high, Interest.READ))
                    .isInstanceOfSatisfying(DescriptorLimitException.class, e -> {
                        assertThat(e.fd()).isEqualTo(high);
                        assertThat(e.limit()).isEqualTo(1024);
                        assertThat(e)
                                .hasMessageContaining("descriptor " + high)
                                .hasMessageContaining("1023")
                                .hasMessageContaining("SELECT")
                                .hasMessageContaining("selectLimit(SelectLimit.KERNEL)");
                    });
            assertNothingHalfRegistered(high);
        } else {
            Registration registration = poller.register(high, Interest.READ);
            assertThat(look()).containsExactly(event(registration, READABLE));
            descriptors.drain(pipe.readFd());
            assertThat(look()).isEmpty();
        }
    }

    @Test
    void selectStopsAtExactly1024() throws IOException {
        assumeThat(mechanism()).isEqualTo(Mechanism.SELECT);
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(1100);
        int readFd = descriptors.readyPipe().readFd();
        int last = descriptors.dupAs(readFd, 1023);
        int beyond = descriptors.dupAs(readFd, 1024);

        Registration registration = poller.register(last, Interest.READ);

        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThatThrownBy(() -> poller.register(beyond, Interest.NONE)).isInstanceOf(DescriptorLimitException.class);
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void selectWatchesDescriptor5000WhenItIsToldToGoToTheKernelsLimit() throws IOException {
        assumeThat(mechanism()).isEqualTo(Mechanism.SELECT);
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(9000);
        poller = opened(open(new PollerSettings(calls, binding, SelectLimit.KERNEL)));
        Pipe pipe = descriptors.pipe();
        Registration high = poller.register(descriptors.dupAtOrAbove(pipe.readFd(), 5000), Interest.READ);
        Registration higher = poller.register(descriptors.dupAtOrAbove(pipe.writeFd(), 9000), Interest.WRITE);

        assertThat(look()).containsExactly(event(higher, WRITABLE));
        descriptors.write(pipe.writeFd());
        assertThat(look()).containsExactlyInAnyOrder(event(high, READABLE), event(higher, WRITABLE));
        higher.cancel();
        assertThat(look()).containsExactly(event(high, READABLE));
        high.cancel();
        assertThat(look()).isEmpty();
    }

    @Test
    void aPollerThatGetsNoLowDescriptorItselfIsRefusedBySelectAndLeavesNothingBehind() throws IOException {
        assumeThat(mechanism()).isEqualTo(Mechanism.SELECT);
        assumeThat(posix.raiseDescriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(1200);
        int fd = descriptors.pipe().readFd();
        int highest;
        do {
            highest = descriptors.dup(fd);
        } while (highest < 1023);

        assertThatThrownBy(this::open)
                .isInstanceOf(DescriptorLimitException.class)
                .hasMessageContaining("selectLimit(SelectLimit.KERNEL)");

        assertThat(descriptors.dup(fd)).as("the lowest free number").isEqualTo(1024);
    }

    // Channels.

    @Test
    void aChannelInBlockingModeIsRefused() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        try {
            assertThatThrownBy(() -> poller.register(pipe.source(), Interest.READ, Trigger.LEVEL, null))
                    .isInstanceOf(IllegalBlockingModeException.class);
            assertThat(poller.size()).isZero();
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @Test
    void aClosedChannelIsRefused() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        pipe.source().configureBlocking(false);
        pipe.sink().close();
        pipe.source().close();

        assertThatThrownBy(() -> poller.register(pipe.source(), Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(ClosedChannelException.class);
        assertThat(poller.size()).isZero();
    }

    @Test
    void aChannelIsWatchedOrTheFlagThatIsMissingIsNamed() throws IOException {
        java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
        try {
            pipe.source().configureBlocking(false);
            Registration registration;
            try {
                registration = poller.register(pipe.source(), Interest.READ, Trigger.LEVEL, "attached");
            } catch (UnsupportedOperationException e) {
                assertThat(e).hasMessageContaining("--add-opens java.base/sun.nio.ch=ALL-UNNAMED");
                assertThat(poller.size()).isZero();
                return;
            }
            assertThat(look()).isEmpty();
            pipe.sink().write(ByteBuffer.allocate(1));
            assertThat(await()).containsExactly(event(registration, READABLE));
            assertThat(registration.attachment()).isEqualTo("attached");
            pipe.source().close();
            assertThat(look()).noneMatch(event -> event.told().isReadable());
            assertThat(registration.isValid()).isFalse();
            assertThat(poller.size()).isZero();
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    // After close.

    @Test
    void everyMethodOfAClosedPollerSaysThatItIsClosed() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        Registration registration = poller.register(fd, Interest.READ);
        poller.close();
        int another = descriptors.pipe().readFd();

        List<ThrowingCallable> refused = List.of(
                () -> poller.register(another, Interest.READ),
                () -> poller.register(another, Interest.READ, "attached"),
                () -> poller.register(another, Interest.READ, Trigger.ONESHOT, null),
                () -> poller.registration(fd),
                () -> poller.size(),
                () -> poller.poll(IGNORE),
                () -> poller.poll(0, IGNORE),
                () -> poller.poll(1, IGNORE),
                () -> poller.poll(java.time.Duration.ZERO, IGNORE),
                () -> registration.modify(Interest.WRITE));

        assertThat(refused)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isExactlyInstanceOf(ClosedPollerException.class)
                        .hasMessageContaining(mechanism().name()));
    }

    @Test
    void aClosedPollerStillAnswersWhatNeedsNoKernel() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, "attached");
        poller.close();

        poller.wakeup();
        poller.close();
        registration.cancel();

        assertThat(poller.isOpen()).isFalse();
        assertThat(poller.supports(Trigger.LEVEL)).isTrue();
        assertThat(poller.mechanism()).isEqualTo(mechanism());
        assertThat(poller.binding()).isEqualTo(binding);
        assertThat(registration.isValid()).isFalse();
        assertThat(registration.attachment()).isEqualTo("attached");
    }

    @Test
    void theWatchedDescriptorsStayOpenWhenThePollerIsClosed() throws IOException {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        poller.register(pipe.writeFd(), Interest.WRITE);

        poller.close();

        assertThat(posix.isOpen(pipe.readFd())).isTrue();
        assertThat(posix.isOpen(pipe.writeFd())).isTrue();
        Poller another = opened(open());
        another.register(pipe.readFd(), Interest.READ);
        assertThat(another.poll(0, IGNORE)).isZero();
    }

    @Test
    void theKernelHasLetGoOfAllThatWasWatchedWhenThePollerIsClosed() throws Exception {
        for (int round = 0; round < 20; round++) {
            SocketPair here = descriptors.socketPair();
            SocketPair there = descriptors.socketPair();
            Poller mine = opened(open());
            Poller others = opened(open());
            mine.register(here.fd(), Interest.READ);
            others.register(there.fd(), Interest.READ);
            assertThat(mine.poll(0, IGNORE)).isZero();
            assertThat(Background.start(() -> others.poll(0, IGNORE)).get()).isZero();

            mine.close();
            descriptors.close(here.fd());
            others.close();
            descriptors.close(there.fd());

            assertThat(descriptors.read(here.peerFd(), 1))
                    .as("the end, at the peer")
                    .isEqualTo(-1);
            assertThat(descriptors.read(there.peerFd(), 1))
                    .as("the end, at the peer")
                    .isEqualTo(-1);
        }
    }

    @Test
    void aClosedPollerHasGivenItsDescriptorsBack() throws IOException {
        poller.close();
        int fd = descriptors.pipe().readFd();
        int lowest = lowestFree(fd);

        for (int i = 0; i < 20; i++) {
            open().close();
        }

        Eventually.until( // other threads of the JVM have some open for a moment
                lowest + " is free again", () -> lowestFree(fd) <= lowest);
    }

    private int lowestFree(int fd) throws IOException {
        int lowest = descriptors.dup(fd);
        descriptors.close(lowest);
        return lowest;
    }

    /** Where the kernel watches numbers (POLL, SELECT, /dev/poll), an empty pipe under one is as silent. */
    @Test
    void anEmptyPipeIsNotReadyThoughItsNumberWasThatOfAnAlwaysReadyFile() throws IOException {
        for (Trigger trigger : Trigger.values()) {
            if (poller.supports(trigger)) {
                for (int file : new int[] {descriptors.regularFile(), descriptors.open("/dev/null", Fcntl.O_RDWR)}) {
                    Registration registration = poller.register(file, Interest.READ, trigger, null);
                    if (!trigger.isOneshot()) {
                        assertThat(look()).containsExactly(event(registration, READABLE));
                    }
                    Pipe pipe = descriptors.pipe();
                    descriptors.close(file);
                    descriptors.dupAs(pipe.readFd(), file);

                    assertThat(look()).as("%s, %s", trigger, mechanism()).isEmpty();
                    registration.cancel();
                }
            }
        }
    }

    @Test
    void whereTheWaitIsRefusedThePollerDoesNotOpen() {
        for (int errno : new int[] {Errno.ENOSYS, Errno.EPERM}) {
            long before = Descriptors.openNow();
            assertThatThrownBy(() -> openOver(new RefusedWaits(calls, errno)))
                    .isInstanceOfSatisfying(
                            SyscallException.class, e -> assertThat(e.errno()).isEqualTo(errno));
            assertThat(Descriptors.openNow()).as("open descriptors").isEqualTo(before);
        }
    }
}
