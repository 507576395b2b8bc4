// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.CountingSyscalls;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.abi.PollFd;
import dev.pollux.contract.PollerContract;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The contract on {@link DevPollDriver}, over a simulated /dev/poll, since Linux has none. */
class SimulatedDevPollPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.DEVPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(DevPollDriver::new, settings);
    }

    @Override
    protected Poller open() throws IOException {
        return open(new PollerSettings(calls, binding, SelectLimit.FD_SETSIZE));
    }

    @Override
    protected Syscalls syscalls() throws IOException {
        return new SimulatedDevPoll(super.syscalls());
    }

    @Override
    protected String unusable() {
        return Usable.reasonAgainst(Mechanism.POLL, binding);
    }

    @Test
    void aMutedDescriptorThatCannotBeArmedAgainDoesNotSpin() throws IOException {
        AdditionsFail failing = new AdditionsFail(calls);
        CountingSyscalls counting = new CountingSyscalls(failing);
        poller = openOver(counting);
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.WRITE);
        descriptors.close(pipe.writeFd());
        assertThat(look()).isEmpty();
        failing.fails = true;
        int before = counting.waits();

        assertThat(poller.poll(120_000_000, UNEXPECTED)).isZero();

        assertThat(counting.waits() - before).as("waits in 120 ms").isLessThanOrEqualTo(10);
        assertThat(registration.isValid()).isTrue();
    }

    /** The device has no memory for another descriptor. */
    private static final class AdditionsFail extends ForwardingSyscalls {
        boolean fails;

        AdditionsFail(Syscalls next) {
            super(next);
        }

        @Override
        public int write(int fd, NativeMemory buf, int offset, int count) {
            boolean isAddition = count == PollFd.SIZE && buf.getShort(PollFd.EVENTS) == PollFd.POLLOUT;
            return fails && isAddition ? -Errno.ENOMEM : super.write(fd, buf, offset, count);
        }
    }
}
