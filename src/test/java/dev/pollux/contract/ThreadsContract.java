// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pollux.Background;
import dev.pollux.ClosedPollerException;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.posix.Posix.Pipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One thread polls at a time; the others can ask questions meanwhile. */
@Tag("threads")
public abstract class ThreadsContract extends PollerFixture {
    @Test
    void aSecondThreadCannotPollDuringAPoll() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(IGNORE);

        for (long timeoutNanos : new long[] {0, 1, -1}) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> poller.poll(timeoutNanos, UNEXPECTED))
                    .isNotInstanceOf(ClosedPollerException.class)
                    .withMessageContaining("thread");
        }

        assertThat(waiting.isDone()).isFalse();
        descriptors.write(pipe.writeFd());
        assertThat(waiting.get()).isEqualTo(1);
        assertThat(poller.poll(IGNORE)).isEqualTo(1);
    }

    @Test
    void aSecondThreadCannotPollWhileAHandlerRuns() throws Exception {
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);
        List<Throwable> refusals = new ArrayList<>();

        poller.poll((registration, ready) -> {
            try {
                refusals.add(Background.start(() -> poller.poll(0, UNEXPECTED)).failure());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        assertThat(refusals)
                .hasSize(1)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("thread"));
    }

    @Test
    void otherThreadsCanAskQuestionsDuringAPoll() throws Exception {
        Registration registration = poller.register(descriptors.pipe().readFd(), Interest.READ);
        Background<Integer> waiting = waitInBackground(UNEXPECTED);

        assertThat(poller.size()).isEqualTo(1);
        assertThat(poller.registration(registration.fd())).isSameAs(registration);
        assertThat(registration.isValid()).isTrue();
        assertThat(poller.isOpen()).isTrue();

        assertThat(waiting.isDone()).isFalse();
        poller.wakeup();
        assertThat(waiting.get()).isZero();
    }

    @Test
    void severalThreadsCanPollOneAfterTheOther() throws Exception {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ, "attached");
        for (int i = 0; i < 10; i++) {
            assertThat(Background.start(this::await).get()).containsExactly(event(registration, READABLE));
        }
        assertThat(look()).containsExactly(event(registration, READABLE));
    }
}
