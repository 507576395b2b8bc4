// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Os;
import dev.pollux.mechanism.BusyPoll;
import dev.pollux.mechanism.EpollDriver;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The busy polling parameters that an epoll descriptor gets, and the errors. */
class BusyPollTest extends MechanismTest {
    private static final int ENOTTY = Errno.on(Os.here()).number("ENOTTY");
    private static final BusyPoll WANTED = new BusyPoll(50, 16, true);

    @Override
    protected Mechanism mechanism() {
        return Mechanism.EPOLL;
    }

    @Override
    protected Poller open(PollerSettings settings) throws IOException {
        return KernelPoller.open(EpollDriver::new, settings);
    }

    private final List<Integer> epfds = new ArrayList<>();

    /** Records the epoll descriptors that are created. */
    private final class Recording extends ForwardingSyscalls {
        Recording() {
            super(calls);
        }

        @Override
        public int epollCreate1(int flags) {
            int epfd = super.epollCreate1(flags);
            epfds.add(epfd);
            return epfd;
        }
    }

    /** A kernel whose EPIOCSPARAMS returns this: 0 or -errno. */
    private Syscalls returning(int rc) {
        return new ForwardingSyscalls(calls) {
            @Override
            public int ioctl(int fd, long op, NativeMemory argp) {
                return op == Epoll.EPIOCSPARAMS ? rc : super.ioctl(fd, op, argp);
            }
        };
    }

    private PollerSettings settings(Syscalls syscalls) {
        return new PollerSettings(syscalls, binding, SelectLimit.FD_SETSIZE, 0, WANTED);
    }

    /** Opens a poller that busy polls. Where the kernel refuses, it skips the test and prints the reason. */
    private void openBusyPolling() throws IOException {
        epfds.clear();
        try {
            poller = opened(open(settings(new Recording())));
        } catch (UnsupportedOperationException e) {
            System.out.println("skipped: " + e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    private void assertParametersOf(int epfd) {
        NativeMemory params = NativeMemory.allocate(calls, Epoll.PARAMS_SIZE);
        assertThat(calls.ioctl(epfd, Epoll.EPIOCGPARAMS, params)).isZero();
        assertThat(params.getInt(Epoll.BUSY_POLL_USECS)).isEqualTo(50);
        assertThat(params.getShort(Epoll.BUSY_POLL_BUDGET)).isEqualTo((short) 16);
        assertThat(params.buffer().get(Epoll.PREFER_BUSY_POLL)).isEqualTo((byte) 1);
    }

    @Test
    void theKernelHasTheParametersAndThePollerWorks() throws IOException {
        openBusyPolling();

        assertParametersOf(epfds.get(0));
        Registration ready = poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        assertThat(await()).containsExactly(event(ready, READABLE));
        ready.cancel();
        assertThat(poller.poll(1_000_000, UNEXPECTED)).isZero();
    }

    @Test
    void aRebuiltInterestListHasTheParametersToo() throws IOException {
        openBusyPolling();
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        Pipe ghost = descriptors.readyPipe();
        Registration gone = poller.register(ghost.readFd(), Interest.READ);
        descriptors.dup(ghost.readFd());
        descriptors.close(ghost.readFd());
        gone.cancel();

        for (int i = 0; i < 5; i++) {
            look();
        }

        assertThat(epfds).hasSize(2);
        assertParametersOf(epfds.get(1));
    }

    @Test
    void aKernelWithoutBusyPollingIsDetectedAndNoDescriptorStaysOpen() {
        for (int errno : new int[] {ENOTTY, Errno.EINVAL, Errno.ENOSYS}) {
            long before = Descriptors.openNow();
            assertThatThrownBy(() -> open(settings(returning(-errno))))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("{busy_poll_usecs=50, busy_poll_budget=16, prefer_busy_poll=1}): ")
                    .hasMessageContaining(Errno.name(errno))
                    .hasMessageEndingWith("it needs Linux 6.9 or later, built with CONFIG_NET_RX_BUSY_POLL")
                    .hasCauseInstanceOf(SyscallException.class);
            assertThat(Descriptors.openNow()).isEqualTo(before);
        }
    }

    @Test
    void theErrorOfABudgetThatNeedsAPrivilegeNamesThePrivilege() {
        assertThatThrownBy(() -> open(settings(returning(-Errno.EPERM))))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("EPERM")
                .hasMessageEndingWith("a budget of more than 64 packets (NAPI_POLL_WEIGHT) needs CAP_NET_ADMIN");
    }

    @Test
    void theErrorOfAnotherMechanismNamesEpoll() {
        for (Usable.Combination other : Usable.combinations()) {
            if (other.mechanism() != Mechanism.EPOLL) {
                assertThatThrownBy(() -> Pollers.builder()
                                .mechanism(other.mechanism())
                                .binding(other.binding())
                                .busyPoll(Duration.ofNanos(1), 0, false)
                                .open())
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining(other.mechanism() + " has no busy polling")
                        .hasMessageContaining("EPOLL");
            }
        }
    }

    @Test
    void durationsAreRoundedUpAndChecked() {
        assertThat(BusyPoll.of(Duration.ofNanos(1), 0, false)).isEqualTo(new BusyPoll(1, 0, false));
        assertThat(BusyPoll.of(Duration.ofNanos(50_000), 65_535, true)).isEqualTo(new BusyPoll(50, 65_535, true));
        assertThat(BusyPoll.of(Duration.ofNanos(50_001), 1, true)).isEqualTo(new BusyPoll(51, 1, true));
        assertThat(BusyPoll.of(Duration.ZERO, 0, false)).isEqualTo(new BusyPoll(0, 0, false));
        Duration longest = Duration.ofNanos(Integer.MAX_VALUE * 1000L);
        assertThat(BusyPoll.of(longest, 0, false).micros()).isEqualTo(Integer.MAX_VALUE);
        Pollers.Builder builder = Pollers.builder();
        for (Duration wrong : List.of(Duration.ofNanos(-1), longest.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.busyPoll(wrong, 0, false));
        }
        for (int wrong : new int[] {-1, 65_536}) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.busyPoll(Duration.ZERO, wrong, false));
        }
        assertThatNullPointerException().isThrownBy(() -> builder.busyPoll(null, 0, false));
    }
}
