// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Timer;
import dev.pollux.loop.Watch;
import dev.pollux.posix.PeerAddress;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
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

/** Polling makes no garbage: the last of several warm rounds allocates not one byte. */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AllocationTest {
    private static final int ROUNDS = 8;

    /**
     * The JIT compiler sometimes allocates in the polling thread when it drops compiled code, and a call through FFM
     * allocates until it is compiled. A poll that allocates does so in every round, so one round without an allocation
     * is enough. The compilers get this much time, for a busy machine.
     */
    private static final long PATIENCE_NANOS = Eventually.DEADLINE_NANOS / 5;

    /** A round has as many polls as deliver this many events, or as wait this often. */
    private static final int WORK = 10_000;

    /** Below 1024, with the descriptors that the JVM has open itself. */
    private static final int SELECT_READY = 800;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Parameter
    private Usable.Combination combination;

    private Descriptors descriptors;
    private Poller poller;
    private int delivered;
    private final ReadyHandler count = (registration, ready) -> delivered += ready.isReadable() ? 1 : 0;

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeEach
    void open() throws IOException {
        assumeThat(THREADS.isThreadAllocatedMemorySupported())
                .as("this JVM counts what a thread allocates")
                .isTrue();
        THREADS.setThreadAllocatedMemoryEnabled(true);
        descriptors = new Descriptors(new KernelPosix(Usable.syscalls(combination.binding())));
        descriptors.posix().raiseDescriptorLimit();
        poller = combination.open();
    }

    @AfterEach
    void close() throws IOException {
        poller.close();
        descriptors.close();
    }

    private interface Poll {
        int poll() throws IOException;
    }

    /** Repeats rounds of polls, each of which delivers {@code ready} events, until a round allocates nothing. */
    private void assertNothingIsAllocated(String what, int ready, int polls, Poll poll) throws IOException {
        long thread = Thread.currentThread().getId();
        long bytes = -1;
        long startNanos = System.nanoTime();
        for (int round = 0; round < ROUNDS || bytes > 0 && System.nanoTime() - startNanos < PATIENCE_NANOS; round++) {
            delivered = 0;
            int counted = 0;
            long before = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < polls; i++) {
                counted += poll.poll();
            }
            bytes = THREADS.getThreadAllocatedBytes(thread) - before;
            assertThat(counted).as(what).isEqualTo(polls * ready);
            assertThat(delivered).as(what).isEqualTo(polls * ready);
        }
        assertThat(bytes)
                .as("bytes in %d polls: %s, %s, %d ready", polls, combination, what, ready)
                .isZero();
    }

    private void register(int ready, Trigger trigger) throws IOException {
        int readFd = descriptors.readyPipe().readFd();
        for (int i = 0; i < ready; i++) {
            poller.register(descriptors.dup(readFd), Interest.READ, trigger, null);
        }
        for (int i = 0; i < 10; i++) {
            poller.register(descriptors.pipe().readFd(), Interest.READ);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void aPollAllocatesNothing(int wanted) throws IOException {
        int ready = combination.mechanism() == Mechanism.SELECT ? Math.min(wanted, SELECT_READY) : wanted;
        register(ready, Trigger.LEVEL);
        int polls = WORK / Math.max(ready, 1);

        assertNothingIsAllocated("poll(0)", ready, polls, () -> poller.poll(0, count));
        assertNothingIsAllocated("poll(1)", ready, polls / 10, () -> poller.poll(1, count));
        if (ready > 0) {
            assertNothingIsAllocated("poll(an hour)", ready, polls, () -> poller.poll(3_600_000_000_000L, count));
            assertNothingIsAllocated("poll()", ready, polls, () -> poller.poll(count));
        }
    }

    @Test
    void aPollThatWaitsAndIsWokenAllocatesNothing() throws IOException {
        register(0, Trigger.LEVEL);

        assertNothingIsAllocated("wakeup and poll()", 0, 2000, () -> {
            poller.wakeup();
            return poller.poll(count);
        });
        assertNothingIsAllocated("poll(100 microseconds)", 0, 200, () -> poller.poll(100_000, count));
    }

    @Test
    void aPollThatSpinsAllocatesNothing() throws IOException {
        poller.close();
        poller = Pollers.builder()
                .mechanism(combination.mechanism())
                .binding(combination.binding())
                .spin(Duration.ofNanos(50_000))
                .open();
        register(0, Trigger.LEVEL);

        assertNothingIsAllocated("spin, and poll(100 microseconds)", 0, 200, () -> poller.poll(100_000, count));
        assertNothingIsAllocated("wakeup, spin and poll()", 0, 2000, () -> {
            poller.wakeup();
            return poller.poll(count);
        });
    }

    @Test
    void bytesAndDatagramsAllocateNothing() throws IOException {
        KernelPosix posix = descriptors.posix();
        Posix.SocketPair pair = descriptors.socketPair();
        ByteBuffer bytes = ByteBuffer.allocateDirect(64);
        ByteBuffer more = ByteBuffer.allocateDirect(64);
        ByteBuffer[] both = {bytes, more};
        assertNothingIsAllocated("read and write", 0, 5000, () -> {
            posix.write(pair.fd(), bytes.clear());
            posix.read(pair.peerFd(), bytes.clear());
            return 0;
        });
        assertNothingIsAllocated("readv and writev", 0, 5000, () -> {
            bytes.clear();
            more.clear();
            posix.writev(pair.fd(), both);
            bytes.clear();
            more.clear();
            posix.readv(pair.peerFd(), both);
            return 0;
        });
        int server = descriptors.bound(descriptors.udpSocket());
        int client = descriptors.bound(descriptors.udpSocket());
        PeerAddress receiver = posix.newPeerAddress();
        receiver.set(posix.localAddress(server));
        PeerAddress sender = posix.newPeerAddress();
        assertNothingIsAllocated("receiveFrom and sendTo", 0, 5000, () -> {
            posix.sendTo(client, bytes.clear(), receiver);
            while (posix.receiveFrom(server, bytes.clear(), sender) < 0 || sender.get() == null) {}
            return 0;
        });
    }

    @Test
    void modifyAndOneshotAllocateNothing() throws IOException {
        int readFd = descriptors.readyPipe().readFd();
        Registration registration = poller.register(readFd, Interest.READ, Trigger.ONESHOT, null);

        assertNothingIsAllocated("ONESHOT armed again", 1, 5000, () -> {
            registration.modify(Interest.READ);
            return poller.poll(0, count);
        });
    }

    @Test
    void anEventLoopAllocatesNothingForAnEventATickOrATask() throws IOException {
        EventLoop loop = new EventLoop(poller);
        Runnable countAndStop = () -> {
            delivered++;
            loop.stop();
        };
        Poll run = () -> {
            loop.run();
            return 1;
        };
        Watch watch = loop.onReadable(descriptors.readyPipe().readFd(), (each, ready) -> countAndStop.run());
        assertNothingIsAllocated("a callback", 1, 5000, run);

        watch.stopReading();
        for (int i = 1; i <= 100; i++) {
            loop.schedule(Duration.ofHours(1).minusNanos(i), countAndStop);
        }
        Timer ticking = loop.scheduleAtFixedRate(Duration.ofNanos(1000), Duration.ofNanos(1000), countAndStop);
        assertNothingIsAllocated("a tick", 1, 1000, run);

        ticking.cancel();
        assertNothingIsAllocated("a task", 1, 5000, () -> {
            loop.execute(countAndStop);
            return run.poll();
        });
    }

    @Test
    void anAlwaysReadyDescriptorAllocatesNothing() throws IOException {
        poller.register(descriptors.regularFile(), Interest.READ);

        assertNothingIsAllocated("poll() of a file", 1, 5000, () -> poller.poll(count));
    }
}
