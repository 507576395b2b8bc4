// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.Usable;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Message;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.Sockets.Received;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams with addresses, peers, options, and descriptors that travel, through every binding. */
@ParameterizedClass(name = "through {0}")
@EnumSource(Binding.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketsTest {
    private static final Path OPEN_DESCRIPTORS = Path.of("/proc/self/fd");

    @Parameter
    private Binding binding;

    private Syscalls calls;
    private KernelPosix posix;
    private Descriptors descriptors;
    private PeerAddress peer;

    @BeforeParameterizedClassInvocation
    void skipWhatIsNotUsable() {
        Usable.assume(binding);
    }

    @BeforeEach
    void open() throws IOException {
        calls = Usable.syscalls(binding);
        posix = new KernelPosix(calls);
        descriptors = new Descriptors(posix);
        peer = posix.newPeerAddress();
    }

    @AfterEach
    void close() throws IOException {
        descriptors.close();
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static ByteBuffer room(int sizeBytes) {
        return ByteBuffer.allocateDirect(sizeBytes);
    }

    private static String text(ByteBuffer received) {
        return StandardCharsets.UTF_8.decode(received.flip()).toString();
    }

    private String receive(int fd) throws IOException {
        ByteBuffer buffer = room(100);
        Eventually.until("a datagram", () -> posix.receiveFrom(fd, buffer, peer) >= 0);
        return text(buffer);
    }

    private boolean isPrepared(int fd) {
        return calls.fcntl(fd, Fcntl.F_GETFD, 0) == Fcntl.FD_CLOEXEC
                && (calls.fcntl(fd, Fcntl.F_GETFL, 0) & Fcntl.O_NONBLOCK) != 0;
    }

    // accept

    @Test
    void aConnectionIsAcceptedWithTheAddressOfItsPeer() throws IOException {
        int listener = descriptors.listener(1);
        peer.set(posix.localAddress(listener));
        assertThat(posix.accept(listener, peer)).isEqualTo(-1);
        assertThat(peer.get()).as("nobody").isNull();
        int client = descriptors.tcpSocket();
        posix.connect(client, posix.localAddress(listener));
        int[] accepted = {-1};
        Eventually.until("a connection", () -> (accepted[0] = posix.accept(listener, peer)) >= 0);
        descriptors.opened(accepted[0]);

        assertThat(peer.get()).isEqualTo(posix.localAddress(client));
        assertThat(posix.remoteAddress(accepted[0])).isEqualTo(posix.localAddress(client));
        assertThat(posix.remoteAddress(client)).isEqualTo(posix.localAddress(listener));
        assertThat(isPrepared(accepted[0])).isTrue();
    }

    @Test
    void aSystemWithoutAccept4HasTheSameAnswers() throws IOException {
        List<String> made = new ArrayList<>();
        KernelPosix without = new KernelPosix(new ForwardingSyscalls(calls) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                made.add("accept4");
                return -Errno.ENOSYS;
            }

            @Override
            public int accept(int sockfd) {
                made.add("accept");
                return super.accept(sockfd);
            }
        });
        int listener = descriptors.listener(2);
        assertThat(without.accept(listener, peer)).isEqualTo(-1);
        for (int i = 0; i < 2; i++) {
            int client = descriptors.tcpSocket();
            posix.connect(client, posix.localAddress(listener));
            int[] accepted = {-1};
            Eventually.until("a connection", () -> (accepted[0] = without.accept(listener, peer)) >= 0);
            descriptors.opened(accepted[0]);

            assertThat(peer.get()).isEqualTo(posix.localAddress(client));
            assertThat(isPrepared(accepted[0])).isTrue();
        }
        assertThat(Collections.frequency(made, "accept4")).isEqualTo(1);
    }

    @Test
    void aPeerThatIsGoneBeforeItsAddressIsReadHasNone() throws IOException {
        KernelPosix without = new KernelPosix(new ForwardingSyscalls(calls) {
            @Override
            public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
                return -Errno.ENOSYS;
            }

            @Override
            public int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen) {
                return -Errno.ENOTCONN;
            }
        });
        int listener = descriptors.listener(1);
        posix.connect(descriptors.tcpSocket(), posix.localAddress(listener));
        peer.set(posix.localAddress(listener));
        int[] accepted = {-1};
        Eventually.until("a connection", () -> (accepted[0] = without.accept(listener, peer)) >= 0);
        descriptors.opened(accepted[0]);

        assertThat(peer.get()).isNull();
    }

    @Test
    void theAddressOfAUnixPeerIsItsFileOrNone(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("größe"));
        int server = descriptors.opened(posix.streamSocket(StandardProtocolFamily.UNIX));
        posix.bind(server, address);
        posix.listen(server, 1);
        int client = descriptors.opened(posix.streamSocket(StandardProtocolFamily.UNIX));
        posix.connect(client, address);
        int accepted = descriptors.opened(posix.accept(server, peer));

        assertThat(peer.get()).isNull();
        assertThat(posix.remoteAddress(client)).isEqualTo(address);
        assertThat(posix.remoteAddress(accepted)).isNull();
    }

    @Test
    void aSocketThatIsNotConnectedHasNoPeer() throws IOException {
        int socket = descriptors.tcpSocket();
        assertThatThrownBy(() -> posix.remoteAddress(socket))
                .isInstanceOf(SyscallException.class)
                .hasMessageStartingWith("getpeername(" + socket + "): ENOTCONN (")
                .hasMessageContaining("connect it first");
    }

    // datagrams

    @Test
    void aDatagramIsAnsweredToItsSender() throws IOException {
        int server = descriptors.bound(descriptors.udpSocket());
        int client = descriptors.bound(descriptors.udpSocket());
        assertThat(posix.receiveFrom(server, room(8), peer)).isEqualTo(-1);
        assertThat(peer.get()).isNull();

        ByteBuffer question = direct("_question").position(1);
        assertThat(posix.sendTo(client, question, posix.localAddress(server))).isTrue();
        assertThat(question.hasRemaining()).isFalse();
        assertThat(receive(server)).isEqualTo("question");
        assertThat(peer.get()).isEqualTo(posix.localAddress(client));
        assertThat(posix.sendTo(server, direct("answer"), peer)).isTrue();

        assertThat(receive(client)).isEqualTo("answer");
        assertThat(peer.get()).isEqualTo(posix.localAddress(server));
        assertThat(peer).hasToString(String.valueOf(peer.get()));
    }

    @Test
    void anInet6DatagramIsAnsweredToItsSender() throws IOException {
        int server = descriptors.opened(posix.datagramSocket(StandardProtocolFamily.INET6));
        assumeThat(canBind(server, new InetSocketAddress(InetAddress.getByName("::1"), 0)))
                .as("::1 is there")
                .isTrue();
        int client = descriptors.opened(posix.datagramSocket(StandardProtocolFamily.INET6));

        posix.sendTo(client, direct("question"), posix.localAddress(server));
        assertThat(receive(server)).isEqualTo("question");
        assertThat(((InetSocketAddress) peer.get()).getAddress()).isEqualTo(InetAddress.getByName("::1"));
        posix.sendTo(server, direct("answer"), peer);
        assertThat(receive(client)).isEqualTo("answer");
    }

    private boolean canBind(int fd, SocketAddress address) {
        try {
            posix.bind(fd, address);
            return true;
        } catch (SyscallException e) {
            return false;
        }
    }

    @Test
    void aUnixDatagramIsAnsweredToTheFileOfItsSender(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress one = UnixDomainSocketAddress.of(folder.resolve("one"));
        UnixDomainSocketAddress other = UnixDomainSocketAddress.of(folder.resolve("other"));
        int server = descriptors.opened(posix.datagramSocket(StandardProtocolFamily.UNIX));
        int client = descriptors.opened(posix.datagramSocket(StandardProtocolFamily.UNIX));
        posix.bind(server, one);
        posix.sendTo(client, direct("nameless"), one);
        assertThat(receive(server)).isEqualTo("nameless");
        assertThat(peer.get()).isNull();

        posix.bind(client, other);
        posix.sendTo(client, direct("question"), one);
        assertThat(receive(server)).isEqualTo("question");
        assertThat(peer.get()).isEqualTo(other);
        posix.sendTo(server, direct("answer"), peer);
        assertThat(receive(client)).isEqualTo("answer");
    }

    @Test
    void anEmptyDatagramIsNotTheSameAsNone() throws IOException {
        SocketPair pair = descriptors.udpPair();
        posix.sendTo(pair.fd(), room(0), posix.localAddress(pair.peerFd()));
        Eventually.until("an empty datagram", () -> posix.receiveFrom(pair.peerFd(), room(1), peer) == 0);
        assertThat(peer.get()).isEqualTo(posix.localAddress(pair.fd()));
        assertThat(posix.receiveFrom(pair.peerFd(), room(1), peer)).isEqualTo(-1);
    }

    @Test
    void aDatagramThatIsLongerThanTheBufferIsCut() throws IOException {
        SocketPair pair = descriptors.udpPair();
        posix.sendTo(pair.fd(), direct("abcdef"), posix.localAddress(pair.peerFd()));
        ByteBuffer buffer = room(8).position(2).limit(5);
        Eventually.until("a datagram", () -> posix.receiveFrom(pair.peerFd(), buffer, peer) == 3);

        assertThat(buffer.position()).isEqualTo(5);
        assertThat(buffer.get(2)).isEqualTo((byte) 'a');
        assertThat(buffer.limit(8).get(5)).isZero();
        assertThat(posix.receiveFrom(pair.peerFd(), room(8), peer)).isEqualTo(-1);
    }

    @Test
    void theSameAddressIsTheSameObject() throws IOException {
        int server = descriptors.bound(descriptors.udpSocket());
        int client = descriptors.bound(descriptors.udpSocket());
        int another = descriptors.bound(descriptors.udpSocket());
        posix.sendTo(client, direct("a"), posix.localAddress(server));
        receive(server);
        SocketAddress first = peer.get();
        posix.sendTo(client, direct("b"), posix.localAddress(server));
        receive(server);
        assertThat(peer.get()).isSameAs(first);
        posix.sendTo(another, direct("c"), posix.localAddress(server));
        receive(server);
        assertThat(peer.get()).isEqualTo(posix.localAddress(another));
        peer.set(first);
        assertThat(peer.get()).isEqualTo(first);
    }

    @Test
    void aSendThatHasNoRoomIsNoError(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("full"));
        int server = descriptors.opened(posix.datagramSocket(StandardProtocolFamily.UNIX));
        posix.bind(server, address);
        int client = descriptors.opened(posix.datagramSocket(StandardProtocolFamily.UNIX));
        ByteBuffer datagram = room(1000);
        int sent = 0;
        while (posix.sendTo(client, datagram.clear(), address)) {
            sent++;
        }
        assertThat(sent).isPositive();
        assertThat(datagram.position()).as("nothing was sent").isZero();
        posix.receiveFrom(server, room(1000), peer);
        assertThat(posix.sendTo(client, datagram, address)).isTrue();
    }

    @Test
    void whatCannotBeSentSaysWhy() throws IOException {
        int socket = descriptors.udpSocket();
        InetSocketAddress six = new InetSocketAddress(InetAddress.getByName("::1"), 1);
        assertThatThrownBy(() -> posix.sendTo(socket, direct("abc"), six))
                .isInstanceOf(SyscallException.class)
                .hasMessage("sendto(" + socket + ", ..., 3, MSG_NOSIGNAL, [0:0:0:0:0:0:0:1]:1): EAFNOSUPPORT (Address"
                        + " family not supported by protocol); the socket and the address must be of the same family");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.sendTo(socket, direct("a"), InetSocketAddress.createUnresolved("a", 1)));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.sendTo(socket, ByteBuffer.allocate(1), six));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.receiveFrom(socket, room(1).asReadOnlyBuffer(), peer));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.receiveFrom(-1, room(1), peer));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> posix.sendTo(socket, direct("a"), peer))
                .withMessage("there is no address to send to");
        PeerAddress foreign = new PeerAddress() {
            @Override
            public SocketAddress get() {
                return null;
            }

            @Override
            public void set(SocketAddress address) {}
        };
        assertThatIllegalArgumentException().isThrownBy(() -> posix.receiveFrom(socket, room(1), foreign));
    }

    // options

    @Test
    void theBufferSizesAreReadAndSet() throws IOException {
        int socket = descriptors.tcpSocket();
        posix.setSendBufferSize(socket, 20_000);
        posix.setReceiveBufferSize(socket, 30_000);
        assertThat(posix.sendBufferSize(socket)).isBetween(20_000, 40_000);
        assertThat(posix.receiveBufferSize(socket)).isBetween(30_000, 60_000);
    }

    @Test
    void keepAliveAndBroadcastAreSetAndRefusedElsewhere() throws IOException {
        posix.setKeepAlive(descriptors.tcpSocket(), true);
        posix.setBroadcast(descriptors.udpSocket(), true);
        int readFd = descriptors.pipe().readFd();
        assertThatThrownBy(() -> posix.setKeepAlive(readFd, true))
                .hasMessageStartingWith("setsockopt(" + readFd + ", SOL_SOCKET, SO_KEEPALIVE, 1): ENOTSOCK");
        assertThatThrownBy(() -> posix.setBroadcast(readFd, false))
                .hasMessageStartingWith("setsockopt(" + readFd + ", SOL_SOCKET, SO_BROADCAST, 0): ENOTSOCK");
    }

    @Test
    void aServerForBothVersionsTakesAnIpv4ConnectionUnlessItIsForIpv6Only() throws IOException {
        int both = descriptors.opened(posix.streamSocket(StandardProtocolFamily.INET6));
        posix.setIpv6Only(both, false);
        assumeThat(canBind(both, new InetSocketAddress(InetAddress.getByName("::"), 0)))
                .as("IPv6 is there")
                .isTrue();
        posix.listen(both, 1);
        int port = posix.localAddress(both).getPort();
        posix.connect(descriptors.tcpSocket(), new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
        int[] accepted = {-1};
        Eventually.until("a connection", () -> (accepted[0] = posix.accept(both, peer)) >= 0);
        descriptors.opened(accepted[0]);
        assertThat(((InetSocketAddress) peer.get()).getAddress())
                .as("Java reads a mapped address as IPv4")
                .isEqualTo(InetAddress.getByName("127.0.0.1"));

        Eventually.until("a port that no other process uses", () -> isFreeForIpv4(anIpv6OnlyPort()));
    }

    private int anIpv6OnlyPort() throws IOException {
        int only = descriptors.opened(posix.streamSocket(StandardProtocolFamily.INET6));
        posix.setIpv6Only(only, true);
        posix.bind(only, new InetSocketAddress(InetAddress.getByName("::"), 0));
        return posix.localAddress(only).getPort();
    }

    private boolean isFreeForIpv4(int port) throws IOException {
        return canBind(descriptors.tcpSocket(), new InetSocketAddress(InetAddress.getByName("0.0.0.0"), port));
    }

    /** The call is interrupted, and meanwhile another thread makes room in the buffer, from its beginning. */
    private KernelPosix whoseBufferChanges(ByteBuffer buffer, List<Integer> ends) {
        return new KernelPosix(new ForwardingSyscalls(calls) {
            private int interrupted(int end) {
                ends.add(end);
                buffer.clear();
                return ends.size() == 1 ? -Errno.EINTR : -Errno.EAGAIN;
            }

            @Override
            public int recvfrom(
                    int fd, NativeMemory buf, int offset, int len, int flags, NativeMemory a, NativeMemory b) {
                return interrupted(offset + len);
            }

            @Override
            public int sendto(int fd, NativeMemory buf, int offset, int len, int flags, NativeMemory to, int addrlen) {
                return interrupted(offset + len);
            }
        });
    }

    @Test
    void theKernelGetsNothingBehindABufferThatAnotherThreadChanges() throws IOException {
        List<Integer> ends = new ArrayList<>();
        ByteBuffer buffer = room(100).position(60);
        assertThat(whoseBufferChanges(buffer, ends).receiveFrom(0, buffer, peer))
                .isEqualTo(-1);
        assertThat(ends).containsExactly(100, 100);

        ends.clear();
        buffer.position(60);
        peer.set(new InetSocketAddress("127.0.0.1", 9));
        assertThat(whoseBufferChanges(buffer, ends).sendTo(0, buffer, peer)).isFalse();
        assertThat(ends).containsExactly(100, 100);
    }

    @Test
    void nothingIsSentToAnAddressThatWasCut() throws IOException {
        KernelPosix longNames = new KernelPosix(new ForwardingSyscalls(calls) {
            @Override
            public int recvfrom(
                    int fd, NativeMemory buf, int offset, int len, int flags, NativeMemory a, NativeMemory b) {
                b.putInt(0, a.sizeBytes() + 1);
                return 0;
            }

            @Override
            public int sendto(int fd, NativeMemory buf, int offset, int len, int flags, NativeMemory to, int addrlen) {
                throw new AssertionError(addrlen + " bytes of " + to.sizeBytes());
            }
        });
        longNames.receiveFrom(0, room(1), peer);
        assertThat(peer.get()).isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> longNames.sendTo(0, room(1), peer))
                .withMessageContaining("cut");
    }

    // descriptors in messages

    @Test
    void aDescriptorTravelsThroughAUnixSocketAndIsWatched() throws IOException {
        SocketPair pair = descriptors.socketPair();
        Pipe pipe = descriptors.pipe();
        ByteBuffer sent = direct("_two ends").position(1);
        assertThat(posix.sendDescriptors(pair.fd(), sent, pipe.readFd(), pipe.writeFd()))
                .isEqualTo(8);
        assertThat(sent.hasRemaining()).isFalse();
        descriptors.close(pipe.readFd());

        ByteBuffer bytes = room(20).position(3);
        Received received = posix.receiveDescriptors(pair.peerFd(), bytes);
        received.fds().forEach(descriptors::opened);

        assertThat(received.bytes()).isEqualTo(8);
        assertThat(bytes.position()).isEqualTo(11);
        assertThat(received.fds()).hasSize(2).doesNotContain(pipe.writeFd()).allMatch(this::isPrepared);
        posix.write(received.fds().get(1), direct("x"));
        try (Poller poller = Pollers.builder().binding(binding).open()) {
            poller.register(received.fds().get(0), Interest.READ);
            assertThat(poller.poll((registration, ready) -> {})).isEqualTo(1);
        }
    }

    @Test
    void bytesWithoutDescriptorsNothingAndTheEndAreToldApart() throws IOException {
        SocketPair pair = descriptors.socketPair();
        assertThat(posix.receiveDescriptors(pair.peerFd(), room(4))).isEqualTo(new Received(0, List.of()));
        assertThat(posix.sendDescriptors(pair.fd(), direct("ab"))).isEqualTo(2);
        assertThat(posix.receiveDescriptors(pair.peerFd(), room(4))).isEqualTo(new Received(2, List.of()));
        descriptors.close(pair.fd());
        assertThat(posix.receiveDescriptors(pair.peerFd(), room(4))).isEqualTo(new Received(-1, List.of()));
    }

    @Test
    void asManyDescriptorsTravelAsLinuxTakesAndNoMore() throws IOException {
        SocketPair pair = descriptors.socketPair();
        int[] many = IntStream.generate(pair::fd).limit(Message.SCM_MAX_FD).toArray();
        assertThat(posix.sendDescriptors(pair.fd(), direct("x"), many)).isEqualTo(1);
        Received received = posix.receiveDescriptors(pair.peerFd(), room(1));
        received.fds().forEach(descriptors::opened);
        assertThat(received.fds()).hasSize(Message.SCM_MAX_FD).doesNotHaveDuplicates();

        int[] more = IntStream.generate(pair::fd).limit(Message.SCM_MAX_FD + 1).toArray();
        assertThatIllegalArgumentException().isThrownBy(() -> posix.sendDescriptors(pair.fd(), direct("x"), more));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.sendDescriptors(pair.fd(), room(0), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.sendDescriptors(pair.fd(), direct("x"), -1));
        assertThatIllegalArgumentException().isThrownBy(() -> posix.receiveDescriptors(pair.fd(), room(0)));
    }

    @Test
    void descriptorsThatDoNotAllArriveAreClosed() throws IOException {
        SocketPair pair = descriptors.socketPair();
        List<Integer> closed = new ArrayList<>();
        KernelPosix narrow = new KernelPosix(new ForwardingSyscalls(calls) {
            @Override
            public int recvmsg(int sockfd, NativeMemory msg, int flags) {
                long control = msg.getLong(Message.MSG_CONTROL);
                Message.put(msg.buffer(), 0, msg.getLong(Message.MSG_IOV), 1, control, Message.spaceOf(2));
                return super.recvmsg(sockfd, msg, flags);
            }

            @Override
            public int close(int fd) {
                closed.add(fd);
                return super.close(fd);
            }
        });
        int[] four = {pair.fd(), pair.fd(), pair.fd(), pair.fd()};
        posix.sendDescriptors(pair.fd(), direct("x"), four);
        ByteBuffer bytes = room(4);

        assertThatThrownBy(() -> narrow.receiveDescriptors(pair.peerFd(), bytes))
                .isInstanceOfSatisfying(
                        SyscallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EMFILE))
                .hasMessageStartingWith("recvmsg(" + pair.peerFd() + ", ..., 4, MSG_CTRUNC): EMFILE")
                .hasMessageContaining("RLIMIT_NOFILE");
        assertThat(bytes.position()).as("the byte was read").isEqualTo(1);
        assertThat(closed).hasSize(2).noneMatch(posix::isOpen);
    }

    @Test
    void descriptorsThatHaveNoRoomBelowTheLimitLeaveNoneOpen() throws Exception {
        assumeThat(Files.isDirectory(OPEN_DESCRIPTORS)).as("/proc").isTrue();
        assertThat(ChildJvm.run(LowLimit.class, "-Ddev.pollux.binding=" + binding))
                .isEqualTo(new ChildJvm(0, "EMFILE\nnone is left\n"));
    }

    /** Receives more descriptors than its limit has room for, in a JVM whose limit it may lower. */
    static final class LowLimit {
        private static final int SENT = 253;
        private static final int ROOM = 20; // more than the JVM opens and closes meanwhile

        public static void main(String[] args) throws IOException {
            Posix posix = Pollers.posix();
            try (SocketPair pair = posix.socketPair()) {
                for (int each : receive(posix, pair, 1).fds()) { // loads the classes, as the next statement does
                    posix.close(each);
                }
                assertThatThrownBy(() -> posix.close(Integer.MAX_VALUE)).isInstanceOf(SyscallException.class);
                long before = openDescriptors().count();
                Posix.DescriptorLimit limit = posix.descriptorLimit();
                posix.setDescriptorLimit(openDescriptors().max().orElseThrow() + ROOM);
                int errno = 0;
                try {
                    receive(posix, pair, SENT);
                } catch (SyscallException e) {
                    errno = e.errno();
                } finally {
                    posix.setDescriptorLimit(limit.soft());
                }
                System.out.println(Errno.name(errno));
                System.out.println(openDescriptors().count() < before + ROOM / 2 ? "none is left" : "some are left");
            }
        }

        private static Received receive(Posix posix, SocketPair pair, int count) throws IOException {
            posix.sendDescriptors(
                    pair.fd(),
                    direct("x"),
                    IntStream.generate(pair::fd).limit(count).toArray());
            return posix.receiveDescriptors(pair.peerFd(), room(4));
        }

        private static IntStream openDescriptors() {
            return Arrays.stream(OPEN_DESCRIPTORS.toFile().list()).mapToInt(Integer::parseInt);
        }
    }

    @Test
    void aMessageThatHasNoRoomIsNoError() throws IOException {
        SocketPair pair = descriptors.socketPair();
        descriptors.fill(pair.fd());
        ByteBuffer bytes = direct("x");
        assertThat(posix.sendDescriptors(pair.fd(), bytes, pair.fd())).isZero();
        assertThat(bytes.hasRemaining()).isTrue();
        descriptors.close(pair.peerFd());
        assertThatThrownBy(() -> posix.sendDescriptors(pair.fd(), bytes, pair.fd()))
                .isInstanceOf(SyscallException.class)
                .hasMessageStartingWith("sendmsg(" + pair.fd() + ", ..., 1, SCM_RIGHTS, [" + pair.fd() + "]): E");
    }
}
