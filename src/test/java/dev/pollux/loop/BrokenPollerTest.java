// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import dev.pollux.Eventually;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollDriver;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A poller whose waits fail for a while. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenPollerTest {
    private final AtomicInteger waits = new AtomicInteger();
    private volatile boolean fails;

    /** Refuses to wait while {@link #fails}, and counts that. */
    private final class FailingWaits extends ForwardingSyscalls {
        FailingWaits(Syscalls next) {
            super(next);
        }

        private int refused() {
            waits.incrementAndGet();
            return -Errno.ENOMEM;
        }

        @Override
        public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
            return fails ? refused() : super.poll(fds, nfds, timeoutMillis);
        }

        @Override
        public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
            return fails ? refused() : super.ppoll(fds, nfds, timeout);
        }
    }

    @Test
    void theWaitsFailNothingSpinsAndLaterCallsWorkAgain() throws Exception {
        Syscalls calls = new FailingWaits(Usable.syscalls(null));
        KernelPosix posix = new KernelPosix(calls);
        Pipe pipe = posix.pipe();
        PollerSettings settings = new PollerSettings(calls, Binding.JNI, SelectLimit.FD_SETSIZE);
        try (BlockingIo io = new BlockingIo(KernelPoller.open(PollDriver::new, settings), posix)) {
            Caller<Integer> waiting = read(io, pipe).awaitParked();
            fails = true;
            Caller<Integer> another = read(io, pipe);

            assertFailed(waiting.failure());
            assertFailed(another.failure());
            int before = waits.get();
            assertFailed(read(io, pipe).failure());
            assertThat(waits.get() - before).as("one wait for one call").isBetween(1, 2);

            fails = false;
            Caller<Integer> last = read(io, pipe).awaitParked();
            posix.write(pipe.writeFd(), ByteBuffer.allocateDirect(1));
            assertThat(last.get()).isEqualTo(1);
        } finally {
            posix.close(pipe.readFd());
            posix.close(pipe.writeFd());
        }
    }

    private static Caller<Integer> read(BlockingIo io, Pipe pipe) throws Exception {
        return Caller.start(Caller.Kind.PLATFORM, () -> io.read(pipe.readFd(), ByteBuffer.allocateDirect(1)));
    }

    private static void assertFailed(Throwable failure) {
        assertThat(failure)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ENOMEM")
                .hasCauseInstanceOf(SyscallException.class);
    }
}
