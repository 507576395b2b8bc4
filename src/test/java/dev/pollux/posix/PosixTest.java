// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Os;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Socket;
import dev.pollux.posix.Posix.DescriptorLimit;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixTest {
    private static final Syscalls JNA = new JnaSyscalls();

    private final KernelPosix posix = new KernelPosix(JNA);
    private final List<Integer> opened = new ArrayList<>();

    @AfterEach
    void closeWhatWasOpened() throws IOException {
        for (int fd : opened) {
            if (posix.isOpen(fd)) {
                posix.close(fd);
            }
        }
    }

    private int opened(int fd) {
        opened.add(fd);
        return fd;
    }

    /** A number so high that after a close nothing that the JVM opens takes it. */
    private int high(int fd) throws IOException {
        int high = opened(posix.dupAtOrAbove(fd, Descriptors.LOWEST));
        posix.close(fd);
        return high;
    }

    private Pipe pipe() throws IOException {
        Pipe pipe = posix.pipe();
        return new Pipe(high(pipe.readFd()), high(pipe.writeFd()), posix);
    }

    private SocketPair socketPair() throws IOException {
        return high(posix.socketPair());
    }

    private SocketPair high(SocketPair pair) throws IOException {
        return new SocketPair(high(pair.fd()), high(pair.peerFd()), posix);
    }

    private int closedFd() throws IOException {
        Pipe pipe = pipe();
        pipe.close();
        return pipe.readFd();
    }

    private int tcpSocket() throws IOException {
        return opened(posix.streamSocket(StandardProtocolFamily.INET));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private int tcpServer() throws IOException {
        int server = tcpSocket();
        posix.bind(server, loopback(0));
        posix.listen(server, 16);
        return server;
    }

    /** A connected pair of TCP sockets. */
    private SocketPair tcpPair() throws IOException {
        int server = tcpServer();
        int client = tcpSocket();
        posix.connect(client, posix.localAddress(server));
        return new SocketPair(client, acceptSoon(server));
    }

    private int acceptSoon(int server) throws IOException {
        long begin = System.nanoTime();
        int fd;
        do {
            fd = posix.accept(server);
        } while (fd < 0 && System.nanoTime() - begin < Eventually.DEADLINE_NANOS);
        assertThat(fd).as("an accepted connection").isNotNegative();
        return opened(fd);
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Reads until there are bytes or the end of the stream. */
    private int readSoon(int fd, ByteBuffer buffer) throws IOException {
        long begin = System.nanoTime();
        int count;
        do {
            count = posix.read(fd, buffer);
        } while (count == 0 && System.nanoTime() - begin < Eventually.DEADLINE_NANOS);
        return count;
    }

    private String textFrom(int fd) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        readSoon(fd, buffer);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    private int statusFlags(int fd) {
        return JNA.fcntl(fd, Fcntl.F_GETFL, 0);
    }

    private void assertPrepared(int fd) {
        assertThat(statusFlags(fd) & Fcntl.O_NONBLOCK).as("O_NONBLOCK").isNotZero();
        assertThat(JNA.fcntl(fd, Fcntl.F_GETFD, 0)).as("descriptor flags").isEqualTo(Fcntl.FD_CLOEXEC);
    }

    private static void assertFails(ThrowingCallable call, int errno, String message) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SyscallException.class, e -> {
            assertThat(e).hasMessage(message);
            assertThat(e.errno()).isEqualTo(errno);
            assertThat(message).startsWith(e.call() + "(");
        });
    }

    @Test
    void aPipeCarriesBytesFromItsWriteEndToItsReadEnd() throws IOException {
        Pipe pipe = pipe();

        assertThat(posix.write(pipe.writeFd(), direct("hello"))).isEqualTo(5);

        assertThat(textFrom(pipe.readFd())).isEqualTo("hello");
    }

    @Test
    void everyDescriptorIsNonBlockingAndCloseOnExec(@TempDir Path folder) throws IOException {
        try (Pipe pipe = posix.pipe();
                SocketPair pair = posix.socketPair()) {
            assertPrepared(pipe.readFd());
            assertPrepared(pipe.writeFd());
            assertPrepared(pair.fd());
            assertPrepared(pair.peerFd());
        }
        assertPrepared(tcpSocket());
        assertPrepared(opened(posix.datagramSocket(StandardProtocolFamily.UNIX)));
        assertPrepared(tcpPair().peerFd());
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertPrepared(opened(posix.open(file)));
        assertPrepared(opened(posix.dup(pipe().readFd())));
        assertPrepared(opened(posix.dupAtOrAbove(pipe().readFd(), 500)));
    }

    @Test
    void aReadFindsNothingThenBytesThenTheEndOfTheStream() throws IOException {
        Pipe pipe = pipe();
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        assertThat(posix.read(pipe.readFd(), buffer)).isZero();
        assertThat(buffer.position()).isZero();

        posix.write(pipe.writeFd(), direct("abc"));
        assertThat(posix.read(pipe.readFd(), buffer)).isEqualTo(3);
        assertThat(buffer.position()).isEqualTo(3);

        posix.close(pipe.writeFd());
        assertThat(posix.read(pipe.readFd(), buffer)).isEqualTo(-1);
        assertThat(buffer.position()).isEqualTo(3);
    }

    @Test
    void aReadFillsWhatRemainsOfTheBufferAndNoMore() throws IOException {
        Pipe pipe = pipe();
        posix.write(pipe.writeFd(), direct("abcdef"));
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).position(2).limit(5);

        assertThat(posix.read(pipe.readFd(), buffer)).isEqualTo(3);

        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(posix.read(pipe.readFd(), buffer)).as("no room").isZero();
        assertThat(new byte[] {buffer.get(0), buffer.get(1), buffer.get(2), buffer.get(4)})
                .isEqualTo(new byte[] {0, 0, 'a', 'c'});
        assertThat(buffer.limit(8).get(5)).isZero();
    }

    @Test
    void aWriteTakesWhatThereIsRoomForAndThenNothing() throws IOException {
        Pipe pipe = pipe();
        ByteBuffer large = ByteBuffer.allocateDirect(1 << 24);
        int count = posix.write(pipe.writeFd(), large);

        assertThat(count).isBetween(1, (1 << 24) - 1);
        assertThat(large.position()).isEqualTo(count);
        assertThat(posix.write(pipe.writeFd(), large)).isZero();
        assertThat(large.position()).isEqualTo(count);
    }

    @Test
    void aSliceIsReadFromItsOwnBeginning() throws IOException {
        Pipe pipe = pipe();
        ByteBuffer slice = direct("0123456789").position(4).slice().position(1);

        assertThat(posix.write(pipe.writeFd(), slice)).isEqualTo(5);

        assertThat(textFrom(pipe.readFd())).isEqualTo("56789");
    }

    @Test
    void aReadOnlyBufferCanBeWrittenFromButNotReadInto() throws IOException {
        Pipe pipe = pipe();
        posix.write(pipe.writeFd(), direct("abc").asReadOnlyBuffer());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.read(pipe.readFd(), direct("xyz").asReadOnlyBuffer()));
        assertThat(textFrom(pipe.readFd())).isEqualTo("abc");
    }

    @Test
    void aHeapBufferIsRefused() throws IOException {
        Pipe pipe = pipe();

        assertThatIllegalArgumentException().isThrownBy(() -> posix.read(pipe.readFd(), ByteBuffer.allocate(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.write(pipe.writeFd(), ByteBuffer.allocate(1)));
    }

    @Test
    void nativeMemoryIsReadAndWrittenInPlace() throws IOException {
        Pipe pipe = pipe();
        NativeMemory memory = posix.allocate(16);
        memory.putLong(0, 0x1122334455667788L);

        assertThat(posix.write(pipe.writeFd(), memory, 0, 8)).isEqualTo(8);
        assertThat(posix.read(pipe.readFd(), memory, 8, 8)).isEqualTo(8);

        assertThat(memory.getLong(8)).isEqualTo(0x1122334455667788L);
        assertThat(posix.read(pipe.readFd(), memory, 0, 16)).isZero();
        assertThat(posix.read(pipe.readFd(), memory, 16, 0)).isZero();
    }

    @Test
    void noByteOutsideOfNativeMemoryIsTouched() throws IOException {
        Pipe pipe = pipe();
        NativeMemory memory = posix.allocate(16);

        for (int[] range : new int[][] {{-1, 1}, {0, 17}, {16, 1}, {8, Integer.MAX_VALUE}, {0, -1}}) {
            assertThatThrownBy(() -> posix.read(pipe.readFd(), memory, range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> posix.write(pipe.writeFd(), memory, range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void readAndWriteSayWhyTheyFail() throws IOException {
        Pipe pipe = pipe();
        int closed = closedFd();
        assertFails(
                () -> posix.read(closed, ByteBuffer.allocateDirect(7)),
                Errno.EBADF,
                "read(" + closed + ", ..., 7): EBADF (Bad file descriptor)");
        posix.close(pipe.readFd());
        assertFails(
                () -> posix.write(pipe.writeFd(), direct("abc")),
                Errno.EPIPE,
                "write(" + pipe.writeFd()
                        + ", ..., 3): EPIPE (Broken pipe); nobody reads the other end any more: close this end, too");
    }

    @Test
    void aPipeClosesEachEndOnce() throws IOException {
        Pipe pipe = pipe();
        pipe.closeWrite();
        assertThat(posix.read(pipe.readFd(), ByteBuffer.allocateDirect(1))).isEqualTo(-1);

        int reused = opened(posix.dupAtOrAbove(pipe.readFd(), pipe.writeFd()));
        pipe.close();
        pipe.close();

        assertThat(reused).isEqualTo(pipe.writeFd());
        assertThat(posix.isOpen(pipe.readFd())).isFalse();
        assertThat(posix.isOpen(reused))
                .as("another file under the same number")
                .isTrue();
        assertThat(pipe).hasToString("Pipe[readFd=" + pipe.readFd() + ", writeFd=" + pipe.writeFd() + "]");
    }

    @Test
    void aSocketPairClosesEachSocketOnce() throws IOException {
        SocketPair pair = socketPair();
        pair.closePeer();
        int reused = opened(posix.dupAtOrAbove(pair.fd(), pair.peerFd()));
        pair.close();
        pair.closeFd();

        assertThat(posix.isOpen(pair.fd())).isFalse();
        assertThat(posix.isOpen(reused))
                .as("another file under the same number")
                .isTrue();
        assertThat(pair).hasToString("SocketPair[fd=" + pair.fd() + ", peerFd=" + pair.peerFd() + "]");
    }

    @Test
    void whatThePosixMadeClosesItself() throws IOException {
        List<Integer> closed = new ArrayList<>();
        KernelPosix recorded = new KernelPosix(new ForwardingSyscalls(JNA) {
            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        });
        Pipe pipe = recorded.pipe();
        SocketPair pair = recorded.datagramSocketPair();
        try (pipe;
                pair) {
            assertThat(closed).isEmpty();
        }
        assertThat(closed).containsExactlyInAnyOrder(pipe.readFd(), pipe.writeFd(), pair.fd(), pair.peerFd());
    }

    @Test
    void theSecondEndIsClosedEvenIfTheFirstFails() throws IOException {
        SocketPair pair = socketPair();
        SocketPair broken = new SocketPair(closedFd(), pair.peerFd(), posix);

        assertThatThrownBy(broken::close).hasMessageEndingWith("EBADF (Bad file descriptor)");
        assertThat(posix.isOpen(pair.peerFd())).isFalse();
        broken.close();
    }

    @Test
    void aPipeOfTwoNumbersIsNotClosedBecauseNobodyKnowsThrough() throws IOException {
        Pipe pipe = pipe();
        Pipe numbers = new Pipe(pipe.readFd(), pipe.writeFd());

        assertThatThrownBy(numbers::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("close it with Posix.close");
        assertThat(posix.isOpen(pipe.readFd())).isTrue();
    }

    @Test
    void aSocketPairCarriesBytesBothWays() throws IOException {
        SocketPair pair = socketPair();
        posix.write(pair.fd(), direct("there"));
        posix.write(pair.peerFd(), direct("back"));

        assertThat(textFrom(pair.peerFd())).isEqualTo("there");
        assertThat(textFrom(pair.fd())).isEqualTo("back");
    }

    @Test
    void aDatagramPairKeepsMessagesApart() throws IOException {
        SocketPair pair = high(posix.datagramSocketPair());
        posix.write(pair.fd(), direct("one"));
        posix.write(pair.fd(), direct("two"));

        assertThat(textFrom(pair.peerFd())).isEqualTo("one");
        assertThat(textFrom(pair.peerFd())).isEqualTo("two");
    }

    @Test
    void aTcpConnectionIsMadeWithoutWaiting() throws IOException {
        int server = tcpServer();
        assertThat(posix.accept(server)).as("no connection waits").isEqualTo(-1);
        InetSocketAddress address = posix.localAddress(server);
        assertThat(address.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(address.getPort()).isPositive();

        int client = tcpSocket();
        posix.connect(client, address);
        int accepted = acceptSoon(server);

        assertThat(posix.socketError(client)).isZero();
        assertThat(posix.localAddress(accepted)).isEqualTo(address);
        posix.write(client, direct("ping"));
        assertThat(textFrom(accepted)).isEqualTo("ping");
    }

    @Test
    void anInet6ConnectionIsMadeTheSameWay() throws IOException {
        int server = opened(posix.streamSocket(StandardProtocolFamily.INET6));
        SocketAddress any = new InetSocketAddress(InetAddress.getByName("::1"), 0);
        assumeThat(bindErrno(server, any)).as("::1 is there").isZero();
        posix.listen(server, 1);
        int client = opened(posix.streamSocket(StandardProtocolFamily.INET6));
        posix.connect(client, posix.localAddress(server));

        int accepted = acceptSoon(server);

        assertThat(posix.localAddress(accepted)).isEqualTo(posix.localAddress(server));
    }

    private int bindErrno(int fd, SocketAddress address) {
        try {
            posix.bind(fd, address);
            return 0;
        } catch (SyscallException e) {
            return e.errno();
        }
    }

    @Test
    void aUnixConnectionIsMadeThroughAFile(@TempDir Path folder) throws IOException {
        SocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        int server = opened(posix.streamSocket(StandardProtocolFamily.UNIX));
        posix.bind(server, address);
        posix.listen(server, 1);
        int client = opened(posix.streamSocket(StandardProtocolFamily.UNIX));

        assertThat(posix.connect(client, address)).isTrue();

        posix.write(client, direct("ping"));
        assertThat(textFrom(acceptSoon(server))).isEqualTo("ping");
        assertThat(posix.localAddress(server)).as("not of the internet").isNull();
    }

    @Test
    void aDatagramReachesTheSocketItIsConnectedTo() throws IOException {
        int receiver = opened(posix.datagramSocket(StandardProtocolFamily.INET));
        posix.bind(receiver, loopback(0));
        int sender = opened(posix.datagramSocket(StandardProtocolFamily.INET));
        assertThat(posix.connect(sender, posix.localAddress(receiver))).isTrue();

        posix.write(sender, direct("datagram"));

        assertThat(textFrom(receiver)).isEqualTo("datagram");
    }

    @Test
    void aRefusedConnectLeavesAnErrorThatIsReadOnce() throws IOException {
        int server = tcpServer();
        InetSocketAddress nobody = posix.localAddress(server);
        posix.close(server);
        int client = tcpSocket();

        int errno;
        try {
            assertThat(posix.connect(client, nobody)).as("connected").isFalse();
            long begin = System.nanoTime();
            do {
                errno = posix.socketError(client);
            } while (errno == 0 && System.nanoTime() - begin < Eventually.DEADLINE_NANOS);
        } catch (SyscallException refusedAtOnce) {
            errno = refusedAtOnce.errno();
        }

        assertThat(errno).isEqualTo(Errno.ECONNREFUSED);
        assertThat(posix.socketError(client)).isZero();
    }

    @Test
    void errorsOfBindAndConnectNameTheAddress(@TempDir Path folder) throws IOException {
        int server = tcpServer();
        int port = posix.localAddress(server).getPort();
        int other = tcpSocket();
        assertFails(
                () -> posix.bind(other, loopback(port)),
                Errno.EADDRINUSE,
                "bind(" + other + ", 127.0.0.1:" + port
                        + "): EADDRINUSE (Address already in use); another socket uses the"
                        + " port: choose another one (0: any), or call setReuseAddress before bind if the server was"
                        + " only restarted");

        Path missing = folder.resolve("missing");
        int unix = opened(posix.streamSocket(StandardProtocolFamily.UNIX));
        assertFails(
                () -> posix.connect(unix, UnixDomainSocketAddress.of(missing)),
                Errno.ENOENT,
                "connect(" + unix + ", \"" + missing + "\"): ENOENT (No such file or directory)");
    }

    @Test
    void anInvalidAddressIsRefused() throws IOException {
        int socket = tcpSocket();
        SocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.bind(socket, unresolved))
                .withMessageContaining("nowhere.invalid");
        assertThatIllegalArgumentException().isThrownBy(() -> posix.connect(socket, unresolved));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.bind(socket, new SocketAddress() {}));
    }

    @Test
    void acceptAndListenFailWhereThereCanBeNoConnection() throws IOException {
        SocketPair pair = socketPair();
        int readFd = pipe().readFd();

        assertFails(
                () -> posix.accept(pair.fd()),
                Errno.EINVAL,
                "accept4(" + pair.fd() + ", SOCK_CLOEXEC|SOCK_NONBLOCK): EINVAL (Invalid argument)");
        assertFails(
                () -> posix.listen(readFd, 1),
                Errno.ENOTSOCK,
                "listen(" + readFd + ", 1): ENOTSOCK (Socket operation on non-socket)");
    }

    @Test
    void aShutDownDirectionEndsAndTheOtherGoesOn() throws IOException {
        SocketPair pair = socketPair();
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);

        posix.shutdownWrite(pair.fd());
        assertThat(posix.read(pair.peerFd(), buffer)).isEqualTo(-1);
        posix.write(pair.peerFd(), direct("still"));
        assertThat(textFrom(pair.fd())).isEqualTo("still");
        posix.shutdownRead(pair.fd());
        assertThat(posix.read(pair.fd(), buffer)).isEqualTo(-1);

        SocketPair other = socketPair();
        posix.shutdownBoth(other.fd());
        assertThat(posix.read(other.fd(), buffer)).isEqualTo(-1);
        assertThat(posix.read(other.peerFd(), buffer)).isEqualTo(-1);
    }

    @Test
    void aSocketThatIsNotConnectedCannotBeShutDown() throws IOException {
        int socket = tcpSocket();

        assertFails(
                () -> posix.shutdownWrite(socket),
                Errno.ENOTCONN,
                "shutdown(" + socket + ", SHUT_WR): ENOTCONN (Transport endpoint is not connected); the socket is not"
                        + " connected, or not yet, or its peer has gone: connect it first, and wait until it is writable");
    }

    @Test
    void anUrgentByteTravelsBesideTheStream() throws IOException {
        SocketPair tcp = tcpPair();

        assertThat(posix.sendUrgent(tcp.fd(), (byte) '!')).isEqualTo(1);
        posix.write(tcp.fd(), direct("stream"));

        assertThat(textFrom(tcp.peerFd())).isEqualTo("stream");
        int unconnected = tcpSocket();
        assertThatThrownBy(() -> posix.sendUrgent(unconnected, (byte) 1))
                .hasMessageStartingWith("send(" + unconnected + ", ..., 1, MSG_OOB|MSG_NOSIGNAL): E");
    }

    @Test
    void anEventfdCountsWhereThereIsOne() throws IOException {
        assumeThat(Os.here()).as("a system with eventfd").isIn(Os.LINUX, Os.FREEBSD);
        int fd = opened(posix.eventfd(3));
        assertPrepared(fd);
        ByteBuffer number = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

        assertThat(posix.read(fd, number)).isEqualTo(8);

        assertThat(number.getLong(0)).isEqualTo(3);
        assertThat(posix.read(fd, number.clear())).as("zero is not readable").isZero();
    }

    @Test
    void aSystemWithoutEventfdSaysEnosys() {
        KernelPosix without = new KernelPosix(new ForwardingSyscalls(JNA) {
            @Override
            public int eventfd(int initval, int flags) {
                return -Errno.ENOSYS;
            }
        });

        assertFails(
                () -> without.eventfd(0),
                Errno.ENOSYS,
                "eventfd(0, 0): ENOSYS (Function not implemented);"
                        + " this kernel does not have the call, or a seccomp filter refuses it");
    }

    @Test
    void aFileIsOpenedAndReadToItsEnd(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("grüße"), "text");
        int fd = opened(posix.open(file, READ, WRITE));

        assertThat(textFrom(fd)).isEqualTo("text");
        assertThat(posix.read(fd, ByteBuffer.allocateDirect(1))).isEqualTo(-1);
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> posix.open(missing))
                .isInstanceOf(SyscallException.class)
                .hasMessageStartingWith("open(\"" + missing + "\", 0x")
                .hasMessageEndingWith("): ENOENT (No such file or directory)");
    }

    @Test
    void aFileIsOpenedToReadToWriteOrBoth(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");

        assertThat(accessMode(posix.open(file))).isEqualTo(Fcntl.O_RDONLY);
        assertThat(accessMode(posix.open(file, READ))).isEqualTo(Fcntl.O_RDONLY);
        assertThat(accessMode(posix.open(file, WRITE))).isEqualTo(Fcntl.O_WRONLY);
        assertThat(accessMode(posix.open(file, WRITE, READ))).isEqualTo(Fcntl.O_RDWR);
        assertThatThrownBy(() -> posix.open(file, READ, CREATE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("open takes the options READ and WRITE, not [CREATE]");
    }

    private int accessMode(int fd) {
        return statusFlags(opened(fd)) & 3;
    }

    @Test
    void aDuplicateIsTheSameOpenFileUnderAnotherNumber() throws IOException {
        Pipe pipe = pipe();
        int lowest = opened(posix.dup(pipe.writeFd()));
        int high = opened(posix.dupAtOrAbove(pipe.writeFd(), 700));

        assertThat(lowest).isNotEqualTo(pipe.writeFd());
        assertThat(high).isGreaterThanOrEqualTo(700);
        posix.close(pipe.writeFd());
        posix.write(lowest, direct("a"));
        posix.write(high, direct("b"));
        assertThat(textFrom(pipe.readFd())).isEqualTo("ab");
    }

    @Test
    void aDuplicateSharesTheNonBlockingModeOfTheOriginal() throws IOException {
        Pipe pipe = pipe();
        posix.setNonBlocking(pipe.readFd(), false);

        int duplicate = opened(posix.dupAtOrAbove(pipe.readFd(), 0));

        assertThat(statusFlags(duplicate) & Fcntl.O_NONBLOCK).isZero();
        posix.setNonBlocking(duplicate, true);
        assertThat(statusFlags(pipe.readFd()) & Fcntl.O_NONBLOCK).isNotZero();
    }

    @Test
    void aDuplicateBeyondTheLimitIsRefused() throws IOException {
        Pipe pipe = pipe();
        int beyond = (int) Math.min(Integer.MAX_VALUE, posix.descriptorLimit().soft());

        assertFails(
                () -> posix.dupAtOrAbove(pipe.readFd(), beyond),
                Errno.EINVAL,
                "fcntl(" + pipe.readFd() + ", F_DUPFD, " + beyond + "): EINVAL (Invalid argument)");
    }

    @Test
    void aClosedDescriptorIsNotOpen() throws IOException {
        Pipe pipe = pipe();
        assertThat(posix.isOpen(pipe.readFd())).isTrue();

        posix.close(pipe.readFd());

        assertThat(posix.isOpen(pipe.readFd())).isFalse();
        assertFails(
                () -> posix.close(pipe.readFd()),
                Errno.EBADF,
                "close(" + pipe.readFd() + "): EBADF (Bad file descriptor)");
        assertThatThrownBy(() -> posix.setNonBlocking(pipe.readFd(), true))
                .hasMessage("fcntl(" + pipe.readFd() + ", F_GETFL): EBADF (Bad file descriptor)");
        assertThatThrownBy(() -> posix.dup(pipe.readFd()))
                .hasMessage("dup(" + pipe.readFd() + "): EBADF (Bad file descriptor)");
    }

    @Test
    void twoSocketsListenOnOnePortIfBothSetReusePort() throws IOException {
        assumeThat(Socket.SO_REUSEPORT).as("SO_REUSEPORT").isNotZero();
        int one = tcpSocket();
        int other = tcpSocket();
        int third = tcpSocket();
        posix.setReusePort(one, true);
        posix.setReusePort(other, true);
        posix.bind(one, new InetSocketAddress("127.0.0.1", 0));
        InetSocketAddress address = posix.localAddress(one);
        posix.bind(other, address);
        posix.listen(one, 1);
        posix.listen(other, 1);

        assertThatThrownBy(() -> posix.bind(third, address))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE));
    }

    @Test
    void optionsAreSetOnSocketsAndRefusedElsewhere() throws IOException {
        int socket = tcpSocket();
        posix.setReuseAddress(socket, true);
        posix.setNoDelay(socket, true);
        posix.setSendBufferSize(socket, 8192);
        posix.setReceiveBufferSize(socket, 8192);
        posix.setLinger(socket, -1);

        int readFd = pipe().readFd();
        assertFails(
                () -> posix.setNoDelay(readFd, true),
                Errno.ENOTSOCK,
                "setsockopt(" + readFd + ", IPPROTO_TCP, TCP_NODELAY, 1): ENOTSOCK (Socket operation on non-socket)");
        assertFails(
                () -> posix.setLinger(readFd, 0),
                Errno.ENOTSOCK,
                "setsockopt(" + readFd
                        + ", SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}): ENOTSOCK (Socket operation on non-socket)");
    }

    @Test
    void aSmallSendBufferIsSoonFull() throws IOException {
        SocketPair small = socketPair();
        posix.setSendBufferSize(small.fd(), 4096);
        SocketPair usual = socketPair();
        ByteBuffer large = ByteBuffer.allocateDirect(1 << 20);

        assertThat(posix.write(small.fd(), large.duplicate())).isLessThan(posix.write(usual.fd(), large.duplicate()));
    }

    @Test
    void lingerOfZeroResetsThePeer() throws IOException {
        SocketPair tcp = tcpPair();
        posix.setLinger(tcp.fd(), 0);

        posix.close(tcp.fd());

        assertThatThrownBy(() -> readSoon(tcp.peerFd(), ByteBuffer.allocateDirect(1)))
                .hasMessageEndingWith("ECONNRESET (Connection reset by peer)");
    }

    @Test
    void theDescriptorLimitIsReadLoweredAndRaised() throws IOException {
        DescriptorLimit before = posix.descriptorLimit();
        assertThat(before.soft()).isBetween(1L, before.hard());
        try {
            posix.setDescriptorLimit(900);
            assertThat(posix.descriptorLimit()).isEqualTo(new DescriptorLimit(900, before.hard()));
            assertThat(posix.raiseDescriptorLimit().soft()).isGreaterThan(900).isLessThanOrEqualTo(before.hard());
        } finally {
            posix.setDescriptorLimit(before.soft());
        }
        assertThatIllegalArgumentException().isThrownBy(() -> posix.setDescriptorLimit(-1));
    }

    @Test
    void aLimitAboveTheHardOneIsRefused() throws IOException {
        DescriptorLimit limit = posix.descriptorLimit();
        assumeThat(limit.hard()).as("a finite hard limit").isNotEqualTo(Long.MAX_VALUE);

        assertFails(
                () -> posix.setDescriptorLimit(limit.hard() + 1),
                Errno.EINVAL,
                "setrlimit(RLIMIT_NOFILE, {rlim_cur=" + (limit.hard() + 1) + ", rlim_max=" + limit.hard()
                        + "}): EINVAL (Invalid argument)");
    }

    @Test
    void whereTheHardLimitIsRefusedItRaisesToOpenMax() throws IOException {
        long[] soft = {256};
        KernelPosix macOs = new KernelPosix(new ForwardingSyscalls(JNA) {
            @Override
            public int getrlimit(int resource, NativeMemory rlim) {
                rlim.putLong(Rlimit.CUR, soft[0]);
                rlim.putLong(Rlimit.MAX, Rlimit.RLIM_INFINITY);
                return 0;
            }

            @Override
            public int setrlimit(int resource, NativeMemory rlim) {
                if (rlim.getLong(Rlimit.CUR) == Rlimit.RLIM_INFINITY) {
                    return -Errno.EINVAL;
                }
                soft[0] = rlim.getLong(Rlimit.CUR);
                return 0;
            }
        });

        assertThat(macOs.raiseDescriptorLimit()).isEqualTo(new DescriptorLimit(10240, Long.MAX_VALUE));
    }

    @Test
    void aNegativeDescriptorIsRefused() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        List<ThrowingCallable> calls = List.of(
                () -> posix.bind(-1, loopback(0)),
                () -> posix.listen(-1, 1),
                () -> posix.accept(-1),
                () -> posix.connect(-1, loopback(1)),
                () -> posix.socketError(-1),
                () -> posix.localAddress(-1),
                () -> posix.shutdownRead(-1),
                () -> posix.shutdownWrite(-1),
                () -> posix.shutdownBoth(-1),
                () -> posix.read(-1, buffer),
                () -> posix.write(-1, buffer),
                () -> posix.sendUrgent(-1, (byte) 0),
                () -> posix.dup(-1),
                () -> posix.dupAtOrAbove(-1, 0),
                () -> posix.dupAtOrAbove(0, -1),
                () -> posix.close(-1),
                () -> posix.isOpen(-1),
                () -> posix.setNonBlocking(-1, true),
                () -> posix.setReuseAddress(-1, true),
                () -> posix.setReusePort(-1, true),
                () -> posix.setNoDelay(-1, true),
                () -> posix.setSendBufferSize(-1, 1),
                () -> posix.setReceiveBufferSize(-1, 1),
                () -> posix.setLinger(-1, 1));

        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class));
    }

    @Test
    void anInterruptedCallIsRepeated() throws IOException {
        KernelPosix interrupted = new KernelPosix(new ForwardingSyscalls(JNA) {
            private boolean again;

            private boolean isInterrupted() {
                again = !again;
                return again;
            }

            @Override
            public int read(int fd, NativeMemory buf, int bufOffset, int count) {
                return isInterrupted() ? -Errno.EINTR : super.read(fd, buf, bufOffset, count);
            }

            @Override
            public int write(int fd, NativeMemory buf, int bufOffset, int count) {
                return isInterrupted() ? -Errno.EINTR : super.write(fd, buf, bufOffset, count);
            }

            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                return isInterrupted() ? -Errno.ECONNABORTED : super.accept4(sockfd, addr, addrlen, flags);
            }
        });
        Pipe pipe = pipe();

        assertThat(interrupted.write(pipe.writeFd(), direct("abc"))).isEqualTo(3);
        assertThat(interrupted.read(pipe.readFd(), ByteBuffer.allocateDirect(3)))
                .isEqualTo(3);
        assertThat(interrupted.accept(tcpServer())).isEqualTo(-1);
    }

    @Test
    void anInterruptedConnectIsInProgressAndAnInterruptedCloseIsDone() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        KernelPosix interrupted = new KernelPosix(new ForwardingSyscalls(JNA) {
            @Override
            public int connect(int sockfd, NativeMemory addr, int addrlen) {
                calls.incrementAndGet();
                return -Errno.EINTR;
            }

            @Override
            public int close(int fd) {
                calls.incrementAndGet();
                return -Errno.EINTR;
            }
        });
        int socket = tcpSocket();

        assertThat(interrupted.connect(socket, loopback(1))).isFalse();
        interrupted.close(socket);

        assertThat(calls).hasValue(2);
    }

    @Test
    void aDescriptorThatCannotBePreparedIsClosed() throws IOException {
        for (int failing : new int[] {Fcntl.F_SETFD, Fcntl.F_GETFL, Fcntl.F_SETFL}) {
            for (int failAt = 1; failAt <= 2; failAt++) {
                assertNothingLeaks(failing, failAt);
            }
        }
    }

    private void assertNothingLeaks(int failingOp, int failAt) throws IOException {
        List<Integer> made = new ArrayList<>();
        AtomicInteger count = new AtomicInteger();
        KernelPosix failing = new KernelPosix(new ForwardingSyscalls(JNA) {
            @Override
            public int fcntl(int fd, int op, int arg) {
                made.add(fd);
                return op == failingOp && count.incrementAndGet() == failAt ? -Errno.EIO : super.fcntl(fd, op, arg);
            }

            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                return -Errno.ENOSYS;
            }
        });
        List<ThrowingCallable> calls = new ArrayList<>(List.of(failing::pipe, failing::socketPair));
        if (failAt == 1) {
            int server = tcpServer();
            posix.connect(tcpSocket(), posix.localAddress(server));
            calls.add(() -> failing.accept(server));
            calls.add(() -> failing.streamSocket(StandardProtocolFamily.INET));
        }
        if (failAt == 1 && failingOp == Fcntl.F_SETFD) {
            int readFd = pipe().readFd();
            calls.add(() -> failing.dup(readFd));
        }
        for (ThrowingCallable call : calls) {
            made.clear();
            count.set(0);
            assertThatThrownBy(call).isInstanceOf(SyscallException.class).hasMessageContaining("EIO");
            assertThat(made).isNotEmpty().noneMatch(posix::isOpen);
        }
    }
}
