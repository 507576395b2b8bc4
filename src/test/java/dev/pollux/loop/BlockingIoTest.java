// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.ClosedPollerException;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Readiness;
import dev.pollux.SyscallException;
import dev.pollux.Usable;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass(name = "{0} on {1}")
@MethodSource("cases")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockingIoTest {
    private static final Duration SOON = Duration.ofMillis(5);

    @Parameter(0)
    private Usable.Combination combination;

    @Parameter(1)
    private Caller.Kind kind;

    private Descriptors descriptors;
    private KernelPosix posix;
    private BlockingIo io;

    static Stream<Object[]> cases() {
        List<Caller.Kind> kinds = Caller.Kind.available();
        return Usable.combinations().stream().flatMap(each -> kinds.stream().map(kind -> new Object[] {each, kind}));
    }

    @BeforeEach
    void open() throws IOException {
        posix = new KernelPosix(Usable.syscalls(combination.binding()));
        descriptors = new Descriptors(posix);
        io = new BlockingIo(combination.open(), posix);
    }

    @AfterEach
    void close() throws IOException {
        io.close();
        descriptors.close();
    }

    private <T> Caller<T> call(Caller.Work<T> work) throws Exception {
        return Caller.start(kind, work);
    }

    private Caller<Integer> readByte(int fd) throws Exception {
        return call(() -> {
            ByteBuffer one = ByteBuffer.allocateDirect(1);
            return io.read(fd, one) < 0 ? -1 : one.get(0) & 0xff;
        });
    }

    private void writeByte(int fd, int value) throws IOException {
        assertThat(posix.write(
                        fd, ByteBuffer.allocateDirect(1).put((byte) value).flip()))
                .isEqualTo(1);
    }

    @Test
    void awaitReturnsAtOnceWhatIsReadyAgainAndAgain() throws Exception {
        SocketPair pair = descriptors.socketPair();
        writeByte(pair.peerFd(), 1);

        assertThat(call(() -> io.await(pair.fd(), Interest.READ)).get()).hasToString("READABLE");
        assertThat(call(() -> io.await(pair.fd(), Interest.READ)).get()).hasToString("READABLE");
        assertThat(call(() -> io.await(pair.fd(), Interest.WRITE)).get()).hasToString("WRITABLE");
        assertThat(call(() -> io.await(pair.fd(), Interest.READ_WRITE)).get()).hasToString("READABLE|WRITABLE");
    }

    @Test
    void awaitParksUntilDataArrives() throws Exception {
        Pipe pipe = descriptors.pipe();
        for (int i = 0; i < 3; i++) {
            Caller<Readiness> reader =
                    call(() -> io.await(pipe.readFd(), Interest.READ)).awaitParked();
            writeByte(pipe.writeFd(), i);
            assertThat(reader.get().isReadable()).isTrue();
            descriptors.drain(pipe.readFd());
        }
    }

    @Test
    void awaitReturnsNothingAfterItsTimeout() throws Exception {
        Pipe pipe = descriptors.pipe();
        long startNanos = System.nanoTime();
        assertThat(call(() -> io.await(pipe.readFd(), Interest.READ, SOON)).get())
                .isSameAs(Readiness.NOTHING);
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(SOON.toNanos());
        assertThat(call(() -> io.await(pipe.readFd(), Interest.READ, Duration.ZERO))
                        .get())
                .isSameAs(Readiness.NOTHING);

        writeByte(pipe.writeFd(), 1);
        assertThat(call(() -> io.await(pipe.readFd(), Interest.READ)).get().isReadable())
                .isTrue();
    }

    @Test
    void alwaysReadyFilesAreReadyInEachCall() throws Exception {
        int file = descriptors.regularFile();
        assertThat(call(() -> io.await(file, Interest.READ)).get().isReadable()).isTrue();
        assertThat(call(() -> io.await(file, Interest.READ)).get().isReadable()).isTrue();
    }

    @Test
    void awaitRefusesWhatWouldNeverEnd() throws Exception {
        int open = descriptors.pipe().readFd();
        int closed = descriptors.closedNumber();

        assertThatThrownBy(() -> io.await(open, Interest.NONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> io.await(-1, Interest.READ)).isInstanceOf(IllegalArgumentException.class);
        assertThat(call(() -> io.await(closed, Interest.READ)).failure())
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    void readWaitsForDataAndForTheEnd() throws Exception {
        Pipe pipe = descriptors.pipe();
        Caller<Integer> reader = readByte(pipe.readFd()).awaitParked();
        writeByte(pipe.writeFd(), 'a');
        assertThat(reader.get()).isEqualTo('a');

        Caller<Integer> atEnd = readByte(pipe.readFd()).awaitParked();
        descriptors.close(pipe.writeFd());
        assertThat(atEnd.get()).isEqualTo(-1);
        assertThat(io.read(pipe.readFd(), ByteBuffer.allocateDirect(0))).isZero();
    }

    @Test
    void eachCallEndsWithItsTimeout() throws Exception {
        Pipe pipe = descriptors.pipe();
        int listener = descriptors.listener(1);
        ByteBuffer big = ByteBuffer.allocateDirect(1 << 20);

        assertThat(call(() -> io.read(pipe.readFd(), big, SOON)).failure())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("read on descriptor " + pipe.readFd());
        assertThat(call(() -> io.accept(listener, SOON)).failure()).isInstanceOf(SocketTimeoutException.class);
        assertThat(call(() -> io.write(pipe.writeFd(), big, SOON)).failure())
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(big.position()).isPositive().isLessThan(big.capacity());
    }

    @Test
    void writeWaitsUntilAllIsWritten() throws Exception {
        SocketPair pair = descriptors.socketPair();
        int length = 3 << 20;
        Caller<Integer> writer = call(() -> io.write(pair.fd(), ByteBuffer.allocateDirect(length)))
                .awaitParked();
        Caller<Integer> reader = call(() -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
            int total = 0;
            while (total < length) {
                total += io.read(pair.peerFd(), buffer.clear());
            }
            return total;
        });

        assertThat(writer.get()).isEqualTo(length);
        assertThat(reader.get()).isEqualTo(length);
    }

    @Test
    void acceptAndConnectWait() throws Exception {
        int listener = descriptors.listener(8);
        InetSocketAddress address = posix.localAddress(listener);
        Caller<Integer> first = call(() -> io.accept(listener)).awaitParked();
        Caller<Integer> second = call(() -> io.accept(listener)).awaitParked();
        for (int i = 0; i < 2; i++) {
            int client = descriptors.tcpSocket();
            call(() -> {
                        io.connect(client, address);
                        return io.write(client, ByteBuffer.allocateDirect(1));
                    })
                    .get();
        }

        assertThat(readByte(descriptors.opened(first.get())).get()).isZero();
        assertThat(readByte(descriptors.opened(second.get())).get()).isZero();
    }

    @Test
    void connectFailsAsTheKernelSays() throws Exception {
        InetSocketAddress address = posix.localAddress(descriptors.bound(descriptors.tcpSocket())); // does not listen
        int client = descriptors.tcpSocket();

        assertThat(call(() -> {
                            io.connect(client, address);
                            return null;
                        })
                        .failure())
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("ECONNREFUSED")
                .hasMessageContaining("connect(" + client + ", 127.0.0.1:" + address.getPort());
    }

    @Test
    void anInterruptEndsTheWaitAndNothingElse() throws Exception {
        Pipe pipe = descriptors.pipe();
        AtomicInteger stillInterrupted = new AtomicInteger();
        Caller<Integer> reader = call(() -> {
                    try {
                        return io.read(pipe.readFd(), ByteBuffer.allocateDirect(1));
                    } finally {
                        stillInterrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
                    }
                })
                .awaitParked();
        reader.thread().interrupt();

        assertThat(reader.failure()).isInstanceOf(InterruptedIOException.class);
        assertThat(stillInterrupted).hasValue(1);
        Caller<Integer> next = readByte(pipe.readFd()).awaitParked();
        writeByte(pipe.writeFd(), 'b');
        assertThat(next.get()).isEqualTo('b');
    }

    @Test
    void anInterruptedThreadDoesNotWaitAtAll() throws Exception {
        Pipe pipe = descriptors.pipe();
        Caller<Integer> reader = call(() -> {
            Thread.currentThread().interrupt();
            return io.read(pipe.readFd(), ByteBuffer.allocateDirect(1));
        });
        assertThat(reader.failure()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void closingADescriptorEndsTheWaitsOfReaderAndWriter() throws Exception {
        Pipe pipe = descriptors.pipe();
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        int number = posix.dupAtOrAbove(pair.fd(), Descriptors.LOWEST);
        Caller<Integer> reader = readByte(number).awaitParked();
        Caller<Integer> writer =
                call(() -> io.write(number, ByteBuffer.allocateDirect(1))).awaitParked();
        io.close(number);

        assertThat(reader.failure()).isInstanceOf(AsynchronousCloseException.class);
        assertThat(writer.failure()).isInstanceOf(AsynchronousCloseException.class);
        assertThat(posix.isOpen(number)).isFalse();

        descriptors.dupAs(pipe.readFd(), number);
        Caller<Integer> next = readByte(number).awaitParked();
        writeByte(pipe.writeFd(), 'c');
        assertThat(next.get()).isEqualTo('c');
    }

    @Test
    void aReleasedDescriptorStaysOpen() throws Exception {
        Pipe pipe = descriptors.pipe();
        Caller<Integer> reader = readByte(pipe.readFd()).awaitParked();
        io.release(pipe.readFd());

        assertThat(reader.failure())
                .isInstanceOf(AsynchronousCloseException.class)
                .hasRootCauseMessage("another thread closed or released it");
        writeByte(pipe.writeFd(), 'd');
        assertThat(readByte(pipe.readFd()).get()).isEqualTo('d');
    }

    @Test
    void aWaitThatMeetsAReleaseTimesOutOrSaysSo() throws Exception {
        Pipe pipe = descriptors.pipe();
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger waits = new AtomicInteger();
        Caller<Integer> waiter = call(() -> {
            while (ended.get() == 0) {
                waits.incrementAndGet();
                try {
                    assertThat(io.await(pipe.readFd(), Interest.READ, Duration.ZERO))
                            .isSameAs(Readiness.NOTHING);
                } catch (AsynchronousCloseException released) {
                    Thread.yield();
                }
            }
            return waits.get();
        });
        Eventually.until("the first wait", () -> waits.get() > 0 || waiter.isDone());
        long startNanos = System.nanoTime(); // on a busy machine a yield takes milliseconds
        for (int i = 0; i < 5_000 && !waiter.isDone() && System.nanoTime() - startNanos < 1_000_000_000; i++) {
            io.release(pipe.readFd());
            Thread.yield();
        }
        ended.set(1);
        assertThat(waiter.get()).isPositive();
    }

    @Test
    void aReaderAndAWriterOfOneSocketWaitIndependently() throws Exception {
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        Caller<Integer> reader = readByte(pair.fd()).awaitParked();
        Caller<Integer> writer =
                call(() -> io.write(pair.fd(), ByteBuffer.allocateDirect(1))).awaitParked();

        writeByte(pair.peerFd(), 'e');
        assertThat(reader.get()).isEqualTo('e');
        assertThat(writer.isDone()).isFalse();

        Caller<Integer> again = readByte(pair.fd()).awaitParked();
        descriptors.drain(pair.peerFd());
        assertThat(writer.get()).isEqualTo(1);
        assertThat(again.isDone()).isFalse();
        writeByte(pair.peerFd(), 'f');
        assertThat(again.get()).isEqualTo('f');
    }

    @Test
    void twoReadersOfOnePipeGetOneByteEach() throws Exception {
        Pipe pipe = descriptors.pipe();
        Caller<Integer> one = readByte(pipe.readFd()).awaitParked();
        Caller<Integer> other = readByte(pipe.readFd()).awaitParked();
        writeByte(pipe.writeFd(), 1);
        writeByte(pipe.writeFd(), 2);

        assertThat(List.of(one.get(), other.get())).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void closeEndsAllWaitsAndRefusesNewOnes() throws Exception {
        Pipe pipe = descriptors.pipe();
        Caller<Integer> reader = readByte(pipe.readFd()).awaitParked();
        io.close();
        io.close();

        assertThat(reader.failure()).isInstanceOf(ClosedPollerException.class);
        assertThat(readByte(pipe.readFd()).failure()).isInstanceOf(ClosedPollerException.class);
        assertThat(readByte(descriptors.pipe().readFd()).failure()).isInstanceOf(ClosedPollerException.class);
    }

    /** A mistake that must not hang: the kernel forgets the descriptor, and its number is another file's. */
    @Test
    void aDescriptorClosedInAnotherWayIsFoundOut() throws Exception {
        io.close();
        io = new BlockingIo(combination.open(), posix, SOON.toNanos());
        Pipe before = descriptors.pipe();
        Pipe after = descriptors.pipe();
        Caller<Integer> known = readByte(before.readFd()).awaitParked();
        writeByte(before.writeFd(), 1);
        known.get();
        descriptors.close(before.readFd());
        descriptors.dupAs(after.readFd(), before.readFd());

        Caller<Integer> reader = readByte(before.readFd()).awaitParked();
        writeByte(after.writeFd(), 2);
        Caller<Integer> read = reader;
        if (reader.endsWith(AsynchronousCloseException.class)) {
            read = readByte(before.readFd());
        }
        assertThat(read.get()).isEqualTo(2);
    }

    @Test
    void manyThreadsPassEveryByteOn() throws Exception {
        int threads = kind == Caller.Kind.VIRTUAL ? 300 : 50;
        int messages = 20;
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i <= threads; i++) {
            pipes.add(descriptors.pipe());
        }
        List<Caller<Integer>> relays = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int from = pipes.get(i).readFd();
            int to = pipes.get(i + 1).writeFd();
            relays.add(call(() -> {
                ByteBuffer one = ByteBuffer.allocateDirect(1);
                for (int message = 0; message < messages; message++) {
                    io.read(from, one.clear());
                    io.write(to, one.flip());
                }
                return messages;
            }));
        }
        for (int message = 0; message < messages; message++) {
            writeByte(pipes.get(0).writeFd(), message);
        }
        for (int message = 0; message < messages; message++) {
            assertThat(readByte(pipes.get(threads).readFd()).get()).isEqualTo(message);
        }
        for (Caller<Integer> each : relays) {
            assertThat(each.get()).isEqualTo(messages);
        }
    }
}
