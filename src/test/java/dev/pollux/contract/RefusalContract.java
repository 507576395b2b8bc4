// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.ClosedPollerException;
import dev.pollux.DescriptorLimitException;
import dev.pollux.Descriptors;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.PollerFixture;
import dev.pollux.RefusedWaits;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code register} refuses, and with which message. A refusal leaves nothing registered. */
@Tag("refusal")
public abstract class RefusalContract extends PollerFixture {
    private static final String BAD_DESCRIPTOR = "[a-z_0-9]+\\(.*\\): EBADF \\(Bad file descriptor\\)";

    @Test
    void anExclusiveRegistrationIsRefusedByNamingTheMechanismsThatSupportIt() throws IOException {
        assumeThat(poller.supportsExclusive()).as(mechanism() + " can").isFalse();
        int fd = descriptors.readyPipe().readFd();

        assertThatThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(mechanism().name())
                .hasMessageContaining("EPOLL");

        assertNothingIsRegistered(fd);
        poller.close();
        assertThatThrownBy(() -> poller.registerExclusive(fd, Interest.READ, Trigger.LEVEL, null))
                .isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void aNegativeDescriptorIsRefused() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> poller.register(-7, Interest.READ))
                .withMessageContaining("-7");
        assertNothingIsRegistered(-7);
    }

    @Test
    void aDescriptorThatIsNotOpenIsRefusedWithEbadf() throws IOException {
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
    void aSecondRegistrationIsRefusedAndTheFirstIsUnchanged() throws IOException {
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

    @ParameterizedTest
    @EnumSource
    void anUnsupportedTriggerIsRefusedByNamingTheMechanismsThatSupportIt(Trigger trigger) throws IOException {
        assumeThat(poller.supports(trigger)).as(mechanism() + " has " + trigger).isFalse();
        int fd = descriptors.readyPipe().readFd();

        assertThatThrownBy(() -> poller.register(fd, Interest.READ, trigger, null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(mechanism().name())
                .hasMessageContaining(trigger.name())
                .hasMessageContaining("EPOLL")
                .hasMessageContaining("KQUEUE");
        assertNothingIsRegistered(fd);
    }

    @Test
    void aPollerWhoseWaitIsRefusedDoesNotOpen() {
        for (int errno : new int[] {Errno.ENOSYS, Errno.EPERM}) {
            long before = Descriptors.openNow();
            assertThatThrownBy(() -> openOver(new RefusedWaits(calls, errno)))
                    .isInstanceOfSatisfying(
                            SyscallException.class, e -> assertThat(e.errno()).isEqualTo(errno));
            assertThat(Descriptors.openNow()).as("open descriptors").isEqualTo(before);
        }
    }
}
