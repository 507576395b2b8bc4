// SPDX-License-Identifier: Apache-2.0
package dev.pollux.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Interest;
import dev.pollux.PollerFixture;
import dev.pollux.Registration;
import dev.pollux.posix.Posix.Pipe;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a poll waits: never less than its timeout, but only until a descriptor is ready. */
@Tag("timeout")
public abstract class TimeoutContract extends PollerFixture {
    @Test
    void aTimeoutOfZeroLooksAndReturns() throws IOException {
        assertThat(poller.poll(0, UNEXPECTED)).isZero();
        assertThat(poller.poll(Duration.ZERO, UNEXPECTED)).isZero();
        poller.register(descriptors.readyPipe().readFd(), Interest.READ);

        assertThat(poller.poll(0, IGNORE)).isEqualTo(1);
        assertThat(poller.poll(Duration.ZERO, IGNORE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 999, 100_000, 999_999, 1_000_000, 1_000_001, 1_500_000, 20_000_000, 55_000_001})
    void aTimeoutIsNeverCutShort(long timeoutNanos) throws IOException {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 5; i++) {
            long startNanos = System.nanoTime();
            assertThat(poller.poll(timeoutNanos, UNEXPECTED)).isZero();
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
        }
        long startNanos = System.nanoTime();
        assertThat(poller.poll(Duration.ofNanos(timeoutNanos), UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
    }

    @Test
    void aTimeoutIsNotCutShortWithNothingRegisteredOrOnlyInterestNone() throws IOException {
        long startNanos = System.nanoTime();
        assertThat(poller.poll(3_000_001, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(3_000_001);

        poller.register(descriptors.regularFile(), Interest.NONE);
        startNanos = System.nanoTime();
        assertThat(poller.poll(3_000_001, UNEXPECTED)).isZero();
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(3_000_001);
    }

    @Test
    void aTimeoutDoesNotDelayAReadyDescriptor() throws IOException {
        Registration registration = poller.register(descriptors.readyPipe().readFd(), Interest.READ);

        assertThat(poll(TimeUnit.DAYS.toNanos(1))).containsExactly(event(registration, READABLE));
        assertThat(poll(Long.MAX_VALUE)).containsExactly(event(registration, READABLE));
        assertThat(poll(1)).containsExactly(event(registration, READABLE));
        assertThat(poll(-1)).containsExactly(event(registration, READABLE));
        assertThat(poll(Long.MIN_VALUE)).containsExactly(event(registration, READABLE));
    }

    @Test
    void aDurationThatOverflowsWaitsWithoutLimit() throws Exception {
        for (Duration duration : List.of(
                Duration.ofSeconds(Long.MAX_VALUE),
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofDays(110_000),
                Duration.ofNanos(-1))) {
            Background<Integer> waiting = Background.start(() -> poller.poll(duration, UNEXPECTED));
            waiting.awaitInKernel();
            poller.wakeup();
            assertThat(waiting.get()).as("%s", duration).isZero();
        }
    }

    @Test
    void aPollWithoutLimitReturnsWhenADescriptorBecomesReady() throws Exception {
        Pipe pipe = descriptors.pipe();
        Registration registration = poller.register(pipe.readFd(), Interest.READ);
        List<Event> events = new ArrayList<>();
        Background<Integer> waiting = waitInBackground((each, ready) -> events.add(event(each, ready)));

        descriptors.write(pipe.writeFd());

        assertThat(waiting.get()).isEqualTo(1);
        assertThat(events).containsExactly(event(registration, READABLE));
    }
}
