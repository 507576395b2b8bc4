// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Os;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EchoServerTest {
    private static final Syscalls JNA = new JnaSyscalls();

    private EchoServer server;

    static List<Mechanism> mechanisms() {
        return CommandRun.usableMechanisms();
    }

    private void start(Mechanism mechanism, Syscalls syscalls) throws IOException {
        start(mechanism, syscalls, 1, false);
    }

    private void start(Mechanism mechanism, Syscalls syscalls, int threads, boolean reusePort) throws IOException {
        server = new EchoServer(
                EventLoopGroup.open(threads, () -> Pollers.open(mechanism)),
                new KernelPosix(syscalls),
                new InetSocketAddress("127.0.0.1", 0),
                reusePort);
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            assertThat(hasEnded()).isFalse();
            server.close();
            assertThat(hasEnded()).isTrue();
        }
    }

    private boolean hasEnded() throws IOException {
        try {
            return server.await(0);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(server.address(), Eventually.DEADLINE_MILLIS);
        socket.setSoTimeout(Eventually.DEADLINE_MILLIS);
        return socket;
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static void assertEchoes(Socket socket, int length) throws IOException {
        byte[] bytes = randomBytes(length);
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().readNBytes(length)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aHundredClientsGetBackWhatTheySentAndThenTheEnd(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                sockets.add(connect());
            }
            for (Socket socket : sockets) {
                assertEchoes(socket, 1 + sockets.indexOf(socket) * 37);
            }
            assertThat(server.connections()).isEqualTo(100);
            for (Socket socket : sockets) {
                socket.getOutputStream().write(randomBytes(100));
                socket.shutdownOutput();
            }
            for (Socket socket : sockets) {
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(randomBytes(100));
            }
            CommandRun.await("the server has closed all connections", () -> server.connections() == 0);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** The first accept returns only after another thread has accepted too, so that one thread cannot accept all. */
    private static final class WaitingForAnother extends ForwardingSyscalls {
        private final Set<Thread> accepting = ConcurrentHashMap.newKeySet();

        WaitingForAnother() {
            super(JNA);
        }

        @Override
        public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
            int fd = super.accept4(sockfd, addr, addrlen, flags);
            if (fd >= 0) {
                accepting.add(Thread.currentThread());
                CommandRun.await("another thread accepts", () -> accepting.size() > 1);
            }
            return fd;
        }
    }

    private void assertThatFourThreadsServe(Mechanism mechanism, boolean reusePort) throws Exception {
        start(mechanism, new WaitingForAnother(), 4, reusePort);
        List<BackgroundThread<IOException>> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int length = 1 + i * 37;
            clients.add(BackgroundThread.start("client", () -> {
                try (Socket socket = connect()) {
                    assertEchoes(socket, length);
                    assertEchoes(socket, 2 * length);
                }
            }));
        }
        for (BackgroundThread<IOException> client : clients) {
            assertThat(client.await(Eventually.DEADLINE_NANOS)).isTrue();
        }
        CommandRun.await("the server has closed all connections", () -> server.connections() == 0);
        assertThat(server.accepted()).hasSize(4);
        assertThat(server.accepted().stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
        assertThat(server.accepted().stream().filter(count -> count > 0))
                .as("threads that served a client")
                .hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void fourThreadsServeTwoHundredClientsOfOneSocket(Mechanism mechanism) throws Exception {
        assertThatFourThreadsServe(mechanism, false);
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void fourThreadsServeTwoHundredClientsEachWithASocketOfItsOwn(Mechanism mechanism) throws Exception {
        assumeThat(Os.here()).as("the kernel spreads the connections").isEqualTo(Os.LINUX);
        assertThatFourThreadsServe(mechanism, true);
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aBigMessageComesBackCompletelyAfterAHalfClose(Mechanism mechanism) throws IOException, InterruptedException {
        start(mechanism, JNA);
        byte[] bytes = randomBytes(20_000_000);
        try (Socket socket = connect()) {
            BackgroundThread<IOException> sending = BackgroundThread.start("big-message", () -> {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            });
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes);
            assertThat(sending.await(Eventually.DEADLINE_NANOS)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void theServerDoesNotReadFromAClientThatDoesNotRead(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        try (SocketChannel channel = SocketChannel.open(server.address());
                Socket other = connect()) {
            channel.configureBlocking(false);
            ByteBuffer bytes = ByteBuffer.wrap(randomBytes(64 << 20));
            long lastProgress = System.nanoTime();
            while (System.nanoTime() - lastProgress < 300_000_000L) {
                if (channel.write(bytes) > 0) {
                    lastProgress = System.nanoTime();
                }
            }
            assertThat(bytes.hasRemaining()).as("some bytes could not be sent").isTrue();
            assertEchoes(other, 1000);
            channel.configureBlocking(true);
            channel.shutdownOutput();
            byte[] sent = new byte[bytes.flip().remaining()];
            bytes.get(sent);
            assertThat(channel.socket().getInputStream().readAllBytes()).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aResetEndsOnlyTheConnectionOfThatClient(Mechanism mechanism) throws IOException {
        start(mechanism, JNA);
        try (Socket other = connect()) {
            assertEchoes(other, 10);
            for (int i = 0; i < 20; i++) {
                try (SocketChannel channel = SocketChannel.open(server.address())) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    channel.write(ByteBuffer.wrap(randomBytes(100_000)));
                }
            }
            assertEchoes(other, 10);
            CommandRun.await("only one connection is left", () -> server.connections() == 1);
        }
    }

    @Test
    void withoutFreeDescriptorsTheServerWaitsUntilAConnectionClosesAndDoesNotSpin() throws IOException {
        AtomicInteger left = new AtomicInteger(2);
        AtomicInteger refused = new AtomicInteger();
        start(CommandRun.usableMechanisms().get(0), new ForwardingSyscalls(JNA) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                if (left.get() == 0) {
                    refused.incrementAndGet();
                    return -Errno.EMFILE;
                }
                int fd = super.accept4(sockfd, addr, addrlen, flags);
                if (fd >= 0) {
                    left.decrementAndGet();
                }
                return fd;
            }
        });
        try (Socket first = connect();
                Socket second = connect();
                Socket third = connect()) {
            assertEchoes(first, 10);
            assertEchoes(second, 10);
            third.getOutputStream().write(randomBytes(10));
            CommandRun.await("the server refuses a connection", () -> server.refusal() != null);
            assertThat(server.refusal())
                    .isInstanceOf(SyscallException.class)
                    .hasMessageContaining("EMFILE (Too many open files)");
            for (int i = 0; i < 100; i++) {
                assertEchoes(first, 10);
            }
            assertThat(refused.get()).isLessThan(10);

            left.set(2);
            second.shutdownOutput();

            assertThat(third.getInputStream().readNBytes(10)).isEqualTo(randomBytes(10));
            assertThat(server.refusal()).isNull();
        }
    }

    @Test
    void anAcceptThatFailsOnceIsTriedAgain() throws IOException {
        AtomicInteger failures = new AtomicInteger(1);
        start(CommandRun.usableMechanisms().get(0), new ForwardingSyscalls(JNA) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                return failures.getAndDecrement() > 0 ? -Errno.ENFILE : super.accept4(sockfd, addr, addrlen, flags);
            }
        });
        try (Socket only = connect()) {
            assertEchoes(only, 10);
        }
    }

    @Test
    void atTheLimitOfSelectTheServerServesTheConnectionsThatItHas() throws IOException {
        assumeThat(CommandRun.usableMechanisms()).contains(Mechanism.SELECT);
        assumeThat(Pollers.posix().descriptorLimit().soft()).as("RLIMIT_NOFILE").isGreaterThan(1100);
        AtomicInteger accepted = new AtomicInteger();
        start(Mechanism.SELECT, new ForwardingSyscalls(JNA) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                int fd = super.accept4(sockfd, addr, addrlen, flags);
                if (fd < 0 || accepted.incrementAndGet() != 3) {
                    return fd;
                }
                int high = fcntl(fd, Fcntl.F_DUPFD, 1024);
                close(fd);
                return high;
            }
        });
        try (Socket first = connect();
                Socket second = connect()) {
            assertEchoes(first, 10);
            assertEchoes(second, 10);
            try (Socket third = connect()) {
                assertThatCode(() -> assertThat(third.getInputStream().read()).isEqualTo(-1))
                        .doesNotThrowAnyException();
            }
            assertThat(server.refusal()).isInstanceOf(DescriptorLimitException.class);
            assertThat(server.connections()).isEqualTo(2);
            assertEchoes(first, 10);
            second.shutdownOutput();
            try (Socket fourth = connect()) {
                assertEchoes(fourth, 10);
            }
        }
    }

    @Test
    void aByteThatCannotBeWrittenNowIsWrittenLater() throws IOException {
        start(CommandRun.usableMechanisms().get(0), new ForwardingSyscalls(JNA) {
            private boolean full;

            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                full = !full;
                return full ? -Errno.EAGAIN : super.write(fd, buf, bufOffset, 1);
            }
        });
        try (Socket socket = connect()) {
            assertEchoes(socket, 500);
        }
    }

    private void start(Poller poller, Syscalls syscalls, long mostUnsentBytes) throws IOException {
        server = new EchoServer(
                EventLoopGroup.open(1, () -> poller),
                new KernelPosix(syscalls),
                new InetSocketAddress("127.0.0.1", 0),
                false,
                mostUnsentBytes);
        server.start();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void whenMemoryRunsOutTheNewestPeersThatNeverReadAreClosed(Mechanism mechanism) throws IOException {
        AtomicInteger servedFd = new AtomicInteger(-1);
        start(
                Pollers.open(mechanism),
                new ForwardingSyscalls(JNA) {
                    @Override
                    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                        int fd = super.accept4(sockfd, addr, addrlen, flags);
                        servedFd.compareAndSet(-1, fd);
                        return fd;
                    }

                    @Override
                    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                        return fd == servedFd.get() ? super.write(fd, buf, bufOffset, count) : -Errno.EAGAIN;
                    }
                },
                8 * BufferPool.BUFFER_SIZE_BYTES);
        List<Socket> silent = new ArrayList<>();
        try (Socket served = connect()) {
            assertEchoes(served, 10);
            for (int i = 0; i < 20; i++) {
                silent.add(connect());
                int count = i + 2;
                CommandRun.await(
                        "the connection is accepted", () -> server.accepted().get(0) == count);
            }
            for (Socket socket : silent) {
                socket.getOutputStream().write(randomBytes(10));
            }
            CommandRun.await("only eight may have unsent bytes", () -> server.connections() == 9);
            for (Socket socket : silent.subList(8, 20)) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            assertEchoes(served, 100_000);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void anErrorEndsOnlyItsConnection() throws IOException {
        AtomicInteger errors = new AtomicInteger();
        start(CommandRun.usableMechanisms().get(0), new ForwardingSyscalls(JNA) {
            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                if (errors.getAndDecrement() == 1) {
                    throw new OutOfMemoryError("Cannot reserve 16384 bytes of direct buffer memory");
                }
                return super.write(fd, buf, bufOffset, count);
            }

            @Override
            public int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen) {
                if (errors.getAndDecrement() == 101) {
                    throw new OutOfMemoryError("Cannot reserve 4 bytes of direct buffer memory");
                }
                return super.setsockopt(sockfd, level, optname, optval, optlen);
            }
        });
        try (Socket other = connect();
                Socket victim = connect()) {
            assertEchoes(other, 10);
            assertEchoes(victim, 10);
            errors.set(1);
            victim.getOutputStream().write(1);
            assertThat(victim.getInputStream().read()).isEqualTo(-1);
            errors.set(101);
            try (Socket refused = connect()) {
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
            errors.set(0);
            try (Socket next = connect()) {
                assertEchoes(next, 10);
            }
            assertEchoes(other, 10);
        }
    }

    /** Serves two clients; the first accept fails, and every other write is refused with EAGAIN. */
    private void assertServesThoughTheChangeIsRefused(Mechanism mechanism, int refusedChange) throws IOException {
        AtomicInteger changes = new AtomicInteger();
        AtomicInteger accepts = new AtomicInteger();
        start(
                RefusingPoller.of(Pollers.open(mechanism), () -> changes.incrementAndGet() == refusedChange),
                new ForwardingSyscalls(JNA) {
                    private boolean full;

                    @Override
                    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                        return accepts.incrementAndGet() == 1
                                ? -Errno.EMFILE
                                : super.accept4(sockfd, addr, addrlen, flags);
                    }

                    @Override
                    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                        full = !full;
                        return full ? -Errno.EAGAIN : super.write(fd, buf, bufOffset, count);
                    }
                },
                1 << 20);
        try (Socket first = connect();
                Socket second = connect()) {
            assertEchoes(first, 1000);
            assertEchoes(second, 1000);
            assertEchoes(first, 1000);
        }
        assertThat(changes.get()).isGreaterThan(refusedChange);
        stop();
        server = null;
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void anyChangeThatTheKernelRefusesIsRetried(Mechanism mechanism) throws Exception {
        for (int refusedChange = 1; refusedChange <= 8; refusedChange++) {
            assertServesThoughTheChangeIsRefused(mechanism, refusedChange);
        }
    }

    /** {@code docs/event-loop.md}: at EMFILE a plain loop keeps watching the socket, the echo server does not. */
    @Test
    void aPlainLoopSpinsAtEmfileAndTheEchoServerDoesNot() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        Syscalls exhausted = new ForwardingSyscalls(JNA) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                failures.incrementAndGet();
                return -Errno.EMFILE;
            }
        };
        KernelPosix posix = new KernelPosix(exhausted);
        int listening = Addresses.listen(posix, new InetSocketAddress("127.0.0.1", 0), 1);
        AtomicInteger exceptions = new AtomicInteger();
        try (EventLoop plain = new EventLoop(Pollers.open());
                Socket waiting = new Socket()) {
            plain.onReadable(listening, (watch, ready) -> posix.accept(watch.fd()));
            plain.onException(e -> {
                if (exceptions.incrementAndGet() == 1000) {
                    plain.stop();
                }
            });
            waiting.connect(posix.localAddress(listening));
            plain.run();
            assertThat(exceptions)
                    .as("exceptions caused by one waiting connection")
                    .hasValue(1000);
        } finally {
            posix.close(listening);
        }

        failures.set(0);
        start(CommandRun.usableMechanisms().get(0), exhausted);
        long startNanos = System.nanoTime();
        try (Socket waiting = connect()) {
            CommandRun.await("the server pauses and tries again", () -> failures.get() >= 2);
            assertThat(waiting.isConnected()).isTrue();
        }
        assertThat((double) failures.get())
                .as("tries, one per second")
                .isLessThanOrEqualTo(2 + (System.nanoTime() - startNanos) / 1e9);
    }
}
