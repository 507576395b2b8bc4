// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.PollFd.POLLERR;
import static dev.pollux.abi.PollFd.POLLHUP;
import static dev.pollux.abi.PollFd.POLLIN;
import static dev.pollux.abi.PollFd.POLLNVAL;
import static dev.pollux.abi.PollFd.POLLOUT;
import static dev.pollux.abi.PollFd.POLLPRI;
import static dev.pollux.abi.PollFd.POLLRDHUP;
import static dev.pollux.mechanism.ScriptedKernel.Calls.KQ;
import static dev.pollux.mechanism.ScriptedKernel.Calls.WAKER;
import static dev.pollux.mechanism.ScriptedKernel.Calls.atMost;
import static dev.pollux.mechanism.ScriptedKernel.Calls.dpPoll;
import static dev.pollux.mechanism.ScriptedKernel.Calls.exactly;
import static dev.pollux.mechanism.ScriptedKernel.Calls.forever;
import static dev.pollux.mechanism.ScriptedKernel.Calls.look;
import static dev.pollux.mechanism.ScriptedKernel.Calls.openDevPoll;
import static dev.pollux.mechanism.ScriptedKernel.Calls.pollfd;
import static dev.pollux.mechanism.ScriptedKernel.Calls.remove;
import static dev.pollux.mechanism.ScriptedKernel.Calls.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Binding;
import dev.pollux.Descriptors;
import dev.pollux.Interest;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Errno;
import dev.pollux.mechanism.ScriptedKernel.Call;
import dev.pollux.mechanism.ScriptedKernel.Polled;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link DevPollDriver} over a scripted kernel: what it writes to /dev/poll, and how it handles the answers. */
class DevPollScriptTest {
    private static final Syscalls JNA = new JnaSyscalls();
    private static final int READING = POLLIN | POLLRDHUP;
    private static final long TEN_SECONDS = TimeUnit.SECONDS.toNanos(10);

    private final Descriptors descriptors = new Descriptors(new KernelPosix(JNA));
    private final List<String> delivered = new ArrayList<>();
    private final ReadyHandler recording = (registration, ready) -> delivered.add(registration.fd() + ": " + ready);
    private ScriptedKernel kernel;
    private KernelPoller poller;

    @BeforeEach
    void openThePoller() throws IOException {
        kernel = new ScriptedKernel(JNA);
        expect(openDevPoll()).answer(KQ);
        expect(written(pollfd(WAKER, POLLIN))).answer(0);
        expect(dpPoll(1, look())).answer(0);
        poller = KernelPoller.open(DevPollDriver::new, new PollerSettings(kernel, Binding.JNA, SelectLimit.FD_SETSIZE));
    }

    @AfterEach
    void closeAndCheckThatTheScriptIsDone() throws IOException {
        try {
            kernel.checkDone();
        } finally {
            poller.close();
            descriptors.close();
        }
    }

    private ScriptedKernel.Expectation expect(Call call) {
        return kernel.expect(call);
    }

    private int socket() throws IOException {
        return descriptors.socketPair().fd();
    }

    private int pipeReadFd() throws IOException {
        return descriptors.pipe().readFd();
    }

    private Registration registered(int fd, Interest interest, int events) throws IOException {
        return registered(fd, interest, Trigger.LEVEL, events);
    }

    private Registration registered(int fd, Interest interest, Trigger trigger, int events) throws IOException {
        expect(written(pollfd(fd, events))).answer(0);
        return poller.register(fd, interest, trigger, null);
    }

    private int lookOnce() throws IOException {
        return poller.poll(0, recording);
    }

    @Test
    void aRegistrationIsAddedReportedModifiedAndRemoved() throws IOException {
        int fd = socket();
        expect(written(pollfd(fd, READING))).answer(0);
        Registration registration = poller.register(fd, Interest.READ);
        expect(dpPoll(2, forever())).answer(pollfd(fd, POLLIN));
        assertThat(poller.poll(recording)).isEqualTo(1);
        expect(written(remove(fd), pollfd(fd, POLLOUT))).answer(0);
        registration.modify(Interest.WRITE);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLOUT));
        assertThat(lookOnce()).isEqualTo(1);
        expect(written(remove(fd))).answer(0);
        registration.cancel();
        expect(dpPoll(1, look())).answer(0);
        assertThat(lookOnce()).isZero();
        assertThat(delivered).containsExactly(fd + ": READABLE", fd + ": WRITABLE");
    }

    @Test
    void aDeviceThatCannotBeOpenedThrowsTheErrorOfTheCall() {
        ScriptedKernel refusing = new ScriptedKernel(JNA);
        refusing.expect(openDevPoll()).answer(-Errno.ENOENT);
        assertThatThrownBy(() -> KernelPoller.open(
                        DevPollDriver::new, new PollerSettings(refusing, Binding.JNA, SelectLimit.FD_SETSIZE)))
                .isInstanceOf(SyscallException.class)
                .hasMessage("open(\"/dev/poll\", O_RDWR|O_CLOEXEC): ENOENT (No such file or directory)");
        refusing.checkDone();
    }

    @Test
    void aWakeupEndsThePollAndIsNoEvent() throws IOException {
        poller.wakeup();
        expect(dpPoll(1, forever())).answer(pollfd(WAKER, POLLIN));
        assertThat(poller.poll(recording)).isZero();
        assertThat(delivered).isEmpty();
    }

    // Writing.

    @Test
    void everyInterestIsWrittenAsItsEvents() throws IOException {
        registered(socket(), Interest.READ, READING);
        registered(socket(), Interest.WRITE, POLLOUT);
        registered(socket(), Interest.PRIORITY, POLLPRI);
        registered(socket(), Interest.READ_WRITE.plus(Interest.PRIORITY), READING | POLLOUT | POLLPRI);
    }

    @Test
    void aSmallerInterestIsRemovedFirstInTheSameWrite() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ_WRITE, READING | POLLOUT);
        expect(written(remove(fd), pollfd(fd, READING))).answer(0);
        registration.modify(Interest.READ);
    }

    @Test
    void interestNoneRemovesTheDescriptorAndASecondNoneWritesNothing() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ, READING);
        expect(written(remove(fd))).answer(0);
        registration.modify(Interest.NONE);
        registration.modify(Interest.NONE);
        expect(dpPoll(1, look())).answer(0);
        lookOnce();
        expect(written(pollfd(fd, READING))).answer(0);
        registration.modify(Interest.READ);
        expect(dpPoll(2, look())).answer(0);
        lookOnce();
    }

    @Test
    void aWriteThatFailsRegistersNothing() throws IOException {
        int fd = socket();
        expect(written(pollfd(fd, READING))).answer(-Errno.ENOMEM);
        assertThatThrownBy(() -> poller.register(fd, Interest.READ))
                .isInstanceOfSatisfying(SyscallException.class, e -> {
                    assertThat(e.call()).isEqualTo("write");
                    assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
                });
        assertThat(poller.size()).isZero();
        expect(dpPoll(1, look())).answer(0);
        lookOnce();
    }

    @Test
    void aClosedDescriptorIsRefusedBeforeItIsWritten() throws IOException {
        int nobodys = (int) descriptors.posix().descriptorLimit().soft() - 1;
        assertThatThrownBy(() -> poller.register(nobodys, Interest.READ))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
        assertThat(poller.size()).isZero();
    }

    @Test
    void anInterruptedWriteIsRepeated() throws IOException {
        int fd = socket();
        expect(written(pollfd(fd, READING))).answer(-Errno.EINTR);
        expect(written(pollfd(fd, READING))).answer(0);
        poller.register(fd, Interest.READ);
    }

    // Waiting.

    @ParameterizedTest
    @CsvSource({"1, 1", "999999, 1", "1000000, 1", "1000001, 2", "1500000, 2", "60000000000, 60000"})
    void nanosecondsAreRoundedUpToMilliseconds(long nanos, int millis) throws IOException {
        int fd = socket();
        registered(fd, Interest.READ, READING);
        expect(dpPoll(2, exactly(millis * 1_000_000L))).answer(pollfd(fd, POLLIN));
        assertThat(poller.poll(nanos, recording)).isEqualTo(1);
    }

    @Test
    void aTimeoutOfMoreMillisecondsThanAnIntHoldsIsSplitIntoSeveralWaits() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ, READING);
        expect(dpPoll(2, exactly(Integer.MAX_VALUE * 1_000_000L))).answer(0);
        expect(dpPoll(2, exactly(Integer.MAX_VALUE * 1_000_000L))).answer(pollfd(fd, POLLIN));
        assertThat(poller.poll(Duration.ofDays(365), recording)).isEqualTo(1);
    }

    @Test
    void eintrInTheWaitIsRetriedAgainstTheSameDeadline() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ, READING);
        expect(dpPoll(2, exactly(TEN_SECONDS))).answer(-Errno.EINTR);
        expect(dpPoll(2, atMost(TEN_SECONDS))).answer(pollfd(fd, POLLIN));
        assertThat(poller.poll(TEN_SECONDS, recording)).isEqualTo(1);
    }

    @Test
    void aFailedWaitIsThrown() {
        expect(dpPoll(1, forever())).answer(-Errno.EACCES);
        assertThatThrownBy(() -> poller.poll(recording))
                .isInstanceOf(SyscallException.class)
                .hasMessageEndingWith("DP_POLL, {1, ...}): EACCES (Permission denied)");
    }

    @Test
    void thereIsASlotForEachArmedDescriptor() throws IOException {
        int first = socket();
        List<Integer> fds = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int fd = descriptors.dup(first);
            fds.add(fd);
            registered(fd, Interest.WRITE, POLLOUT);
        }
        poller.register(first, Interest.NONE);
        expect(dpPoll(201, look()))
                .answer(fds.stream().map(fd -> pollfd(fd, POLLOUT)).toArray(Polled[]::new));
        assertThat(lookOnce()).isEqualTo(200);
        assertThat(delivered)
                .containsExactlyElementsOf(
                        fds.stream().map(fd -> fd + ": WRITABLE").toList());
    }

    // Answers.

    @Test
    void theAnswersAreThoseOfPoll() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ_WRITE.plus(Interest.PRIORITY), READING | POLLOUT | POLLPRI);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLIN | POLLRDHUP | POLLOUT));
        lookOnce();
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLHUP));
        lookOnce();
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLERR));
        lookOnce();
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLPRI));
        lookOnce();
        assertThat(delivered)
                .containsExactly(
                        fd + ": READABLE|WRITABLE|READ_HANGUP",
                        fd + ": READABLE|HANGUP",
                        fd + ": READABLE|WRITABLE|ERROR",
                        fd + ": PRIORITY");
    }

    @Test
    void anAnswerForANumberThatIsNotRegisteredIsIgnored() throws IOException {
        int fd = socket();
        registered(fd, Interest.READ, READING);
        expect(dpPoll(2, look())).answer(pollfd(socket(), POLLIN));
        assertThat(lookOnce()).isZero();
    }

    @Test
    void nvalIsReportedOnceAndTheDescriptorRemoved() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ, READING);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLNVAL));
        expect(written(remove(fd))).answer(0);
        assertThat(lookOnce()).isEqualTo(1);
        expect(dpPoll(1, look())).answer(0);
        assertThat(lookOnce()).isZero();
        assertThat(delivered).containsExactly(fd + ": INVALID");
        assertThat(registration.isValid()).isFalse();
    }

    @Test
    void aClosedDescriptorIsRemovedBecauseTheDeviceKeepsIt() throws IOException {
        int told = pipeReadFd();
        int cancelled = pipeReadFd();
        registered(told, Interest.READ, READING);
        Registration registration = registered(cancelled, Interest.READ, READING);
        descriptors.close(told);
        descriptors.close(cancelled);
        expect(dpPoll(3, look())).answer(pollfd(told, POLLNVAL));
        expect(written(remove(told))).answer(0);
        assertThat(lookOnce()).isEqualTo(1);
        expect(written(remove(cancelled))).answer(0);
        registration.cancel();
        expect(dpPoll(1, look())).answer(0);
        assertThat(lookOnce()).isZero();
        assertThat(delivered).containsExactly(told + ": INVALID");
    }

    @Test
    void aOneshotIsRemovedWhenItIsDeliveredAndWrittenAgainByModify() throws IOException {
        int fd = socket();
        Registration registration = registered(fd, Interest.READ_WRITE, Trigger.ONESHOT, READING | POLLOUT);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLOUT));
        expect(written(remove(fd))).answer(0);
        assertThat(lookOnce()).isEqualTo(1);
        expect(dpPoll(1, look())).answer(0);
        assertThat(lookOnce()).isZero();
        expect(written(pollfd(fd, READING))).answer(0);
        registration.modify(Interest.READ);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLIN));
        expect(written(remove(fd))).answer(0);
        assertThat(lookOnce()).isEqualTo(1);
        assertThat(delivered).containsExactly(fd + ": WRITABLE", fd + ": READABLE");
    }

    @Test
    void anUnaskedHangupIsMutedAndCheckedAgain() throws IOException {
        int fd = socket();
        registered(fd, Interest.PRIORITY, POLLPRI);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLHUP));
        expect(written(remove(fd))).answer(0);
        assertThat(lookOnce()).isZero();
        expect(written(pollfd(fd, POLLPRI))).answer(0);
        expect(dpPoll(2, look())).answer(pollfd(fd, POLLHUP | POLLPRI));
        assertThat(lookOnce()).isEqualTo(1);
        assertThat(delivered).containsExactly(fd + ": PRIORITY|HANGUP");
    }

    @Test
    void anExceptionOfAHandlerRearmsUndeliveredOneshots() throws IOException {
        int first = socket();
        int second = socket();
        registered(first, Interest.READ, Trigger.ONESHOT, READING);
        registered(second, Interest.READ, Trigger.ONESHOT, READING);
        expect(dpPoll(3, look())).answer(pollfd(first, POLLIN), pollfd(second, POLLIN));
        expect(written(remove(first))).answer(0);
        expect(written(remove(second), pollfd(second, READING))).answer(0);
        assertThatThrownBy(() -> poller.poll(0, (registration, ready) -> {
                    throw new IOException("of the handler");
                }))
                .hasMessage("of the handler");
    }

    @Test
    void edgeTriggersAreRefused() throws IOException {
        int fd = socket();
        for (Trigger trigger : List.of(Trigger.EDGE, Trigger.EDGE_ONESHOT)) {
            assertThat(poller.supports(trigger)).isFalse();
            assertThatThrownBy(() -> poller.register(fd, Interest.READ, trigger, null))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("EPOLL")
                    .hasMessageContaining("KQUEUE");
        }
    }
}
