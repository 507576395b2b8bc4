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
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The contract on {@link KqueueDriver}, over a simulated kqueue, since Linux has none: here with FreeBSD's struct and
 * behaviour, in subclasses with those of other systems.
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
    void anAllocationFailureDuringOpenClosesTheKqueueAndTheWakersPipe() {
        AllocationsFail failing = new AllocationsFail(calls);
        int failures = 0;
        for (boolean opens = false; !opens; failures++) {
            failing.failNext(failures);
            try {
                openOver(failing).close();
                opens = true;
            } catch (OutOfMemoryError | IOException e) {
                assertThat(e).isInstanceOf(OutOfMemoryError.class);
            }
            assertThat(failing.opened)
                    .as("descriptors left open after failure %d", failures)
                    .isEmpty();
        }
        assertThat(failures).as("allocations").isGreaterThan(6);
    }

    /** Fails the n-th allocation, and knows which descriptors of a kqueue poller are open. */
    private static final class AllocationsFail extends ForwardingSyscalls {
        final Set<Integer> opened = new HashSet<>();
        private int untilFailure;

        AllocationsFail(Syscalls next) {
            super(next);
        }

        void failNext(int allocationsBefore) {
            untilFailure = allocationsBefore;
        }

        @Override
        public long addressOf(ByteBuffer direct) {
            if (untilFailure-- == 0) {
                throw new OutOfMemoryError("of the test");
            }
            return super.addressOf(direct);
        }

        @Override
        public int kqueue() {
            int rc = super.kqueue();
            opened.add(rc);
            return rc;
        }

        @Override
        public int pipe(NativeMemory fds) {
            int rc = super.pipe(fds);
            opened.add(fds.getInt(0));
            opened.add(fds.getInt(Integer.BYTES));
            return rc;
        }

        @Override
        public int close(int fd) {
            opened.remove(fd);
            return super.close(fd);
        }
    }

    @Test
    void onePollReportsAnyNumberOfDescriptorsThatAreReadyBothWays() throws IOException {
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
