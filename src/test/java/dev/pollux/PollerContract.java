// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Os;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promise of {@link Poller}, as every mechanism has to keep it through every binding. A mechanism's test inherits
 * it in a few lines; the parts are {@link PollerContractRegistering}, {@link PollerContractHandling},
 * {@link PollerContractWaiting}, and here what happens to descriptors that were closed without a cancel, and the
 * details of an answer.
 */
public abstract class PollerContract extends PollerContractWaiting {
    // Closed without cancel.

    @ParameterizedTest
    @EnumSource
    void aDescriptorClosedWithoutCancelIsDropped(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        Pipe pipe = descriptors.pipe();
        Registration closed = poller.register(pipe.readFd(), Interest.READ, trigger, null);
        Registration ready = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        descriptors.close(pipe.readFd());

        List<Event> first = look();

        if (tellsOfClosedDescriptors()) {
            first.addAll(look()); // select fails as a whole the first time
            assertThat(first)
                    .contains(event(closed, INVALID), event(ready, READABLE))
                    .containsOnlyOnce(event(closed, INVALID));
        } else {
            assertThat(first).containsExactly(event(ready, READABLE));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(look()).containsExactly(event(ready, READABLE));
        }
        assertThat(closed.isValid()).isFalse();
        assertThat(poller.size()).isEqualTo(1);
        assertThat(poller.registration(closed.fd())).isNull();
        assertThatIllegalStateException().isThrownBy(() -> closed.modify(Interest.READ));
        closed.cancel();
        assertThat(look()).containsExactly(event(ready, READABLE));
    }

    @Test
    void aDescriptorClosedWithoutCancelNeitherWedgesNorSpinsAWait() throws IOException {
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.pipe();
        Registration closed = poller.register(pipe.readFd(), Interest.READ);
        descriptors.close(pipe.readFd());
        int before = counting.waits();

        if (tellsOfClosedDescriptors()) {
            assertThat(await()).containsExactly(event(closed, INVALID));
        }
        long startNanos = System.nanoTime();
        assertThat(poller.poll(30_000_000, UNEXPECTED)).isZero();

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(30_000_000);
        assertThat(counting.waits() - before).as("waits").isLessThanOrEqualTo(4);
        assertThat(closed.isValid()).isFalse();
    }

    @Test
    void aDescriptorClosedWithoutCancelWhileThePollWaitsDoesNoHarm() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration closed = poller.register(pipe.readFd(), Interest.READ);
        Pipe other = descriptors.pipe();
        Registration open = poller.register(other.readFd(), Interest.READ);
        List<Event> events = new ArrayList<>();
        ReadyHandler collect = (registration, ready) -> events.add(event(registration, ready));
        Background<Integer> waiting = waitInBackground(collect);

        descriptors.close(pipe.readFd());
        descriptors.write(other.writeFd());

        waiting.get();
        poller.poll(0, collect);
        poller.poll(0, collect);
        assertThat(events).contains(event(open, READABLE));
        assertThat(events.stream().filter(event(closed, INVALID)::equals).count())
                .isEqualTo(tellsOfClosedDescriptors() ? 1 : 0);
        assertThat(closed.isValid()).isFalse();
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void aDescriptorClosedWithoutCancelWhoseNumberIsUsedAgainDuringAPollFailsNoPoll() throws Exception {
        CountingSyscalls kernel = count();
        int quiet = descriptors.pipe().readFd();
        Registration ready = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        Registration closed = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(closed.fd());
        kernel.afterNextWait(() -> {
            try {
                descriptors.dupAs(quiet, closed.fd());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        List<Event> told = look();
        told.addAll(look());

        assertThat(told).contains(event(ready, READABLE));
        assertThat(told).isSubsetOf(event(ready, READABLE), event(closed, INVALID));
    }

    @Test
    void manyDescriptorsClosedWithoutCancelAreAllDropped() throws IOException {
        List<Registration> closed = new ArrayList<>();
        Registration ready = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        for (int i = 0; i < 40; i++) {
            closed.add(poller.register(descriptors.pipe().readFd(), Interest.READ));
        }
        for (Registration registration : closed) {
            descriptors.close(registration.fd());
        }
        List<Event> told = new ArrayList<>();

        for (int i = 0; i < 3; i++) {
            told.addAll(look());
        }

        if (tellsOfClosedDescriptors()) {
            assertThat(told).filteredOn(event -> event.told().isInvalid()).hasSize(40);
        }
        assertThat(look()).containsExactly(event(ready, READABLE));
        assertThat(closed).noneMatch(Registration::isValid);
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void theNumberOfADroppedDescriptorCanBeRegisteredAgain() throws IOException {
        int ready = descriptors.readyPipe().readFd();
        Registration old = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(old.fd());
        look();
        descriptors.dupAs(ready, old.fd());
        Registration fresh = poller.register(old.fd(), Interest.READ);

        assertThat(look()).containsExactly(event(fresh, READABLE));
        assertThat(poller.size()).isEqualTo(1);
        assertThat(old.isValid()).isFalse();
        old.cancel();
        assertThat(look()).containsExactly(event(fresh, READABLE));
    }

    @Test
    void aNumberThatWasClosedAndUsedAgainBeforeAnyPollCanBeRegisteredWhereTheKernelForgets() throws IOException {
        assumeThat(tellsOfClosedDescriptors())
                .as("elsewhere the number is watched, whatever it means")
                .isFalse();
        int ready = descriptors.readyPipe().readFd();
        for (Trigger trigger : Trigger.values()) {
            Registration old = poller.register(descriptors.pipe().readFd(), Interest.READ, trigger, null);
            descriptors.close(old.fd());
            descriptors.dupAs(ready, old.fd());

            Registration fresh = poller.register(old.fd(), Interest.READ, trigger, null);

            assertThat(look()).containsExactly(event(fresh, READABLE));
            assertThat(old.isValid()).isFalse();
            assertThat(poller.size()).isEqualTo(1);
            fresh.cancel();
        }
    }

    @Test
    void aDescriptorClosedWithoutCancelCannotBeRegisteredUntilItIsOpenAgain() throws IOException {
        Registration closed = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(closed.fd());

        assertThatThrownBy(() -> poller.register(closed.fd(), Interest.READ))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));

        assertThat(poller.size()).isZero();
        assertThat(closed.isValid()).isFalse();
        assertThat(look()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void toModifyAClosedDescriptorFailsOrTheNextPollTellsAndDropsIt(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isTrue();
        Registration closed = poller.register(descriptors.socketPair().fd(), Interest.READ, trigger, null);
        descriptors.close(closed.fd());

        if (Set.of(Mechanism.SELECT, Mechanism.POLL, Mechanism.IO_URING).contains(mechanism())) {
            closed.modify(Interest.WRITE);
            assertThat(look()).containsExactly(event(closed, INVALID));
        } else {
            assertThatThrownBy(() -> closed.modify(Interest.WRITE))
                    .isInstanceOfSatisfying(
                            SyscallException.class, e -> assertThat(e.errno()).isIn(Errno.EBADF, Errno.ENOENT));
        }

        assertThat(closed.isValid()).isFalse();
        assertThat(poller.size()).isZero();
        assertThat(look()).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> closed.modify(Interest.READ));
    }

    @Test
    void aSilentDescriptorClosedWithoutCancelDoesNoHarm() throws IOException {
        Registration silent = poller.register(descriptors.pipe().readFd(), Interest.NONE);
        descriptors.close(silent.fd());

        assertThat(look()).isEmpty();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
        silent.cancel();
        assertThat(poller.size()).isZero();
    }

    @Test
    void anAlwaysReadyDescriptorClosedWithoutCancelIsDropped() throws IOException {
        Registration file = poller.register(descriptors.regularFile(), Interest.READ);
        assertThat(look()).hasSize(1);
        descriptors.close(file.fd());

        if (tellsOfClosedDescriptors()) {
            assertThat(look()).containsExactly(event(file, INVALID));
        }
        assertThat(look()).isEmpty();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
        assertThat(file.isValid()).isFalse();
        assertThat(poller.size()).isZero();
    }

    @Test
    void theNoticeOfAClosedDescriptorOutlivesAnException() throws IOException {
        assumeThat(tellsOfClosedDescriptors()).as("it is told").isTrue();
        List<Registration> closed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            closed.add(poller.register(descriptors.pipe().readFd(), Interest.READ));
        }
        for (Registration registration : closed) {
            descriptors.close(registration.fd());
        }
        List<Event> told = new ArrayList<>();

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                        told.add(event(registration, ready));
                        throw new IOException("on purpose");
                    }))
                    .hasMessage("on purpose");
        }

        assertThat(told)
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allMatch(event -> event.told().isInvalid());
        assertThat(look()).isEmpty();
    }

    @Test
    void theNoticeOfAClosedDescriptorIsNotDeliveredOnceItWasCancelled() throws IOException {
        assumeThat(tellsOfClosedDescriptors()).as("it is told").isTrue();
        Registration one = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Registration other = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(one.fd());
        descriptors.close(other.fd());
        List<Registration> told = new ArrayList<>();

        poller.poll(0, (registration, ready) -> {
            told.add(registration);
            (registration == one ? other : one).cancel();
        });
        poller.poll(0, (registration, ready) -> told.add(registration));

        assertThat(told).hasSize(1);
    }

    @Test
    void theNoticeOfAClosedDescriptorIsNotDeliveredOnceThePollerWasClosed() throws IOException {
        assumeThat(tellsOfClosedDescriptors()).as("it is told").isTrue();
        Registration one = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Registration other = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.close(one.fd());
        descriptors.close(other.fd());
        List<Registration> told = new ArrayList<>();

        try {
            poller.poll(0, (registration, ready) -> {
                told.add(registration);
                poller.close();
            });
        } catch (ClosedPollerException e) {
            assertThat(e).hasMessageContaining(mechanism().name());
        }

        assertThat(told).hasSize(1);
    }

    // Closed while a duplicate is open: what epoll goes on reporting.

    private Registration registerAndCloseButForADuplicate(int fd, Interest interest) throws IOException {
        Registration registration = poller.register(fd, interest);
        descriptors.dup(fd);
        descriptors.close(fd);
        return registration;
    }

    @Test
    void aDescriptorClosedWhileADuplicateIsOpenIsNotReportedForEver() throws IOException {
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.readyPipe();
        Registration closed = registerAndCloseButForADuplicate(pipe.readFd(), Interest.READ);
        int stale = 0;
        for (int i = 0; i < 2000; i++) {
            stale += (int) look().stream()
                    .filter(event -> event.registration() == closed)
                    .count();
        }

        assertThat(stale).as("events of the closed descriptor in 2000 polls").isLessThanOrEqualTo(1024);
        assertThat(closed.isValid()).isFalse();
        int before = counting.waits();
        assertThat(poller.poll(20_000_000, UNEXPECTED)).isZero();
        assertThat(counting.waits() - before).as("waits").isLessThanOrEqualTo(4);
    }

    @Test
    void aDescriptorCancelledAfterItWasClosedWhileADuplicateIsOpenIsSilent() throws IOException {
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.readyPipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        Registration other = poller.register(descriptors.readyPipe().readFd(), Interest.READ, Trigger.ONESHOT, null);
        Registration third = poller.register(descriptors.pipe().readFd(), Interest.READ);
        descriptors.dup(pipe.readFd());
        descriptors.close(pipe.readFd());
        registration.cancel();

        assertThat(look()).containsExactly(event(other, READABLE));
        for (int i = 0; i < 5; i++) {
            assertThat(look()).isEmpty();
        }
        int before = counting.waits();
        assertThat(poller.poll(20_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits").isLessThanOrEqualTo(4);
        other.modify(Interest.READ);
        assertThat(look()).containsExactly(event(other, READABLE));
        third.modify(Interest.NONE);
        assertThat(look()).isEmpty();
        poller.wakeup();
        assertThat(poller.poll(UNEXPECTED)).isZero();
    }

    @Test
    void aHundredDescriptorsClosedWhileDuplicatesAreOpenDoNotSpin() throws IOException {
        CountingSyscalls counting = count();
        for (int i = 0; i < 100; i++) {
            registerAndCloseButForADuplicate(descriptors.readyPipe().readFd(), Interest.READ)
                    .cancel();
        }
        for (int i = 0; i < 5; i++) {
            assertThat(look()).isEmpty();
        }
        int before = counting.waits();

        assertThat(poller.poll(20_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits").isLessThanOrEqualTo(4);
    }

    @Test
    void aHangUpOfADescriptorClosedWhileADuplicateIsOpenDoesNotSpinNorFail() throws IOException {
        assumeThat(isKqueue())
                .as("kqueue, which refuses to write to a read end")
                .isFalse();
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.pipe();
        Registration closed = registerAndCloseButForADuplicate(pipe.readFd(), Interest.WRITE);
        descriptors.close(pipe.writeFd());
        for (int i = 0; i < 3; i++) {
            look();
        }
        int before = counting.waits();

        assertThat(poller.poll(50_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 50 ms").isLessThanOrEqualTo(20);
        assertThat(closed.isValid()).isFalse();
    }

    @Test
    void aNumberClosedWhileADuplicateIsOpenCanBeRegisteredAgain() throws IOException {
        Pipe fresh = descriptors.pipe();
        Registration old =
                registerAndCloseButForADuplicate(descriptors.readyPipe().readFd(), Interest.READ);
        poller.poll(0, (registration, ready) -> registration.cancel());
        int number = descriptors.dupAs(fresh.readFd(), old.fd());

        Registration registration = poller.register(number, Interest.READ);

        for (int i = 0; i < 5; i++) {
            assertThat(look()).isEmpty();
        }
        descriptors.write(fresh.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(old.isValid()).isFalse();
        assertThat(poller.size()).isEqualTo(1);
    }

    // Details.

    @Test
    void theDetailsAreThoseOfPollWhereTheMechanismTellsThem() throws IOException {
        assumeThat(Os.here()).as("the system whose bits these are").isEqualTo(Os.LINUX);
        assumeThat(mechanism()).as("kqueue's differ").isNotEqualTo(Mechanism.KQUEUE);
        boolean told = mechanism() != Mechanism.SELECT;
        assertThat(detailsOf(descriptors.hungUpPipe(), Interest.READ)).isEqualTo(told ? Readiness.HANGUP : 0);
        SocketPair half = descriptors.socketPair();
        posix.shutdownWrite(half.peerFd());
        assertThat(detailsOf(half.fd(), Interest.READ)).isEqualTo(told ? Readiness.READ_HANGUP : 0);
        assertThat(detailsOf(half.fd(), Interest.WRITE)).isZero();
        assertThat(detailsOf(half.fd(), Interest.READ_WRITE)).isEqualTo(told ? Readiness.READ_HANGUP : 0);
        Pipe broken = descriptors.pipe();
        descriptors.close(broken.readFd());
        assertThat(detailsOf(broken.writeFd(), Interest.WRITE)).isEqualTo(told ? Readiness.ERROR : 0);
        assertThat(detailsOf(descriptors.readyPipe().readFd(), Interest.READ)).isZero();
    }

    private int detailsOf(int fd, Interest interest) throws IOException {
        Registration registration = poller.register(fd, interest);
        int[] bits = {0};
        assertThat(poller.poll(DEADLINE_NANOS, (each, ready) -> bits[0] = ready.bits()))
                .isEqualTo(1);
        registration.cancel();
        return bits[0] & (Readiness.HANGUP | Readiness.READ_HANGUP | Readiness.ERROR);
    }
}
