// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Os;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the tests of timers, signals, processes and file watches stand on: a poller of each mechanism and binding. */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class EventFixture {
    @Parameter
    Usable.Combination combination;

    KernelPosix posix;
    Descriptors descriptors;
    Poller poller;
    private int reported;

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeEach
    void open() throws IOException {
        assumeThat(Os.here()).as("only Linux has these calls").isEqualTo(Os.LINUX);
        posix = new KernelPosix(Usable.syscalls(combination.binding()));
        descriptors = new Descriptors(posix);
        poller = combination.open();
    }

    @AfterEach
    void close() throws IOException {
        if (poller != null) {
            poller.close();
            descriptors.close();
        }
    }

    void assertNonBlockingAndCloseOnExec(int fd) throws IOException {
        Syscalls calls = Usable.syscalls(combination.binding());
        assertThat(calls.fcntl(fd, Fcntl.F_GETFL, 0) & Fcntl.O_NONBLOCK).isNotZero();
        assertThat(calls.fcntl(fd, Fcntl.F_GETFD, 0)).isEqualTo(Fcntl.FD_CLOEXEC);
    }

    Registration register(int fd) throws IOException {
        return poller.register(fd, Interest.READ);
    }

    Registration registerEdge(int fd) throws IOException {
        assumeThat(poller.supports(Trigger.EDGE)).as("has edges").isTrue();
        return poller.register(fd, Interest.READ, Trigger.EDGE, null);
    }

    /** Waits until this descriptor, and nothing else, is reported as readable. */
    void awaitReadable(int fd) throws IOException {
        reported = -1;
        int events = poller.poll(Eventually.DEADLINE_NANOS, (registration, ready) -> {
            assertThat(ready.isReadable()).isTrue();
            reported = registration.fd();
        });
        assertThat(events).isEqualTo(1);
        assertThat(reported).isEqualTo(fd);
    }

    void assertNothingIsReady() throws IOException {
        assertThat(poller.poll(0, (registration, ready) -> {})).isZero();
    }

    static void assertRefused(String errno, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SyscallException.class,
                        refused -> assertThat(Errno.name(refused.errno())).isEqualTo(errno))
                .hasMessageContaining(message);
    }

    /** A system without the calls. */
    static Posix elsewhere() {
        JnaSyscalls jna = new JnaSyscalls();
        return new KernelPosix((Syscalls) Proxy.newProxyInstance(
                Syscalls.class.getClassLoader(),
                new Class<?>[] {Syscalls.class},
                (proxy, method, arguments) -> method.getName().equals("addressOf")
                        ? jna.addressOf((ByteBuffer) arguments[0])
                        : (Object) (-Errno.ENOSYS)));
    }

    static void assertMissing(String call, String counterpart, ThrowingCallable missing) {
        assertThatThrownBy(missing)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith(call + " is missing here")
                .hasMessageContaining(counterpart);
    }
}
