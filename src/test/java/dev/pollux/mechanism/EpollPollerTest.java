// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.PollerContract;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.syscall.ForwardingSyscalls;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EpollPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return new EpollPoller(settings);
    }

    @Test
    void aHandlerThatCancelsWhatWouldComeNextIsNoReasonToBuildTheListAnew() throws IOException {
        int[] lists = {0};
        poller = opened(open(new PollerSettings(
                new ForwardingSyscalls(calls) {
                    @Override
                    public int epollCreate1(int flags) {
                        lists[0]++;
                        return super.epollCreate1(flags);
                    }
                },
                binding,
                SelectLimit.FD_SETSIZE)));
        Registration[] both = new Registration[2];
        for (int i = 0; i < both.length; i++) {
            both[i] = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        }
        look();
        for (int round = 0; round < 5; round++) {
            int events = poller.poll(0, (registration, ready) -> {
                Registration other = both[registration == both[0] ? 1 : 0];
                other.cancel();
            });
            assertThat(events).isEqualTo(1);
            for (int i = 0; i < both.length; i++) {
                if (!both[i].isValid()) {
                    both[i] = poller.register(both[i].fd(), Interest.READ);
                }
            }
        }

        assertThat(lists[0]).as("how many lists were made").isEqualTo(1);
        assertThat(look()).hasSize(2);
    }
}
