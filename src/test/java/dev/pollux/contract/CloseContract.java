// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.Trigger;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code close} ends a waiting poll and frees everything. Some methods still work on a closed poller. */
@Tag("close")
public abstract class CloseContract extends PollerFixture {
    @Test
    void closeEndsAWaitingPoll() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        poller.close();

        assertThat(waiting.failure()).isExactlyInstanceOf(ClosedPollerException.class);
        assertThat(poller.isOpen()).isFalse();
        assertThat(registration.isValid()).isFalse();
        assertThat(posix.isOpen(pipe.readFd())).isTrue();
        poller.close();
    }

    @Test
    void anInterruptedThreadCanClose() throws Exception {
        Background<Integer> waiting = waitInBackground(UNEXPECTED);
        Background<Boolean> closing = Background.start(() -> {
            Thread.currentThread().interrupt();
            poller.close();
            return Thread.interrupted();
        });

        assertThat(closing.get()).isTrue();
        assertThat(waiting.failure()).isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void theMethodsOfAClosedPollerThrow() throws IOException {
        int fd = descriptors.readyPipe().readFd();
        Registration registration = poller.register(fd, Interest.READ);
        poller.close();
        int another = descriptors.pipe().readFd();

        List<ThrowingCallable> refused = List.of(
                () -> poller.register(another, Interest.READ),
                () -> poller.register(another, Interest.READ, "attached"),
                () -> poller.register(another, Interest.READ, Trigger.ONESHOT, null),
                () -> poller.registration(fd),
                () -> poller.size(),
                () -> poller.poll(IGNORE),
                () -> poller.poll(0, IGNORE),
                () -> poller.poll(1, IGNORE),
                () -> poller.poll(java.time.Duration.ZERO, IGNORE),
                () -> registration.modify(Interest.WRITE));

        assertThat(refused)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isExactlyInstanceOf(ClosedPollerException.class)
                        .hasMessageContaining(mechanism().name()));
    }

    @Test
    void aClosedPollerStillAnswersItsPlainQuestions() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, "attached");
        poller.close();

        poller.wakeup();
        poller.close();
        registration.cancel();

        assertThat(poller.isOpen()).isFalse();
        assertThat(poller.supports(Trigger.LEVEL)).isTrue();
        assertThat(poller.mechanism()).isEqualTo(mechanism());
        assertThat(poller.binding()).isEqualTo(binding());
        assertThat(registration.isValid()).isFalse();
        assertThat(registration.attachment()).isEqualTo("attached");
    }

    @Test
    void closeLeavesTheWatchedDescriptorsOpen() throws IOException {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        poller.register(pipe.writeFd(), Interest.WRITE);

        poller.close();

        assertThat(posix.isOpen(pipe.readFd())).isTrue();
        assertThat(posix.isOpen(pipe.writeFd())).isTrue();
        Poller another = opened(open());
        another.register(pipe.readFd(), Interest.READ);
        assertThat(another.poll(0, IGNORE)).isZero();
    }

    @Test
    void closeReturnsOnceTheKernelNoLongerWatches() throws Exception {
        for (int round = 0; round < 20; round++) {
            SocketPair here = descriptors.socketPair();
            SocketPair there = descriptors.socketPair();
            Poller mine = opened(open());
            Poller others = opened(open());
            mine.register(here.fd(), Interest.READ);
            others.register(there.fd(), Interest.READ);
            assertThat(mine.poll(0, IGNORE)).isZero();
            assertThat(Background.start(() -> others.poll(0, IGNORE)).get()).isZero();

            mine.close();
            descriptors.close(here.fd());
            others.close();
            descriptors.close(there.fd());

            assertThat(descriptors.read(here.peerFd(), 1))
                    .as("the end, at the peer")
                    .isEqualTo(-1);
            assertThat(descriptors.read(there.peerFd(), 1))
                    .as("the end, at the peer")
                    .isEqualTo(-1);
        }
    }

    @Test
    void closeFreesThePollersOwnDescriptors() throws IOException {
        poller.close();
        int fd = descriptors.pipe().readFd();
        int lowest = lowestFree(fd);

        for (int i = 0; i < 20; i++) {
            open().close();
        }

        Eventually.until( // other threads of the JVM may have descriptors open for a moment
                lowest + " is free again", () -> lowestFree(fd) <= lowest);
    }

    private int lowestFree(int fd) throws IOException {
        int lowest = descriptors.dup(fd);
        descriptors.close(lowest);
        return lowest;
    }
}
