// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.PollerFixture;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A descriptor that is closed without {@code cancel} is dropped; it neither hangs nor spins the poller. */
@Tag("closed-descriptor")
public abstract class ClosedDescriptorContract extends PollerFixture {
    @ParameterizedTest
    @EnumSource
    void aDescriptorClosedWithoutCancelIsDropped(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        Pipe pipe = descriptors.pipe();
        Registration closed = poller.register(pipe.readFd(), Interest.READ, trigger, null);
        Registration ready = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        descriptors.close(pipe.readFd());

        List<Event> first = look();

        if (reportsClosedDescriptors()) {
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
        if (!reportsClosedDescriptors()) { // isValid and size change nothing, so the registration is dropped here
            assertThatThrownBy(() -> closed.modify(Interest.WRITE)).isInstanceOf(SyscallException.class);
        }
        assertThatIllegalStateException().isThrownBy(() -> closed.modify(Interest.READ));
        closed.cancel();
        assertThat(look()).containsExactly(event(ready, READABLE));
    }

    @Test
    void aClosedDescriptorNeitherHangsNorSpinsAWait() throws IOException {
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.pipe();
        Registration closed = poller.register(pipe.readFd(), Interest.READ);
        descriptors.close(pipe.readFd());
        int before = counting.waits();

        if (reportsClosedDescriptors()) {
            assertThat(await()).containsExactly(event(closed, INVALID));
        }
        long startNanos = System.nanoTime();
        assertThat(poller.poll(30_000_000, UNEXPECTED)).isZero();

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(30_000_000);
        assertThat(counting.waits() - before).as("waits").isLessThanOrEqualTo(4);
        assertThat(closed.isValid()).isFalse();
    }

    @Test
    void aDescriptorClosedDuringAPollIsDropped() throws Exception {
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
                .isEqualTo(reportsClosedDescriptors() ? 1 : 0);
        assertThat(closed.isValid()).isFalse();
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void aClosedNumberReusedDuringAPollFailsNoPoll() throws Exception {
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

        List<Event> reported = look();
        reported.addAll(look());

        assertThat(reported).contains(event(ready, READABLE));
        assertThat(reported).isSubsetOf(event(ready, READABLE), event(closed, INVALID));
    }

    @Test
    void manyClosedDescriptorsAreAllDropped() throws IOException {
        List<Registration> closed = new ArrayList<>();
        Registration ready = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        for (int i = 0; i < 40; i++) {
            closed.add(poller.register(descriptors.pipe().readFd(), Interest.READ));
        }
        for (Registration registration : closed) {
            descriptors.close(registration.fd());
        }
        List<Event> reported = new ArrayList<>();

        for (int i = 0; i < 3; i++) {
            reported.addAll(look());
        }

        if (reportsClosedDescriptors()) {
            assertThat(reported).filteredOn(event -> event.ready().isInvalid()).hasSize(40);
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
    void aNumberClosedAndReusedBeforeAPollCanBeRegisteredWhereTheKernelDropsIt() throws IOException {
        assumeThat(reportsClosedDescriptors())
                .as("elsewhere the kernel watches the number, not the file")
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
    void registeringAClosedDescriptorFailsAndDropsIt() throws IOException {
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
    void modifyOfAClosedDescriptorFailsOrTheNextPollDropsIt(Trigger trigger) throws IOException {
        assumeSupported(trigger);
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
    void aClosedDescriptorWithInterestNoneDoesNoHarm() throws IOException {
        Registration silent = poller.register(descriptors.pipe().readFd(), Interest.NONE);
        descriptors.close(silent.fd());

        assertThat(look()).isEmpty();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
        silent.cancel();
        assertThat(poller.size()).isZero();
    }

    @Test
    void aClosedAlwaysReadyDescriptorIsDropped() throws IOException {
        Registration file = poller.register(descriptors.regularFile(), Interest.READ);
        assertThat(look()).hasSize(1);
        descriptors.close(file.fd());

        if (reportsClosedDescriptors()) {
            assertThat(look()).containsExactly(event(file, INVALID));
        }
        assertThat(look()).isEmpty();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
        assertThat(file.isValid()).isFalse();
        assertThat(poller.size()).isZero();
    }
}
