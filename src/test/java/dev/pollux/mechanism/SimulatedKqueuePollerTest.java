// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.Trigger;
import dev.pollux.Usable;
import dev.pollux.abi.Kqueue;
import dev.pollux.contract.PollerContract;
import dev.pollux.mechanism.SimulatedKqueue.Manners;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The contract on {@link KqueueDriver}, over a kqueue that is simulated, since Linux has none: here with FreeBSD's
 * struct and manners, in subclasses with those of others.
 */
class SimulatedKqueuePollerTest extends PollerContract {
    private final String abiProperty = System.getProperty(Kqueue.ABI_PROPERTY);

    Manners manners() {
        return Manners.FREEBSD;
    }

    Kqueue.Abi abi() {
        return Kqueue.Abi.FREEBSD;
    }

    @Override
    protected final Mechanism mechanism() {
        return Mechanism.KQUEUE;
    }

    @Override
    protected final Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(KqueueDriver::new, settings);
    }

    @Override
    protected final Poller open() throws IOException {
        return open(new PollerSettings(calls, binding, SelectLimit.FD_SETSIZE));
    }

    @Override
    protected final Syscalls syscalls() throws IOException {
        Syscalls linux = super.syscalls();
        System.setProperty(Kqueue.ABI_PROPERTY, abi().name());
        return new SimulatedKqueue(linux, manners());
    }

    @AfterEach
    final void putThePropertyBack() {
        if (abiProperty == null) {
            System.clearProperty(Kqueue.ABI_PROPERTY);
        } else {
            System.setProperty(Kqueue.ABI_PROPERTY, abiProperty);
        }
    }

    @Override
    protected final String unusable() {
        return Usable.reasonAgainst(Mechanism.EPOLL, binding);
    }

    @Test
    void aOneshotThatIsNoLongerReadyIsNotReported() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        for (Trigger trigger : List.of(Trigger.ONESHOT, Trigger.EDGE_ONESHOT)) {
            Registration registration = poller.register(fd, Interest.READ, trigger, null);
            descriptors.drain(fd);
            assertThat(look()).as(trigger.name()).isEmpty();
            registration.cancel();
        }
    }

    @Test
    void whatIsReadyBothWaysIsReportedSoInOnePollHoweverMuchItIs() throws IOException {
        int fd = descriptors.socketPair().fd();
        posix.shutdownRead(fd);
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            registrations.add(poller.register(descriptors.dup(fd), Interest.READ));
        }
        for (Registration registration : registrations) {
            registration.modify(Interest.READ_WRITE);
        }
        assertThat(look())
                .hasSize(1100)
                .allMatch(event -> event.ready().isReadable() && event.ready().isWritable());
    }
}
