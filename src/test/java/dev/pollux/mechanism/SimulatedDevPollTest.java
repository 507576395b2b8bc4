// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static dev.pollux.abi.PollFd.POLLIN;
import static dev.pollux.abi.PollFd.POLLNVAL;
import static dev.pollux.abi.PollFd.POLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.PollFd;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The simulated /dev/poll behaves as {@code devpoll.c}. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SimulatedDevPollTest {
    private final SimulatedDevPoll kernel = new SimulatedDevPoll(new JnaSyscalls());
    private final KernelPosix posix = new KernelPosix(kernel);
    private final Descriptors descriptors = new Descriptors(posix);
    private int dp;

    @BeforeEach
    void open() throws IOException {
        dp = descriptors.opened(posix.open(Path.of(DevPoll.PATH), Fcntl.O_RDWR));
    }

    @AfterEach
    void close() throws IOException {
        descriptors.close();
    }

    private record Told(int fd, int revents) {}

    private int write(int... fdsAndEvents) {
        NativeMemory pollfds = NativeMemory.allocate(kernel, fdsAndEvents.length / 2 * PollFd.SIZE);
        for (int i = 0; i < fdsAndEvents.length / 2; i++) {
            pollfds.putInt(i * PollFd.SIZE + PollFd.FD, fdsAndEvents[2 * i]);
            pollfds.putShort(i * PollFd.SIZE + PollFd.EVENTS, (short) fdsAndEvents[2 * i + 1]);
        }
        return kernel.write(dp, pollfds, 0, pollfds.sizeBytes());
    }

    private List<Told> poll(int slots, int timeoutMillis) {
        NativeMemory answers = NativeMemory.allocate(kernel, slots * PollFd.SIZE);
        NativeMemory dvpoll = NativeMemory.allocate(kernel, DevPoll.SIZE);
        DevPoll.put(dvpoll.buffer(), NativeMemory.addressOf(answers), slots, timeoutMillis);
        int count = kernel.ioctl(dp, DevPoll.DP_POLL, dvpoll);
        assertThat(count).as("result of ioctl").isNotNegative();
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            told.add(new Told(
                    answers.getInt(i * PollFd.SIZE + PollFd.FD), answers.getShort(i * PollFd.SIZE + PollFd.REVENTS)));
        }
        return told;
    }

    private List<Told> look() {
        return poll(16, 0);
    }

    @Test
    void aWriteAddsToTheExistingEventsAndOnlyPollremoveClearsThem() throws IOException {
        int fd = descriptors.socketPair().fd();
        assertThat(write(fd, POLLOUT)).isEqualTo(PollFd.SIZE);
        assertThat(write(fd, POLLIN)).isEqualTo(PollFd.SIZE);
        assertThat(look()).containsExactly(new Told(fd, POLLOUT));
        assertThat(write(fd, DevPoll.POLLREMOVE, fd, POLLIN)).isEqualTo(2 * PollFd.SIZE);
        assertThat(look()).isEmpty();
        assertThat(write(fd, DevPoll.POLLREMOVE)).isEqualTo(PollFd.SIZE);
        assertThat(write(fd, DevPoll.POLLREMOVE)).isEqualTo(PollFd.SIZE);
        assertThat(look()).isEmpty();
    }

    @Test
    void aClosedDescriptorAnswersUntilItIsRemoved() throws IOException {
        Pipe pipe = descriptors.pipe();
        write(pipe.readFd(), POLLIN);
        descriptors.close(pipe.readFd());
        assertThat(look()).containsExactly(new Told(pipe.readFd(), POLLNVAL));
        assertThat(look()).containsExactly(new Told(pipe.readFd(), POLLNVAL));
        write(pipe.readFd(), DevPoll.POLLREMOVE);
        assertThat(look()).isEmpty();
    }

    @Test
    void aNumberThatIsUsedAgainAnswersUnderTheOldEvents() throws IOException {
        Pipe pipe = descriptors.pipe();
        int ready = descriptors.readyPipe().readFd();
        write(pipe.readFd(), POLLIN);
        descriptors.close(pipe.readFd());
        descriptors.dupAs(ready, pipe.readFd());
        assertThat(look()).containsExactly(new Told(pipe.readFd(), POLLIN));
    }

    @Test
    void aDescriptorThatWasNotOpenWhenWrittenIsNotReported() {
        assertThat(write(99_999, POLLIN)).isEqualTo(PollFd.SIZE);
        assertThat(look()).isEmpty();
    }

    @Test
    void fewSlotsStarveNobody() throws IOException {
        List<Integer> fds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            fds.add(descriptors.readyPipe().readFd());
            write(fds.get(i), POLLIN);
        }
        assertThat(poll(3, 0)).extracting(Told::fd).containsExactly(fds.get(0), fds.get(1), fds.get(2));
        assertThat(poll(3, 0)).extracting(Told::fd).containsExactly(fds.get(3), fds.get(0), fds.get(1));
    }

    @Test
    void moreSlotsThanDescriptorsMayBeOpenAreRefused() throws IOException {
        NativeMemory dvpoll = NativeMemory.allocate(kernel, DevPoll.SIZE);
        int tooMany = (int) Math.min(posix.descriptorLimit().soft() + 1, Integer.MAX_VALUE);
        DevPoll.put(dvpoll.buffer(), 0, tooMany, 0);
        assertThat(kernel.ioctl(dp, DevPoll.DP_POLL, dvpoll)).isEqualTo(-Errno.EINVAL);
        assertThat(kernel.ioctl(dp, DevPoll.DP_POLL + 1, dvpoll)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void aWriteWaitsUntilNobodyIsInTheIoctl() throws Exception {
        Pipe pipe = descriptors.pipe();
        Pipe ready = descriptors.readyPipe();
        write(pipe.readFd(), POLLIN);
        Background<List<Told>> wait = Background.start(() -> poll(16, -1)).awaitInKernel();
        Background<Integer> write = Background.start(() -> write(ready.readFd(), POLLIN));
        Eventually.until("the write waits", () -> write.thread().getState() == Thread.State.WAITING);
        assertThat(wait.isDone()).isFalse();
        descriptors.write(pipe.writeFd());
        assertThat(wait.get()).containsExactly(new Told(pipe.readFd(), POLLIN));
        assertThat(write.get()).isEqualTo(PollFd.SIZE);
        assertThat(look()).hasSize(2);
    }

    @Test
    void aTimeoutIsKept() {
        long startNanos = System.nanoTime();
        assertThat(poll(1, 3)).isEmpty();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(3_000_000);
    }
}
