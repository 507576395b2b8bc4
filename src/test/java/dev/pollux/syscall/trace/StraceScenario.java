// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.MillisOnlySyscalls;
import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.SyscallException;
import dev.pollux.Trigger;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Inotify;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Mman;
import dev.pollux.abi.Pidfd;
import dev.pollux.abi.Signal;
import dev.pollux.abi.SignalFd;
import dev.pollux.abi.Socket;
import dev.pollux.abi.TimerFd;
import dev.pollux.abi.Wait;
import dev.pollux.mechanism.EpollDriver;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollDriver;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.mechanism.SelectDriver;
import dev.pollux.posix.PeerAddress;
import dev.pollux.posix.Posix;
import dev.pollux.posix.TerminalMode;
import dev.pollux.posix.Terminals;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.jna.JnaSyscalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that runs under strace and writes its own trace to a file. It drives a mechanism through most of the
 * situations that it can meet. Arguments: the mechanism, the file, and, for a kernel that takes no nanoseconds,
 * {@code millis}.
 *
 * <p>All calls are made by one thread, after a first round that has loaded every class: so between the last two calls
 * of {@link #MARKER}, that thread makes no call but ours.
 */
final class StraceScenario {
    /** A descriptor that nobody else would close. */
    static final int MARKER = -12345;

    /** No whole page. */
    static final int SQES_BYTES = 8 * IoUring.SQE_SIZE;

    private static final long MILLI = 1_000_000;
    private static final ReadyHandler NOTHING = (registration, ready) -> {};

    private final Syscalls syscalls;
    private final KernelPosix posix;
    private final Poller poller;
    private final Path folder;
    private final int child;

    private StraceScenario(Mechanism mechanism, Syscalls syscalls, Path folder, int child) throws IOException {
        this.syscalls = syscalls;
        this.folder = folder;
        this.child = child;
        posix = new KernelPosix(syscalls);
        poller = open(mechanism, syscalls);
    }

    public static void main(String[] args) throws IOException {
        Mechanism mechanism = Mechanism.valueOf(args[0]);
        boolean millis = args.length > 2;
        Path own = Path.of(args[1]);
        round(mechanism, millis, own.getParent());
        Files.write(own, round(mechanism, millis, own.getParent()));
    }

    private static List<String> round(Mechanism mechanism, boolean millis, Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        Syscalls traced = new TracingSyscalls(new JnaSyscalls(), lines::add);
        Process child = new ProcessBuilder("sleep", "600").start();
        traced.close(MARKER);
        new StraceScenario(mechanism, millis ? new MillisOnlySyscalls(traced) : traced, folder, (int) child.pid())
                .run();
        traced.close(MARKER);
        child.destroyForcibly();
        return lines;
    }

    static Poller open(Mechanism mechanism, Syscalls syscalls) throws IOException {
        PollerSettings settings = new PollerSettings(syscalls, Binding.JNA, SelectLimit.FD_SETSIZE);
        return switch (mechanism) {
            case SELECT -> KernelPoller.open(SelectDriver::new, settings);
            case POLL -> KernelPoller.open(PollDriver::new, settings);
            case EPOLL -> KernelPoller.open(EpollDriver::new, settings);
            default -> throw new IllegalArgumentException(mechanism + " is nothing that strace could watch here");
        };
    }

    private void run() throws IOException {
        try (poller) {
            aPipe();
            aHangup();
            manyDescriptors();
            aConnection();
            anExclusiveOne();
            wakeups();
            misuse();
            closedWithoutCancel();
            aRing();
            datagrams();
            descriptorsInMessages();
            vectorsAndAFifo();
            aTerminal();
            aTimer();
            aSignal();
            aProcess();
            aFileWatch();
        }
    }

    private void datagrams() throws IOException {
        int one = posix.datagramSocket(StandardProtocolFamily.INET);
        int other = posix.datagramSocket(StandardProtocolFamily.INET);
        posix.setBroadcast(one, true);
        posix.setKeepAlive(one, true);
        posix.sendBufferSize(one);
        posix.bind(other, new InetSocketAddress("127.0.0.1", 0));
        PeerAddress peer = posix.newPeerAddress();
        ByteBuffer bytes = ByteBuffer.allocateDirect(8);
        posix.receiveFrom(other, bytes, peer);
        posix.sendTo(one, bytes.put(new byte[] {'a', 'b', 'c'}).flip(), posix.localAddress(other));
        posix.receiveFrom(other, bytes.clear(), peer);
        posix.sendTo(other, bytes.flip(), peer);
        posix.connect(one, posix.localAddress(other));
        posix.remoteAddress(one);
        int inet6 = syscalls.socket(Socket.AF_INET6, Socket.SOCK_DGRAM, 0);
        NativeMemory on = NativeMemory.allocate(syscalls, Integer.BYTES);
        on.putInt(0, 1);
        syscalls.setsockopt(inet6, Socket.IPPROTO_IPV6, Socket.IPV6_V6ONLY, on, Integer.BYTES);
        syscalls.close(inet6);
        unix(UnixDomainSocketAddress.of(folder.resolve("socket")));
        close(one, other);
    }

    private void unix(UnixDomainSocketAddress address) throws IOException {
        int server = posix.streamSocket(StandardProtocolFamily.UNIX);
        posix.bind(server, address);
        posix.listen(server, 1);
        PeerAddress peer = posix.newPeerAddress();
        posix.accept(server, peer);
        int client = posix.streamSocket(StandardProtocolFamily.UNIX);
        posix.connect(client, address);
        int accepted = posix.accept(server, peer);
        posix.remoteAddress(client);
        posix.remoteAddress(accepted);
        close(client, accepted, server);
        Files.delete(address.getPath());
    }

    private void descriptorsInMessages() throws IOException {
        Posix.SocketPair pair = posix.socketPair();
        ByteBuffer bytes = ByteBuffer.allocateDirect(40);
        posix.receiveDescriptors(pair.peerFd(), bytes);
        posix.sendDescriptors(pair.fd(), bytes.clear(), pair.fd(), pair.peerFd());
        for (int each : posix.receiveDescriptors(pair.peerFd(), bytes.clear()).fds()) {
            posix.close(each);
        }
        posix.sendDescriptors(pair.fd(), bytes.flip());
        posix.receiveDescriptors(pair.peerFd(), bytes.clear());
        close(pair.fd());
        posix.receiveDescriptors(pair.peerFd(), bytes.clear());
        close(pair.peerFd());
    }

    private void vectorsAndAFifo() throws IOException {
        Posix.Pipe pipe = posix.pipe();
        ByteBuffer one = ByteBuffer.allocateDirect(2);
        ByteBuffer other = ByteBuffer.allocateDirect(40);
        posix.readv(pipe.readFd(), one, other);
        posix.writev(pipe.writeFd(), one, other);
        posix.readv(pipe.readFd(), other.clear(), one.clear());
        posix.writev(pipe.writeFd(), one.clear());
        posix.readv(pipe.readFd(), other.clear(), one.clear());
        close(pipe.readFd(), pipe.writeFd());
        Path fifo = folder.resolve("fifo");
        posix.mkfifo(fifo);
        Files.delete(fifo);
    }

    private void aPipe() throws IOException {
        Posix.Pipe pipe = posix.pipe();
        Registration read = poller.register(pipe.readFd(), Interest.READ);
        Registration write = poller.register(pipe.writeFd(), Interest.NONE);
        poller.poll(0, NOTHING);
        poller.poll(2 * MILLI, NOTHING);
        write.modify(Interest.WRITE);
        poller.poll(NOTHING);
        write(pipe.writeFd(), "hello\n\0\1\177\"\\ and so on, beyond what a trace shows");
        poller.poll(1_500 * MILLI, NOTHING);
        write.cancel();
        poller.poll(NOTHING);
        posix.read(pipe.readFd(), ByteBuffer.allocateDirect(100));
        posix.read(pipe.readFd(), ByteBuffer.allocateDirect(100));
        read.cancel();
        close(pipe.readFd(), pipe.writeFd());
    }

    private void anExclusiveOne() throws IOException {
        if (poller.supportsExclusive()) {
            int listening = posix.streamSocket(StandardProtocolFamily.INET);
            posix.setReusePort(listening, true);
            posix.bind(listening, new InetSocketAddress("127.0.0.1", 0));
            posix.listen(listening, 1);
            Registration registration = poller.registerExclusive(listening, Interest.READ, Trigger.EDGE, null);
            registration.modify(Interest.READ_WRITE);
            registration.cancel();
            close(listening);
        }
    }

    private void aHangup() throws IOException {
        Posix.SocketPair pair = posix.socketPair();
        Trigger trigger = poller.supports(Trigger.EDGE_ONESHOT) ? Trigger.EDGE_ONESHOT : Trigger.ONESHOT;
        Registration registration = poller.register(pair.fd(), Interest.READ_WRITE, trigger, null);
        posix.shutdownWrite(pair.peerFd());
        poller.poll(MILLI, NOTHING);
        poller.poll(MILLI, NOTHING);
        close(pair.peerFd());
        registration.modify(Interest.READ);
        poller.poll(MILLI, NOTHING);
        registration.cancel();
        close(pair.fd());
    }

    /** More than a trace shows. */
    private void manyDescriptors() throws IOException {
        Posix.Pipe pipe = posix.pipe();
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            registrations.add(poller.register(posix.dup(pipe.writeFd()), Interest.WRITE));
        }
        poller.poll(NOTHING);
        for (Registration each : registrations) {
            each.cancel();
            posix.close(each.fd());
        }
        close(pipe.readFd(), pipe.writeFd());
    }

    private void aConnection() throws IOException {
        int server = posix.streamSocket(StandardProtocolFamily.INET);
        posix.setReuseAddress(server, true);
        posix.bind(server, new InetSocketAddress("127.0.0.1", 0));
        InetSocketAddress address = posix.localAddress(server);
        posix.listen(server, 5);
        Registration acceptor = poller.register(server, Interest.READ);
        posix.accept(server);

        int client = posix.streamSocket(StandardProtocolFamily.INET);
        posix.connect(client, address);
        Registration connector = poller.register(client, Interest.WRITE.plus(Interest.PRIORITY));
        poller.poll(NOTHING);
        posix.socketError(client);
        int accepted = posix.accept(server);

        posix.setLinger(accepted, 0);
        posix.setNoDelay(accepted, true);
        posix.sendUrgent(accepted, (byte) '!');
        poller.poll(NOTHING);
        close(accepted);
        poller.poll(NOTHING);
        posix.socketError(client);
        acceptor.cancel();
        connector.cancel();
        close(client, server);
        refused(address);
    }

    private void refused(InetSocketAddress address) throws IOException {
        int client = posix.streamSocket(StandardProtocolFamily.INET);
        try {
            posix.connect(client, address);
        } catch (SyscallException atOnce) {
            // the call is in the trace
        }
        Registration registration = poller.register(client, Interest.READ_WRITE);
        poller.poll(NOTHING);
        posix.socketError(client);
        registration.cancel();
        close(client);
    }

    private void wakeups() throws IOException {
        poller.wakeup();
        poller.wakeup();
        poller.poll(NOTHING);
        Thread.currentThread().interrupt();
        poller.poll(NOTHING);
        Thread.interrupted();
    }

    private void misuse() throws IOException {
        try {
            poller.register(9_999, Interest.READ);
        } catch (IOException refused) {
            // EBADF, or beyond the limit of select
        }
        int file = posix.open(Path.of("/dev/null"), Fcntl.O_RDWR);
        Registration always = poller.register(file, Interest.READ);
        poller.poll(NOTHING);
        always.cancel();
        close(file);
        posix.descriptorLimit();
    }

    private void closedWithoutCancel() throws IOException {
        Posix.Pipe pipe = posix.pipe();
        poller.register(pipe.readFd(), Interest.READ);
        close(pipe.readFd());
        poller.poll(MILLI, NOTHING);
        close(pipe.writeFd());
    }

    /** The calls of io_uring, which the mechanisms of this test do not make. If the kernel refuses the first, it refuses the others. */
    private void aRing() {
        NativeMemory params = NativeMemory.allocate(syscalls, IoUring.PARAMS_SIZE);
        syscalls.ioUringSetup(0, params);
        syscalls.ioUringSetup(8, null);
        params.putInt(IoUring.FLAGS, IoUring.IORING_SETUP_CQSIZE | IoUring.IORING_SETUP_CLAMP);
        params.putInt(IoUring.CQ_ENTRIES, 64);
        int ring = syscalls.ioUringSetup(8, params);
        int prot = Mman.PROT_READ | Mman.PROT_WRITE;
        int flags = Mman.MAP_SHARED | Mman.MAP_POPULATE;
        long sqes = syscalls.mmap(SQES_BYTES, prot, flags, ring, IoUring.IORING_OFF_SQES);
        syscalls.ioUringEnter(ring, 0, 0, IoUring.IORING_ENTER_GETEVENTS, null, 0);
        syscalls.ioUringEnter(ring, 0, 0, 1 << 30, null, 0);
        syscalls.membarrier(Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0);
        syscalls.membarrier(-1, 0);
        syscalls.munmap(sqes + 1, SQES_BYTES);
        syscalls.munmap(sqes, SQES_BYTES);
        syscalls.close(ring);
    }

    private void aTerminal() throws IOException {
        Terminals terminals = posix.terminals();
        try (Terminals.Pty pty = terminals.openPty()) {
            int slave = terminals.open(pty.slavePath());
            TerminalMode mode = terminals.mode(slave);
            terminals.windowSize(slave);
            terminals.setMode(slave, mode.raw().withBaudRate(115_200));
            terminals.setWindowSize(pty.masterFd(), new Terminals.WindowSize(25, 81));
            terminals.mode(slave);
            close(slave);
        }
    }

    private void aTimer() {
        NativeMemory spec = NativeMemory.allocate(syscalls, TimerFd.ITIMERSPEC_SIZE);
        NativeMemory old = NativeMemory.allocate(syscalls, TimerFd.ITIMERSPEC_SIZE);
        NativeMemory expirations = NativeMemory.allocate(syscalls, Long.BYTES);
        syscalls.timerfdCreate(99, 0);
        int fd = syscalls.timerfdCreate(TimerFd.CLOCK_MONOTONIC, TimerFd.TFD_NONBLOCK | TimerFd.TFD_CLOEXEC);
        TimerFd.put(spec.buffer(), TimerFd.IT_VALUE, 0, 1);
        syscalls.timerfdSettime(fd, TimerFd.TFD_TIMER_ABSTIME, spec, null);
        syscalls.read(fd, expirations, 0, Long.BYTES);
        syscalls.read(fd, expirations, 0, Long.BYTES);
        TimerFd.put(spec.buffer(), TimerFd.IT_INTERVAL, 5, 1);
        syscalls.timerfdSettime(fd, 0, spec, old);
        TimerFd.put(spec.buffer(), TimerFd.IT_VALUE, 0, 0);
        syscalls.timerfdSettime(fd, 0, spec, null);
        syscalls.timerfdGettime(fd, old);
        syscalls.timerfdSettime(MARKER, 0, spec, old);
        syscalls.timerfdGettime(MARKER, old);
        syscalls.close(fd);
        syscalls.close(syscalls.timerfdCreate(TimerFd.CLOCK_REALTIME, 0));
    }

    private void aSignal() {
        NativeMemory set = NativeMemory.allocate(syscalls, Signal.SIGSET_SIZE);
        NativeMemory old = NativeMemory.allocate(syscalls, Signal.SIGSET_SIZE);
        NativeMemory info = NativeMemory.allocate(syscalls, SignalFd.SIGINFO_SIZE);
        Signal.add(set.buffer(), Signal.SIGUSR1);
        Signal.add(set.buffer(), Signal.SIGWINCH);
        Signal.add(set.buffer(), Signal.SIGNAL_MAX);
        syscalls.pthreadSigmask(Signal.SIG_BLOCK, set, old);
        syscalls.pthreadSigmask(Signal.SIG_BLOCK, null, old);
        syscalls.pthreadSigmask(99, set, old);
        int fd = syscalls.signalfd(-1, set, SignalFd.SFD_NONBLOCK | SignalFd.SFD_CLOEXEC);
        syscalls.signalfd(-1, set, 1);
        syscalls.raise(Signal.SIGUSR1);
        syscalls.read(fd, info, 0, SignalFd.SIGINFO_SIZE);
        syscalls.read(fd, info, 0, SignalFd.SIGINFO_SIZE);
        syscalls.pthreadSigmask(Signal.SIG_UNBLOCK, set, null);
        for (int signal = 1; signal <= Signal.SIGNAL_MAX; signal++) {
            Signal.add(set.buffer(), signal);
        }
        syscalls.signalfd(fd, set, 0);
        syscalls.close(fd);
    }

    private void aProcess() {
        NativeMemory info = NativeMemory.allocate(syscalls, Wait.SIGINFO_SIZE);
        int options = Wait.WEXITED | Wait.WNOHANG | Wait.WNOWAIT;
        int fd = syscalls.pidfdOpen(child, 0);
        syscalls.pidfdOpen(-1, 0);
        syscalls.pidfdOpen(child, 1);
        syscalls.close(syscalls.pidfdOpen(child, Pidfd.PIDFD_NONBLOCK));
        syscalls.kill(child, 0);
        syscalls.kill(child, Signal.SIGWINCH);
        syscalls.kill(child, 99);
        syscalls.pidfdSendSignal(fd, 0, 0);
        syscalls.pidfdSendSignal(fd, Signal.SIGWINCH, 0);
        syscalls.waitid(Wait.P_PIDFD, fd, info, options);
        syscalls.waitid(Wait.P_PID, child, info, options);
        syscalls.waitid(Wait.P_PID, 1, info, options);
        syscalls.waitid(99, 1, info, 32);
        syscalls.close(fd);
    }

    private void aFileWatch() {
        NativeMemory root = NativeMemory.allocate(syscalls, 2);
        root.buffer().put(0, (byte) '/');
        syscalls.inotifyInit1(1);
        int fd = syscalls.inotifyInit1(Inotify.IN_NONBLOCK | Inotify.IN_CLOEXEC);
        int wd = syscalls.inotifyAddWatch(fd, root, Inotify.IN_DELETE_SELF | Inotify.IN_MOVE_SELF | Inotify.IN_ONLYDIR);
        syscalls.inotifyAddWatch(fd, root, 0);
        syscalls.inotifyAddWatch(fd, null, Inotify.IN_MODIFY);
        syscalls.inotifyRmWatch(fd, wd);
        syscalls.inotifyRmWatch(fd, wd);
        syscalls.read(fd, NativeMemory.allocate(syscalls, 64), 0, 64);
        syscalls.close(fd);
    }

    private void write(int fd, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        posix.write(fd, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    private void close(int... fds) throws IOException {
        for (int fd : fds) {
            posix.close(fd);
        }
    }
}
