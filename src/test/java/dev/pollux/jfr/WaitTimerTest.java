// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.syscall.Syscalls;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WaitTimerTest {
    private static final long CALL_NANOS = 100_000;

    /** Every call of this kernel takes so long, and returns 7. */
    private final Syscalls slow = (Syscalls) Proxy.newProxyInstance(
            Syscalls.class.getClassLoader(), new Class<?>[] {Syscalls.class}, (proxy, method, arguments) -> {
                long beganNanos = System.nanoTime();
                while (System.nanoTime() - beganNanos < CALL_NANOS) {
                    Thread.onSpinWait();
                }
                return 7;
            });

    private final WaitTimer timer = new WaitTimer(slow);

    static Stream<Consumer<Syscalls>> waits() {
        return Stream.of(
                calls -> assertThat(calls.pselect(1, null, null, null, null)).isEqualTo(7),
                calls -> assertThat(calls.poll(null, 1, -1)).isEqualTo(7),
                calls -> assertThat(calls.ppoll(null, 1, null)).isEqualTo(7),
                calls -> assertThat(calls.epollWait(3, null, 1, -1)).isEqualTo(7),
                calls -> assertThat(calls.epollPwait2(3, null, 1, null)).isEqualTo(7),
                calls -> assertThat(calls.ioUringEnter(3, 0, 1, 0, null, 0)).isEqualTo(7),
                calls -> assertThat(calls.kevent(3, null, 0, null, 1, null)).isEqualTo(7),
                calls -> assertThat(calls.ioctl(3, 0, null)).isEqualTo(7));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void eachCallThatWaitsIsMeasured(Consumer<Syscalls> wait) {
        assertThat(timer.nanosOfThisThread()).isZero();
        wait.accept(timer);
        assertThat(timer.nanosOfThisThread()).isGreaterThanOrEqualTo(CALL_NANOS);
    }

    @Test
    void anotherThreadsCallsAreItsOwn() throws Exception {
        Background<Long> other = Background.start(() -> {
            timer.kevent(3, null, 1, null, 0, null);
            return timer.nanosOfThisThread();
        });
        assertThat(other.get()).isGreaterThanOrEqualTo(CALL_NANOS);
        assertThat(timer.nanosOfThisThread()).isZero();
    }

    @Test
    void callsThatDoNotWaitAreNotMeasured() {
        timer.fcntl(3, 0, 0);
        assertThat(timer.nanosOfThisThread()).isZero();
    }
}
