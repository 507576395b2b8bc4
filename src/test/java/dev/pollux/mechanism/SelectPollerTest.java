// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.abi.Errno;
import dev.pollux.contract.PollerContract;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SelectPollerTest extends PollerContract {
    @Override
    protected Mechanism mechanism() {
        return Mechanism.SELECT;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(SelectDriver::new, settings);
    }

    @Test
    void aChangeThatComesDuringAWaitThatFailsOnAClosedDescriptorIsMadeBeforeTheWaitIsRepeated() throws Exception {
        WaitFailsOnce failing = new WaitFailsOnce();
        poller = openOver(failing);
        failing.armed = true;
        Background<Integer> waiting = pollInBackground(-1, IGNORE);
        failing.waits.await();

        Background<Registration> changer =
                Background.start(() -> poller.register(descriptors.readyPipe().readFd(), Interest.READ));

        assertThat(changer.get().isValid()).isTrue();
        assertThat(waiting.get()).isEqualTo(1);
    }

    /** One wait lasts until another thread makes a change, and then fails as on a closed descriptor. */
    private final class WaitFailsOnce extends ForwardingSyscalls {
        final CountDownLatch waits = new CountDownLatch(1);
        private final CountDownLatch signalled = new CountDownLatch(1);
        volatile boolean armed;

        WaitFailsOnce() {
            super(calls);
        }

        @Override
        public int pselect(
                int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds, NativeMemory timeout) {
            if (!armed) {
                return super.pselect(nfds, readfds, writefds, exceptfds, timeout);
            }
            armed = false;
            waits.countDown();
            Eventually.until("a change is wanted", () -> signalled.getCount() == 0);
            return -Errno.EBADF;
        }

        /** A write to the waker: the changer is counted by then. */
        @Override
        public int write(int fd, NativeMemory buf, int offset, int count) {
            int rc = super.write(fd, buf, offset, count);
            signalled.countDown();
            return rc;
        }
    }
}
