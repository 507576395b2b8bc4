// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.posix.kernel.KernelPosix;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels of {@code java.nio} with each usable mechanism and binding, in a JVM without the flag that opens the JDK's internals. */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelRegistrationTest {
    /** How often the test tries to get a number again: the JVM may take it first. */
    private static final int TRIES = 20;

    @Parameter
    private Usable.Combination combination;

    private final Deque<Closeable> opened = new ArrayDeque<>();
    private Descriptors descriptors;
    private Poller poller;

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeAll
    static void assumeTheNativePart() {
        String reason = Usable.reasonAgainst(Mechanism.POLL, Binding.JNI);
        if (reason != null) {
            System.out.println("skipped: channels without a flag: " + reason);
        }
        Assumptions.assumeTrue(reason == null, reason);
    }

    @BeforeEach
    void open() throws IOException {
        assertThat(Object.class.getModule().isOpen("sun.nio.ch", getClass().getModule()))
                .as("the JVM was given the flag")
                .isFalse();
        descriptors = new Descriptors(new KernelPosix(Usable.syscalls(combination.binding())));
        poller = opened(combination.open());
    }

    @AfterEach
    void closeEverything() throws IOException {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        if (descriptors != null) {
            descriptors.close();
        }
    }

    private <C extends Closeable> C opened(C closeable) {
        opened.push(closeable);
        return closeable;
    }

    private <C extends SelectableChannel> C nonBlocking(C channel) throws IOException {
        opened(channel).configureBlocking(false);
        return channel;
    }

    // Channels.

    private interface Action {
        void run() throws IOException;
    }

    /** A channel that is not ready, and what makes it ready. */
    private record Watched(SelectableChannel channel, Interest interest, Action makeReady) {}

    private enum Kind {
        SOCKET,
        SERVER_SOCKET,
        DATAGRAM,
        PIPE_SOURCE,
        PIPE_SINK
    }

    private static ByteBuffer oneByte() {
        return ByteBuffer.allocate(1);
    }

    private static InetSocketAddress anyPort() throws IOException {
        return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    }

    private Watched watched(Kind kind) throws IOException {
        return switch (kind) {
            case SOCKET -> {
                ServerSocketChannel server = opened(ServerSocketChannel.open()).bind(anyPort());
                SocketChannel client = opened(SocketChannel.open(server.getLocalAddress()));
                SocketChannel accepted = nonBlocking(server.accept());
                yield new Watched(accepted, Interest.READ, () -> client.write(oneByte()));
            }
            case SERVER_SOCKET -> {
                ServerSocketChannel server =
                        nonBlocking(ServerSocketChannel.open()).bind(anyPort());
                yield new Watched(server, Interest.READ, () -> opened(SocketChannel.open(server.getLocalAddress())));
            }
            case DATAGRAM -> {
                DatagramChannel receiver = nonBlocking(DatagramChannel.open()).bind(anyPort());
                DatagramChannel sender = opened(DatagramChannel.open());
                yield new Watched(receiver, Interest.READ, () -> sender.send(oneByte(), receiver.getLocalAddress()));
            }
            case PIPE_SOURCE -> {
                Pipe pipe = Pipe.open();
                nonBlocking(pipe.source());
                opened(pipe.sink());
                yield new Watched(
                        pipe.source(), Interest.READ, () -> pipe.sink().write(oneByte()));
            }
            case PIPE_SINK -> {
                Pipe pipe = Pipe.open();
                nonBlocking(pipe.source());
                nonBlocking(pipe.sink());
                ByteBuffer much = ByteBuffer.allocate(1 << 16);
                while (pipe.sink().write(much.clear()) > 0) {}
                yield new Watched(pipe.sink(), Interest.WRITE, () -> {
                    while (pipe.source().read(much.clear()) > 0) {}
                });
            }
        };
    }

    private Registration register(Watched watched) throws IOException {
        return poller.register(watched.channel, watched.interest, Trigger.LEVEL, watched);
    }

    /** The ready registrations. It leaves out {@code isInvalid}, which not every mechanism reports. */
    private List<Registration> poll(long timeoutNanos) throws IOException {
        List<Registration> reported = new ArrayList<>();
        poller.poll(timeoutNanos, (registration, ready) -> {
            if (!ready.isInvalid()) {
                reported.add(registration);
            }
        });
        return reported;
    }

    @ParameterizedTest
    @EnumSource
    void aChannelIsWatchedLikeADescriptor(Kind kind) throws IOException {
        Watched watched = watched(kind);

        Registration registration = register(watched);
        assertThat(registration.isValid()).isTrue();
        assertThat(registration.attachment()).isSameAs(watched);
        assertThat(poller.registration(registration.fd())).isSameAs(registration);
        assertThat(poll(0)).isEmpty();

        watched.makeReady.run();
        assertThat(poll(Eventually.DEADLINE_NANOS)).containsExactly(registration);
        registration.modify(Interest.NONE);
        assertThat(poll(0)).isEmpty();
        registration.modify(watched.interest);
        assertThat(poll(Eventually.DEADLINE_NANOS)).containsExactly(registration);

        registration.cancel();
        assertThat(poll(0)).isEmpty();
        assertThat(watched.channel.isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aBlockingChannelIsRefused(Kind kind) throws IOException {
        Watched watched = watched(kind);
        watched.channel.configureBlocking(true);

        assertThatThrownBy(() -> register(watched)).isInstanceOf(IllegalBlockingModeException.class);

        assertThat(poller.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedChannelIsRefused(Kind kind) throws IOException {
        Watched watched = watched(kind);
        watched.channel.close();

        assertThatThrownBy(() -> register(watched)).isInstanceOf(ClosedChannelException.class);

        assertThat(poller.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aChannelThatIsClosedWhileItIsRegisteredIsNeverReadyAgainAndIsDropped(Kind kind) throws IOException {
        Watched watched = watched(kind);
        Registration registration = register(watched);
        watched.makeReady.run();
        assertThat(poll(Eventually.DEADLINE_NANOS)).containsExactly(registration);

        watched.channel.close();

        assertThat(poll(0)).isEmpty();
        assertThat(registration.isValid()).isFalse();
        assertThat(poller.registration(registration.fd())).isNull();
        assertThat(poller.size()).isZero();
        registration.cancel();
        assertThatThrownBy(() -> registration.modify(watched.interest)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aChannelThatAHandlerClosesIsNotReportedInTheSamePoll(Trigger trigger) throws IOException {
        Assumptions.assumeTrue(poller.supports(trigger), () -> poller.mechanism() + " has no " + trigger);
        Watched first = watched(Kind.PIPE_SOURCE);
        Watched second = watched(Kind.PIPE_SOURCE);
        poller.register(first.channel, first.interest, trigger, second);
        poller.register(second.channel, second.interest, trigger, first);
        first.makeReady.run();
        second.makeReady.run();
        List<Registration> reported = new ArrayList<>();

        poller.poll(Eventually.DEADLINE_NANOS, (registration, ready) -> {
            reported.add(registration);
            ((Watched) registration.attachment()).channel.close();
        });

        assertThat(reported).hasSize(1);
        assertThat(poller.size()).isEqualTo(1);
    }

    // The number is used again.

    @ParameterizedTest
    @EnumSource
    void aFileThatGetsTheNumberOfAClosedChannelIsNotTakenForIt(Kind kind) throws IOException {
        int readyFd = descriptors.readyPipe().readFd();
        for (int i = 0; i < TRIES; i++) {
            Watched watched = watched(kind);
            Registration registration = register(watched);
            watched.channel.close();
            int next = descriptors.dupAtOrAbove(readyFd, registration.fd());
            if (next == registration.fd()) {
                assertThat(poll(0)).isEmpty();
                assertThat(registration.isValid()).isFalse();
                Registration own = poller.register(next, Interest.READ);
                assertThat(poll(0)).containsExactly(own);
                registration.cancel();
                assertThat(poll(0)).containsExactly(own);
                return;
            }
            registration.cancel();
        }
        throw new AssertionError("a closed channel's number could not be had again in " + TRIES + " tries");
    }

    @Test
    void aNewChannelWithTheNumberOfAnUncancelledClosedOneCanBeRegistered() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            Watched first = watched(Kind.PIPE_SOURCE);
            Registration closed = register(first);
            first.channel.close();
            Watched second = watched(Kind.PIPE_SOURCE);
            second.makeReady.run();
            Registration registration = register(second);
            if (registration.fd() == closed.fd()) {
                assertThat(poll(Eventually.DEADLINE_NANOS)).containsExactly(registration);
                assertThat(closed.isValid()).isFalse();
                closed.cancel();
                assertThat(poll(0)).containsExactly(registration);
                assertThat(poller.size()).isEqualTo(1);
                return;
            }
            registration.cancel();
            closed.cancel();
        }
        throw new AssertionError("a closed channel's number could not be had again in " + TRIES + " tries");
    }
}
