// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Os;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Stat;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.Terminals;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * The table of {@code docs/readiness.md}: for each state of a descriptor on Linux, the result of {@code poll(2)} when
 * all is asked for, and the readiness that every mechanism through every binding has to report for each interest.
 */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadinessTableTest {
    /**
     * A row.
     *
     * @param bits of poll(2), asked for IN, PRI, OUT and RDHUP
     * @param answer r, w and x: readable, writable, priority
     */
    private record Row(String state, String bits, String answer, SetUp setUp) {}

    private interface SetUp {
        int descriptor(World world) throws Exception;
    }

    private static Row row(String state, String bits, String answer, SetUp setUp) {
        return new Row(state, bits, answer, setUp);
    }

    private static final List<Row> TABLE = List.of(
            row("TCP socket fresh", "OUT HUP", "r w", w -> w.fds.tcpSocket()),
            row("TCP socket bound", "OUT HUP", "r w", w -> w.fds.bound(w.fds.tcpSocket())),
            row("UNIX stream unconnected", "OUT HUP", "r w", World::unixSocket),
            row("listening, idle", "", "", w -> w.fds.listener(5)),
            row("listening, connection pending", "IN", "r", World::pendingListener),
            row("connecting (SYN sent)", "", "", World::connecting),
            row("connect refused", "IN OUT ERR HUP RDHUP", "r w", World::refused),
            row("connect refused, the error fetched", "IN OUT HUP RDHUP", "r w", w -> w.fetched(w.refused())),
            row("RST received", "IN OUT ERR HUP RDHUP", "r w", World::reset),
            row("RST received, SO_ERROR fetched", "IN OUT HUP RDHUP", "r w", w -> w.fetched(w.reset())),
            row("RST received, the error read", "IN OUT HUP RDHUP", "r w", w -> w.readError(w.reset())),
            row("TCP idle", "OUT", "w", w -> w.fds.tcpPair().fd()),
            row("TCP data", "IN OUT", "r w", w -> w.withData(w.fds.tcpPair())),
            row("TCP send buffer full", "", "", w -> w.full(w.fds.tcpPair())),
            row("TCP peer shut its write side", "IN OUT RDHUP", "r w", w -> w.peerShut(w.fds.tcpPair())),
            row("TCP peer closed", "IN OUT RDHUP", "r w", w -> w.peerClosed(w.fds.tcpPair())),
            row("TCP peer closed, send buffer full", "IN RDHUP", "r", World::fullAndPeerShut),
            row("TCP local SHUT_RD", "IN OUT RDHUP", "r w", w -> w.shutRead(w.fds.tcpPair())),
            row("TCP local SHUT_WR", "OUT", "w", w -> w.shutWrite(w.fds.tcpPair())),
            row("TCP local shut both", "IN OUT HUP RDHUP", "r w", w -> w.shutBoth(w.fds.tcpPair())),
            row("TCP each shut its write side", "IN OUT HUP RDHUP", "r w", w -> w.eachShut(w.fds.tcpPair())),
            row("urgent byte waiting", "PRI OUT", "w x", w -> w.urgent(w.fds.tcpPair())),
            row("urgent byte and data", "IN PRI OUT", "r w x", World::urgentAndData),
            row("UDP idle", "OUT", "w", w -> w.fds.udpPair().fd()),
            row("UDP datagram", "IN OUT", "r w", w -> w.withData(w.fds.udpPair())),
            row("UDP refused by ICMP", "OUT ERR", "r w", World::udpRefused),
            row("UDP shut both ways", "IN OUT HUP RDHUP", "r w", w -> w.shutBoth(w.fds.udpPair())),
            row("UNIX stream idle", "OUT", "w", w -> w.fds.socketPair().fd()),
            row("UNIX stream data", "IN OUT", "r w", w -> w.withData(w.fds.socketPair())),
            row("UNIX stream send buffer full", "", "", w -> w.full(w.fds.socketPair())),
            row("UNIX stream peer shut its write side", "IN OUT RDHUP", "r w", w -> w.peerShut(w.fds.socketPair())),
            row("UNIX stream peer closed", "IN OUT HUP RDHUP", "r w", w -> w.peerClosed(w.fds.socketPair())),
            row("UNIX stream peer closed, data unread", "IN OUT ERR HUP RDHUP", "r w", World::unread),
            row("UNIX stream local SHUT_RD", "IN OUT RDHUP", "r w", w -> w.shutRead(w.fds.socketPair())),
            row("UNIX stream local SHUT_WR", "OUT", "w", w -> w.shutWrite(w.fds.socketPair())),
            row("UNIX stream local shut both", "IN OUT HUP RDHUP", "r w", w -> w.shutBoth(w.fds.socketPair())),
            row("UNIX stream full, peer shut both", "IN HUP RDHUP", "r", World::fullAndPeerShutBoth),
            row(
                    "UNIX datagram pair, idle",
                    "OUT",
                    "w",
                    w -> w.fds.datagramPair().fd()),
            row("UNIX datagram pair, datagram", "IN OUT", "r w", w -> w.withData(w.fds.datagramPair())),
            row("UNIX datagram pair, peer closed", "OUT", "w", w -> w.peerClosed(w.fds.datagramPair())),
            row("pipe read end, empty", "", "", w -> w.fds.pipe().readFd()),
            row("pipe read end, data", "IN", "r", w -> w.fds.readyPipe().readFd()),
            row("pipe read end, data, no writer", "IN HUP", "r", World::dataWithoutWriter),
            row("pipe read end, empty, no writer", "HUP", "r", w -> w.fds.hungUpPipe()),
            row("pipe write end, space", "OUT", "w", w -> w.fds.pipe().writeFd()),
            row("pipe write end, full", "", "", w -> w.fullPipe().writeFd()),
            row("pipe write end, full less 100 bytes", "", "", World::fullLess100),
            row("pipe write end, reader closed, space", "OUT ERR", "r w", w -> w.readerClosed(w.fds.pipe())),
            row("pipe write end, reader closed, full", "ERR", "r w", w -> w.readerClosed(w.fullPipe())),
            row("regular file", "IN OUT", "r w", w -> w.fds.regularFile()),
            row("directory", "IN OUT", "r w", w -> w.fds.open("/", Fcntl.O_RDONLY)),
            row("/dev/null", "IN OUT", "r w", w -> w.fds.open("/dev/null", Fcntl.O_RDWR)),
            row("/dev/zero", "IN OUT", "r w", w -> w.fds.open("/dev/zero", Fcntl.O_RDWR)),
            row("/proc/mounts", "IN", "r", w -> w.fds.open("/proc/mounts", Fcntl.O_RDONLY)),
            row("eventfd 0", "OUT", "w", w -> w.fds.eventfd(0)),
            row("eventfd 1", "IN OUT", "r w", w -> w.fds.eventfd(1)),
            row("eventfd 2^64-2", "IN", "r", World::fullEventfd),
            row("timerfd, not set", "", "", w -> w.fds.opened(w.posix.timers().timerfd())),
            row("inotify, idle", "", "", w -> w.fds.opened(w.posix.fileWatches().inotify())),
            row("pidfd, alive", "", "", w -> w.fds.opened(w.posix.processes().pidfd(w.start("cat")))),
            row("pidfd, zombie", "IN", "r", World::zombie),
            row("pidfd, reaped", "IN HUP", "r", World::reaped),
            row("epoll descriptor, empty", "", "", World::epollDescriptor),
            row("epoll descriptor, something ready", "IN", "r", World::readyEpollDescriptor),
            row("pty master, slave closed", "OUT HUP", "r w", World::ptyMaster),
            row("pty slave, master closed", "IN OUT ERR HUP", "r w", World::ptySlave));

    /** Makes the descriptor of a row, and closes all that it needs at the end. */
    private static final class World implements AutoCloseable {
        private final Syscalls syscalls = Usable.syscalls(null);
        private final KernelPosix posix = new KernelPosix(syscalls);
        private final Descriptors fds = new Descriptors(posix);
        private final List<Process> processes = new ArrayList<>();
        private final NativeMemory pollfd = posix.allocate(PollFd.SIZE);

        World() throws IOException {}

        /** The result of poll(2) for a descriptor when all is asked for. */
        private int bits(int fd) {
            pollfd.putInt(PollFd.FD, fd);
            pollfd.putShort(
                    PollFd.EVENTS, (short) (PollFd.POLLIN | PollFd.POLLPRI | PollFd.POLLOUT | PollFd.POLLRDHUP));
            assertThat(syscalls.poll(pollfd, 1, 0)).isNotNegative();
            return pollfd.getShort(PollFd.REVENTS);
        }

        private int settled(int fd, String bits) {
            int expected = parse(bits);
            if (!Eventually.holdsWithin(Eventually.DEADLINE_NANOS / 4, () -> bits(fd) == expected)) {
                throw new AssertionError("poll(2) says [" + text(bits(fd)) + "], the table [" + bits + "]");
            }
            return fd;
        }

        private int unixSocket() throws IOException {
            return fds.opened(posix.streamSocket(StandardProtocolFamily.UNIX));
        }

        private int pendingListener() throws IOException {
            int listener = fds.listener(5);
            posix.connect(fds.tcpSocket(), posix.localAddress(listener));
            return listener;
        }

        /** A listener whose backlog is full answers no SYN. */
        private int connecting() throws IOException {
            int listener = fds.listener(0);
            posix.connect(fds.tcpSocket(), posix.localAddress(listener));
            settled(listener, "IN");
            int fd = fds.tcpSocket();
            assertThat(posix.connect(fd, posix.localAddress(listener))).isFalse();
            return fd;
        }

        private int refused() throws IOException {
            int nobodyListens = fds.bound(fds.tcpSocket());
            int fd = fds.tcpSocket();
            assertThat(posix.connect(fd, posix.localAddress(nobodyListens))).isFalse();
            return fd;
        }

        private int reset() throws IOException {
            SocketPair pair = fds.tcpPair();
            posix.setLinger(pair.peerFd(), 0);
            return peerClosed(pair);
        }

        private int fetched(int fd) throws IOException {
            settled(fd, "IN OUT ERR HUP RDHUP");
            assertThat(posix.socketError(fd)).isNotZero();
            return fd;
        }

        private int readError(int fd) {
            settled(fd, "IN OUT ERR HUP RDHUP");
            assertThatThrownBy(() -> fds.read(fd, 1)).hasMessageContaining("ECONNRESET");
            return fd;
        }

        private int withData(SocketPair pair) throws IOException {
            fds.write(pair.peerFd());
            return pair.fd();
        }

        /** Sent data may still be on its way to the peer's buffer, so the send buffer is filled until it stays full. */
        private int full(SocketPair pair) throws IOException {
            int[] quiet = {0};
            Eventually.until("the send buffer stays full", () -> {
                fds.fill(pair.fd());
                quiet[0] = bits(pair.fd()) == 0 ? quiet[0] + 1 : 0;
                return quiet[0] > 20;
            });
            return pair.fd();
        }

        private int fullAndPeerShut() throws IOException {
            SocketPair pair = fds.tcpPair();
            full(pair);
            return peerShut(pair);
        }

        private boolean isSocket(int fd) {
            NativeMemory stat = posix.allocate(Stat.SIZE_MAX);
            return syscalls.fstat(fd, stat) >= 0 && (Stat.mode(stat.buffer()) & Stat.S_IFMT) == Stat.S_IFSOCK;
        }

        private int fullAndPeerShutBoth() throws IOException {
            SocketPair pair = fds.socketPair();
            full(pair);
            posix.shutdownBoth(pair.peerFd());
            return pair.fd();
        }

        private int peerShut(SocketPair pair) throws IOException {
            posix.shutdownWrite(pair.peerFd());
            return pair.fd();
        }

        private int peerClosed(SocketPair pair) throws IOException {
            fds.close(pair.peerFd());
            return pair.fd();
        }

        private int shutRead(SocketPair pair) throws IOException {
            posix.shutdownRead(pair.fd());
            return pair.fd();
        }

        private int shutWrite(SocketPair pair) throws IOException {
            posix.shutdownWrite(pair.fd());
            return pair.fd();
        }

        private int shutBoth(SocketPair pair) throws IOException {
            posix.shutdownBoth(pair.fd());
            return pair.fd();
        }

        private int eachShut(SocketPair pair) throws IOException {
            posix.shutdownWrite(pair.peerFd());
            return shutWrite(pair);
        }

        private int urgent(SocketPair pair) throws IOException {
            posix.sendUrgent(pair.peerFd(), (byte) 1);
            return pair.fd();
        }

        private int urgentAndData() throws IOException {
            SocketPair pair = fds.tcpPair();
            fds.write(pair.peerFd());
            return urgent(pair);
        }

        private int udpRefused() throws IOException {
            SocketPair pair = fds.udpPair();
            fds.close(pair.peerFd());
            fds.write(pair.fd());
            return pair.fd();
        }

        private int unread() throws IOException {
            SocketPair pair = fds.socketPair();
            fds.write(pair.fd());
            return peerClosed(pair);
        }

        private int dataWithoutWriter() throws IOException {
            Pipe pipe = fds.readyPipe();
            fds.close(pipe.writeFd());
            return pipe.readFd();
        }

        private Pipe fullPipe() throws IOException {
            Pipe pipe = fds.pipe();
            fds.fill(pipe.writeFd());
            return pipe;
        }

        private int fullLess100() throws IOException {
            Pipe pipe = fullPipe();
            assertThat(fds.read(pipe.readFd(), 100)).isEqualTo(100);
            return pipe.writeFd();
        }

        private int readerClosed(Pipe pipe) throws IOException {
            fds.close(pipe.readFd());
            return pipe.writeFd();
        }

        private int fullEventfd() throws IOException {
            int fd = fds.eventfd(0);
            NativeMemory most = posix.allocate(Long.BYTES);
            most.putLong(0, -2);
            assertThat(posix.write(fd, most, 0, Long.BYTES)).isEqualTo(Long.BYTES);
            return fd;
        }

        private Process start(String... command) throws IOException {
            Process process = new ProcessBuilder(command).start();
            processes.add(process);
            return process;
        }

        /** The shell becomes a sleep, which never waits for its child. */
        private int zombie() throws IOException {
            Process parent = start("sh", "-c", "exec 3<&0; head -n 1 <&3 >&2 & echo $!; exec sleep 1000");
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.US_ASCII));
            int fd = fds.opened(posix.processes().pidfd(Long.parseLong(output.readLine())));
            Path name = Path.of("/proc/" + parent.pid() + "/comm");
            Eventually.until(
                    "the shell has become a sleep", () -> Files.readString(name).startsWith("sleep"));
            parent.getOutputStream().write('\n');
            parent.getOutputStream().flush();
            return fd;
        }

        /** The JDK has a thread that waits for the child. */
        private int reaped() throws Exception {
            String[] version = System.getProperty("os.version").split("[^0-9]+");
            assumeThat(Integer.parseInt(version[0]) * 1000 + Integer.parseInt(version[1]))
                    .as("the kernel's version, which decides about HUP: since 6.9 it reports it")
                    .isGreaterThanOrEqualTo(6009);
            Process child = start("cat");
            int fd = fds.opened(posix.processes().pidfd(child));
            child.getOutputStream().close();
            child.waitFor();
            return fd;
        }

        private int epollDescriptor() {
            int epfd = fds.opened(syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC));
            assertThat(epfd).isNotNegative();
            return epfd;
        }

        private int readyEpollDescriptor() throws IOException {
            int epfd = epollDescriptor();
            NativeMemory event = posix.allocate(Epoll.layout().sizeBytes());
            event.putInt(Epoll.layout().eventsOffset(), Epoll.EPOLLIN);
            int readFd = fds.readyPipe().readFd();
            assertThat(syscalls.epollCtl(epfd, Epoll.EPOLL_CTL_ADD, readFd, event))
                    .isZero();
            return epfd;
        }

        private SocketPair pty() throws IOException {
            Terminals.Pty pty = posix.terminals().openPty();
            int slave = fds.opened(posix.terminals().open(pty.slavePath()));
            return new SocketPair(fds.opened(pty.masterFd()), slave);
        }

        private int ptyMaster() throws IOException {
            return peerClosed(pty());
        }

        private int ptySlave() throws IOException {
            SocketPair pty = pty();
            fds.close(pty.fd());
            return pty.peerFd();
        }

        @Override
        public void close() throws IOException {
            for (Process process : processes) {
                process.destroyForcibly();
            }
            fds.close();
        }
    }

    private static final List<String> NAMES = List.of("IN", "PRI", "OUT", "ERR", "HUP", "RDHUP");
    private static final int[] BITS = {
        PollFd.POLLIN, PollFd.POLLPRI, PollFd.POLLOUT, PollFd.POLLERR, PollFd.POLLHUP, PollFd.POLLRDHUP
    };

    private static int parse(String text) {
        int bits = 0;
        for (String name : text.split(" ")) {
            bits |= name.isEmpty() ? 0 : BITS[NAMES.indexOf(name)];
        }
        return bits;
    }

    private static String text(int bits) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < BITS.length; i++) {
            if ((bits & BITS[i]) != 0) {
                names.add(NAMES.get(i));
            }
        }
        return String.join(" ", names);
    }

    /** The expected readiness of a row for an interest. */
    private static int expected(Row row, Interest interest) {
        return (interest.isRead() && row.answer().contains("r") ? ReadyBits.READABLE : 0)
                | (interest.isWrite() && row.answer().contains("w") ? ReadyBits.WRITABLE : 0)
                | (interest.isPriority() && row.answer().contains("x") ? ReadyBits.PRIORITY : 0);
    }

    /** The expected details, from mechanisms that report details. */
    private static int expectedDetails(Row row, Interest interest) {
        int bits = parse(row.bits());
        return ((bits & PollFd.POLLHUP) != 0 ? ReadyBits.HANGUP : 0)
                | ((bits & PollFd.POLLERR) != 0 ? ReadyBits.ERROR : 0)
                | (interest.isRead() && (bits & PollFd.POLLRDHUP) != 0 ? ReadyBits.READ_HANGUP : 0);
    }

    private static List<Interest> interests() {
        Interest[] single = {Interest.READ, Interest.WRITE, Interest.PRIORITY};
        List<Interest> all = new ArrayList<>();
        for (int bits = 0; bits < 8; bits++) {
            Interest interest = Interest.NONE;
            for (int i = 0; i < single.length; i++) {
                interest = (bits & 1 << i) != 0 ? interest.plus(single[i]) : interest;
            }
            all.add(interest);
        }
        return all;
    }

    @BeforeAll
    static void onlyOnLinux() {
        assumeThat(Os.here()).as("the system that the table was measured on").isEqualTo(Os.LINUX);
    }

    @Test
    void theTwoColumnsOfTheTableAgree() {
        assertThat(TABLE).allSatisfy(row -> {
            int bits = parse(row.bits());
            String answer = ((bits & (PollFd.POLLIN | PollFd.POLLHUP | PollFd.POLLERR)) != 0 ? "r " : "")
                    + ((bits & (PollFd.POLLOUT | PollFd.POLLERR)) != 0 ? "w " : "")
                    + ((bits & PollFd.POLLPRI) != 0 ? "x" : "");
            assertThat(row.answer()).isEqualTo(answer.strip());
        });
    }

    /** The last column of the page: the bits that the kernel reports although nothing was asked for. */
    private static String unasked(Row row) {
        return text(parse(row.bits()) & (PollFd.POLLERR | PollFd.POLLHUP));
    }

    private static String cell(String bits, String ifNone) {
        return bits.isEmpty() ? ifNone : bits;
    }

    @Test
    void thePageHasTheRowsOfThisTable() throws IOException {
        List<String> rows = TABLE.stream()
                .map(row -> "| " + row.state() + " | " + cell(row.bits(), "none") + " | " + cell(row.answer(), "-")
                        + " | " + cell(unasked(row), "none") + " |")
                .toList();
        assertThat(Files.readAllLines(Path.of("docs/readiness.md"))).containsSubsequence(rows);
    }

    @TestFactory
    Stream<DynamicTest> everyMechanismAnswersAsTheTableSays() {
        return TABLE.stream().map(row -> DynamicTest.dynamicTest(row.state(), () -> check(row)));
    }

    private static void check(Row row) throws Exception {
        try (World world = new World()) {
            int fd = world.settled(row.setUp().descriptor(world), row.bits());
            for (Usable.Combination combination : Usable.combinations()) {
                if (isErrorFetchedByLibkqueue(row, combination, world, fd)) {
                    System.out.println("skipped: " + row.state() + ", " + combination
                            + ": libkqueue fetches SO_ERROR, so others see this socket without it");
                    continue;
                }
                try (Poller poller = combination.open()) {
                    for (Interest interest : interests()) {
                        String what = row.state() + ", " + combination + ", asked " + interest;
                        check(row, poller, fd, interest, what);
                    }
                }
            }
            world.settled(fd, row.bits());
        }
    }

    private static boolean isErrorFetchedByLibkqueue(Row row, Usable.Combination combination, World world, int fd) {
        return combination.mechanism() == Mechanism.KQUEUE
                && Kqueue.abi() == Kqueue.Abi.LIBKQUEUE
                && row.bits().contains("ERR")
                && world.isSocket(fd);
    }

    private static void check(Row row, Poller poller, int fd, Interest interest, String what) throws IOException {
        Registration level;
        try {
            level = poller.register(fd, interest);
        } catch (UnsupportedOperationException e) {
            assertThat(poller.mechanism()).as(what + ": " + e.getMessage()).isEqualTo(Mechanism.KQUEUE);
            assertThat(interest.isPriority()).isTrue();
            return;
        }
        assertAnswer(row, poller, interest, what);
        assertAnswer(row, poller, interest, what + ", again");
        level.modify(Interest.NONE);
        assertThat(poller.poll(0, (registration, ready) -> {}))
                .as(what + ", silenced")
                .isZero();
        level.modify(interest);
        assertAnswer(row, poller, interest, what + ", after modify");
        level.cancel();
        Registration oneshot = poller.register(fd, interest, Trigger.ONESHOT, null);
        assertAnswer(row, poller, interest, what + ", once");
        if (expected(row, interest) != 0) {
            assertThat(poller.poll(0, (registration, ready) -> {}))
                    .as(what + ", fired")
                    .isZero();
        }
        oneshot.cancel();
    }

    private static void assertAnswer(Row row, Poller poller, Interest interest, String what) throws IOException {
        int[] ready = {0};
        int told = expected(row, interest);
        int count = poller.poll(0, (registration, each) -> ready[0] = ReadyBits.of(each));

        assertThat(count).as(what).isEqualTo(told != 0 ? 1 : 0);
        int details = switch (poller.mechanism()) {
            case POLL, EPOLL -> told != 0 ? expectedDetails(row, interest) : 0;
            case SELECT -> 0;
            default -> ready[0] & (ReadyBits.HANGUP | ReadyBits.READ_HANGUP | ReadyBits.ERROR);
        };
        assertThat(ReadyBits.readiness(ready[0])).as(what).isEqualTo(ReadyBits.readiness(told | details));
    }

    @Test
    void aClosedDescriptorIsRefusedByEveryMechanism() throws IOException {
        try (World world = new World()) {
            int closed = world.fds.closedNumber();
            assertThat(world.bits(closed)).isEqualTo(PollFd.POLLNVAL);
            for (Usable.Combination combination : Usable.combinations()) {
                try (Poller poller = combination.open()) {
                    int free = world.fds.closedNumber();
                    assertThatThrownBy(() -> poller.register(free, Interest.READ))
                            .as("%s", combination)
                            .isInstanceOfSatisfying(
                                    SyscallException.class,
                                    e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
                }
            }
        }
    }
}
