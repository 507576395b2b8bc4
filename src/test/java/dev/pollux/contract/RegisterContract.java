// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a registration holds, and how a poller finds, counts and reports it. */
@Tag("register")
public abstract class RegisterContract extends PollerFixture {
    @Test
    void anEventCarriesItsRegistrationAndAttachment() throws IOException {
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
    void aRegistrationReturnsTheArgumentsOfRegister(Trigger trigger) throws IOException {
        assumeSupported(trigger);
        int fd = descriptors.pipe().readFd();

        Registration registration = poller.register(fd, Interest.READ, trigger, "attached");

        assertThat(registration.fd()).isEqualTo(fd);
        assertThat(registration.interest()).isSameAs(Interest.READ);
        assertThat(registration.trigger()).isSameAs(trigger);
        assertThat(registration.attachment()).isEqualTo("attached");
        assertThat(registration.isValid()).isTrue();
    }

    @Test
    void theShortFormsUseLevelAndNoAttachment() throws IOException {
        Registration withAttachment = poller.register(descriptors.pipe().readFd(), Interest.READ, "attached");
        Registration without = poller.register(descriptors.pipe().readFd(), Interest.NONE);

        assertThat(withAttachment.trigger()).isEqualTo(Trigger.LEVEL);
        assertThat(withAttachment.attachment()).isEqualTo("attached");
        assertThat(without.trigger()).isEqualTo(Trigger.LEVEL);
        assertThat(without.attachment()).isNull();
        assertThat(without.interest()).isSameAs(Interest.NONE);
    }

    @Test
    void aPollerFindsAndCountsItsRegistrations() throws IOException {
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
    void aPollerReportsItsMechanismAndBinding() {
        assertThat(poller.mechanism()).isEqualTo(mechanism());
        assertThat(poller.binding()).isEqualTo(binding());
        assertThat(poller.isOpen()).isTrue();
    }

    @Test
    void twoPollersWatchOneDescriptorIndependently() throws IOException {
        Pipe pipe = descriptors.readyPipe();
        Poller other = opened(open());
        Registration here = poller.register(pipe.readFd(), Interest.READ);
        other.register(pipe.readFd(), Interest.READ);

        here.cancel();

        assertThat(look()).isEmpty();
        assertThat(other.poll(DEADLINE_NANOS, IGNORE)).isEqualTo(1);
    }

    @Test
    void manyDescriptorsAreRegisteredAndCancelledInRounds() throws IOException {
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
            poller.poll(0, (registration, reported) -> ready.add(registration.fd()));
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
}
