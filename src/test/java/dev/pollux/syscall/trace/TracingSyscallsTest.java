// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.EventFd;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Iovec;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Message;
import dev.pollux.abi.Mman;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Socket;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the trace shows each call. The kernel behind it returns one number from every call, and writes no memory. */
class TracingSyscallsTest {
    private static final JnaSyscalls JNA = new JnaSyscalls();

    /** A kernel that returns this from every call. */
    private static Syscalls answering(long rc) {
        return (Syscalls) Proxy.newProxyInstance(
                Syscalls.class.getClassLoader(),
                new Class<?>[] {Syscalls.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "addressOf" -> JNA.addressOf((ByteBuffer) arguments[0]);
                    case "missing" -> "not here";
                    default -> method.getReturnType() == long.class ? (Object) rc : (Object) (int) rc;
                });
    }

    /** The line, without its time, of a call that returns this. */
    private static String line(long rc, ToLongFunction<Syscalls> call) {
        List<String> lines = new ArrayList<>();
        assertThat(call.applyAsLong(new TracingSyscalls(answering(rc), lines::add)))
                .isEqualTo(rc);
        assertThat(lines).singleElement().asString().matches("(?s).* <\\d+\\.\\d{6}>");
        return lines.get(0).replaceFirst(" <[0-9.]+>$", "");
    }

    private static NativeMemory memory(int sizeBytes) {
        return NativeMemory.allocate(JNA, sizeBytes);
    }

    private static NativeMemory memory(String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        NativeMemory memory = memory(bytes.length);
        memory.buffer().put(0, bytes);
        return memory;
    }

    private static NativeMemory ints(int... values) {
        NativeMemory memory = memory(values.length * Integer.BYTES);
        for (int index = 0; index < values.length; index++) {
            memory.putInt(index * Integer.BYTES, values[index]);
        }
        return memory;
    }

    private static NativeMemory timespec(long nanos) {
        NativeMemory memory = memory(Timespec.SIZE);
        Timespec.put(memory.buffer(), nanos);
        return memory;
    }

    private static String address(NativeMemory memory, int offset) {
        return "0x" + Long.toHexString(NativeMemory.addressOf(memory) + offset);
    }

    // descriptors

    @Test
    void anOpenShowsThePathWholeAndTheFlagsByName() {
        NativeMemory path = memory("/a/path/that is much longer than thirty-two bytes\n\0rest");
        assertThat(line(3, calls -> calls.open(path, Fcntl.O_RDWR | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC)))
                .isEqualTo("open(\"/a/path/that is much longer than thirty-two bytes\\n\","
                        + " O_RDWR|O_NONBLOCK|O_CLOEXEC) = 3");
        assertThat(line(-Errno.ENOENT, calls -> calls.open(memory("x\0"), 0)))
                .isEqualTo("open(\"x\", O_RDONLY) = -1 ENOENT (No such file or directory)");
        assertThat(line(-Errno.EFAULT, calls -> calls.open(null, Fcntl.O_WRONLY | 1 << 30)))
                .isEqualTo("open(NULL, O_WRONLY|0x40000000) = -1 EFAULT (Bad address)");
    }

    @Test
    void aBufferIsShownUpToThirtyTwoBytes() {
        NativeMemory buffer = memory("__abcdefghijklmnopqrstuvwxyz0123456789");
        assertThat(line(33, calls -> calls.write(4, buffer, 2, 33)))
                .isEqualTo("write(4, \"abcdefghijklmnopqrstuvwxyz012345\"..., 33) = 33");
        assertThat(line(32, calls -> calls.write(4, buffer, 2, 32)))
                .isEqualTo("write(4, \"abcdefghijklmnopqrstuvwxyz012345\", 32) = 32");
        assertThat(line(0, calls -> calls.write(4, buffer, 2, 0))).isEqualTo("write(4, \"\", 0) = 0");
    }

    @Test
    void aReadShowsOnlyTheBytesThatItRead() {
        NativeMemory buffer = memory("0123456789");
        assertThat(line(3, calls -> calls.read(4, buffer, 2, 8))).isEqualTo("read(4, \"234\", 8) = 3");
        assertThat(line(0, calls -> calls.read(4, buffer, 2, 8))).isEqualTo("read(4, \"\", 8) = 0");
        assertThat(line(-Errno.EAGAIN, calls -> calls.read(4, buffer, 2, 8)))
                .isEqualTo("read(4, " + address(buffer, 2) + ", 8) = -1 EAGAIN (Resource temporarily unavailable)");
    }

    @Test
    void unprintableBytesAreEscapedAsStraceDoes() {
        NativeMemory buffer = memory("hello\n\0\1\177\377\"\\12\0013\t\13\f\r\33" + "7\0018\u00e4\u00f6");
        assertThat(line(9, calls -> calls.write(1, buffer, 0, buffer.sizeBytes())))
                .isEqualTo("write(1, \"hello\\n"
                        + "\\0\\1\\177\\377\\\"\\\\12\\0013\\t\\v\\f\\r"
                        + "\\0337\\18\\344\\366\", 26) = 9");
    }

    @Test
    void anOctalEscapeAtTheCutStaysShort() {
        NativeMemory buffer = memory("abcdefghijklmnopqrstuvwxyz01234\00156");
        assertThat(line(34, calls -> calls.write(4, buffer, 0, 34)))
                .isEqualTo("write(4, \"abcdefghijklmnopqrstuvwxyz01234\\1\"..., 34) = 34");
    }

    @Test
    void descriptorCallsAreNamedAsCNamesThem() {
        assertThat(line(0, calls -> calls.close(7))).isEqualTo("close(7) = 0");
        assertThat(line(9, calls -> calls.dup(7))).isEqualTo("dup(7) = 9");
        assertThat(line(0, calls -> calls.pipe(ints(3, 4)))).isEqualTo("pipe([3, 4]) = 0");
        assertThat(line(-Errno.EFAULT, calls -> calls.pipe(null))).isEqualTo("pipe(NULL) = -1 EFAULT (Bad address)");
        assertThat(line(5, calls -> calls.eventfd(-1, EventFd.EFD_CLOEXEC)))
                .isEqualTo("eventfd(4294967295, EFD_CLOEXEC) = 5");
        assertThat(line(5, calls -> calls.eventfd(0, EventFd.EFD_NONBLOCK | 0x100)))
                .isEqualTo("eventfd(0, EFD_NONBLOCK|0x100) = 5");
    }

    @Test
    void fcntlShowsItsArgumentAsTheCommandMeansIt() {
        assertThat(line(0, calls -> calls.fcntl(3, Fcntl.F_GETFD, 0))).isEqualTo("fcntl(3, F_GETFD) = 0");
        assertThat(line(1, calls -> calls.fcntl(3, Fcntl.F_GETFD, 0)))
                .isEqualTo("fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)");
        assertThat(line(0, calls -> calls.fcntl(3, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC)))
                .isEqualTo("fcntl(3, F_SETFD, FD_CLOEXEC) = 0");
        assertThat(line(0, calls -> calls.fcntl(3, Fcntl.F_GETFL, 0)))
                .isEqualTo("fcntl(3, F_GETFL) = 0 (flags O_RDONLY)");
        assertThat(line(2, calls -> calls.fcntl(3, Fcntl.F_GETFL, 0)))
                .isEqualTo("fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)");
        assertThat(line(-Errno.EBADF, calls -> calls.fcntl(3, Fcntl.F_GETFL, 0)))
                .isEqualTo("fcntl(3, F_GETFL) = -1 EBADF (Bad file descriptor)");
        assertThat(line(0, calls -> calls.fcntl(3, Fcntl.F_SETFL, Fcntl.O_NONBLOCK)))
                .isEqualTo("fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK) = 0");
        assertThat(line(100, calls -> calls.fcntl(3, Fcntl.F_DUPFD_CLOEXEC, 100)))
                .isEqualTo("fcntl(3, F_DUPFD_CLOEXEC, 100) = 100");
        assertThat(line(-Errno.EINVAL, calls -> calls.fcntl(3, 1234, 5)))
                .isEqualTo("fcntl(3, 0x4d2 /* F_??? */, 0x5) = -1 EINVAL (Invalid argument)");
    }

    @Test
    void limitsAreCountedInThousandsAsStraceDoes() {
        NativeMemory rlimit = memory(Rlimit.SIZE);
        rlimit.putLong(Rlimit.CUR, 1024);
        rlimit.putLong(Rlimit.MAX, Rlimit.RLIM_INFINITY);
        assertThat(line(0, calls -> calls.getrlimit(Rlimit.RLIMIT_NOFILE, rlimit)))
                .isEqualTo("getrlimit(RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=RLIM_INFINITY}) = 0");
        rlimit.putLong(Rlimit.CUR, 20_000);
        rlimit.putLong(Rlimit.MAX, 1 << 20);
        assertThat(line(-Errno.EPERM, calls -> calls.setrlimit(Rlimit.RLIMIT_NOFILE, rlimit)))
                .isEqualTo("setrlimit(RLIMIT_NOFILE, {rlim_cur=20000, rlim_max=1024*1024}) = -1 EPERM "
                        + "(Operation not permitted)");
    }

    @Test
    void fstatShowsTheModeOfARealDescriptor() {
        List<String> lines = new ArrayList<>();
        Syscalls calls = new TracingSyscalls(JNA, lines::add);
        NativeMemory ends = memory(8);
        calls.pipe(ends);
        calls.fstat(ends.getInt(0), memory(256));
        calls.close(ends.getInt(0));
        calls.close(ends.getInt(4));
        assertThat(lines.get(1)).matches("fstat\\(\\d+, \\{st_mode=S_IFIFO\\|0\\d{3}, \\.\\.\\.}\\) = 0 <.*");
    }

    // sockets

    @Test
    void socketsAreShownWithTheirFamilyAndType() {
        assertThat(line(3, calls -> calls.socket(Socket.AF_INET6, Socket.SOCK_DGRAM, 0)))
                .isEqualTo("socket(AF_INET6, SOCK_DGRAM, IPPROTO_IP) = 3");
        assertThat(line(3, calls -> calls.socket(99, 99, 99)))
                .isEqualTo("socket(0x63 /* AF_??? */, 0x63 /* SOCK_??? */, 99) = 3");
        assertThat(line(0, calls -> calls.socketpair(Socket.AF_UNIX, Socket.SOCK_STREAM, 0, ints(3, 4))))
                .isEqualTo("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0");
        assertThat(line(0, calls -> calls.listen(3, 128))).isEqualTo("listen(3, 128) = 0");
        assertThat(line(4, calls -> calls.accept(3))).isEqualTo("accept(3, NULL, NULL) = 4");
        assertThat(line(0, calls -> calls.shutdown(3, Socket.SHUT_RDWR))).isEqualTo("shutdown(3, SHUT_RDWR) = 0");
        assertThat(line(-Errno.EINVAL, calls -> calls.shutdown(3, 7)))
                .isEqualTo("shutdown(3, 0x7 /* SHUT_??? */) = -1 EINVAL (Invalid argument)");
    }

    @Test
    void anAddressIsShownInTheWordsOfC() throws Exception {
        NativeMemory address = memory(Socket.SOCKADDR_MAX_SIZE);
        int inet = Socket.putInet(address.buffer(), new InetSocketAddress("127.0.0.1", 8080));
        assertThat(line(-Errno.EINPROGRESS, calls -> calls.connect(3, address, inet)))
                .isEqualTo("connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr(\"127.0.0.1\")}, "
                        + "16) = -1 EINPROGRESS (Operation now in progress)");
        int unix = Socket.putUnix(address.buffer(), "/tmp/a \"name\"");
        assertThat(line(0, calls -> calls.bind(3, address, unix)))
                .isEqualTo("bind(3, {sa_family=AF_UNIX, sun_path=\"/tmp/a \\\"name\\\"\"}, 16) = 0");
        assertThat(line(0, calls -> calls.bind(3, address, 2))).isEqualTo("bind(3, {sa_family=AF_UNIX}, 2) = 0");
        assertThat(line(-Errno.EINVAL, calls -> calls.bind(3, address, 1)))
                .isEqualTo("bind(3, " + address(address, 0) + ", 1) = -1 EINVAL (Invalid argument)");
        address.buffer().put(2, (byte) 0);
        assertThat(line(0, calls -> calls.bind(3, address, 8)))
                .isEqualTo("bind(3, {sa_family=AF_UNIX, sun_path=@\"tmp/a\"}, 8) = 0");
    }

    @Test
    void anIpv6AddressIsAsShortAsInetNtopMakesIt() throws Exception {
        assertThat(inet6("::1")).isEqualTo("::1");
        assertThat(inet6("::")).isEqualTo("::");
        assertThat(inet6("fe80:0:0:0:1:0:0:0")).isEqualTo("fe80::1:0:0:0");
        assertThat(inet6("1:0:0:2:0:0:0:3")).isEqualTo("1:0:0:2::3");
        assertThat(inet6("0:0:1:2:0:0:3:4")).isEqualTo("::1:2:0:0:3:4");
        assertThat(inet6("2001:db8:0:1:2:3:4:5")).isEqualTo("2001:db8:0:1:2:3:4:5");
    }

    private static String inet6(String host) throws Exception {
        NativeMemory address = memory(Socket.SOCKADDR_MAX_SIZE);
        int length = Socket.putInet(address.buffer(), new InetSocketAddress(InetAddress.getByName(host), 80));
        String line = line(0, calls -> calls.connect(3, address, length));
        assertThat(line).startsWith("connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), ");
        return line.replaceFirst(
                ".*inet_pton\\(AF_INET6, \"(.*)\", &sin6_addr\\), sin6_scope_id=0}, \\d+\\) = 0", "$1");
    }

    @Test
    void aLengthThatTheKernelLeftAloneIsShownOnce() {
        NativeMemory address = memory(Socket.SOCKADDR_MAX_SIZE);
        int size = Socket.putInet(address.buffer(), new InetSocketAddress("127.0.0.1", 80));
        NativeMemory length = ints(size);
        assertThat(line(0, calls -> calls.getsockname(3, address, length)))
                .isEqualTo("getsockname(3, {sa_family=AF_INET, sin_port=htons(80), "
                        + "sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 0");
        assertThat(line(-Errno.EBADF, calls -> calls.getsockname(3, address, length)))
                .isEqualTo("getsockname(3, " + address(address, 0) + ", [16]) = -1 EBADF (Bad file descriptor)");
    }

    @Test
    void socketOptionsAreShownAsWhatTheyAre() {
        NativeMemory one = ints(1);
        assertThat(line(0, calls -> calls.setsockopt(3, Socket.SOL_SOCKET, Socket.SO_REUSEADDR, one, 4)))
                .isEqualTo("setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
        assertThat(line(0, calls -> calls.setsockopt(3, Socket.IPPROTO_TCP, Socket.TCP_NODELAY, one, 4)))
                .isEqualTo("setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0");
        assertThat(line(0, calls -> calls.setsockopt(3, Socket.SOL_SOCKET, Socket.SO_LINGER, ints(1, 5), 8)))
                .isEqualTo("setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5}, 8) = 0");
        assertThat(line(0, calls -> calls.setsockopt(3, 999, 9, one, 2)))
                .isEqualTo("setsockopt(3, 0x3e7 /* SOL_??? */, 9, " + address(one, 0) + ", 2) = 0");
        NativeMemory error = ints(Errno.ECONNREFUSED);
        assertThat(line(0, calls -> calls.getsockopt(3, Socket.SOL_SOCKET, Socket.SO_ERROR, error, ints(4))))
                .isEqualTo("getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0");
        assertThat(line(-Errno.EBADF, calls -> calls.getsockopt(3, Socket.SOL_SOCKET, 0, error, null)))
                .isEqualTo("getsockopt(3, SOL_SOCKET, 0 /* SO_??? */, " + address(error, 0)
                        + ", NULL) = -1 EBADF (Bad file descriptor)");
    }

    @Test
    void messagesAreShownWithTheirFlags() {
        NativeMemory buffer = memory("xyz");
        assertThat(line(1, calls -> calls.send(3, buffer, 0, 1, Socket.MSG_OOB | Socket.MSG_PEEK)))
                .isEqualTo("send(3, \"x\", 1, MSG_OOB|MSG_PEEK) = 1");
        assertThat(line(2, calls -> calls.recv(3, buffer, 1, 2, 0))).isEqualTo("recv(3, \"yz\", 2, 0) = 2");
        assertThat(line(-Errno.EAGAIN, calls -> calls.recv(3, buffer, 1, 2, 0)))
                .isEqualTo("recv(3, " + address(buffer, 1) + ", 2, 0) = -1 EAGAIN (Resource temporarily unavailable)");
    }

    @Test
    void datagramsAndPeersAreShownWithTheirAddresses() {
        NativeMemory buffer = memory("xyz");
        NativeMemory address = memory(Socket.SOCKADDR_MAX_SIZE);
        int size = Socket.putInet(address.buffer(), new InetSocketAddress("127.0.0.1", 80));
        String text = "{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}";
        assertThat(line(2, calls -> calls.sendto(3, buffer, 1, 2, Socket.MSG_NOSIGNAL, address, size)))
                .isEqualTo("sendto(3, \"yz\", 2, MSG_NOSIGNAL, " + text + ", 16) = 2");
        assertThat(line(1, calls -> calls.recvfrom(3, buffer, 0, 3, 0, address, ints(size))))
                .isEqualTo("recvfrom(3, \"x\", 3, 0, " + text + ", [16]) = 1");
        assertThat(line(-Errno.EAGAIN, calls -> calls.recvfrom(3, buffer, 0, 3, 0, address, ints(128))))
                .isEqualTo("recvfrom(3, " + address(buffer, 0) + ", 3, 0, " + address(address, 0)
                        + ", [128]) = -1 EAGAIN (Resource temporarily unavailable)");
        assertThat(line(0, calls -> calls.getpeername(3, address, ints(size))))
                .isEqualTo("getpeername(3, " + text + ", [16]) = 0");
        int flags = Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK;
        assertThat(line(4, calls -> calls.accept4(3, address, ints(size), flags)))
                .isEqualTo("accept4(3, " + text + ", [16], SOCK_CLOEXEC|SOCK_NONBLOCK) = 4");
        assertThat(line(4, calls -> calls.accept4(3, null, null, 0))).isEqualTo("accept4(3, NULL, NULL, 0) = 4");
    }

    @Test
    void theDescriptorsInAMessageAreShown() {
        List<String> lines = new ArrayList<>();
        Syscalls calls = new TracingSyscalls(answering(2), lines::add);
        NativeMemory data = NativeMemory.allocate(calls, 8);
        NativeMemory iov = NativeMemory.allocate(calls, Iovec.SIZE);
        NativeMemory control = NativeMemory.allocate(calls, Message.spaceOf(2));
        data.buffer().put(0, (byte) 'a').put(1, (byte) 'b').put(2, (byte) 'c');
        Iovec.put(iov.buffer(), 0, NativeMemory.addressOf(data), 3);
        Message.putDescriptors(control.buffer(), 0, 7, 8);
        calls.sendmsg(3, messageOf(iov, control), Socket.MSG_NOSIGNAL);
        calls.recvmsg(3, messageOf(iov, control), 0);
        calls.writev(3, iov, 1);
        int length = Message.cmsgLen(control.buffer(), 0);
        String rest = ", iov_len=3}], msg_iovlen=1, msg_control=[{cmsg_len=" + length
                + ", cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7, 8]}], msg_controllen="
                + control.sizeBytes() + ", msg_flags=0}, ";
        assertThat(lines.stream().map(line -> line.replaceFirst(" <.*", "")))
                .containsExactly(
                        "sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"abc\"" + rest
                                + "MSG_NOSIGNAL) = 2",
                        "recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"ab\"" + rest + "0) = 2",
                        "writev(3, [{iov_base=\"abc\", iov_len=3}], 1) = 2");
    }

    @Test
    void aFifoIsShownWithItsPermissions() {
        assertThat(line(0, calls -> calls.mkfifo(memory("/tmp/fifo\0"), 0640)))
                .isEqualTo("mkfifo(\"/tmp/fifo\", 0640) = 0");
    }

    // select, poll

    @Test
    void selectShowsItsSetsWhole() {
        NativeMemory reads = memory(FdSet.sizeBytes(128));
        NativeMemory writes = memory(FdSet.sizeBytes(128));
        IntStream.range(20, 80).forEach(fd -> FdSet.set(reads.buffer(), fd));
        FdSet.set(writes.buffer(), 100);
        String many = IntStream.range(20, 80).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        assertThat(line(61, calls -> calls.pselect(101, reads, writes, null, timespec(500_000_000))))
                .isEqualTo("pselect(101, [" + many + "], [100], NULL, {tv_sec=0, tv_nsec=500000000}, NULL) = 61 (in ["
                        + many + "], out [100])");
        assertThat(line(1, calls -> calls.pselect(21, null, memory(8), reads, null)))
                .isEqualTo("pselect(21, NULL, [], [20], NULL, NULL) = 1 (except [20])");
    }

    @Test
    void selectShowsAnUnreadSetAsAnAddress() {
        NativeMemory set = memory(FdSet.sizeBytes(64));
        assertThat(line(0, calls -> calls.pselect(0, set, null, null, timespec(1))))
                .isEqualTo(
                        "pselect(0, " + address(set, 0) + ", NULL, NULL, {tv_sec=0, tv_nsec=1}, NULL) = 0 (Timeout)");
        assertThat(line(-Errno.EFAULT, calls -> calls.pselect(65, set, null, null, null)))
                .isEqualTo("pselect(65, " + address(set, 0) + ", NULL, NULL, NULL, NULL) = -1 EFAULT (Bad address)");
    }

    @Test
    void pollShowsAllEventsAndTheReadyDescriptors() {
        NativeMemory fds = memory(3 * PollFd.SIZE);
        putPollFd(fds, 0, 4, PollFd.POLLIN | PollFd.POLLPRI | PollFd.POLLOUT, 0);
        putPollFd(fds, 1, -1, PollFd.POLLIN, 0);
        putPollFd(fds, 2, 99, 0x400, PollFd.POLLERR | PollFd.POLLHUP | PollFd.POLLNVAL);
        assertThat(line(1, calls -> calls.poll(fds, 3, -1)))
                .isEqualTo("poll([{fd=4, events=POLLIN|POLLPRI|POLLOUT}, {fd=-1}, {fd=99, events=0x400 /* POLL??? */}],"
                        + " 3, -1) = 1 ([{fd=99, revents=POLLERR|POLLHUP|POLLNVAL}])");
        assertThat(line(0, calls -> calls.ppoll(fds, 1, null)))
                .isEqualTo("ppoll([{fd=4, events=POLLIN|POLLPRI|POLLOUT}], 1, NULL, NULL) = 0 (Timeout)");
        assertThat(line(-Errno.EINVAL, calls -> calls.ppoll(fds, 0, timespec(-1))))
                .isEqualTo("ppoll([], 0, {tv_sec=0, tv_nsec=18446744073709551615}, NULL) = -1 EINVAL "
                        + "(Invalid argument)");
        assertThat(line(-Errno.EFAULT, calls -> calls.poll(fds, 4, 0)))
                .isEqualTo("poll(" + address(fds, 0) + ", 4, 0) = -1 EFAULT (Bad address)");
    }

    @Test
    void longArraysEndInDots() {
        NativeMemory fds = memory(40 * PollFd.SIZE);
        IntStream.range(0, 40).forEach(index -> putPollFd(fds, index, 3, PollFd.POLLIN, PollFd.POLLIN));
        assertThat(line(40, calls -> calls.poll(fds, 40, 0)))
                .isEqualTo("poll([" + "{fd=3, events=POLLIN}, ".repeat(32) + "...], 40, 0) = 40 (["
                        + "{fd=3, revents=POLLIN}, ".repeat(32) + "...])");
        assertThat(line(32, calls -> calls.poll(fds, 32, 0)))
                .isEqualTo("poll([" + "{fd=3, events=POLLIN}, ".repeat(31) + "{fd=3, events=POLLIN}], 32, 0) = 32 (["
                        + "{fd=3, revents=POLLIN}, ".repeat(31) + "{fd=3, revents=POLLIN}])");
        NativeMemory events = memory(40 * Epoll.layout().sizeBytes());
        assertThat(line(33, calls -> calls.epollWait(5, events, 40, 0)))
                .isEqualTo("epoll_wait(5, [" + "{events=0, data={u32=0, u64=0}}, ".repeat(32) + "...], 40, 0) = 33");
        NativeMemory kevents = memory(40 * Kqueue.abi().sizeBytes());
        assertThat(line(0, calls -> calls.kevent(5, kevents, 40, null, 0, null)))
                .endsWith(", ...], 40, NULL, 0, NULL) = 0");
    }

    private static void putPollFd(NativeMemory fds, int index, int fd, int events, int revents) {
        fds.putInt(index * PollFd.SIZE + PollFd.FD, fd);
        fds.putShort(index * PollFd.SIZE + PollFd.EVENTS, (short) events);
        fds.putShort(index * PollFd.SIZE + PollFd.REVENTS, (short) revents);
    }

    // epoll

    @Test
    void epollShowsEventsAndDataOfBothWidths() {
        NativeMemory event = epollEvent(Epoll.EPOLLIN | Epoll.EPOLLONESHOT, 4294967303L);
        assertThat(line(0, calls -> calls.epollCtl(5, Epoll.EPOLL_CTL_ADD, 7, event)))
                .isEqualTo("epoll_ctl(5, EPOLL_CTL_ADD, 7, {events=EPOLLIN|EPOLLONESHOT, data={u32=7, u64=4294967303}})"
                        + " = 0");
        NativeMemory all = epollEvent(0xf010201f, -2);
        assertThat(line(-Errno.EINVAL, calls -> calls.epollCtl(5, Epoll.EPOLL_CTL_MOD, 7, all)))
                .isEqualTo("epoll_ctl(5, EPOLL_CTL_MOD, 7, {events=EPOLLIN|EPOLLPRI|EPOLLOUT|EPOLLERR|EPOLLHUP|"
                        + "EPOLLRDHUP|EPOLLEXCLUSIVE|EPOLLWAKEUP|EPOLLONESHOT|EPOLLET|0x100000, "
                        + "data={u32=4294967294, u64=18446744073709551614}}) = -1 EINVAL (Invalid argument)");
        assertThat(line(0, calls -> calls.epollCtl(5, Epoll.EPOLL_CTL_DEL, 7, event)))
                .isEqualTo("epoll_ctl(5, EPOLL_CTL_DEL, 7, " + address(event, 0) + ") = 0");
        assertThat(line(-Errno.EINVAL, calls -> calls.epollCtl(5, 9, 7, null)))
                .isEqualTo("epoll_ctl(5, 0x9 /* EPOLL_CTL_??? */, 7, NULL) = -1 EINVAL (Invalid argument)");
    }

    @Test
    void epollWaitsShowWhatCame() {
        NativeMemory events = epollEvent(Epoll.EPOLLET, 3);
        assertThat(line(1, calls -> calls.epollWait(5, events, 40, -1)))
                .isEqualTo("epoll_wait(5, [{events=EPOLLET, data={u32=3, u64=3}}], 40, -1) = 1");
        assertThat(line(0, calls -> calls.epollPwait2(5, events, 40, timespec(1_500_000_000))))
                .isEqualTo("epoll_pwait2(5, [], 40, {tv_sec=1, tv_nsec=500000000}, NULL) = 0");
        assertThat(line(-Errno.ENOSYS, calls -> calls.epollPwait2(5, events, 40, null)))
                .isEqualTo("epoll_pwait2(5, " + address(events, 0)
                        + ", 40, NULL, NULL) = -1 ENOSYS (Function not implemented)");
        assertThat(line(-Errno.EINVAL, calls -> calls.epollCreate1(7)))
                .isEqualTo("epoll_create1(0x7 /* EPOLL_??? */) = -1 EINVAL (Invalid argument)");
    }

    private static NativeMemory epollEvent(int events, long data) {
        NativeMemory event = memory(Epoll.layout().sizeBytes());
        event.putInt(Epoll.layout().eventsOffset(), events);
        event.putLong(Epoll.layout().dataOffset(), data);
        return event;
    }

    // io_uring

    @Test
    void aRingIsShownWithTheParametersAndOnSuccessWithTheResult() {
        NativeMemory params = memory(IoUring.PARAMS_SIZE);
        for (int offset = 0; offset < IoUring.PARAMS_SIZE; offset += Integer.BYTES) {
            params.putInt(offset, offset);
        }
        params.putInt(IoUring.FLAGS, IoUring.IORING_SETUP_CQSIZE | IoUring.IORING_SETUP_DEFER_TASKRUN | 1 << 30);
        params.putInt(IoUring.FEATURES, IoUring.IORING_FEAT_NODROP | IoUring.IORING_FEAT_EXT_ARG | 0x3e000);
        String asked = "{flags=IORING_SETUP_CQSIZE|IORING_SETUP_DEFER_TASKRUN|0x40000000, sq_thread_cpu=0xc, "
                + "sq_thread_idle=16";
        assertThat(line(5, calls -> calls.ioUringSetup(8, params)))
                .isEqualTo("io_uring_setup(8, " + asked + ", sq_entries=0, cq_entries=4, "
                        + "features=IORING_FEAT_NODROP|IORING_FEAT_EXT_ARG|0x3e000, "
                        + "sq_off={head=40, tail=44, ring_mask=48, ring_entries=52, flags=56, dropped=60, array=64}, "
                        + "cq_off={head=80, tail=84, ring_mask=88, ring_entries=92, overflow=96, cqes=100, flags=104}})"
                        + " = 5");
        assertThat(line(-Errno.EINVAL, calls -> calls.ioUringSetup(-1, params)))
                .isEqualTo("io_uring_setup(4294967295, " + asked + "}) = -1 EINVAL (Invalid argument)");
        assertThat(line(-Errno.EFAULT, calls -> calls.ioUringSetup(0, null)))
                .isEqualTo("io_uring_setup(0, NULL) = -1 EFAULT (Bad address)");
    }

    @Test
    void enteringARingIsShownWithItsTimeoutWhereItsMemoryIsKnown() {
        List<String> lines = new ArrayList<>();
        Syscalls calls = new TracingSyscalls(answering(-Errno.ETIME), lines::add);
        NativeMemory arg = NativeMemory.allocate(calls, IoUring.GETEVENTS_ARG_SIZE);
        NativeMemory timeouts = NativeMemory.allocate(calls, 2 * Timespec.SIZE);
        timeouts.putLong(Timespec.SIZE + Timespec.TV_NSEC, 1000);
        long second = NativeMemory.addressOf(timeouts) + Timespec.SIZE;
        arg.putInt(IoUring.ARG_SIGMASK_SZ, IoUring.SIGSET_SIZE);
        arg.putLong(IoUring.ARG_TS, second);

        calls.ioUringEnter(5, 1, 1, WITH_TIMEOUT, arg, 24);
        arg.putInt(IoUring.ARG_MIN_WAIT_USEC, 7);
        arg.putLong(IoUring.ARG_TS, second + 1);
        calls.ioUringEnter(5, 0, 1, WITH_TIMEOUT, arg, 24);

        String entered = "io_uring_enter(5, %d, 1, IORING_ENTER_GETEVENTS|IORING_ENTER_EXT_ARG, "
                + "{sigmask=NULL, sigmask_sz=8, %sts=%s}, 24) = -1 ETIME (Timer expired) <";
        assertThat(lines.get(0)).startsWith(entered.formatted(1, "", "{tv_sec=0, tv_nsec=1000}"));
        assertThat(lines.get(1))
                .startsWith(entered.formatted(0, "min_wait_usec=7, ", "0x" + Long.toHexString(second + 1)));
    }

    private static final int WITH_TIMEOUT = IoUring.IORING_ENTER_GETEVENTS | IoUring.IORING_ENTER_EXT_ARG;

    @Test
    void enteringARingWithAnotherArgumentIsShownWithItsAddress() {
        NativeMemory arg = memory(IoUring.GETEVENTS_ARG_SIZE);
        assertThat(line(0, calls -> calls.ioUringEnter(5, 0, 0, WITH_TIMEOUT, arg, 24)))
                .endsWith("{sigmask=NULL, sigmask_sz=0, ts=NULL}, 24) = 0");
        assertThat(line(-Errno.EINVAL, calls -> calls.ioUringEnter(5, 0, 0, WITH_TIMEOUT, arg, 23)))
                .endsWith(", " + address(arg, 0) + ", 23) = -1 EINVAL (Invalid argument)");
        assertThat(line(3, calls -> calls.ioUringEnter(5, -1, 0, 0, null, 0)))
                .isEqualTo("io_uring_enter(5, 4294967295, 0, 0, NULL, 0) = 3");
        assertThat(line(3, calls -> calls.ioUringEnter(5, 3, 0, 1 << 8, arg, 8)))
                .isEqualTo("io_uring_enter(5, 3, 0, 0x100 /* IORING_ENTER_??? */, " + address(arg, 0) + ", 8) = 3");
    }

    @Test
    void aBarrierIsShownByTheNameOfItsCommand() {
        assertThat(line(0, calls -> calls.membarrier(Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0)))
                .isEqualTo("membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0) = 0");
        assertThat(line(-Errno.EPERM, calls -> calls.membarrier(Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0)))
                .isEqualTo("membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) = -1 EPERM (Operation not permitted)");
    }

    @Test
    void aMappingIsShownWithItsAddress() {
        int prot = Mman.PROT_READ | Mman.PROT_WRITE;
        int flags = Mman.MAP_SHARED | Mman.MAP_POPULATE;
        assertThat(line(0x7f70_9e98_f000L, calls -> calls.mmap(1024, prot, flags, 5, IoUring.IORING_OFF_SQES)))
                .isEqualTo("mmap(NULL, 1024, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_POPULATE, 5, 0x10000000)"
                        + " = 0x7f709e98f000");
        assertThat(line(-Errno.EBADF, calls -> calls.mmap(-1, 0, Mman.MAP_ANONYMOUS | 1 << 20, -1, 0)))
                .isEqualTo("mmap(NULL, 18446744073709551615, PROT_NONE, MAP_ANONYMOUS|0x100000, -1, 0)"
                        + " = -1 EBADF (Bad file descriptor)");
        assertThat(line(0, calls -> calls.munmap(0x7f70_9e98_f000L, 1024)))
                .isEqualTo("munmap(0x7f709e98f000, 1024) = 0");
        assertThat(line(-Errno.EINVAL, calls -> calls.munmap(0, 0)))
                .isEqualTo("munmap(NULL, 0) = -1 EINVAL (Invalid argument)");
    }

    @Test
    void inJsonAMappingsResultIsItsWholeAddress() {
        List<String> lines = new ArrayList<>();
        new TracingSyscalls(answering(0x7f70_9e98_f000L), new Trace(TraceFormat.JSON, lines::add))
                .mmap(1024, 0, 0, 5, 0);
        assertThat(lines).singleElement().asString().contains("\"result\":140121673887744,", "\"errno\":null,");
    }

    // kqueue, ioctl

    @Test
    void keventShowsChangesAndEvents() {
        Kqueue.Abi abi = Kqueue.abi();
        NativeMemory changes = memory(2 * abi.sizeBytes());
        abi.put(changes.buffer(), 0, 7, abi.EVFILT_WRITE, Kqueue.EV_ADD | Kqueue.EV_RECEIPT, 0, 0, 1);
        abi.put(changes.buffer(), 1, 1, abi.EVFILT_USER, 0, Kqueue.NOTE_TRIGGER, 0, 0);
        NativeMemory events = memory(abi.sizeBytes());
        abi.put(events.buffer(), 0, 7, abi.EVFILT_WRITE, Kqueue.EV_ERROR, 0, Errno.EBADF, -1);
        assertThat(line(1, calls -> calls.kevent(5, changes, 2, events, 1, timespec(0))))
                .isEqualTo("kevent(5, [{ident=7, filter=EVFILT_WRITE, flags=EV_ADD|EV_RECEIPT, fflags=0, data=0, "
                        + "udata=0x1}, {ident=1, filter=EVFILT_USER, flags=0, fflags=NOTE_TRIGGER, data=0, udata=NULL}"
                        + "], 2, [{ident=7, filter=EVFILT_WRITE, flags=EV_ERROR, fflags=0, data=EBADF, "
                        + "udata=0xffffffffffffffff}], 1, {tv_sec=0, tv_nsec=0}) = 1");
        assertThat(line(0, calls -> calls.kevent(5, null, 0, events, 1, null)))
                .isEqualTo("kevent(5, NULL, 0, [], 1, NULL) = 0 (Timeout)");
    }

    @Test
    void anUnknownIoctlIsANumberAndAnAddress() {
        NativeMemory argument = ints(1);
        assertThat(line(-1, calls -> calls.ioctl(3, 0x541bL, argument)))
                .startsWith("ioctl(3, 0x541b, " + address(argument, 0) + ") = -1 ");
    }

    @Test
    void busyPollingIsShownWithTheParametersThatAreSetAndRead() {
        NativeMemory params = memory(Epoll.PARAMS_SIZE);
        params.putInt(Epoll.BUSY_POLL_USECS, 50);
        params.putShort(Epoll.BUSY_POLL_BUDGET, (short) 0xffff);
        params.buffer().put(Epoll.PREFER_BUSY_POLL, (byte) 1);
        String shown = "{busy_poll_usecs=50, busy_poll_budget=65535, prefer_busy_poll=1}";
        assertThat(line(-Errno.EPERM, calls -> calls.ioctl(5, Epoll.EPIOCSPARAMS, params)))
                .isEqualTo("ioctl(5, EPIOCSPARAMS, " + shown + ") = -1 EPERM (Operation not permitted)");
        assertThat(line(0, calls -> calls.ioctl(5, Epoll.EPIOCGPARAMS, params)))
                .isEqualTo("ioctl(5, EPIOCGPARAMS, " + shown + ") = 0");
        assertThat(line(-Errno.EINVAL, calls -> calls.ioctl(5, Epoll.EPIOCGPARAMS, params)))
                .startsWith("ioctl(5, EPIOCGPARAMS, " + address(params, 0) + ") = -1 EINVAL ");
        assertThat(line(0, calls -> calls.ioctl(5, Epoll.EPIOCSPARAMS, null)))
                .isEqualTo("ioctl(5, EPIOCSPARAMS, NULL) = 0");
    }

    // the sink

    @Test
    void onlySystemCallsAreTraced() {
        List<String> lines = new ArrayList<>();
        Syscalls calls = new TracingSyscalls(answering(0), lines::add);
        NativeMemory.allocate(calls, 8);
        assertThat(calls.missing("kqueue")).isEqualTo("not here");
        assertThat(lines).isEmpty();
    }

    @Test
    void anErrorWithoutANameIsANumber() {
        assertThat(line(-4095, calls -> calls.close(3))).isEqualTo("close(3) = -1 errno 4095");
    }

    @Test
    void theTimeIsThatOfTheCallInSeconds() {
        List<String> lines = new ArrayList<>();
        NativeMemory nobody = memory(8);
        new TracingSyscalls(JNA, lines::add).ppoll(nobody, 0, timespec(20_000_000));
        assertThat(Double.parseDouble(lines.get(0).replaceFirst(".*<(.*)>", "$1")))
                .isBetween(0.020, 10.0);
    }

    @Test
    void aSinkThatThrowsDoesNotReachTheCallerButTheHandlerOfUncaughtExceptions() throws Exception {
        List<Throwable> caught = new CopyOnWriteArrayList<>();
        List<Integer> results = new ArrayList<>();
        Consumer<String> full = line -> {
            throw new AssertionError("the disk is full: " + line);
        };
        Thread thread = new Thread(() -> {
            Syscalls calls = new TracingSyscalls(answering(-Errno.EBADF), full);
            results.add(calls.close(9));
            results.add(calls.dup(9));
        });
        thread.setUncaughtExceptionHandler((where, failure) -> {
            caught.add(failure);
            throw new IllegalStateException("nor does this");
        });
        thread.start();
        thread.join();
        assertThat(results).containsExactly(-Errno.EBADF, -Errno.EBADF);
        assertThat(caught).hasSize(2);
        assertThat(caught.get(1)).hasMessageStartingWith("the disk is full: dup(9) = -1 EBADF");
    }

    @Test
    void nothingThatCanBePassedMakesACallThrow() {
        Syscalls calls = new TracingSyscalls(answering(Integer.MAX_VALUE), line -> {});
        NativeMemory small = NativeMemory.allocate(calls, 1);
        assertThatCode(() -> {
                    calls.read(0, small, 5, -1);
                    calls.write(0, null, Integer.MIN_VALUE, Integer.MAX_VALUE);
                    calls.open(memory("no NUL"), -1);
                    calls.pipe(small);
                    calls.fstat(0, small);
                    calls.setrlimit(-1, small);
                    calls.connect(0, small, Integer.MAX_VALUE);
                    calls.getsockname(0, small, small);
                    calls.getsockopt(0, -1, -1, small, small);
                    calls.setsockopt(0, Socket.SOL_SOCKET, Socket.SO_LINGER, small, 100);
                    calls.pselect(-1, small, small, null, small);
                    calls.pselect(Integer.MAX_VALUE, small, null, null, null);
                    calls.poll(small, Integer.MAX_VALUE, 0);
                    calls.poll(small, -1, 0);
                    calls.epollCtl(0, 1, 0, small);
                    calls.epollWait(0, small, 1, 0);
                    calls.kevent(0, small, -1, small, 1, small);
                    calls.ioUringSetup(-1, small);
                    calls.ioUringEnter(0, 0, 0, -1, small, 24);
                    calls.ioUringEnter(0, 0, 0, -1, withTimeoutAt(-1), 24);
                    calls.ioUringEnter(0, 0, 0, -1, withTimeoutAt(NativeMemory.addressOf(small)), 24);
                    calls.membarrier(-1, -1);
                    calls.mmap(-1, -1, -1, -1, -1);
                    calls.munmap(-1, -1);
                    calls.ioctl(0, 0xd001, small);
                    calls.ioctl(0, 0xd001, null);
                    calls.ioctl(0, 0xd001, memory(32));
                    calls.accept4(0, small, small, -1);
                    calls.accept4(0, null, null, -1);
                    calls.getpeername(0, small, null);
                    calls.sendto(0, small, 5, Integer.MAX_VALUE, -1, small, Integer.MAX_VALUE);
                    calls.recvfrom(0, small, -1, -1, -1, small, small);
                    calls.sendmsg(0, small, -1);
                    calls.sendmsg(0, null, -1);
                    calls.recvmsg(0, small, -1);
                    calls.recvmsg(0, messageOf(small, small), -1);
                    calls.sendmsg(0, messageOf(small, small), -1);
                    calls.readv(0, small, Integer.MAX_VALUE);
                    calls.writev(0, small, -1);
                    calls.mkfifo(small, -1);
                    calls.mkfifo(null, 0);
                })
                .doesNotThrowAnyException();
    }

    private static NativeMemory messageOf(NativeMemory iov, NativeMemory control) {
        NativeMemory message = memory(Message.SIZE);
        long controlAddress = NativeMemory.addressOf(control);
        Message.put(message.buffer(), 0, NativeMemory.addressOf(iov), 1, controlAddress, control.sizeBytes());
        return message;
    }

    private static NativeMemory withTimeoutAt(long address) {
        NativeMemory arg = memory(IoUring.GETEVENTS_ARG_SIZE);
        arg.putLong(IoUring.ARG_TS, address);
        return arg;
    }

    @Test
    void aLineIsWholeHoweverManyThreadsCall() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        Syscalls calls = new TracingSyscalls(answering(0), lines::add);
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(number -> new Thread(() -> IntStream.range(0, 200).forEach(i -> calls.close(number))))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(lines).hasSize(1600).allMatch(line -> line.matches("close\\([0-7]\\) = 0 <\\d+\\.\\d{6}>"));
    }
}
