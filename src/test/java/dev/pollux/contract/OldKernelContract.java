// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.MillisOnlySyscalls;
import dev.pollux.PollerFixture;
import dev.pollux.abi.Errno;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timeouts and wakeups on a kernel without nanosecond timeouts and without {@code eventfd}. */
@Tag("old-kernel")
public abstract class OldKernelContract extends PollerFixture {
    /** Opens over a system that has neither the calls with nanoseconds nor eventfd. */
    private void openOnAnOlderKernel() throws IOException {
        poller = openOver(new MillisOnlySyscalls(calls) {
            @Override
            public int eventfd(int initval, int flags) {
                return -Errno.ENOSYS;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999_999, 1_000_001, 3_500_000})
    void aTimeoutIsRoundedUpToMilliseconds(long timeoutNanos) throws IOException {
        openOnAnOlderKernel();
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 5; i++) {
            long startNanos = System.nanoTime();
            assertThat(poller.poll(timeoutNanos, UNEXPECTED)).isZero();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
        }
    }

    @Test
    void wakeupsChangesInterruptsAndCloseNeedNoEventfd() throws Exception {
        openOnAnOlderKernel();
        Pipe pipe = descriptors.pipe();
        for (int i = 0; i < 100; i++) {
            poller.wakeup();
        }
        assertThat(poller.poll(UNEXPECTED)).isZero();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
        Background<Integer> waiting = waitInBackground(UNEXPECTED);
        poller.wakeup();
        assertThat(waiting.get()).isZero();
        waiting = waitInBackground(UNEXPECTED);
        waiting.thread().interrupt();
        assertThat(waiting.get()).isZero();
        waiting = waitInBackground(IGNORE);
        poller.register(pipe.readFd(), Interest.READ);
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);
        descriptors.drain(pipe.readFd());
        waiting = waitInBackground(UNEXPECTED);
        poller.close();
        assertThat(waiting.failure()).isInstanceOf(ClosedPollerException.class);
    }
}
