// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.Trigger;
import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.PollFd;
import dev.pollux.mechanism.DevPollDriver;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.KqueueDriver;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The trace of all system calls of a poller from opening to closing, for each mechanism. */
class TracedPollersTest {
    private static final long MILLI = 1_000_000;
    private static final int HIGH = 200;
    private static final ReadyHandler NOTHING = (registration, ready) -> {};

    private final KernelPosix posix = new KernelPosix(new JnaSyscalls());
    private final List<String> lines = new ArrayList<>();
    private Posix.Pipe pipe;

    /** Above the numbers that a poller has room for at first: whether it asks for more is then the same each time. */
    @BeforeEach
    void openPipe() throws IOException {
        try (Posix.Pipe low = posix.pipe()) {
            int readFd = posix.dupAtOrAbove(low.readFd(), HIGH);
            pipe = new Posix.Pipe(readFd, posix.dupAtOrAbove(low.writeFd(), readFd + 1));
        }
    }

    @AfterEach
    void closePipe() throws IOException {
        posix.close(pipe.readFd());
        posix.close(pipe.writeFd());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theTraceOfAnEpollPoller() throws IOException {
        live(StraceScenario.open(Mechanism.EPOLL, new TracingSyscalls(new JnaSyscalls(), lines::add)));
        assertTrace(
                "epoll_create1(EPOLL_CLOEXEC) = $poller",
                "epoll_pwait2($poller, [], 1, {tv_sec=0, tv_nsec=0}, NULL) = 0",
                "eventfd(0, EFD_CLOEXEC|EFD_NONBLOCK) = $waker",
                "epoll_ctl($poller, EPOLL_CTL_ADD, $waker, {events=EPOLLIN|EPOLLET, "
                        + "data={u32=$waker, u64=$waker}}) = 0",
                "epoll_wait($poller, [], 64, 0) = 0",
                "fcntl($read, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "epoll_ctl($poller, EPOLL_CTL_ADD, $read, {events=EPOLLIN|EPOLLRDHUP|EPOLLONESHOT, "
                        + "data={u32=$read, u64=$1:read}}) = 0",
                "epoll_wait($poller, [], 64, 1) = 0",
                "epoll_pwait2($poller, [{events=EPOLLIN, data={u32=$read, u64=$1:read}}], 64, "
                        + "{tv_sec=2, tv_nsec=500000001}, NULL) = 1",
                "epoll_ctl($poller, EPOLL_CTL_MOD, $read, {events=EPOLLIN|EPOLLRDHUP|EPOLLONESHOT, "
                        + "data={u32=$read, u64=$1:read}}) = 0",
                "fcntl($write, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "epoll_ctl($poller, EPOLL_CTL_ADD, $write, {events=EPOLLOUT, data={u32=$write, u64=$2:write}}) = 0",
                "epoll_wait($poller, [{events=EPOLLIN, data={u32=$read, u64=$1:read}}, "
                        + "{events=EPOLLOUT, data={u32=$write, u64=$2:write}}], 64, -1) = 2",
                "epoll_ctl($poller, EPOLL_CTL_DEL, $read, 0x$any) = 0",
                "epoll_ctl($poller, EPOLL_CTL_DEL, $write, 0x$any) = 0",
                "fcntl(9999, F_GETFD) = -1 EBADF (Bad file descriptor)",
                "epoll_ctl($poller, EPOLL_CTL_ADD, 9999, {events=EPOLLIN|EPOLLRDHUP, "
                        + "data={u32=9999, u64=12884911887}}) = -1 EBADF (Bad file descriptor)",
                "write($waker, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
                "epoll_wait($poller, [{events=EPOLLIN, data={u32=$waker, u64=$waker}}], 64, -1) = 1",
                "close($poller) = 0",
                "read($waker, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
                "close($waker) = 0");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theTraceOfAPollPoller() throws IOException {
        live(StraceScenario.open(Mechanism.POLL, new TracingSyscalls(new JnaSyscalls(), lines::add)));
        assertTrace(
                "ppoll([], 0, {tv_sec=0, tv_nsec=0}, NULL) = 0 (Timeout)",
                "eventfd(0, EFD_CLOEXEC|EFD_NONBLOCK) = $waker",
                "ppoll([{fd=$waker, events=POLLIN}], 1, {tv_sec=0, tv_nsec=0}, NULL) = 0 (Timeout)",
                "fcntl($read, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "fcntl($read, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "ppoll([{fd=$waker, events=POLLIN}, {fd=$read, events=POLLIN|POLLRDHUP}], 2, "
                        + "{tv_sec=0, tv_nsec=1000000}, NULL) = 0 (Timeout)",
                "ppoll([{fd=$waker, events=POLLIN}, {fd=$read, events=POLLIN|POLLRDHUP}], 2, "
                        + "{tv_sec=2, tv_nsec=500000001}, NULL) = 1 ([{fd=$read, revents=POLLIN}])",
                "fcntl($write, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "fcntl($write, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "ppoll([{fd=$waker, events=POLLIN}, {fd=$read, events=POLLIN|POLLRDHUP}, {fd=$write, events=POLLOUT}],"
                        + " 3, NULL, NULL) = 2 ([{fd=$read, revents=POLLIN}, {fd=$write, revents=POLLOUT}])",
                "fcntl(9999, F_GETFD) = -1 EBADF (Bad file descriptor)",
                "fcntl(9999, F_GETFD) = -1 EBADF (Bad file descriptor)",
                "write($waker, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
                "ppoll([{fd=$waker, events=POLLIN}], 1, NULL, NULL) = 1 ([{fd=$waker, revents=POLLIN}])",
                "read($waker, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
                "close($waker) = 0");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theTraceOfASelectPoller() throws IOException {
        live(StraceScenario.open(Mechanism.SELECT, new TracingSyscalls(new JnaSyscalls(), lines::add)));
        int highest = Math.max(fdOf("eventfd"), pipe.readFd());
        assertTrace(
                "eventfd(0, EFD_CLOEXEC|EFD_NONBLOCK) = $waker",
                "pselect(" + (fdOf("eventfd") + 1) + ", [$waker], [], [], {tv_sec=0, tv_nsec=0}, NULL) = 0 (Timeout)",
                "fcntl($read, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "fcntl($read, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "pselect(" + (highest + 1) + ", " + set("$read", "$waker")
                        + ", [], [], {tv_sec=0, tv_nsec=1000000}, NULL) = 0 (Timeout)",
                "pselect(" + (highest + 1) + ", " + set("$read", "$waker")
                        + ", [], [], {tv_sec=2, tv_nsec=500000001}, NULL) = 1 (in [$read])",
                "fcntl($write, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "fcntl($write, F_GETFD) = 0x1 (flags FD_CLOEXEC)",
                "pselect(" + (Math.max(highest, pipe.writeFd()) + 1) + ", " + set("$read", "$waker")
                        + ", [$write], [], NULL, NULL) = 2 (in [$read], out [$write])",
                "write($waker, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
                "pselect(" + (fdOf("eventfd") + 1) + ", [$waker], [], [], NULL, NULL) = 1 (in [$waker])",
                "read($waker, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
                "close($waker) = 0");
    }

    /** The calls of the three tests above. */
    private void live(Poller poller) throws IOException {
        try (poller) {
            Registration read = poller.register(pipe.readFd(), Interest.READ, Trigger.ONESHOT, null);
            poller.poll(MILLI, NOTHING);
            posix.write(pipe.writeFd(), posix.allocate(1), 0, 1);
            poller.poll(2_500 * MILLI + 1, NOTHING);
            read.modify(Interest.READ);
            Registration write = poller.register(pipe.writeFd(), Interest.WRITE);
            poller.poll(NOTHING);
            read.cancel();
            write.cancel();
            registerRefused(poller);
            poller.wakeup();
            poller.poll(NOTHING);
        }
    }

    private static void registerRefused(Poller poller) {
        try {
            poller.register(9999, Interest.READ);
            throw new AssertionError("it is not open");
        } catch (IOException refused) {
            assertThat(refused).message().containsAnyOf("EBADF", "limit of SELECT");
        }
    }

    @Test
    void theTraceOfKqueueShowsChangesAndEvents() throws IOException {
        Kqueue.Abi abi = Kqueue.abi();
        ScriptedKernel kernel = new ScriptedKernel();
        TracingSyscalls syscalls = new TracingSyscalls(kernel, lines::add);
        try (Poller poller = KernelPoller.open(KqueueDriver::new, settings(syscalls))) {
            Registration read = poller.register(pipe.readFd(), Interest.READ, Trigger.EDGE_ONESHOT, null);
            kernel.nextWait = events -> 0;
            poller.poll(0, NOTHING);
            kernel.nextWait = events -> {
                abi.put(
                        events,
                        0,
                        pipe.readFd(),
                        abi.EVFILT_READ,
                        Kqueue.EV_EOF | Kqueue.EV_CLEAR,
                        Errno.ECONNRESET,
                        3,
                        1);
                abi.put(events, 1, 9999, -7, Kqueue.EV_ERROR, 0, 2, 0);
                return 2;
            };
            poller.poll(NOTHING);
            read.cancel();
            kernel.nextWait = events -> -9;
            try {
                poller.poll(MILLI, NOTHING);
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("EBADF");
            }
        }
        List<String> kqueue = lines.stream()
                .filter(line -> line.startsWith("k") || line.startsWith("close(9"))
                .toList();
        lines.retainAll(kqueue);
        String wakerRead = lines.get(1).replaceFirst(".*ident=(\\d+).*", "$1");
        assertTrace(
                "kqueue() = 900",
                "kevent(900, [{ident=" + wakerRead + ", filter=EVFILT_READ, flags=EV_ADD|EV_ENABLE, fflags=0, data=0, "
                        + "udata=NULL}], 1, NULL, 0, NULL) = 0",
                "kevent(900, NULL, 0, [], 512, {tv_sec=0, tv_nsec=0}) = 0 (Timeout)",
                "kevent(900, [{ident=$read, filter=EVFILT_READ, flags=EV_ADD|EV_ENABLE|EV_CLEAR, fflags=0, "
                        + "data=0, udata=0x1}], 1, NULL, 0, NULL) = 0",
                "kevent(900, NULL, 0, [], 512, {tv_sec=0, tv_nsec=0}) = 0 (Timeout)",
                "kevent(900, NULL, 0, [{ident=$read, filter=EVFILT_READ, flags=EV_CLEAR|EV_EOF, fflags=ECONNRESET,"
                        + " data=3, udata=0x1}, {ident=9999, filter=-7 /* EVFILT_??? */, flags=EV_ERROR, fflags=0,"
                        + " data=ENOENT, udata=NULL}], 512, NULL) = 2",
                "kevent(900, [{ident=$read, filter=EVFILT_READ, flags=EV_DELETE, fflags=0, data=0, udata=0x1}], 1, NULL,"
                        + " 0, NULL) = 0",
                "kevent(900, NULL, 0, 0x$any, 512, {tv_sec=0, tv_nsec=1000000}) = -1 EBADF (Bad file descriptor)",
                "close(900) = 0");
    }

    @Test
    void theTraceOfDevPollShowsWhatIsWrittenAndReturned() throws IOException {
        ScriptedKernel kernel = new ScriptedKernel();
        TracingSyscalls syscalls = new TracingSyscalls(kernel, lines::add);
        try (Poller poller = KernelPoller.open(DevPollDriver::new, settings(syscalls))) {
            Registration read = poller.register(pipe.readFd(), Interest.READ);
            kernel.nextWait = answers -> 0;
            poller.poll(0, NOTHING);
            read.modify(Interest.PRIORITY);
            kernel.nextWait = answers -> {
                answers.putInt(PollFd.FD, pipe.readFd());
                answers.putShort(PollFd.REVENTS, (short) (PollFd.POLLPRI | PollFd.POLLHUP));
                return 1;
            };
            poller.poll(NOTHING);
            read.cancel();
        }
        syscalls.write(901, NativeMemory.allocate(syscalls, 8), 0, 8);
        lines.removeIf(
                line -> line.startsWith("eventfd") || line.startsWith("fcntl") || line.matches("close\\(..?\\).*"));
        assertTrace(
                "open(\"/dev/poll\", O_RDWR|O_CLOEXEC) = 901",
                "write(901, [{fd=$any, events=POLLIN}], 8) = 8",
                "ioctl(901, DP_POLL, {dp_fds=0x$any, dp_nfds=1, dp_timeout=0}) = 0 (Timeout)",
                "write(901, [{fd=$read, events=POLLIN|POLLRDHUP}], 8) = 8",
                "ioctl(901, DP_POLL, {dp_fds=0x$any, dp_nfds=2, dp_timeout=0}) = 0 (Timeout)",
                "write(901, [{fd=$read, events=POLLREMOVE}, {fd=$read, events=POLLPRI}], 16) = 16",
                "ioctl(901, DP_POLL, {dp_fds=0x$any, dp_nfds=2, dp_timeout=-1}) = 1 "
                        + "([{fd=$read, revents=POLLPRI|POLLHUP}])",
                "write(901, [{fd=$read, events=POLLREMOVE}], 8) = 8",
                "close(901) = 0",
                "write(901, \"\\0\\0\\0\\0\\0\\0\\0\\0\", 8) = 8");
    }

    private static PollerSettings settings(TracingSyscalls syscalls) {
        return new PollerSettings(syscalls, Binding.JNA, SelectLimit.FD_SETSIZE);
    }

    /** This kernel, with a kqueue (900) and a /dev/poll (901) whose results the test sets. */
    private static final class ScriptedKernel extends ForwardingSyscalls {
        private interface Wait {
            int answer(ByteBuffer memory);
        }

        private final Map<Long, ByteBuffer> buffers = new HashMap<>();
        private Wait nextWait = memory -> 0;

        ScriptedKernel() {
            super(new JnaSyscalls());
        }

        @Override
        public long addressOf(ByteBuffer direct) {
            long address = super.addressOf(direct);
            buffers.put(address, direct.duplicate().order(ByteOrder.nativeOrder()));
            return address;
        }

        @Override
        public int kqueue() {
            return 900;
        }

        @Override
        public int kevent(
                int kq, NativeMemory changes, int nchanges, NativeMemory events, int nevents, NativeMemory timeout) {
            return nevents == 0 ? 0 : nextWait.answer(events.buffer());
        }

        @Override
        public int open(NativeMemory pathname, int flags) {
            return 901;
        }

        @Override
        public int write(int fd, NativeMemory buf, int bufOffset, int count) {
            return fd == 901 ? count : super.write(fd, buf, bufOffset, count);
        }

        @Override
        public int ioctl(int fd, long op, NativeMemory argp) {
            return nextWait.answer(buffers.get(argp.getLong(DevPoll.DP_FDS)));
        }

        @Override
        public int close(int fd) {
            return fd >= 900 ? 0 : super.close(fd);
        }
    }

    /**
     * That exactly these lines were written, in the pattern's words: {@code $read} and {@code $write} are the pipe's
     * ends, {@code $poller} and {@code $waker} the poller's own descriptors, {@code $2:read} is the read end under
     * generation 2, and {@code $any} any number.
     */
    private void assertTrace(String... patterns) {
        assertThat(lines).allMatch(line -> line.matches(".* <\\d+\\.\\d{6}>"));
        List<String> expected = Arrays.stream(patterns).map(this::filled).toList();
        List<String> actual = lines.stream()
                .map(line -> line.replaceFirst(" <\\d+\\.\\d{6}>$", ""))
                .map(line -> expected.stream()
                        .filter(each -> fits(line, each))
                        .findFirst()
                        .orElse(line))
                .toList();
        assertThat(actual).isEqualTo(expected);
    }

    private static boolean fits(String line, String pattern) {
        return line.matches("\\Q" + pattern.replace("$any", "\\E\\w+\\Q") + "\\E");
    }

    private String filled(String pattern) {
        String text = pattern;
        for (Map.Entry<String, Integer> fd : descriptors().entrySet()) {
            for (long generation = 1; generation <= 3; generation++) {
                text = text.replace("$" + generation + ":" + fd.getKey(), "" + (generation << 32 | fd.getValue()));
            }
            text = text.replace("$" + fd.getKey(), "" + fd.getValue());
        }
        return text;
    }

    private Map<String, Integer> descriptors() {
        return Map.of(
                "read", pipe.readFd(),
                "write", pipe.writeFd(),
                "waker", fdOf("eventfd"),
                "poller", fdOf("epoll_create1"));
    }

    private int fdOf(String call) {
        return lines.stream()
                .filter(line -> line.startsWith(call + "("))
                .map(line -> Integer.parseInt(line.replaceFirst(".*\\) = (\\d+) .*", "$1")))
                .findFirst()
                .orElse(-1);
    }

    private String set(String... fds) {
        return Arrays.stream(fds)
                .map(fd -> descriptors().get(fd.substring(1)))
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(" ", "[", "]"));
    }
}
