// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Rlimit;
import dev.pollux.contract.PollerContract;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PollPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.POLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(PollDriver::new, settings);
    }

    @Test
    void theErrorForMoreDescriptorsThanTheLimitHasBothNumbers() throws IOException {
        boolean[] isLowered = {false};
        poller = openOver(new ForwardingSyscalls(calls) {
            @Override
            public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
                return isLowered[0] ? -Errno.EINVAL : super.ppoll(fds, nfds, timeout);
            }

            @Override
            public int getrlimit(int resource, NativeMemory rlim) {
                rlim.putLong(Rlimit.CUR, 1);
                return 0;
            }
        });
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        isLowered[0] = true;

        assertThatThrownBy(this::look)
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("EINVAL (Invalid argument); 2 descriptors are watched")
                .hasMessageContaining(
                        "(RLIMIT_NOFILE) is now 1: raise the limit, cancel registrations, or use EPOLL or KQUEUE");
        isLowered[0] = false;
        assertThat(look()).hasSize(1);
    }
}
