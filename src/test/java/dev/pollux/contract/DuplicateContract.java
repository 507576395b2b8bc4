// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.abi.Os;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A descriptor that is closed while a duplicate is open: epoll goes on reporting it. */
@Tag("duplicate")
public abstract class DuplicateContract extends PollerFixture {
    private Registration registerAndCloseKeepingADuplicate(int fd, Interest interest) throws IOException {
        Registration registration = poller.register(fd, interest);
        descriptors.dup(fd);
        descriptors.close(fd);
        return registration;
    }

    @Test
    void aClosedDescriptorIsNotReportedForEver() throws IOException {
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.readyPipe();
        Registration closed = registerAndCloseKeepingADuplicate(pipe.readFd(), Interest.READ);
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
    void aDescriptorClosedAndThenCancelledIsSilent() throws IOException {
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

    /** The cancelled one makes EPOLL and libkqueue replace the kernel's list. */
    @Test
    void aNumberReusedBeforeTheListIsReplacedIsNotWatchedForItsOldRegistration() throws IOException {
        assumeThat(reportsClosedDescriptors())
                .as("elsewhere the kernel watches the number, not the file")
                .isFalse();
        Pipe next = descriptors.pipe();
        Registration old = poller.register(descriptors.pipe().readFd(), Interest.READ);
        registerAndCloseKeepingADuplicate(descriptors.readyPipe().readFd(), Interest.READ)
                .cancel();
        descriptors.close(old.fd());
        descriptors.dupAs(next.readFd(), old.fd());
        for (int i = 0; i < 10; i++) {
            assertThat(look()).isEmpty();
        }
        descriptors.write(next.writeFd());
        assertThat(look()).isEmpty();

        Registration fresh = poller.register(old.fd(), Interest.READ);

        assertThat(look()).containsExactly(event(fresh, READABLE));
        assertThat(old.isValid()).isFalse();
    }

    @Test
    void aHundredClosedDescriptorsDoNotSpin() throws IOException {
        CountingSyscalls counting = count();
        for (int i = 0; i < 100; i++) {
            registerAndCloseKeepingADuplicate(descriptors.readyPipe().readFd(), Interest.READ)
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
    void theHangUpOfAClosedDescriptorNeitherSpinsNorFails() throws IOException {
        assumeThat(isKqueue())
                .as("kqueue, which does not watch a read end for writing")
                .isFalse();
        CountingSyscalls counting = count();
        Pipe pipe = descriptors.pipe();
        Registration closed = registerAndCloseKeepingADuplicate(pipe.readFd(), Interest.WRITE);
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
    void aClosedNumberCanBeRegisteredAgain() throws IOException {
        Pipe fresh = descriptors.pipe();
        Registration old =
                registerAndCloseKeepingADuplicate(descriptors.readyPipe().readFd(), Interest.READ);
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

    @Test
    void aRegistrationCancelledAfterItsNumberWasUsedAgainIsSilent() throws IOException {
        CountingSyscalls counting = count();
        Pipe fresh = descriptors.pipe();
        Registration old =
                registerAndCloseKeepingADuplicate(descriptors.readyPipe().readFd(), Interest.READ);
        int number = descriptors.dupAs(fresh.readFd(), old.fd());
        old.cancel();

        for (int i = 0; i < 5; i++) {
            assertThat(look()).isEmpty();
        }
        int before = counting.waits();
        assertThat(poller.poll(20_000_000, UNEXPECTED)).isZero();
        assertThat(counting.waits() - before).as("waits").isLessThanOrEqualTo(4);
        Registration registration = poller.register(number, Interest.READ);
        descriptors.write(fresh.writeFd());
        assertThat(look()).containsExactly(event(registration, READABLE));
        assertThat(poller.size()).isEqualTo(1);
    }

    @Test
    void anEventfdIsReportedUnderTheNumberOfAClosedOneWhoseRegistrationIsCancelled() throws IOException {
        assumeThat(Os.here()).as("the system that has eventfd").isEqualTo(Os.LINUX);
        Registration old = poller.register(descriptors.eventfd(0), Interest.READ);
        int other = descriptors.eventfd(1);
        descriptors.close(old.fd());
        int number = descriptors.dupAs(other, old.fd());
        old.cancel();

        Registration registration = poller.register(number, Interest.READ);

        assertThat(look()).containsExactly(event(registration, READABLE));
    }
}
