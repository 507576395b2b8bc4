// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a spinning poll, and how long it spins. The pollers of these tests may spin for a day. */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpinTest {
    private static final ReadyHandler UNEXPECTED = (registration, ready) -> {
        throw new AssertionError("unexpected: " + registration + " is " + ready);
    };

    @Parameter
    private Usable.Combination combination;

    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger waits = new AtomicInteger();
    private Descriptors descriptors;
    private Poller poller;

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeEach
    void open() throws IOException {
        descriptors = new Descriptors(new KernelPosix(Usable.syscalls(combination.binding())));
        poller = spinning(Duration.ofDays(1));
        looks.set(0); // opening a poller makes such calls, too
        waits.set(0);
    }

    @AfterEach
    void close() throws IOException {
        poller.close();
        descriptors.close();
    }

    /**
     * Counts looks and waits by their last argument, the timeout, which a NULL may follow. A kevent without room for
     * events is a change.
     */
    private Poller spinning(Duration spin) throws IOException {
        return Pollers.builder()
                .mechanism(combination.mechanism())
                .binding(combination.binding())
                .spin(spin)
                .trace(this::sort)
                .open();
    }

    private void sort(String line) {
        if (line.matches("(epoll_pwait2|ppoll|pselect|kevent)\\(.*") && !line.contains("], 1, NULL, 0, NULL) = ")) {
            (line.contains("{tv_sec=0, tv_nsec=0}") ? looks : waits).incrementAndGet();
        } else if (line.startsWith("epoll_wait(")) {
            (line.contains(", 0) = ") ? looks : waits).incrementAndGet();
        } else if (line.matches("io_uring_enter\\(.*GETEVENTS.*")) {
            (line.matches("io_uring_enter\\(\\d+, \\d+, 0,.*") ? looks : waits).incrementAndGet();
        }
    }

    private Background<Integer> spin(ReadyHandler handler) {
        int before = looks.get();
        Background<Integer> spinning = Background.start(() -> poller.poll(handler));
        Eventually.until("it spins", () -> spinning.isDone() || looks.get() > before + 3);
        return spinning;
    }

    @Test
    void aWakeupEndsIt() throws Exception {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        for (int i = 0; i < 5; i++) {
            Background<Integer> spinning = spin(UNEXPECTED);
            poller.wakeup();
            assertThat(spinning.get()).isZero();
        }
        assertThat(waits).hasValue(0);
    }

    @Test
    void anInterruptEndsItAndStaysSet() throws Exception {
        Background<Boolean> spinning = Background.start(() -> {
            poller.poll(UNEXPECTED);
            return Thread.currentThread().isInterrupted();
        });
        Eventually.until("it spins", () -> looks.get() > 3);
        spinning.thread().interrupt();

        assertThat(spinning.get()).isTrue();
        assertThat(waits).hasValue(0);
    }

    @Test
    void aThreadThatIsInterruptedAlreadyDoesNotSpin() throws Exception {
        Background<Integer> spinning = Background.start(() -> {
            Thread.currentThread().interrupt();
            return poller.poll(UNEXPECTED);
        });

        assertThat(spinning.get()).isZero();
        assertThat(looks.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void closeEndsIt() throws Exception {
        Background<Integer> spinning = spin(UNEXPECTED);

        poller.close();

        assertThat(spinning.failure()).isInstanceOf(ClosedPollerException.class);
    }

    @Test
    void aDescriptorThatBecomesReadyIsReported() throws Exception {
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        Background<Integer> spinning = spin((registration, ready) -> {});

        descriptors.write(pipe.writeFd());

        assertThat(spinning.get()).isEqualTo(1);
        assertThat(waits).hasValue(0);
    }

    @Test
    void changesByAnotherThreadTakeEffect() throws Exception {
        Pipe pipe = descriptors.pipe();
        Background<Integer> spinning = spin((registration, ready) -> {});

        Registration registration = poller.register(pipe.readFd(), Interest.NONE);
        descriptors.write(pipe.writeFd());
        poller.register(descriptors.pipe().readFd(), Interest.READ).cancel();
        registration.modify(Interest.READ);

        assertThat(spinning.get()).isEqualTo(1);
        registration.cancel();
        spinning = spin((each, ready) -> {});
        poller.register(descriptors.regularFile(), Interest.READ);
        assertThat(spinning.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100_000, 1_000_001, 5_000_000})
    void itNeverSpinsLongerThanThePollsOwnTimeoutNorCutsItShort(long timeoutNanos) throws IOException {
        poller.register(descriptors.pipe().readFd(), Interest.READ);
        long startNanos = System.nanoTime();

        assertThat(poller.poll(timeoutNanos, UNEXPECTED)).isZero();

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(timeoutNanos);
        assertThat(waits).hasValue(0);
    }

    @Test
    void aPollWithoutTimeoutLooksOnce() throws IOException {
        int before = looks.get();
        assertThat(poller.poll(0, UNEXPECTED)).isZero();
        assertThat(looks.get() - before).isEqualTo(1);
    }

    @Test
    void afterSpinningItWaits() throws Exception {
        poller.close();
        poller = spinning(Duration.ofMillis(1));
        Pipe pipe = descriptors.pipe();
        poller.register(pipe.readFd(), Interest.READ);

        Eventually.until("it waits", () -> {
            int before = looks.get();
            Background<Integer> waiting = Background.start(() -> poller.poll((registration, ready) -> {}))
                    .awaitInKernel();
            descriptors.write(pipe.writeFd());
            assertThat(waiting.get()).isEqualTo(1);
            descriptors.drain(pipe.readFd());
            assertThat(looks.get()).isGreaterThan(before);
            return waits.get() > 0;
        });
    }

    @Test
    void anInvalidDurationIsRefused() throws IOException {
        Pollers.Builder builder = Pollers.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.spin(Duration.ofNanos(-1)))
                .withMessageContaining("PT-0.000000001S");
        assertThatNullPointerException().isThrownBy(() -> builder.spin(null));
        builder.spin(Duration.ofSeconds(Long.MAX_VALUE)).open().close();
    }
}
