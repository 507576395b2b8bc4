// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Socket;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Descriptors for people: pipes, sockets, files, and what one does with them. A descriptor is an {@code int} here as
 * it is in C, so whatever this makes can be given to a {@code Poller}, and whoever made it closes it.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * int server = posix.streamSocket(StandardProtocolFamily.INET);
 * posix.bind(server, new InetSocketAddress("127.0.0.1", 0));
 * posix.listen(server, 128);
 * }</pre>
 *
 * <p>Every descriptor made here is non-blocking and close-on-exec; only {@link #dup} and {@link #dupAtOrAbove} keep
 * the mode of the original, which they share with it. Nothing here waits, as long as the descriptor is non-blocking.
 *
 * <p><b>Threads.</b> Any thread may call anything.
 *
 * <p><b>Errors.</b> What the kernel refuses is a {@link SyscallException} that says the call, its arguments and the
 * errno: {@code bind(7, 127.0.0.1:80): EACCES (Permission denied)}. A negative descriptor is an
 * {@link IllegalArgumentException}. A call that a signal cut short is made again. If a new descriptor cannot be made
 * ready for use, it is closed before the exception leaves.
 */
public final class Posix {
    /** The most descriptors that macOS lets the soft limit say, whatever the hard one does: OPEN_MAX. */
    private static final long OPEN_MAX = 10240;

    private final Syscalls syscalls;

    /** Descriptors by way of these calls. */
    public Posix(Syscalls syscalls) {
        this.syscalls = Objects.requireNonNull(syscalls, "syscalls");
    }

    /** The two ends of a pipe. */
    public record Pipe(int readFd, int writeFd) {}

    /** Two sockets that are connected to each other. */
    public record SocketPair(int fd, int peerFd) {}

    /**
     * How high a descriptor's number may be, less one: {@code Long.MAX_VALUE} is no limit.
     *
     * @param soft what holds now
     * @param hard how far the soft limit may be raised
     */
    public record DescriptorLimit(long soft, long hard) {}

    /** A pipe, {@code pipe(2)}. */
    public Pipe pipe() throws SyscallException {
        NativeMemory ends = allocate(2 * Integer.BYTES);
        check("pipe", "", syscalls.pipe(ends));
        int readFd = ends.getInt(0);
        int writeFd = ends.getInt(Integer.BYTES);
        prepareBoth(readFd, writeFd);
        return new Pipe(readFd, writeFd);
    }

    /** Two connected UNIX stream sockets, {@code socketpair(2)}. */
    public SocketPair socketPair() throws SyscallException {
        return socketPair(Socket.SOCK_STREAM, "SOCK_STREAM");
    }

    /** Two connected UNIX datagram sockets, {@code socketpair(2)}. */
    public SocketPair datagramSocketPair() throws SyscallException {
        return socketPair(Socket.SOCK_DGRAM, "SOCK_DGRAM");
    }

    private SocketPair socketPair(int type, String typeName) throws SyscallException {
        NativeMemory ends = allocate(2 * Integer.BYTES);
        check("socketpair", "AF_UNIX, " + typeName + ", 0", syscalls.socketpair(Socket.AF_UNIX, type, 0, ends));
        int fd = ends.getInt(0);
        int peerFd = ends.getInt(Integer.BYTES);
        prepareBoth(fd, peerFd);
        return new SocketPair(fd, peerFd);
    }

    /** A TCP or UNIX stream socket, {@code socket(2)}. */
    public int streamSocket(StandardProtocolFamily family) throws SyscallException {
        return socket(family, Socket.SOCK_STREAM, "SOCK_STREAM");
    }

    /** A UDP or UNIX datagram socket, {@code socket(2)}. */
    public int datagramSocket(StandardProtocolFamily family) throws SyscallException {
        return socket(family, Socket.SOCK_DGRAM, "SOCK_DGRAM");
    }

    private int socket(StandardProtocolFamily family, int type, String typeName) throws SyscallException {
        int domain = switch (family) {
            case INET -> Socket.AF_INET;
            case INET6 -> Socket.AF_INET6;
            case UNIX -> Socket.AF_UNIX;
        };
        return prepare(check("socket", "AF_" + family + ", " + typeName + ", 0", syscalls.socket(domain, type, 0)));
    }

    /**
     * Gives a socket its address, {@code bind(2)}.
     *
     * @param address an {@link InetSocketAddress}, or a {@link UnixDomainSocketAddress} whose file does not exist yet;
     *     the file remains when the socket is closed
     * @throws IllegalArgumentException if the address is of another kind, unresolved, or too long a path
     */
    public void bind(int fd, SocketAddress address) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory sockaddr = allocate(Socket.SOCKADDR_MAX_SIZE);
        int length = putAddress(sockaddr, address);
        check("bind", fd + ", " + text(address), syscalls.bind(fd, sockaddr, length));
        Reference.reachabilityFence(sockaddr);
    }

    /**
     * Lets a bound socket take connections, {@code listen(2)}.
     *
     * @param backlog how many may wait to be accepted; the system may have a lower limit
     */
    public void listen(int fd, int backlog) throws SyscallException {
        requireDescriptor(fd);
        check("listen", fd + ", " + backlog, syscalls.listen(fd, backlog));
    }

    /**
     * Takes one waiting connection, {@code accept(2)}. One that was given up while it waited is passed over.
     *
     * @return its descriptor, or -1 if none is waiting
     */
    public int accept(int fd) throws SyscallException {
        requireDescriptor(fd);
        int rc;
        do {
            rc = syscalls.accept(fd);
        } while (rc == -Errno.EINTR || rc == -Errno.ECONNABORTED);
        if (rc == -Errno.EAGAIN) {
            return -1;
        }
        return prepare(check("accept", Integer.toString(fd), rc));
    }

    /**
     * Begins to connect a socket, {@code connect(2)}. One that is in progress is writable when it is over, and
     * {@link #socketError} then says how it ended.
     *
     * @return true if it is connected already, false if it is in progress
     * @throws SyscallException if it failed at once; EAGAIN if the backlog of a UNIX socket is full, which does not
     *     put it in progress
     * @throws IllegalArgumentException as {@link #bind}
     */
    public boolean connect(int fd, SocketAddress address) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory sockaddr = allocate(Socket.SOCKADDR_MAX_SIZE);
        int length = putAddress(sockaddr, address);
        int rc = syscalls.connect(fd, sockaddr, length);
        Reference.reachabilityFence(sockaddr);
        if (rc == -Errno.EINPROGRESS || rc == -Errno.EALREADY || rc == -Errno.EINTR) {
            return false;
        }
        check("connect", fd + ", " + text(address), rc);
        return true;
    }

    /**
     * The error that waits on a socket, {@code SO_ERROR} of {@code socket(7)}. Asking clears it.
     *
     * @return 0 if there is none, else an errno
     */
    public int socketError(int fd) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory value = allocate(Integer.BYTES);
        NativeMemory length = allocate(Integer.BYTES);
        length.putInt(0, Integer.BYTES);
        int rc = syscalls.getsockopt(fd, Socket.SOL_SOCKET, Socket.SO_ERROR, value, length);
        check("getsockopt", fd + ", SOL_SOCKET, SO_ERROR", rc);
        Reference.reachabilityFence(length);
        return value.getInt(0);
    }

    /** The address of an INET or INET6 socket, {@code getsockname(2)}; null if the socket is of another family. */
    public InetSocketAddress localAddress(int fd) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory sockaddr = allocate(Socket.SOCKADDR_MAX_SIZE);
        NativeMemory length = allocate(Integer.BYTES);
        length.putInt(0, sockaddr.sizeBytes());
        check("getsockname", Integer.toString(fd), syscalls.getsockname(fd, sockaddr, length));
        Reference.reachabilityFence(length);
        return Socket.getInet(sockaddr.buffer());
    }

    /** Ends what can be read from a socket, {@code shutdown(2)}. */
    public void shutdownRead(int fd) throws SyscallException {
        shutdown(fd, Socket.SHUT_RD, "SHUT_RD");
    }

    /** Ends what can be written to a socket: the peer reads to the end of the stream. {@code shutdown(2)}. */
    public void shutdownWrite(int fd) throws SyscallException {
        shutdown(fd, Socket.SHUT_WR, "SHUT_WR");
    }

    /** Ends both directions of a socket, {@code shutdown(2)}. */
    public void shutdownBoth(int fd) throws SyscallException {
        shutdown(fd, Socket.SHUT_RDWR, "SHUT_RDWR");
    }

    private void shutdown(int fd, int how, String howName) throws SyscallException {
        requireDescriptor(fd);
        check("shutdown", fd + ", " + howName, syscalls.shutdown(fd, how));
    }

    /**
     * Reads to the buffer's position and moves it, {@code read(2)}.
     *
     * @return how many bytes; 0 if there are none now, or no room in the buffer; -1 at the end of the stream (or for
     *     an empty datagram)
     * @throws IllegalArgumentException if the buffer is not direct, or is read-only
     */
    public int read(int fd, ByteBuffer direct) throws SyscallException {
        if (direct.isReadOnly()) {
            throw new IllegalArgumentException("the buffer is read-only");
        }
        int count = read(fd, NativeMemory.of(syscalls, direct), direct.position(), direct.remaining());
        direct.position(direct.position() + Math.max(count, 0));
        return count;
    }

    /**
     * Writes from the buffer's position and moves it, {@code write(2)}.
     *
     * @return how many bytes, perhaps fewer than remain; 0 if there is no room now
     * @throws IllegalArgumentException if the buffer is not direct
     */
    public int write(int fd, ByteBuffer direct) throws SyscallException {
        int count = write(fd, NativeMemory.of(syscalls, direct), direct.position(), direct.remaining());
        direct.position(direct.position() + count);
        return count;
    }

    /**
     * The same as {@link #read(int, ByteBuffer)} without garbage.
     *
     * @param offset where in the memory to begin
     * @param length how many bytes at most
     * @throws IndexOutOfBoundsException if that is not all inside of the memory
     */
    public int read(int fd, NativeMemory memory, int offset, int length) throws SyscallException {
        requireDescriptor(fd);
        Objects.checkFromIndexSize(offset, length, memory.sizeBytes());
        if (length == 0) {
            return 0;
        }
        int rc;
        do {
            rc = syscalls.read(fd, memory, offset, length);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(memory);
        if (rc > 0) {
            return rc;
        }
        return rc == 0 ? -1 : zeroIfAgain("read", fd, length, rc);
    }

    /**
     * The same as {@link #write(int, ByteBuffer)} without garbage.
     *
     * @param offset where in the memory to begin
     * @param length how many bytes at most
     * @throws IndexOutOfBoundsException if that is not all inside of the memory
     */
    public int write(int fd, NativeMemory memory, int offset, int length) throws SyscallException {
        requireDescriptor(fd);
        Objects.checkFromIndexSize(offset, length, memory.sizeBytes());
        int rc;
        do {
            rc = syscalls.write(fd, memory, offset, length);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(memory);
        return rc >= 0 ? rc : zeroIfAgain("write", fd, length, rc);
    }

    private static int zeroIfAgain(String call, int fd, int length, int rc) throws SyscallException {
        return rc == -Errno.EAGAIN ? 0 : check(call, fd + ", ..., " + length, rc);
    }

    /** Zeroed memory for {@link #read(int, NativeMemory, int, int)} and its like, of this many bytes. */
    public NativeMemory allocate(int sizeBytes) {
        return NativeMemory.allocate(syscalls, sizeBytes);
    }

    /**
     * Sends one urgent byte on a TCP socket, {@code send(2)} with MSG_OOB: exceptional data for the peer.
     *
     * @return 1, or 0 if there is no room now
     */
    public int sendUrgent(int fd, byte value) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory memory = allocate(1);
        memory.buffer().put(0, value);
        int rc;
        do {
            rc = syscalls.send(fd, memory, 0, 1, Socket.MSG_OOB | Socket.MSG_NOSIGNAL);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(memory);
        return rc == -Errno.EAGAIN ? 0 : check("send", fd + ", ..., 1, MSG_OOB|MSG_NOSIGNAL", rc);
    }

    /**
     * A counter that is readable while it is not zero, {@code eventfd(2)}. It is read and written as one
     * {@code long} in native order.
     *
     * @param initialValue unsigned
     * @throws SyscallException ENOSYS where there is none: elsewhere than Linux and FreeBSD
     */
    public int eventfd(int initialValue) throws SyscallException {
        return prepare(
                check("eventfd", Integer.toUnsignedString(initialValue) + ", 0", syscalls.eventfd(initialValue, 0)));
    }

    /**
     * Opens what exists already, {@code open(2)}.
     *
     * @param flags a union of the constants O_ of {@link Fcntl}; O_NONBLOCK and O_CLOEXEC are added
     * @throws SyscallException ENXIO for the write end of a FIFO that nobody has open to read
     */
    public int open(Path path, int flags) throws SyscallException {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        NativeMemory pathname = allocate(bytes.length + 1);
        pathname.buffer().put(0, bytes);
        int allFlags = flags | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;
        int rc;
        do {
            rc = syscalls.open(pathname, allFlags);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(pathname);
        return check("open", "\"" + path + "\", 0x" + Integer.toHexString(allFlags), rc);
    }

    /** Another number for the same open file, the lowest that is free; {@code dup(2)}. */
    public int dup(int fd) throws SyscallException {
        requireDescriptor(fd);
        return closeOnExec(check("dup", Integer.toString(fd), syscalls.dup(fd)));
    }

    /**
     * Another number for the same open file, the lowest that is free from a given one on; {@code fcntl(2)} with
     * F_DUPFD.
     *
     * @throws SyscallException EINVAL if {@code lowestFd} is not below the descriptor limit
     */
    public int dupAtOrAbove(int fd, int lowestFd) throws SyscallException {
        requireDescriptor(fd);
        requireDescriptor(lowestFd);
        return closeOnExec(fcntl(fd, Fcntl.F_DUPFD, lowestFd, "F_DUPFD, " + lowestFd));
    }

    /**
     * Gives the number back, {@code close(2)}. It is free even if this fails, unless the error is EBADF; so never
     * close again.
     */
    public void close(int fd) throws SyscallException {
        requireDescriptor(fd);
        int rc = syscalls.close(fd);
        if (rc != -Errno.EINTR) {
            check("close", Integer.toString(fd), rc);
        }
    }

    /** Whether this number is an open descriptor now, {@code fcntl(2)} with F_GETFD. */
    public boolean isOpen(int fd) {
        requireDescriptor(fd);
        return syscalls.fcntl(fd, Fcntl.F_GETFD, 0) >= 0;
    }

    /** Sets or clears O_NONBLOCK for this descriptor and every duplicate of it, {@code fcntl(2)}. */
    public void setNonBlocking(int fd, boolean on) throws SyscallException {
        requireDescriptor(fd);
        int before = fcntl(fd, Fcntl.F_GETFL, 0, "F_GETFL");
        int after = on ? before | Fcntl.O_NONBLOCK : before & ~Fcntl.O_NONBLOCK;
        if (after != before) {
            fcntl(fd, Fcntl.F_SETFL, after, "F_SETFL, 0x" + Integer.toHexString(after));
        }
    }

    /** Lets a server bind a port whose old connections have not faded yet: SO_REUSEADDR of {@code socket(7)}. */
    public void setReuseAddress(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.SO_REUSEADDR, "SO_REUSEADDR", on ? 1 : 0);
    }

    /**
     * Lets several sockets, all with this set before, be bound to one port and listen: SO_REUSEPORT of {@code socket(7)}.
     * Linux, 3.9 and later, and DragonFly spread the connections over them; on the other BSDs and macOS the last one
     * gets them all.
     *
     * @throws UnsupportedOperationException on Solaris and illumos
     */
    public void setReusePort(int fd, boolean on) throws SyscallException {
        if (Socket.SO_REUSEPORT == 0) {
            throw new UnsupportedOperationException("no SO_REUSEPORT is known here; share one listening socket");
        }
        setOption(fd, Socket.SO_REUSEPORT, "SO_REUSEPORT", on ? 1 : 0);
    }

    /** Sends small segments at once: TCP_NODELAY of {@code tcp(7)}. */
    public void setNoDelay(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.IPPROTO_TCP, "IPPROTO_TCP", Socket.TCP_NODELAY, "TCP_NODELAY", on ? 1 : 0);
    }

    /** Asks for room for this many bytes: SO_SNDBUF of {@code socket(7)}. Linux gives twice as much, and a minimum. */
    public void setSendBufferSize(int fd, int sizeBytes) throws SyscallException {
        setOption(fd, Socket.SO_SNDBUF, "SO_SNDBUF", sizeBytes);
    }

    /** Asks for room for this many bytes: SO_RCVBUF of {@code socket(7)}. Linux gives twice as much, and a minimum. */
    public void setReceiveBufferSize(int fd, int sizeBytes) throws SyscallException {
        setOption(fd, Socket.SO_RCVBUF, "SO_RCVBUF", sizeBytes);
    }

    /**
     * What close does with data that is not sent yet: SO_LINGER of {@code socket(7)}.
     *
     * @param seconds 0: it is thrown away and the peer is reset; negative: off, it is sent after close has returned
     */
    public void setLinger(int fd, int seconds) throws SyscallException {
        NativeMemory linger = allocate(2 * Integer.BYTES);
        linger.putInt(0, seconds >= 0 ? 1 : 0);
        linger.putInt(Integer.BYTES, Math.max(seconds, 0));
        String value = "{l_onoff=" + linger.getInt(0) + ", l_linger=" + linger.getInt(Integer.BYTES) + "}";
        setOption(fd, Socket.SOL_SOCKET, "SOL_SOCKET", Socket.SO_LINGER, "SO_LINGER", linger, value);
    }

    private void setOption(int fd, int name, String nameText, int value) throws SyscallException {
        setOption(fd, Socket.SOL_SOCKET, "SOL_SOCKET", name, nameText, value);
    }

    private void setOption(int fd, int level, String levelText, int name, String nameText, int value)
            throws SyscallException {
        NativeMemory memory = allocate(Integer.BYTES);
        memory.putInt(0, value);
        setOption(fd, level, levelText, name, nameText, memory, Integer.toString(value));
    }

    private void setOption(
            int fd, int level, String levelText, int name, String nameText, NativeMemory value, String valueText)
            throws SyscallException {
        requireDescriptor(fd);
        int rc = syscalls.setsockopt(fd, level, name, value, value.sizeBytes());
        Reference.reachabilityFence(value);
        check("setsockopt", fd + ", " + levelText + ", " + nameText + ", " + valueText, rc);
    }

    /** RLIMIT_NOFILE of {@code getrlimit(2)}. */
    public DescriptorLimit descriptorLimit() throws SyscallException {
        NativeMemory rlimit = allocate(Rlimit.SIZE);
        check("getrlimit", "RLIMIT_NOFILE", syscalls.getrlimit(Rlimit.RLIMIT_NOFILE, rlimit));
        return new DescriptorLimit(fromRlim(rlimit.getLong(Rlimit.CUR)), fromRlim(rlimit.getLong(Rlimit.MAX)));
    }

    /**
     * Sets the soft limit of the whole process, {@code setrlimit(2)}. Descriptors beyond a lower limit stay open.
     *
     * @param soft at most the hard limit
     * @throws SyscallException EINVAL or EPERM if it is more
     */
    public void setDescriptorLimit(long soft) throws SyscallException {
        if (soft < 0) {
            throw new IllegalArgumentException("a limit is not negative: " + soft);
        }
        setDescriptorLimit(soft, descriptorLimit().hard());
    }

    private void setDescriptorLimit(long soft, long hard) throws SyscallException {
        NativeMemory rlimit = allocate(Rlimit.SIZE);
        rlimit.putLong(Rlimit.CUR, toRlim(soft));
        rlimit.putLong(Rlimit.MAX, toRlim(hard));
        int rc = syscalls.setrlimit(Rlimit.RLIMIT_NOFILE, rlimit);
        Reference.reachabilityFence(rlimit);
        check("setrlimit", "RLIMIT_NOFILE, {rlim_cur=" + rlim(soft) + ", rlim_max=" + rlim(hard) + "}", rc);
    }

    /**
     * Raises the soft limit of the whole process to the hard one, or as near to it as the system takes.
     *
     * @return what holds then
     */
    public DescriptorLimit raiseDescriptorLimit() throws SyscallException {
        DescriptorLimit limit = descriptorLimit();
        if (limit.soft() == limit.hard()) {
            return limit;
        }
        try {
            setDescriptorLimit(limit.hard(), limit.hard());
        } catch (SyscallException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            if (limit.soft() < OPEN_MAX) {
                setDescriptorLimit(Math.min(OPEN_MAX, limit.hard()), limit.hard());
            }
        }
        return descriptorLimit();
    }

    private static long fromRlim(long value) {
        return value == Rlimit.RLIM_INFINITY || value < 0 ? Long.MAX_VALUE : value;
    }

    private static long toRlim(long value) {
        return value == Long.MAX_VALUE ? Rlimit.RLIM_INFINITY : value;
    }

    private static String rlim(long value) {
        return value == Long.MAX_VALUE ? "RLIM_INFINITY" : Long.toString(value);
    }

    private void prepareBoth(int fd, int otherFd) throws SyscallException {
        try {
            prepare(fd);
        } catch (SyscallException e) {
            syscalls.close(otherFd);
            throw e;
        }
        try {
            prepare(otherFd);
        } catch (SyscallException e) {
            syscalls.close(fd);
            throw e;
        }
    }

    /** Makes a new descriptor non-blocking and close-on-exec, or closes it. */
    private int prepare(int fd) throws SyscallException {
        closeOnExec(fd);
        try {
            setNonBlocking(fd, true);
            return fd;
        } catch (SyscallException e) {
            syscalls.close(fd);
            throw e;
        }
    }

    /** Makes a new descriptor close-on-exec, or closes it. */
    private int closeOnExec(int fd) throws SyscallException {
        int rc = syscalls.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        if (rc < 0) {
            syscalls.close(fd);
        }
        check("fcntl", fd + ", F_SETFD, FD_CLOEXEC", rc);
        return fd;
    }

    private int fcntl(int fd, int op, int arg, String text) throws SyscallException {
        return check("fcntl", fd + ", " + text, syscalls.fcntl(fd, op, arg));
    }

    private static int check(String call, String arguments, int rc) throws SyscallException {
        if (rc < 0) {
            throw new SyscallException(call, arguments, -rc, Errno.describe(-rc));
        }
        return rc;
    }

    private static void requireDescriptor(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("a descriptor is not negative: " + fd);
        }
    }

    private static int putAddress(NativeMemory sockaddr, SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return Socket.putInet(sockaddr.buffer(), inet);
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            return Socket.putUnix(sockaddr.buffer(), unix.getPath().toString());
        }
        throw new IllegalArgumentException("neither an InetSocketAddress nor a UnixDomainSocketAddress: " + address);
    }

    private static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return "\"" + address + "\"";
    }
}
