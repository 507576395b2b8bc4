// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.abi.Epoll;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Os;
import dev.pollux.abi.PollFd;
import dev.pollux.mechanism.ReadyBits;
import dev.pollux.posix.FileWatches;
import dev.pollux.posix.Posix.Pipe;
import dev.pollux.posix.Posix.SocketPair;
import dev.pollux.posix.Signals;
import dev.pollux.posix.Terminals;
import dev.pollux.posix.Terminals.Pty;
import dev.pollux.posix.Timers;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each kind of descriptor, watched by every mechanism through every binding while its state changes. All must give the
 * answer that follows from {@code poll(2)}, also to a thread that waits. {@link ReadinessTableTest} has more states,
 * each without a change.
 */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchedDescriptorsTest {
    private static final int ASKED = PollFd.POLLIN | PollFd.POLLPRI | PollFd.POLLOUT;
    private static final int READABLE = PollFd.POLLIN | PollFd.POLLHUP | PollFd.POLLERR;
    private static final int WRITABLE = PollFd.POLLOUT | PollFd.POLLERR;

    @TempDir
    private static Path folder;

    private interface Action {
        void run() throws Exception;
    }

    /**
     * @param bits of poll(2) after the action, asked for IN, PRI and OUT
     */
    private record Step(String what, Action action, int bits) {
        boolean isReadable() {
            return (bits & READABLE) != 0;
        }
    }

    /** A descriptor and what will happen to it. The first step does nothing. */
    private static final class Watched {
        final int fd;
        final List<Step> steps = new ArrayList<>();

        Watched(int fd, int bits) {
            this.fd = fd;
            then("at first", () -> {}, bits);
        }

        Watched then(String what, Action action, int bits) {
            steps.add(new Step(what, action, bits));
            return this;
        }
    }

    private interface Kind {
        Watched make(World world) throws Exception;
    }

    private static final int NONE = 0;
    private static final int IN = PollFd.POLLIN;
    private static final int OUT = PollFd.POLLOUT;
    private static final int PRI = PollFd.POLLPRI;
    private static final int ERR = PollFd.POLLERR;
    private static final int HUP = PollFd.POLLHUP;

    private static final String SIGNALFD = "signalfd";

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put("pipe, read end", w -> w.readEnd(w.fds.pipe()));
        kinds.put("pipe, write end", w -> w.writeEnd(w.fds.pipe()));
        kinds.put("FIFO, read end", w -> w.readEnd(w.fifo()));
        kinds.put("FIFO, write end", w -> w.writeEnd(w.fifo()));
        kinds.put("FIFO that never had a writer", World::fifoWithoutWriter);
        kinds.put("FIFO, with a writer that stays", World::keptWriter);
        kinds.put("TCP listener", w -> w.listener(w.fds.listener(5)));
        kinds.put("UNIX listener", World::unixListener);
        kinds.put("TCP connection", w -> w.socket(w.fds.tcpPair(), IN | OUT));
        kinds.put("TCP connection, urgent byte", World::urgent);
        kinds.put("UDP socket", World::udp);
        kinds.put("UNIX stream socket", w -> w.socket(w.fds.socketPair(), IN | OUT | HUP));
        kinds.put("UNIX datagram socket", w -> w.socket(w.fds.datagramPair(), OUT));
        kinds.put("pty, master", World::ptyMaster);
        kinds.put("pty, master whose slave was never opened", World::ptyWithoutSlave);
        kinds.put("pty, master, with a slave that stays open", World::keptSlave);
        kinds.put("pty, slave, raw", World::rawSlave);
        kinds.put("pty, slave, reading lines", World::cookedSlave);
        kinds.put("eventfd", World::eventfd);
        kinds.put("epoll", World::epoll);
        kinds.put("timerfd", World::timer);
        kinds.put(SIGNALFD, World::signal);
        kinds.put("pidfd", World::process);
        kinds.put("inotify", World::fileWatch);
        kinds.put("sysfs attribute", World::attribute);
        kinds.put("regular file", w -> new Watched(w.fds.regularFile(), IN | OUT));
        kinds.put("directory", w -> new Watched(w.fds.open("/", Fcntl.O_RDONLY), IN | OUT));
        kinds.put("/dev/null", w -> new Watched(w.fds.open("/dev/null", Fcntl.O_RDWR), IN | OUT));
        kinds.put("/dev/zero", w -> new Watched(w.fds.open("/dev/zero", Fcntl.O_RDWR), IN | OUT));
        return kinds;
    }

    /** Makes descriptors, and closes them at the end. */
    private static final class World implements AutoCloseable {
        private final Syscalls syscalls = Usable.syscalls(null);
        private final KernelPosix posix = new KernelPosix(syscalls);
        private final Descriptors fds = new Descriptors(posix);
        private final NativeMemory pollfd = posix.allocate(PollFd.SIZE);
        private final List<Pty> ptys = new ArrayList<>();
        private final List<Process> processes = new ArrayList<>();

        World() throws IOException {}

        private int bits(int fd) {
            pollfd.putInt(PollFd.FD, fd);
            pollfd.putShort(PollFd.EVENTS, (short) ASKED);
            assertThat(syscalls.poll(pollfd, 1, 0)).isNotNegative();
            return pollfd.getShort(PollFd.REVENTS);
        }

        private Watched readEnd(Pipe pipe) {
            return new Watched(pipe.readFd(), NONE)
                    .then("data", () -> fds.write(pipe.writeFd()), IN)
                    .then("read", () -> fds.drain(pipe.readFd()), NONE)
                    .then("the writer closes", () -> fds.close(pipe.writeFd()), HUP);
        }

        private Watched writeEnd(Pipe pipe) {
            return new Watched(pipe.writeFd(), OUT)
                    .then("full", () -> fds.fill(pipe.writeFd()), NONE)
                    .then("read", () -> fds.drain(pipe.readFd()), OUT)
                    .then("the reader closes", () -> fds.close(pipe.readFd()), OUT | ERR);
        }

        private Path path() {
            return folder.resolve("f" + System.nanoTime());
        }

        private Pipe fifo() throws IOException {
            Path path = path();
            posix.mkfifo(path);
            int readFd = fds.open(path.toString(), Fcntl.O_RDONLY);
            return new Pipe(readFd, fds.open(path.toString(), Fcntl.O_WRONLY));
        }

        private Watched fifoWithoutWriter() throws IOException {
            Path path = path();
            posix.mkfifo(path);
            int[] writer = {-1};
            return new Watched(fds.open(path.toString(), Fcntl.O_RDONLY), NONE)
                    .then("a writer comes", () -> writer[0] = fds.open(path.toString(), Fcntl.O_WRONLY), NONE)
                    .then("and goes", () -> fds.close(writer[0]), HUP)
                    .then("and comes", () -> writer[0] = fds.open(path.toString(), Fcntl.O_WRONLY), NONE);
        }

        private Watched keptWriter() throws IOException {
            Path path = path();
            posix.mkfifo(path);
            int readFd = fds.open(path.toString(), Fcntl.O_RDONLY);
            fds.open(path.toString(), Fcntl.O_WRONLY);
            int writeFd = fds.open(path.toString(), Fcntl.O_WRONLY);
            return new Watched(readFd, NONE)
                    .then("data", () -> fds.write(writeFd), IN)
                    .then("the other writer closes", () -> fds.close(writeFd), IN)
                    .then("read", () -> fds.drain(readFd), NONE);
        }

        private Watched listener(int fd) throws IOException {
            return new Watched(fd, NONE)
                    .then("a connection", () -> posix.connect(fds.tcpSocket(), posix.localAddress(fd)), IN)
                    .then("accepted", () -> fds.accept(fd), NONE);
        }

        private Watched unixListener() throws IOException {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path());
            int fd = fds.opened(posix.streamSocket(StandardProtocolFamily.UNIX));
            posix.bind(fd, address);
            posix.listen(fd, 5);
            int client = fds.opened(posix.streamSocket(StandardProtocolFamily.UNIX));
            return new Watched(fd, NONE)
                    .then("a connection", () -> posix.connect(client, address), IN)
                    .then("accepted", () -> fds.accept(fd), NONE);
        }

        private Watched socket(SocketPair pair, int peerClosed) {
            return new Watched(pair.fd(), OUT)
                    .then("data", () -> fds.write(pair.peerFd()), IN | OUT)
                    .then("read", () -> fds.drain(pair.fd()), OUT)
                    .then("the peer closes", () -> fds.close(pair.peerFd()), peerClosed);
        }

        private Watched urgent() throws IOException {
            SocketPair pair = fds.tcpPair();
            return new Watched(pair.fd(), OUT)
                    .then("an urgent byte", () -> posix.sendUrgent(pair.peerFd(), (byte) '!'), OUT | PRI)
                    .then("data", () -> fds.write(pair.peerFd()), OUT | PRI | IN);
        }

        private Watched udp() throws IOException {
            SocketPair pair = fds.udpPair();
            return new Watched(pair.fd(), OUT)
                    .then("a datagram", () -> fds.write(pair.peerFd()), IN | OUT)
                    .then("received", () -> fds.drain(pair.fd()), OUT)
                    .then("shut down", () -> posix.shutdownBoth(pair.fd()), IN | OUT | HUP);
        }

        private Pty pty() throws IOException {
            Pty pty = posix.terminals().openPty();
            ptys.add(pty);
            return pty;
        }

        private int slave(Pty pty, boolean raw) throws IOException {
            Terminals terminals = posix.terminals();
            int slave = fds.opened(terminals.open(pty.slavePath()));
            if (raw) {
                terminals.setMode(slave, terminals.mode(slave).raw());
            }
            return slave;
        }

        private Watched ptyMaster() throws IOException {
            Pty pty = pty();
            int slave = slave(pty, true);
            return new Watched(pty.masterFd(), OUT)
                    .then("output", () -> fds.write(slave), IN | OUT)
                    .then("read", () -> fds.drain(pty.masterFd()), OUT)
                    .then("output again", () -> fds.write(slave), IN | OUT)
                    .then("the slave closes", () -> fds.close(slave), IN | OUT | HUP)
                    .then("the rest is read", () -> fds.read(pty.masterFd(), 10), OUT | HUP);
        }

        private Watched ptyWithoutSlave() throws IOException {
            Pty pty = pty();
            int[] slave = {-1};
            return new Watched(pty.masterFd(), OUT)
                    .then("the slave is opened", () -> slave[0] = slave(pty, true), OUT)
                    .then("and closed", () -> fds.close(slave[0]), OUT | HUP)
                    .then("and opened", () -> slave[0] = slave(pty, true), OUT)
                    .then("and closed again", () -> fds.close(slave[0]), OUT | HUP);
        }

        private Watched keptSlave() throws IOException {
            Pty pty = pty();
            slave(pty, true);
            int slave = slave(pty, true);
            return new Watched(pty.masterFd(), OUT)
                    .then("another slave closes", () -> fds.close(slave), OUT)
                    .then("and comes back", () -> fds.write(slave(pty, true)), IN | OUT);
        }

        private Watched rawSlave() throws IOException {
            Pty pty = pty();
            int slave = slave(pty, true);
            return new Watched(slave, OUT)
                    .then("a byte", () -> fds.write(pty.masterFd()), IN | OUT)
                    .then("read", () -> fds.drain(slave), OUT)
                    .then("the master closes", pty::close, IN | OUT | ERR | HUP);
        }

        private Watched cookedSlave() throws IOException {
            Pty pty = pty();
            int slave = slave(pty, false);
            return new Watched(slave, OUT)
                    .then("a letter", () -> type(pty, 'a'), OUT)
                    .then("Enter", () -> type(pty, '\n'), IN | OUT)
                    .then("read", () -> fds.drain(slave), OUT);
        }

        private void type(Pty pty, char key) throws IOException {
            NativeMemory memory = posix.allocate(1);
            memory.buffer().put(0, (byte) key);
            assertThat(posix.write(pty.masterFd(), memory, 0, 1)).isEqualTo(1);
        }

        private Watched eventfd() throws IOException {
            int fd = fds.eventfd(0);
            return new Watched(fd, OUT)
                    .then("counted", () -> add(fd, 1), IN | OUT)
                    .then("read", () -> fds.read(fd, Long.BYTES), OUT)
                    .then("full", () -> add(fd, -2), IN);
        }

        private void add(int eventfd, long count) throws IOException {
            NativeMemory memory = posix.allocate(Long.BYTES);
            memory.putLong(0, count);
            assertThat(posix.write(eventfd, memory, 0, Long.BYTES)).isEqualTo(Long.BYTES);
        }

        private Watched epoll() throws IOException {
            int epfd = fds.opened(syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC));
            NativeMemory event = posix.allocate(Epoll.layout().sizeBytes());
            event.putInt(Epoll.layout().eventsOffset(), Epoll.EPOLLIN);
            Pipe pipe = fds.pipe();
            assertThat(syscalls.epollCtl(epfd, Epoll.EPOLL_CTL_ADD, pipe.readFd(), event))
                    .isZero();
            return new Watched(epfd, NONE)
                    .then("something in it is ready", () -> fds.write(pipe.writeFd()), IN)
                    .then("read", () -> fds.drain(pipe.readFd()), NONE);
        }

        private Watched timer() throws IOException {
            Timers timers = posix.timers();
            int fd = fds.opened(timers.timerfd());
            return new Watched(fd, NONE)
                    .then("expired", () -> timers.armAfter(fd, Duration.ZERO), IN)
                    .then("read", () -> timers.expirations(fd), NONE)
                    .then("expired again", () -> timers.armAfter(fd, Duration.ZERO), IN)
                    .then("armed for later", () -> timers.armAfter(fd, Duration.ofDays(1)), NONE);
        }

        /** The signal is sent to this thread only, which polls, too. */
        private Watched signal() throws IOException {
            Signals signals = posix.signals();
            signals.block(Signals.SIGUSR1);
            int fd = fds.opened(signals.signalfd(Signals.SIGUSR1));
            return new Watched(fd, NONE)
                    .then("raised", () -> signals.raise(Signals.SIGUSR1), IN)
                    .then("read", () -> signals.read(fd), NONE)
                    .then("unblocked", () -> signals.unblock(Signals.SIGUSR1), NONE);
        }

        private Watched process() throws IOException {
            Process cat = new ProcessBuilder("cat").start();
            processes.add(cat);
            return new Watched(fds.opened(posix.processes().pidfd(cat)), NONE)
                    .then("it ends and the JDK takes its status", () -> end(cat), hangsUpPidfd() ? IN | HUP : IN);
        }

        private static void end(Process cat) throws Exception {
            cat.getOutputStream().close();
            cat.waitFor();
        }

        private static boolean hangsUpPidfd() {
            String[] version = System.getProperty("os.version").split("[^0-9]+");
            return Integer.parseInt(version[0]) * 1000 + Integer.parseInt(version[1]) >= 6009;
        }

        private Watched fileWatch() throws IOException {
            FileWatches watches = posix.fileWatches();
            Path watched = Files.createDirectory(path());
            int fd = fds.opened(watches.inotify());
            watches.add(fd, watched, FileWatches.IN_CREATE | FileWatches.IN_DELETE);
            FileWatches.Events events = watches.events(fd);
            return new Watched(fd, NONE)
                    .then("created", () -> Files.createFile(watched.resolve("new")), IN)
                    .then("one of two is read", () -> readOneOfTwo(events, watched), IN)
                    .then("read", () -> readAll(events), NONE);
        }

        private void readOneOfTwo(FileWatches.Events events, Path watched) throws IOException {
            assertThat(events.next()).isTrue();
            Files.delete(watched.resolve("new"));
        }

        private void readAll(FileWatches.Events events) throws IOException {
            assertThat(events.next()).isTrue();
            assertThat(events.next()).isFalse();
        }

        /** An attribute that was just opened counts as changed until it is read. */
        private Watched attribute() throws IOException {
            int fd = fds.open("/sys/kernel/uevent_seqnum", Fcntl.O_RDONLY);
            return new Watched(fd, IN | OUT | PRI | ERR).then("read", () -> fds.drain(fd), IN | OUT);
        }

        @Override
        public void close() throws IOException {
            processes.forEach(Process::destroyForcibly);
            for (Pty pty : ptys) {
                pty.close();
            }
            fds.close();
        }
    }

    @BeforeAll
    static void onlyOnLinux() {
        assumeThat(Os.here())
                .as("the system whose poll(2) results the test has")
                .isEqualTo(Os.LINUX);
    }

    @TestFactory
    Stream<DynamicTest> everyMechanismAnswersAsPollDoesWhileTheStateChanges() {
        return kinds().entrySet().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.getKey(), () -> compare(kind.getKey(), kind.getValue())));
    }

    private static void compare(String kind, Kind maker) throws Exception {
        Map<Usable.Combination, Poller> pollers = new LinkedHashMap<>();
        try (World world = new World()) {
            Watched watched = maker.make(world);
            for (Usable.Combination combination : Usable.combinations()) {
                Poller poller = combination.open();
                pollers.put(combination, poller);
                poller.register(watched.fd, asked(combination.mechanism()));
            }
            for (Step step : watched.steps) {
                step.action.run();
                settle(world, watched.fd, step);
                for (Map.Entry<Usable.Combination, Poller> each : pollers.entrySet()) {
                    String what = kind + ", " + step.what + ", " + each.getKey();
                    assertAnswer(step.bits, each.getValue(), what);
                    assertAnswer(step.bits, each.getValue(), what + ", again");
                }
            }
        } finally {
            for (Poller poller : pollers.values()) {
                poller.close();
            }
        }
    }

    /** The kqueue of some systems has no filter for priority. */
    private static Interest asked(Mechanism mechanism) {
        return mechanism == Mechanism.KQUEUE ? Interest.READ_WRITE : Interest.READ_WRITE.plus(Interest.PRIORITY);
    }

    private static void settle(World world, int fd, Step step) {
        if (!Eventually.holdsWithin(Eventually.DEADLINE_NANOS / 4, () -> world.bits(fd) == step.bits)) {
            throw new AssertionError(step.what + ": poll(2) says " + world.bits(fd) + ", expected " + step.bits);
        }
    }

    private static void assertAnswer(int bits, Poller poller, String what) throws IOException {
        int[] answer = {0};
        poller.poll(0, (registration, ready) -> answer[0] = ReadyBits.of(ready));

        Mechanism mechanism = poller.mechanism();
        int expected = ((bits & READABLE) != 0 ? ReadyBits.READABLE : 0)
                | ((bits & WRITABLE) != 0 ? ReadyBits.WRITABLE : 0)
                | ((bits & PRI) != 0 && mechanism != Mechanism.KQUEUE ? ReadyBits.PRIORITY : 0);
        int details = ((bits & HUP) != 0 ? ReadyBits.HANGUP : 0) | ((bits & ERR) != 0 ? ReadyBits.ERROR : 0);
        boolean hasDetails = mechanism != Mechanism.SELECT && mechanism != Mechanism.KQUEUE;
        int compared = expected | (hasDetails ? details : answer[0] & (ReadyBits.HANGUP | ReadyBits.ERROR));
        assertThat(ReadyBits.readiness(answer[0] & ~ReadyBits.READ_HANGUP))
                .as(what)
                .isEqualTo(ReadyBits.readiness(compared));
    }

    @TestFactory
    Stream<DynamicTest> everyMechanismWakesAThreadThatWaitsForTheChange() {
        Map<String, Kind> kinds = kinds();
        kinds.remove(SIGNALFD); // its signal would have to be sent to the waiting thread
        return kinds.entrySet().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.getKey(), () -> {
                    for (Usable.Combination combination : Usable.combinations()) {
                        wake(kind.getKey() + ", " + combination, kind.getValue(), combination);
                    }
                }));
    }

    private static void wake(String what, Kind maker, Usable.Combination combination) throws Exception {
        try (World world = new World();
                Poller poller = combination.open()) {
            Watched watched = maker.make(world);
            int change = firstReadable(watched);
            if (change <= 0) { // ready from the beginning, or not made for reading
                return;
            }
            for (Step step : watched.steps.subList(0, change)) {
                step.action.run();
                settle(world, watched.fd, step);
            }
            poller.register(watched.fd, Interest.READ);
            List<Readiness> answers = new ArrayList<>();
            Background<Integer> waiting = Background.start(
                            () -> poller.poll(Eventually.DEADLINE_NANOS, (registration, ready) -> answers.add(ready)))
                    .awaitInKernel();
            watched.steps.get(change).action.run();
            assertThat(waiting.get()).as(what).isEqualTo(1);
            assertThat(answers).as(what).singleElement().matches(Readiness::isReadable);
        }
    }

    private static int firstReadable(Watched watched) {
        for (int i = 0; i < watched.steps.size(); i++) {
            if (watched.steps.get(i).isReadable()) {
                return i;
            }
        }
        return -1;
    }

    /** Only reading from the beginning acknowledges the change. */
    @Test
    void aChangedAttributeHasPriorityUntilItIsReadAgainFromItsBeginning() throws Exception {
        Path group = Path.of("/sys/fs/cgroup/unified/pollux" + System.nanoTime());
        Process member = new ProcessBuilder("cat").start();
        try (World world = new World()) {
            assumeTrue(isMade(group), "skipped: no cgroup can be made in " + group.getParent());
            try (RandomAccessFile file =
                    new RandomAccessFile(group.resolve("cgroup.events").toFile(), "r")) {
                int fd = world.posix.descriptor(file);
                for (Usable.Combination combination : Usable.combinations()) {
                    if (combination.mechanism() != Mechanism.KQUEUE) {
                        boolean enters = file.readLine().equals("populated 0");
                        assertChangeIsReported(combination, fd, () -> move(member, enters ? group : group.getParent()));
                    }
                    file.seek(0);
                }
            }
        } finally {
            member.destroyForcibly().waitFor();
            Eventually.until("the empty group is deleted", () -> !Files.exists(group) || isDeleted(group));
        }
    }

    private static boolean isMade(Path group) {
        try {
            Files.createDirectory(group);
            return true;
        } catch (IOException e) {
            System.out.println("skipped: a changed attribute: " + e);
            return false;
        }
    }

    private static boolean isDeleted(Path group) {
        return group.toFile().delete();
    }

    private static void move(Process process, Path group) throws IOException {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
    }

    private static void assertChangeIsReported(Usable.Combination combination, int fd, Action change) throws Exception {
        try (Poller poller = combination.open()) {
            poller.register(fd, Interest.PRIORITY);
            assertThat(poller.poll(0, (registration, ready) -> {}))
                    .as("%s", combination)
                    .isZero();
            List<Readiness> answers = new ArrayList<>();
            Background<Integer> waiting = Background.start(
                            () -> poller.poll(Eventually.DEADLINE_NANOS, (registration, ready) -> answers.add(ready)))
                    .awaitInKernel();
            change.run();
            assertThat(waiting.get()).isEqualTo(1);
            assertThat(answers).as("%s", combination).singleElement().matches(Readiness::isPriority);
            assertThat(poller.poll(0, (registration, ready) -> {}))
                    .as("%s", combination)
                    .isEqualTo(1);
        }
    }

    @Test
    void theNextCallReportsAGoneDatagramPeerOnce() throws IOException {
        try (World world = new World()) {
            SocketPair unix = world.fds.datagramPair();
            world.fds.close(unix.peerFd());
            assertThatThrownBy(() -> world.fds.write(unix.fd())).hasMessageContaining("ECONNREFUSED");

            SocketPair udp = world.fds.udpPair();
            world.fds.close(udp.peerFd());
            world.fds.write(udp.fd());
            Eventually.until("refused", () -> world.bits(udp.fd()) == (OUT | ERR));
            assertThatThrownBy(() -> world.fds.read(udp.fd(), 1)).hasMessageContaining("ECONNREFUSED");
            assertThat(world.fds.read(udp.fd(), 1)).isZero();
        }
    }

    @Test
    void aFifoThatNobodyReadsCannotBeOpenedForWriting() throws IOException {
        try (World world = new World()) {
            Path path = world.path();
            world.posix.mkfifo(path);
            assertThatThrownBy(() -> world.posix.open(path, StandardOpenOption.WRITE))
                    .isInstanceOf(SyscallException.class)
                    .hasMessageContaining("ENXIO");
        }
    }
}
