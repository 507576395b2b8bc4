// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Background;
import dev.pollux.Binding;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Usable;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Inotify;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Iovec;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Message;
import dev.pollux.abi.Mman;
import dev.pollux.abi.Os;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Signal;
import dev.pollux.abi.SignalFd;
import dev.pollux.abi.Socket;
import dev.pollux.abi.Stat;
import dev.pollux.abi.Termios;
import dev.pollux.abi.TimerFd;
import dev.pollux.abi.Timespec;
import dev.pollux.abi.Wait;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
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

/** The same call with the same arguments has the same result through every binding. */
@ParameterizedClass(name = "through {0}")
@EnumSource(Binding.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BindingsAgreeTest {
    private static final int CALLS = 100_000;
    private static final int PAGE = 4096;

    /** Every function that a binding binds. */
    private static final List<String> FUNCTIONS = List.of(
            ("open close read write pipe dup fcntl fstat eventfd getrlimit setrlimit socket socketpair bind listen accept "
                            + "connect shutdown getsockname getsockopt setsockopt send recv pselect poll ppoll "
                            + "epoll_create1 epoll_ctl epoll_wait epoll_pwait2 io_uring_setup io_uring_enter membarrier mmap munmap kqueue kevent ioctl "
                            + "accept4 getpeername sendto recvfrom sendmsg recvmsg readv writev mkfifo "
                            + "posix_openpt grantpt unlockpt ptsname_r tcgetattr tcsetattr "
                            + "timerfd_create timerfd_settime timerfd_gettime signalfd pthread_sigmask kill raise pidfd_open "
                            + "pidfd_send_signal waitid inotify_init1 inotify_add_watch inotify_rm_watch")
                    .split(" "));

    @Parameter
    private Binding binding;

    private Syscalls calls;
    private Descriptors descriptors;

    @BeforeParameterizedClassInvocation
    void skipAnUnusableBinding() {
        Usable.assume(binding);
    }

    /** The descriptors are made through JNA, whose results are the reference. */
    @BeforeEach
    void open() throws IOException {
        calls = Usable.syscalls(binding);
        descriptors = new Descriptors(new KernelPosix(Usable.syscalls(Binding.JNA)));
    }

    @AfterEach
    void close() throws IOException {
        descriptors.close();
    }

    private NativeMemory allocate(int sizeBytes) {
        return NativeMemory.allocate(calls, sizeBytes);
    }

    private NativeMemory cString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        NativeMemory memory = allocate(bytes.length + 1);
        memory.buffer().put(0, bytes);
        return memory;
    }

    private NativeMemory timespec(long nanos) {
        NativeMemory timeout = allocate(Timespec.SIZE);
        Timespec.put(timeout.buffer(), nanos);
        return timeout;
    }

    private NativeMemory pollFd(int fd, int events) {
        NativeMemory pollFd = allocate(PollFd.SIZE);
        pollFd.putInt(PollFd.FD, fd);
        pollFd.putShort(PollFd.EVENTS, (short) events);
        return pollFd;
    }

    private void assumeThere(String function) {
        assumeThat(calls.missing(function)).isNull();
    }

    private static void assertError(int rc, String errno) {
        assertThat(rc).isNegative();
        assertThat(Errno.name(-rc)).isEqualTo(errno);
    }

    private static byte[] bytes(NativeMemory memory) {
        byte[] bytes = new byte[memory.sizeBytes()];
        memory.buffer().get(0, bytes);
        return bytes;
    }

    @Test
    void theSameFunctionsAreThereAndAMissingOneHasAReasonAndReturnsEnosys() throws IOException {
        Syscalls jna = Usable.syscalls(Binding.JNA);
        for (String function : FUNCTIONS) {
            assertThat(calls.missing(function) == null)
                    .as("%s is there: %s", function, calls.missing(function))
                    .isEqualTo(jna.missing(function) == null);
        }
        if (calls.missing("kqueue") != null) {
            assertThat(calls.missing("kqueue")).as("in either order").containsAnyOf("kqueue", "kevent");
            assertThat(calls.kqueue()).isEqualTo(-Errno.ENOSYS);
            assertThat(calls.kevent(-1, null, 0, null, 0, null)).isEqualTo(-Errno.ENOSYS);
        }
    }

    @Test
    void anAddressIsThatOfIndexZeroWhateverThePosition() throws IOException {
        Syscalls jna = Usable.syscalls(Binding.JNA);
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        long address = calls.addressOf(buffer);

        assertThat(address).isNotZero().isEqualTo(jna.addressOf(buffer));
        assertThat(calls.addressOf(buffer.position(8).limit(32))).isEqualTo(address);
        assertThat(calls.addressOf(buffer.slice())).isEqualTo(address + 8);
        assertThat(buffer.position()).isEqualTo(8);
    }

    @Test
    void aDescriptorThatIsNotOpenIsEbadf() throws IOException {
        int fd = descriptors.closedNumber();
        NativeMemory memory = allocate(Stat.SIZE_MAX);

        assertError(calls.close(fd), "EBADF");
        assertError(calls.close(-1), "EBADF");
        assertError(calls.read(fd, memory, 0, 1), "EBADF");
        assertError(calls.write(fd, memory, 0, 1), "EBADF");
        assertError(calls.dup(fd), "EBADF");
        assertError(calls.fcntl(fd, Fcntl.F_GETFL, 0), "EBADF");
        assertError(calls.fstat(fd, memory), "EBADF");
        assertError(calls.bind(fd, memory, 16), "EBADF");
        assertError(calls.listen(fd, 1), "EBADF");
        assertError(calls.accept(fd), "EBADF");
        assertError(calls.connect(fd, memory, 16), "EBADF");
        assertError(calls.shutdown(fd, Socket.SHUT_RD), "EBADF");
        assertError(calls.getsockname(fd, memory, memory), "EBADF");
        assertError(calls.getsockopt(fd, Socket.SOL_SOCKET, Socket.SO_ERROR, memory, memory), "EBADF");
        assertError(calls.setsockopt(fd, Socket.SOL_SOCKET, Socket.SO_REUSEADDR, memory, 4), "EBADF");
        assertError(calls.send(fd, memory, 0, 1, 0), "EBADF");
        assertError(calls.recv(fd, memory, 0, 1, 0), "EBADF");
        assertError(calls.ioctl(fd, 0, null), "EBADF");
        assertError(calls.getpeername(fd, memory, memory), "EBADF");
        assertError(calls.sendto(fd, memory, 0, 1, 0, null, 0), "EBADF");
        assertError(calls.recvfrom(fd, memory, 0, 1, 0, null, null), "EBADF");
        assertError(calls.sendmsg(fd, message(iovec(memory, 0, 1), null, 0), 0), "EBADF");
        assertError(calls.recvmsg(fd, message(iovec(memory, 0, 1), null, 0), 0), "EBADF");
        assertError(calls.readv(fd, iovec(memory, 0, 1), 1), "EBADF");
        assertError(calls.writev(fd, iovec(memory, 0, 1), 1), "EBADF");
        assertError(calls.unlockpt(fd), "EBADF");
        assertError(calls.tcgetattr(fd, memory), "EBADF");
        assertError(calls.tcsetattr(fd, Termios.abi().TCSANOW, memory), "EBADF");
    }

    @Test
    void aPtyHasTheSameNameModeAndSizeThroughEachBinding() throws IOException {
        assumeThere("ptsname_r");
        Syscalls jna = Usable.syscalls(Binding.JNA);
        Termios.Abi abi = Termios.abi();
        int master = descriptors.opened(calls.posixOpenpt(Fcntl.O_RDWR | Fcntl.O_NOCTTY));
        NativeMemory path = allocate(PAGE);
        NativeMemory samePath = allocate(PAGE);
        assertThat(calls.grantpt(master)).isZero();
        assertThat(calls.unlockpt(master)).isZero();
        assertThat(calls.ptsnameR(master, path, PAGE)).isZero();
        assertThat(jna.ptsnameR(master, samePath, PAGE)).isZero();
        assertThat(bytes(path)).isEqualTo(bytes(samePath));
        assertError(calls.ptsnameR(master, path, 2), "ERANGE");

        int slave = descriptors.opened(calls.open(path, Fcntl.O_RDWR | Fcntl.O_NOCTTY));
        NativeMemory mode = allocate(abi.sizeBytes());
        NativeMemory sameMode = allocate(abi.sizeBytes());
        assertThat(calls.tcgetattr(slave, mode)).isZero();
        assertThat(abi.flags(mode.buffer(), abi.lflagOffset()) & abi.ICANON).isNotZero();
        abi.putFlags(mode.buffer(), abi.lflagOffset(), 0);
        assertThat(calls.tcsetattr(slave, abi.TCSANOW, mode)).isZero();
        assertThat(jna.tcgetattr(slave, sameMode)).isZero();
        assertThat(bytes(mode)).isEqualTo(bytes(sameMode));

        NativeMemory size = allocate(Termios.WINSIZE);
        NativeMemory sameSize = allocate(Termios.WINSIZE);
        size.putShort(Termios.WS_ROW, (short) 25);
        assertThat(calls.ioctl(slave, abi.TIOCSWINSZ, size)).isZero();
        assertThat(jna.ioctl(master, abi.TIOCGWINSZ, sameSize)).isZero();
        assertThat(bytes(size)).isEqualTo(bytes(sameSize));
        assertError(calls.tcgetattr(descriptors.pipe().readFd(), mode), "ENOTTY");
        assertError(calls.tcsetattr(slave, -1, mode), "EINVAL");
    }

    @Test
    void otherErrorsAreTheSameThroughEveryBinding() throws IOException {
        NativeMemory memory = allocate(64);
        Posix.Pipe pipe = descriptors.pipe();

        assertError(calls.open(cString("/dev/null/below"), Fcntl.O_RDONLY), "ENOTDIR");
        assertError(calls.open(cString("/no/such/file"), Fcntl.O_RDONLY), "ENOENT");
        assertError(calls.open(cString("/"), Fcntl.O_WRONLY), "EISDIR");
        assertError(calls.open(null, Fcntl.O_RDONLY), "EFAULT");
        assertError(calls.pipe(null), "EFAULT");
        assertError(calls.read(pipe.readFd(), memory, 0, 1), Errno.name(Errno.EAGAIN));
        assertError(calls.listen(pipe.readFd(), 1), "ENOTSOCK");
        assertError(calls.ioctl(pipe.readFd(), 0x7fff_ffffL, null), "ENOTTY");
        assertError(calls.fcntl(pipe.readFd(), 0x7fff_ffff, 0), "EINVAL");
        assertError(calls.getrlimit(-1, memory), "EINVAL");
        assertError(calls.setrlimit(-1, memory), "EINVAL");
        assertError(calls.socket(-1, Socket.SOCK_STREAM, 0), "EAFNOSUPPORT");
        assertError(calls.socketpair(-1, Socket.SOCK_STREAM, 0, memory), "EAFNOSUPPORT");
        assertError(calls.pselect(-1, null, null, null, null), "EINVAL");
        assertError(calls.poll(null, 1, 0), "EFAULT");
        descriptors.close(pipe.readFd());
        assertError(calls.write(pipe.writeFd(), memory, 0, 1), "EPIPE");
        assertError(calls.writev(pipe.writeFd(), iovec(memory, 0, 1), 1), "EPIPE");
        assertError(calls.mkfifo(cString("/dev/null/fifo"), 0600), "ENOTDIR");
        assertError(calls.mkfifo(null, 0600), "EFAULT");
        assertError(calls.getpeername(descriptors.tcpSocket(), memory, memory), "ENOTCONN");
    }

    /** An array of one; the caller keeps the memory reachable. */
    private NativeMemory iovec(NativeMemory memory, int offset, int length) {
        NativeMemory iov = allocate(Iovec.SIZE);
        Iovec.put(iov.buffer(), 0, NativeMemory.addressOf(memory) + offset, length);
        return iov;
    }

    /** A {@code msghdr}; the caller keeps its parts reachable. */
    private NativeMemory message(NativeMemory iov, NativeMemory control, int controllen) {
        NativeMemory message = allocate(Message.SIZE);
        long controlAddress = NativeMemory.addressOf(control);
        Message.put(message.buffer(), 0, NativeMemory.addressOf(iov), 1, controlAddress, controllen);
        return message;
    }

    private int lengthOf(InetSocketAddress address, NativeMemory sockaddr) {
        return Socket.putInet(sockaddr.buffer(), address);
    }

    @Test
    void aConnectionIsAcceptedWithThePeersAddress() throws IOException {
        assumeThere("accept4");
        NativeMemory address = allocate(Socket.SOCKADDR_MAX_SIZE);
        NativeMemory length = allocate(Integer.BYTES);
        int listener = descriptors.listener(1);
        int client = descriptors.tcpSocket();
        descriptors.posix().connect(client, descriptors.posix().localAddress(listener));
        Eventually.until("a connection", () -> calls.poll(pollFd(listener, PollFd.POLLIN), 1, 0) == 1);

        length.putInt(0, address.sizeBytes());
        int accepted = descriptors.opened(
                calls.accept4(listener, address, length, Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK));

        assertThat(Socket.getInet(address.buffer()))
                .isEqualTo(descriptors.posix().localAddress(client));
        assertThat(calls.fcntl(accepted, Fcntl.F_GETFD, 0)).isEqualTo(Fcntl.FD_CLOEXEC);
        assertThat(calls.fcntl(accepted, Fcntl.F_GETFL, 0) & Fcntl.O_NONBLOCK).isNotZero();
        length.putInt(0, address.sizeBytes());
        assertThat(calls.getpeername(client, address, length)).isZero();
        assertThat(Socket.getInet(address.buffer()))
                .isEqualTo(descriptors.posix().localAddress(listener));
        assertError(calls.accept4(listener, null, null, Socket.SOCK_NONBLOCK), Errno.name(Errno.EAGAIN));
        assertError(calls.accept4(listener, null, null, -1), "EINVAL");
    }

    @Test
    void aDatagramComesWithItsSender() throws IOException {
        NativeMemory address = allocate(Socket.SOCKADDR_MAX_SIZE);
        NativeMemory length = allocate(Integer.BYTES);
        NativeMemory bytes = cString("_datagram");
        NativeMemory got = allocate(8);
        int one = descriptors.bound(descriptors.udpSocket());
        int other = descriptors.bound(descriptors.udpSocket());

        int addrlen = lengthOf(descriptors.posix().localAddress(other), address);
        assertThat(calls.sendto(one, bytes, 1, 8, Socket.MSG_NOSIGNAL, address, addrlen))
                .isEqualTo(8);
        length.putInt(0, address.sizeBytes());
        assertThat(calls.recvfrom(other, got, 2, 6, 0, address, length)).isEqualTo(6);

        assertThat(length.getInt(0)).isEqualTo(addrlen);
        assertThat(Socket.getInet(address.buffer()))
                .isEqualTo(descriptors.posix().localAddress(one));
        assertThat(new String(bytes(got), StandardCharsets.UTF_8)).isEqualTo("\0\0datagr");
        assertError(calls.recvfrom(other, got, 0, 8, 0, address, length), Errno.name(Errno.EAGAIN));
    }

    @Test
    void aMessageCarriesADescriptor() throws IOException {
        Posix.SocketPair pair = descriptors.socketPair();
        Posix.Pipe pipe = descriptors.pipe();
        NativeMemory bytes = allocate(4);
        NativeMemory iov = iovec(bytes, 1, 2);
        NativeMemory control = allocate(Message.spaceOf(2));
        Message.putDescriptors(control.buffer(), 0, pipe.writeFd());

        assertThat(calls.sendmsg(pair.fd(), message(iov, control, Message.spaceOf(1)), Socket.MSG_NOSIGNAL))
                .isEqualTo(2);
        NativeMemory received = message(iov, control, control.sizeBytes());
        assertThat(calls.recvmsg(pair.peerFd(), received, Message.MSG_CMSG_CLOEXEC))
                .isEqualTo(2);

        int[] fds = Message.descriptors(control.buffer(), 0, Message.controllen(received.buffer(), 0));
        assertThat(fds).hasSize(1).doesNotContain(pipe.writeFd());
        descriptors.opened(fds[0]);
        assertThat(received.getInt(Message.MSG_FLAGS) & Message.MSG_CTRUNC).isZero();
        assertThat(calls.fcntl(fds[0], Fcntl.F_GETFD, 0))
                .isEqualTo(Message.MSG_CMSG_CLOEXEC == 0 ? 0 : Fcntl.FD_CLOEXEC);
        assertThat(calls.write(fds[0], bytes, 0, 1)).isEqualTo(1);
        assertThat(calls.read(pipe.readFd(), bytes, 0, 4)).isEqualTo(1);
        Reference.reachabilityFence(iov);
    }

    @Test
    void readvAndWritevUseTheirBuffersInTurn() throws IOException {
        Posix.Pipe pipe = descriptors.pipe();
        NativeMemory memory = cString("abcdefgh");
        NativeMemory iov = allocate(2 * Iovec.SIZE);
        long begin = NativeMemory.addressOf(memory);
        Iovec.put(iov.buffer(), 0, begin + 4, 3);
        Iovec.put(iov.buffer(), 1, begin, 2);

        assertThat(calls.writev(pipe.writeFd(), iov, 2)).isEqualTo(5);
        assertThat(calls.readv(pipe.readFd(), iov, 2)).isEqualTo(5);
        assertThat(new String(bytes(memory), StandardCharsets.UTF_8)).isEqualTo("abcdefgh\0");
        assertError(calls.readv(pipe.readFd(), iov, 2), Errno.name(Errno.EAGAIN));
        assertError(calls.readv(pipe.readFd(), iov, -1), "EINVAL");
    }

    @Test
    void aFifoIsMadeWithItsPermissions(@TempDir Path folder) {
        NativeMemory path = cString(folder.resolve("fifo").toString());
        NativeMemory stat = allocate(Stat.SIZE_MAX);

        assertThat(calls.mkfifo(path, 0600)).isZero();

        int fd = descriptors.opened(calls.open(path, Fcntl.O_RDONLY | Fcntl.O_NONBLOCK));
        assertThat(calls.fstat(fd, stat)).isZero();
        assertThat(Stat.mode(stat.buffer())).isEqualTo(Stat.S_IFIFO | 0600);
        assertError(calls.mkfifo(path, 0600), "EEXIST");
    }

    @Test
    void readAndWriteBeginAtTheOffset() throws IOException {
        Posix.Pipe pipe = descriptors.pipe();
        NativeMemory from = allocate(8);
        NativeMemory to = allocate(8);
        from.putLong(0, 0x0807060504030201L);

        assertThat(calls.write(pipe.writeFd(), from, 3, 4)).isEqualTo(4);
        assertThat(calls.read(pipe.readFd(), to, 1, 6)).isEqualTo(4);

        for (int i = 0; i < 4; i++) {
            assertThat(to.buffer().get(1 + i)).isEqualTo(from.buffer().get(3 + i));
        }
        assertThat(to.buffer().get(0)).isZero();
        assertThat(to.buffer().get(5)).isZero();
        descriptors.close(pipe.writeFd());
        assertThat(calls.read(pipe.readFd(), to, 0, 8)).isZero();
    }

    @Test
    void pipeSocketpairAndDupMakeDescriptors() {
        NativeMemory pair = allocate(2 * Integer.BYTES);
        NativeMemory byteHere = allocate(1);
        byteHere.buffer().put(0, (byte) 42);

        assertThat(calls.pipe(pair)).isZero();
        assertByteGoesFromTo(pair.getInt(Integer.BYTES), pair.getInt(0));
        assertThat(calls.socketpair(Socket.AF_UNIX, Socket.SOCK_STREAM, 0, pair))
                .isZero();
        int dup = calls.dup(pair.getInt(0));
        assertThat(dup).isGreaterThan(pair.getInt(0));
        assertThat(calls.send(pair.getInt(Integer.BYTES), byteHere, 0, 1, Socket.MSG_NOSIGNAL))
                .isEqualTo(1);
        byteHere.buffer().put(0, (byte) 0);
        assertThat(calls.recv(dup, byteHere, 0, 1, Socket.MSG_PEEK)).isEqualTo(1);
        assertThat(byteHere.buffer().get(0)).isEqualTo((byte) 42);
        assertThat(calls.close(dup)).isZero();
        assertByteGoesFromTo(pair.getInt(Integer.BYTES), pair.getInt(0));
    }

    private void assertByteGoesFromTo(int writeFd, int readFd) {
        NativeMemory memory = allocate(1);
        assertThat(calls.write(writeFd, memory, 0, 1)).isEqualTo(1);
        assertThat(calls.read(readFd, memory, 0, 1)).isEqualTo(1);
        assertThat(calls.close(writeFd)).isZero();
        assertThat(calls.close(readFd)).isZero();
    }

    @Test
    void aConnectionIsMadeAndTuned() throws IOException {
        NativeMemory address = allocate(Socket.SOCKADDR_MAX_SIZE);
        NativeMemory length = allocate(Integer.BYTES);
        NativeMemory option = allocate(Integer.BYTES);
        int listener = descriptors.opened(calls.socket(Socket.AF_INET, Socket.SOCK_STREAM, 0));
        int client = descriptors.opened(calls.socket(Socket.AF_INET, Socket.SOCK_STREAM, 0));
        int addrlen = Socket.putInet(address.buffer(), new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));

        assertThat(calls.bind(listener, address, addrlen)).isZero();
        assertThat(calls.listen(listener, 1)).isZero();
        length.putInt(0, address.sizeBytes());
        assertThat(calls.getsockname(listener, address, length)).isZero();
        assertThat(length.getInt(0)).isEqualTo(addrlen);
        assertThat(Socket.getInet(address.buffer()).getPort()).isPositive();
        assertThat(calls.connect(client, address, addrlen)).isZero();
        int accepted = descriptors.opened(calls.accept(listener));
        assertThat(accepted).isPositive();

        length.putInt(0, Integer.BYTES);
        option.putInt(0, 1);
        assertThat(calls.setsockopt(client, Socket.IPPROTO_TCP, Socket.TCP_NODELAY, option, Integer.BYTES))
                .isZero();
        option.putInt(0, 0);
        assertThat(calls.getsockopt(client, Socket.IPPROTO_TCP, Socket.TCP_NODELAY, option, length))
                .isZero();
        assertThat(option.getInt(0)).isNotZero();
        assertThat(calls.shutdown(client, Socket.SHUT_WR)).isZero();
        assertThat(calls.recv(accepted, option, 0, 1, 0)).isZero();
    }

    @Test
    void fcntlPassesItsArgument() throws IOException {
        int fd = descriptors.pipe().readFd();

        assertThat(calls.fcntl(fd, Fcntl.F_GETFD, 0)).isEqualTo(Fcntl.FD_CLOEXEC);
        assertThat(calls.fcntl(fd, Fcntl.F_SETFD, 0)).isZero();
        assertThat(calls.fcntl(fd, Fcntl.F_GETFD, 0)).isZero();
        int flags = calls.fcntl(fd, Fcntl.F_GETFL, 0);
        assertThat(flags & Fcntl.O_NONBLOCK).isEqualTo(Fcntl.O_NONBLOCK);
        assertThat(calls.fcntl(fd, Fcntl.F_SETFL, flags & ~Fcntl.O_NONBLOCK)).isZero();
        assertThat(calls.fcntl(fd, Fcntl.F_GETFL, 0)).isEqualTo(flags & ~Fcntl.O_NONBLOCK);
        assertThat(descriptors.opened(calls.fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, 600)))
                .isGreaterThanOrEqualTo(600);
        assertError(calls.fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, -1), "EINVAL");
    }

    @Test
    void openFstatAndGetrlimitReturnTheSameAsThroughJna() throws IOException {
        Syscalls jna = Usable.syscalls(Binding.JNA);
        int fd = descriptors.opened(calls.open(cString("/"), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC));
        NativeMemory stat = allocate(Stat.SIZE_MAX);
        NativeMemory sameStat = allocate(Stat.SIZE_MAX);
        NativeMemory limit = allocate(Rlimit.SIZE);
        NativeMemory sameLimit = allocate(Rlimit.SIZE);

        assertThat(calls.fstat(fd, stat)).isZero();
        assertThat(jna.fstat(fd, sameStat)).isZero();
        assertThat(bytes(stat)).isEqualTo(bytes(sameStat));
        assertThat(Stat.mode(stat.buffer()) & Stat.S_IFMT).isEqualTo(Stat.S_IFDIR);
        assertThat(calls.getrlimit(Rlimit.RLIMIT_NOFILE, limit)).isZero();
        assertThat(calls.setrlimit(Rlimit.RLIMIT_NOFILE, limit)).isZero();
        assertThat(jna.getrlimit(Rlimit.RLIMIT_NOFILE, sameLimit)).isZero();
        assertThat(bytes(limit)).isEqualTo(bytes(sameLimit));
    }

    @Test
    void eventfdCountsFromItsInitialValue() {
        assumeThere("eventfd");
        NativeMemory count = allocate(Long.BYTES);
        int fd = descriptors.opened(calls.eventfd(7, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));

        assertThat(calls.read(fd, count, 0, Long.BYTES)).isEqualTo(Long.BYTES);
        assertThat(count.getLong(0)).isEqualTo(7);
        assertError(calls.read(fd, count, 0, Long.BYTES), "EAGAIN");
        assertError(calls.eventfd(0, -1), "EINVAL");
    }

    @Test
    void pselectSeesWhatIsReadableWritableAndNothingElse() throws IOException {
        Posix.Pipe ready = descriptors.readyPipe();
        Posix.Pipe empty = descriptors.pipe();
        int nfds = Math.max(ready.writeFd(), empty.writeFd()) + 1;
        NativeMemory readfds = allocate(FdSet.sizeBytes(nfds));
        NativeMemory writefds = allocate(FdSet.sizeBytes(nfds));
        NativeMemory exceptfds = allocate(FdSet.sizeBytes(nfds));
        FdSet.set(readfds.buffer(), ready.readFd());
        FdSet.set(readfds.buffer(), empty.readFd());
        FdSet.set(writefds.buffer(), empty.writeFd());
        FdSet.set(exceptfds.buffer(), ready.readFd());

        assertThat(calls.pselect(nfds, readfds, writefds, exceptfds, null)).isEqualTo(2);

        assertThat(FdSet.isSet(readfds.buffer(), ready.readFd())).isTrue();
        assertThat(FdSet.isSet(readfds.buffer(), empty.readFd())).isFalse();
        assertThat(FdSet.isSet(writefds.buffer(), empty.writeFd())).isTrue();
        assertThat(FdSet.isSet(exceptfds.buffer(), ready.readFd())).isFalse();
        assertThat(calls.pselect(0, null, null, null, timespec(1))).isZero();
        assertError(calls.pselect(0, null, null, null, timespec(-1)), "EINVAL");
    }

    @Test
    void pollAndPpollSeeAByte() throws IOException {
        NativeMemory ready = pollFd(descriptors.readyPipe().readFd(), PollFd.POLLIN);
        NativeMemory empty = pollFd(descriptors.pipe().readFd(), PollFd.POLLIN);

        assertThat(calls.poll(ready, 1, -1)).isEqualTo(1);
        assertThat(ready.getShort(PollFd.REVENTS)).isEqualTo((short) PollFd.POLLIN);
        assertThat(calls.poll(empty, 1, 1)).isZero();
        assumeThere("ppoll");
        ready.putShort(PollFd.REVENTS, (short) 0);
        assertThat(calls.ppoll(ready, 1, null)).isEqualTo(1);
        assertThat(ready.getShort(PollFd.REVENTS)).isEqualTo((short) PollFd.POLLIN);
        assertThat(calls.ppoll(empty, 1, timespec(1))).isZero();
        assertError(calls.ppoll(empty, 1, timespec(-1)), "EINVAL");
    }

    @Test
    void epollSeesAByteAndGivesBackTheData() throws IOException {
        assumeThere("epoll_create1");
        Epoll.Layout layout = Epoll.layout();
        NativeMemory event = allocate(4 * layout.sizeBytes());
        int fd = descriptors.readyPipe().readFd();
        int epfd = descriptors.opened(calls.epollCreate1(Epoll.EPOLL_CLOEXEC));
        event.putInt(layout.eventsOffset(), Epoll.EPOLLIN);
        event.putLong(layout.dataOffset(), 0x1234_5678_9abc_def0L);

        assertThat(calls.epollCtl(epfd, Epoll.EPOLL_CTL_ADD, fd, event)).isZero();
        assertError(calls.epollCtl(epfd, Epoll.EPOLL_CTL_ADD, fd, event), "EEXIST");
        event.putLong(layout.dataOffset(), 0);
        assertThat(calls.epollWait(epfd, event, 4, -1)).isEqualTo(1);
        assertThat(event.getLong(layout.dataOffset())).isEqualTo(0x1234_5678_9abc_def0L);
        assertError(calls.epollWait(epfd, event, 0, 0), "EINVAL");
        assertError(calls.epollWait(fd, event, 4, 0), "EINVAL");
        assertError(calls.epollCreate1(-1), "EINVAL");
        if (calls.missing("epoll_pwait2") == null) {
            event.putLong(layout.dataOffset(), 0);
            assertThat(calls.epollPwait2(epfd, event, 4, null)).isEqualTo(1);
            assertThat(event.getLong(layout.dataOffset())).isEqualTo(0x1234_5678_9abc_def0L);
        }
        assertThat(calls.epollCtl(epfd, Epoll.EPOLL_CTL_DEL, fd, null)).isZero();
        assertError(calls.epollCtl(epfd, Epoll.EPOLL_CTL_DEL, fd, null), "ENOENT");
        assertThat(calls.epollWait(epfd, event, 4, 0)).isZero();
    }

    @Test
    void mappedMemoryIsSeenThroughAViewAndCanBeUnmapped() throws IOException {
        assumeThat(Os.here()).isEqualTo(Os.LINUX);
        int prot = Mman.PROT_READ | Mman.PROT_WRITE;
        int flags = Mman.MAP_SHARED | Mman.MAP_ANONYMOUS;
        long address = calls.mmap(PAGE, prot, flags, -1, 0);
        assertThat(address).isPositive();
        NativeMemory view = NativeMemory.view(calls, address, PAGE);
        NativeMemory sameView = NativeMemory.view(Usable.syscalls(Binding.JNA), address, PAGE);

        assertThat(view.sizeBytes()).isEqualTo(PAGE);
        assertThat(NativeMemory.addressOf(view)).isEqualTo(address);
        assertThat(calls.addressOf(view.buffer())).isEqualTo(address);
        assertThat(view.getLong(PAGE - Long.BYTES)).isZero();
        view.putLong(PAGE - Long.BYTES, 0x1234_5678_9abc_def0L);
        assertThat(sameView.getLong(PAGE - Long.BYTES)).isEqualTo(0x1234_5678_9abc_def0L);
        assertThat(NativeMemory.view(calls, address, 0).sizeBytes()).isZero();

        assertError(calls.munmap(address + 1, PAGE), "EINVAL");
        assertThat(calls.munmap(address, PAGE)).isZero();
        assertError(errno(calls.mmap(0, prot, flags, -1, 0)), "EINVAL");
        assertError(errno(calls.mmap(-1, prot, flags, -1, 0)), "ENOMEM");
        assertError(errno(calls.mmap(PAGE, prot, Mman.MAP_SHARED, descriptors.closedNumber(), 0)), "EBADF");
    }

    /** The errno that {@code mmap} returned instead of an address. */
    private static int errno(long mapped) {
        return Math.toIntExact(mapped);
    }

    @Test
    void viewRefusesWhatIsNoMemory() {
        assertThatThrownBy(() -> NativeMemory.view(calls, 0, 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NativeMemory.view(calls, PAGE, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ioUringRefusesTheSameAsThroughJna() throws IOException {
        Syscalls jna = Usable.syscalls(Binding.JNA);
        NativeMemory params = allocate(IoUring.PARAMS_SIZE);
        int fd = descriptors.closedNumber();

        assertThat(calls.ioUringSetup(0, params)).isNegative().isEqualTo(jna.ioUringSetup(0, params));
        assertThat(calls.ioUringSetup(1, null)).isNegative().isEqualTo(jna.ioUringSetup(1, null));
        assertThat(calls.ioUringEnter(fd, 0, 0, 0, null, 0))
                .isNegative()
                .isEqualTo(jna.ioUringEnter(fd, 0, 0, 0, null, 0));
    }

    @Test
    void membarrierTakesTheRegisteredCommandOnly() {
        int rc = calls.membarrier(Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0);
        assumeThat(rc).as("membarrier").isNotEqualTo(-Errno.ENOSYS);
        assertThat(rc).isZero();
        assertThat(calls.membarrier(Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0))
                .isZero();
        assertError(calls.membarrier(-1, 0), "EINVAL");
    }

    @Test
    void ioUringAnswersAPollThroughItsRings() throws IOException {
        NativeMemory params = allocate(IoUring.PARAMS_SIZE);
        int ring = calls.ioUringSetup(1, params);
        if (ring < 0) {
            System.out.println("skipped: io_uring_setup: " + Errno.describe(-ring));
        }
        assumeThat(ring).isNotNegative();
        descriptors.opened(ring);
        assertError(calls.ioUringSetup(0, params), "EINVAL");
        assertError(calls.ioUringEnter(ring, 0, 0, -1, null, 0), "EINVAL");
        assertError(calls.ioUringEnter(descriptors.closedNumber(), 0, 0, 0, null, 0), "EBADF");
        assumeThat(params.getInt(IoUring.FEATURES) & IoUring.IORING_FEAT_EXT_ARG)
                .as("waits with a timeout came with Linux 5.11")
                .isNotZero();
        NativeMemory rings = mapped(ring, 4096, IoUring.IORING_OFF_SQ_RING);
        NativeMemory sqe = mapped(ring, IoUring.SQE_SIZE, IoUring.IORING_OFF_SQES);
        Posix.Pipe pipe = descriptors.pipe();

        sqe.buffer().put(IoUring.SQE_OPCODE, (byte) IoUring.IORING_OP_POLL_ADD);
        sqe.putInt(IoUring.SQE_FD, pipe.readFd());
        sqe.putInt(IoUring.SQE_POLL32_EVENTS, IoUring.poll32Events(ByteOrder.nativeOrder(), Epoll.EPOLLIN));
        sqe.putLong(IoUring.SQE_USER_DATA, 0x1234_5678_9abc_def0L);
        rings.putInt(params.getInt(IoUring.SQ_OFF_TAIL), 1);
        VarHandle.fullFence();
        assertThat(enterForAnInstant(ring, 1, 0)).isEqualTo(1);
        assertError(enterForAnInstant(ring, 0, 1), "ETIME");
        calls.write(pipe.writeFd(), allocate(1), 0, 1);
        assertThat(calls.ioUringEnter(ring, 0, 1, IoUring.IORING_ENTER_GETEVENTS, null, 0))
                .isZero();

        VarHandle.fullFence();
        int cqe = params.getInt(IoUring.CQ_OFF_CQES);
        assertThat(rings.getInt(params.getInt(IoUring.CQ_OFF_TAIL))).isEqualTo(1);
        assertThat(rings.getLong(cqe + IoUring.CQE_USER_DATA)).isEqualTo(0x1234_5678_9abc_def0L);
        assertThat(rings.getInt(cqe + IoUring.CQE_RES)).isEqualTo(Epoll.EPOLLIN);
        assertThat(rings.getInt(cqe + IoUring.CQE_FLAGS)).isZero();
        assertThat(calls.munmap(NativeMemory.addressOf(sqe), sqe.sizeBytes())).isZero();
        assertThat(calls.munmap(NativeMemory.addressOf(rings), rings.sizeBytes()))
                .isZero();
    }

    private NativeMemory mapped(int ring, int sizeBytes, long offset) {
        int prot = Mman.PROT_READ | Mman.PROT_WRITE;
        long address = calls.mmap(sizeBytes, prot, Mman.MAP_SHARED | Mman.MAP_POPULATE, ring, offset);
        return NativeMemory.view(calls, address, sizeBytes);
    }

    private int enterForAnInstant(int ring, int toSubmit, int minComplete) {
        NativeMemory timeout = timespec(1);
        NativeMemory arg = allocate(IoUring.GETEVENTS_ARG_SIZE);
        arg.putInt(IoUring.ARG_SIGMASK_SZ, IoUring.SIGSET_SIZE);
        arg.putLong(IoUring.ARG_TS, NativeMemory.addressOf(timeout));
        int flags = IoUring.IORING_ENTER_GETEVENTS | IoUring.IORING_ENTER_EXT_ARG;
        int rc = calls.ioUringEnter(ring, toSubmit, minComplete, flags, arg, arg.sizeBytes());
        Reference.reachabilityFence(timeout);
        return rc;
    }

    @Test
    void aTimerCountsItsExpirations() {
        assumeThere("timerfd_create");
        NativeMemory spec = allocate(TimerFd.ITIMERSPEC_SIZE);
        NativeMemory old = allocate(TimerFd.ITIMERSPEC_SIZE);
        NativeMemory expirations = allocate(Long.BYTES);
        int fd = descriptors.opened(calls.timerfdCreate(TimerFd.CLOCK_MONOTONIC, TimerFd.TFD_CLOEXEC));
        TimerFd.put(spec.buffer(), TimerFd.IT_VALUE, 0, 1);

        assertThat(calls.timerfdSettime(fd, 0, spec, null)).isZero();
        assertThat(calls.read(fd, expirations, 0, Long.BYTES)).isEqualTo(Long.BYTES);
        assertThat(expirations.getLong(0)).isEqualTo(1);
        TimerFd.put(spec.buffer(), TimerFd.IT_INTERVAL, 7_200, 5);
        TimerFd.put(spec.buffer(), TimerFd.IT_VALUE, 3_600, 0);
        assertThat(calls.timerfdSettime(fd, 0, spec, old)).isZero();
        assertThat(old.getLong(TimerFd.IT_VALUE + Timespec.TV_SEC)).isZero();
        assertThat(calls.timerfdGettime(fd, old)).isZero();
        assertThat(old.getLong(TimerFd.IT_INTERVAL + Timespec.TV_SEC)).isEqualTo(7_200);
        assertThat(old.getLong(TimerFd.IT_INTERVAL + Timespec.TV_NSEC)).isEqualTo(5);
        assertThat(old.getLong(TimerFd.IT_VALUE + Timespec.TV_SEC)).isBetween(3_000L, 3_600L);
        TimerFd.put(spec.buffer(), TimerFd.IT_VALUE, 0, 1_000_000_000);
        assertError(calls.timerfdSettime(fd, 0, spec, null), "EINVAL");
        assertError(calls.timerfdCreate(-1, 0), "EINVAL");
        assertError(calls.timerfdGettime(-1, old), "EBADF");
    }

    @Test
    void aBlockedSignalIsReadByTheThreadThatRaisedIt() {
        assumeThere("signalfd");
        NativeMemory set = allocate(Signal.SIGSET_SIZE);
        NativeMemory old = allocate(Signal.SIGSET_SIZE);
        NativeMemory info = allocate(SignalFd.SIGINFO_SIZE);
        Signal.add(set.buffer(), Signal.SIGUSR1);

        assertThat(calls.pthreadSigmask(Signal.SIG_BLOCK, set, old)).isZero();
        assertThat(Signal.contains(old.buffer(), Signal.SIGUSR1)).isFalse();
        assertThat(calls.pthreadSigmask(Signal.SIG_BLOCK, null, old)).isZero();
        assertThat(Signal.contains(old.buffer(), Signal.SIGUSR1)).isTrue();
        int fd = descriptors.opened(calls.signalfd(-1, set, SignalFd.SFD_NONBLOCK | SignalFd.SFD_CLOEXEC));
        assertError(calls.read(fd, info, 0, SignalFd.SIGINFO_SIZE), "EAGAIN");
        assertThat(calls.raise(Signal.SIGUSR1)).isZero();
        assertThat(calls.read(fd, info, 0, SignalFd.SIGINFO_SIZE)).isEqualTo(SignalFd.SIGINFO_SIZE);
        assertThat(info.getInt(SignalFd.SSI_SIGNO)).isEqualTo(Signal.SIGUSR1);
        assertThat(calls.pthreadSigmask(Signal.SIG_UNBLOCK, set, null)).isZero();
        assertError(calls.pthreadSigmask(99, set, null), "EINVAL");
        assertError(calls.signalfd(-1, set, -1), "EINVAL");
        assertError(calls.raise(-1), "EINVAL");
    }

    @Test
    void aProcessIsSignalledAndPeekedAt() throws Exception {
        assumeThere("pidfd_open");
        Process child = new ProcessBuilder("sleep", "600").start();
        int pid = (int) child.pid();
        NativeMemory info = allocate(Wait.SIGINFO_SIZE);
        int options = Wait.WEXITED | Wait.WNOHANG | Wait.WNOWAIT;
        int fd = calls.pidfdOpen(pid, 0);
        assumeThat(fd).as("pidfd_open came with Linux 5.3").isNotEqualTo(-Errno.ENOSYS);
        descriptors.opened(fd);

        assertThat(calls.waitid(Wait.P_PIDFD, fd, info, options)).isZero();
        assertThat(info.getInt(Wait.SI_PID)).isZero();
        assertThat(calls.kill(pid, 0)).isZero();
        assertError(calls.kill(pid, -1), "EINVAL");
        assertError(calls.pidfdSendSignal(fd, Signal.SIGKILL, -1), "EINVAL");
        assertThat(calls.pidfdSendSignal(fd, Signal.SIGKILL, 0)).isZero();
        assertThat(child.waitFor()).isEqualTo(128 + Signal.SIGKILL);
        assertError(calls.pidfdSendSignal(fd, Signal.SIGKILL, 0), "ESRCH");
        assertError(calls.waitid(Wait.P_PIDFD, fd, info, options), "ECHILD");
        assertError(calls.pidfdOpen(-1, 0), "EINVAL");
    }

    @Test
    void aWatchReportsANewFile(@TempDir Path folder) throws IOException {
        assumeThere("inotify_init1");
        NativeMemory event = allocate(4096);
        int fd = descriptors.opened(calls.inotifyInit1(Inotify.IN_NONBLOCK | Inotify.IN_CLOEXEC));
        int wd = calls.inotifyAddWatch(fd, cString(folder.toString()), Inotify.IN_CREATE);
        assertThat(wd).isPositive();
        assertError(calls.read(fd, event, 0, 4096), "EAGAIN");

        Files.createFile(folder.resolve("new"));

        assertThat(calls.read(fd, event, 0, 4096)).isEqualTo(Inotify.EVENT_SIZE + event.getInt(Inotify.LEN));
        assertThat(event.getInt(Inotify.WD)).isEqualTo(wd);
        assertThat(event.getInt(Inotify.MASK)).isEqualTo(Inotify.IN_CREATE);
        assertThat(event.getInt(Inotify.COOKIE)).isZero();
        assertThat(event.getInt(Inotify.NAME)).isEqualTo(cString("new").getInt(0));
        assertThat(calls.inotifyRmWatch(fd, wd)).isZero();
        assertError(calls.inotifyRmWatch(fd, wd), "EINVAL");
        assertError(calls.inotifyAddWatch(fd, cString("/no/such/file"), Inotify.IN_CREATE), "ENOENT");
        assertError(calls.inotifyInit1(-1), "EINVAL");
    }

    /** Calls that fail at once, each for another reason. */
    private List<IntSupplier> failures() throws IOException {
        int readFd = descriptors.pipe().readFd();
        NativeMemory memory = allocate(1);
        NativeMemory path = cString("/dev/null/below");
        return List.of(
                () -> calls.close(-1),
                () -> calls.read(readFd, memory, 0, 1),
                () -> calls.open(path, Fcntl.O_RDONLY),
                () -> calls.listen(readFd, 1));
    }

    private static final List<String> ERRORS = List.of("EBADF", Errno.name(Errno.EAGAIN), "ENOTDIR", "ENOTSOCK");

    @Test
    void eachThreadSeesItsOwnErrnoOnly() throws Exception {
        List<IntSupplier> failures = failures();
        List<Background<?>> threads = new ArrayList<>();
        for (int i = 0; i < failures.size(); i++) {
            IntSupplier failure = failures.get(i);
            int expected = failure.getAsInt();
            assertError(expected, ERRORS.get(i));
            threads.add(Background.start(() -> {
                for (int call = 0; call < CALLS; call++) {
                    int rc = failure.getAsInt();
                    if (rc != expected) {
                        throw new AssertionError(Errno.name(-rc) + " instead of " + Errno.name(-expected));
                    }
                }
                return null;
            }));
        }
        for (Background<?> thread : threads) {
            thread.get();
        }
    }

    @Test
    void eachVirtualThreadSeesItsOwnErrnoOnly() throws Exception {
        assumeThat(Runtime.version().feature())
                .as("virtual threads came with 21")
                .isGreaterThanOrEqualTo(21);
        Method startVirtualThread = Thread.class.getMethod("startVirtualThread", Runnable.class);
        List<IntSupplier> failures = failures();
        int threads = 1000;
        CountDownLatch ended = new CountDownLatch(threads);
        AtomicInteger wrong = new AtomicInteger();
        for (int i = 0; i < threads; i++) {
            IntSupplier failure = failures.get(i % failures.size());
            int expected = failure.getAsInt();
            Runnable work = () -> {
                for (int call = 0; call < 100; call++) {
                    wrong.addAndGet(failure.getAsInt() == expected ? 0 : 1);
                    Thread.yield();
                }
                ended.countDown();
            };
            startVirtualThread.invoke(null, work);
        }
        assertThat(ended.await(Eventually.DEADLINE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
        assertThat(wrong).hasValue(0);
    }
}
