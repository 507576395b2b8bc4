// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static dev.pollux.posix.Signals.SIGKILL;
import static dev.pollux.posix.Signals.SIGSTOP;
import static dev.pollux.posix.Signals.SIGTERM;
import static dev.pollux.posix.Signals.SIGUSR1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.ChildJvm;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.abi.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalsTest extends EventFixture {
    /** A real-time signal that neither the C library nor the JVM uses. */
    private static final int SIGRT = 40;

    /** The first real-time signal of glibc, which musl uses itself. */
    private static final int OF_MUSL = 34;

    private Signals signals;

    @BeforeEach
    void open() throws IOException {
        super.open();
        signals = posix.signals();
    }

    @Test
    void aBlockedSignalOfThisThreadIsReadableUntilItIsRead() throws IOException {
        signals.block(SIGUSR1, SIGRT);
        try {
            int fd = descriptors.opened(signals.signalfd(SIGUSR1, SIGRT));
            register(fd);
            assertNothingIsReady();
            assertThat(signals.read(fd)).isZero();

            signals.raise(SIGUSR1);

            awaitReadable(fd);
            assertThat(signals.read(fd)).isEqualTo(SIGUSR1);
            assertThat(signals.read(fd)).isZero();
            assertNothingIsReady();
        } finally {
            signals.unblock(SIGUSR1, SIGRT);
        }
    }

    @Test
    void realTimeSignalsQueueAndOthersAreMerged() throws IOException {
        signals.block(SIGUSR1, SIGRT);
        try {
            int fd = descriptors.opened(signals.signalfd(SIGUSR1, SIGRT));
            for (int i = 0; i < 2; i++) {
                signals.raise(SIGRT);
                signals.raise(SIGUSR1);
            }
            List<Integer> read = new ArrayList<>();
            for (int signal = signals.read(fd); signal != 0; signal = signals.read(fd)) {
                read.add(signal);
            }
            assertThat(read).containsExactly(SIGUSR1, SIGRT, SIGRT);
        } finally {
            signals.unblock(SIGUSR1, SIGRT);
        }
    }

    @Test
    void aThreadInheritsTheMaskAndOneThatExistsKeepsItsOwn() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        Background<Boolean> before = Background.start(() -> {
            blocked.await();
            return signals.isBlocked(SIGUSR1);
        });
        assertThat(signals.isBlocked(SIGUSR1)).isFalse();
        signals.block(SIGUSR1);
        try {
            blocked.countDown();
            assertThat(signals.isBlocked(SIGUSR1)).isTrue();
            assertThat(Background.start(() -> signals.isBlocked(SIGUSR1)).get()).isTrue();
            assertThat(before.get()).isFalse();
        } finally {
            signals.unblock(SIGUSR1);
        }
        assertThat(signals.isBlocked(SIGUSR1)).isFalse();
    }

    @Test
    void hotSpotUnblocksItsOwnSignalsInEachNewThread() throws Exception {
        assumeThat(System.getProperty("java.vm.name")).containsAnyOf("HotSpot", "OpenJDK");
        signals.block(SIGTERM);
        try {
            assertThat(signals.isBlocked(SIGTERM)).isTrue();
            assertThat(Background.start(() -> signals.isBlocked(SIGTERM)).get()).isFalse();
        } finally {
            signals.unblock(SIGTERM);
        }
    }

    @Test
    void withXrsHotSpotLeavesThemBlocked() throws Exception {
        assumeThat(System.getProperty("java.vm.name")).containsAnyOf("HotSpot", "OpenJDK");
        String binding = "-Ddev.pollux.binding=" + combination.binding();
        assertThat(ChildJvm.run(NewThread.class, binding).output()).isEqualTo("false\n");
        assertThat(ChildJvm.run(NewThread.class, binding, "-Xrs").output()).isEqualTo("true\n");
    }

    /** Says whether a new thread has SIGTERM blocked. */
    static final class NewThread {
        public static void main(String[] args) throws Exception {
            Signals signals = Pollers.posix().signals();
            signals.block(SIGTERM);
            System.out.println(
                    Background.start(() -> signals.isBlocked(SIGTERM)).get());
        }
    }

    @Test
    void whatCannotBeBlockedAndWhatIsNoSignalIsRefused() {
        for (int signal :
                new int[] {SIGKILL, SIGSTOP, Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGFPE, Signal.SIGILL, Signal.SIGTRAP
                }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signals.block(SIGUSR1, signal))
                    .withMessageContaining(Signal.name(signal));
            assertThatIllegalArgumentException().isThrownBy(() -> signals.signalfd(signal));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signals.block(OF_MUSL))
                .withMessageContaining("musl");
        assertThatIllegalArgumentException().isThrownBy(() -> signals.signalfd(OF_MUSL));
        for (int signal : new int[] {-1, 0, 32, 33, 65}) {
            assertThatIllegalArgumentException().isThrownBy(() -> signals.block(signal));
            assertThatIllegalArgumentException().isThrownBy(() -> signals.raise(signal));
            assertThatIllegalArgumentException().isThrownBy(() -> signals.isBlocked(signal));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> signals.send(0, SIGTERM));
        assertThatIllegalArgumentException().isThrownBy(() -> signals.send(-1, SIGTERM));
        assertThatIllegalArgumentException().isThrownBy(() -> signals.send(1, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> signals.read(-1));
        assertRefused("ESRCH", "kill(2147483647, 0)", () -> signals.send(Integer.MAX_VALUE, 0));
    }

    @Test
    void aSignalIsSentToAProcess() throws Exception {
        Process child = new ProcessBuilder("sleep", "600").start();
        signals.send(child.pid(), 0);
        signals.send(child.pid(), SIGTERM);
        assertThat(child.waitFor()).isEqualTo(128 + SIGTERM);
    }

    @Test
    void aSystemWithoutTheCallNamesTheCounterpart() {
        Signals elsewhere = elsewhere().signals();
        assertMissing("signalfd", "EVFILT_SIGNAL", () -> elsewhere.signalfd(SIGUSR1));
        assertMissing("pthread_sigmask", "sun.misc.Signal", () -> elsewhere.block(SIGUSR1));
    }

    /** A JVM that all its life had the signal blocked in all its threads. */
    @Test
    void aSignalToAProcessIsReadWhereTheJvmWasStartedWithItBlocked() throws Exception {
        List<String> command = new ArrayList<>(List.of("env", "--block-signal=USR1"));
        command.addAll(ChildJvm.command(
                System.getProperty("java.class.path"),
                Reader.class,
                "-Ddev.pollux.mechanism=" + combination.mechanism(),
                "-Ddev.pollux.binding=" + combination.binding()));
        Process reader = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed = reader.inputReader()) {
            assumeThat(printed.readLine()).as("env of coreutils 8.31").isEqualTo("waiting");
            signals.send(reader.pid(), SIGUSR1);
            assertThat(printed.readLine()).isEqualTo("read 10");
            assertThat(reader.waitFor(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS))
                    .isTrue();
            assertThat(reader.exitValue()).isZero();
        } finally {
            reader.destroyForcibly();
        }
    }

    /** The program of that JVM. */
    static final class Reader {
        public static void main(String[] args) throws IOException {
            Posix posix = Pollers.posix();
            int fd = posix.signals().signalfd(SIGUSR1);
            try (Poller poller = Pollers.open()) {
                poller.register(fd, Interest.READ);
                System.out.println("waiting");
                poller.poll((registration, ready) ->
                        System.out.println("read " + posix.signals().read(fd)));
            }
        }
    }
}
