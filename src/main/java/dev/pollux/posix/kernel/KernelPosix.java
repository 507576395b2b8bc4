// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Socket;
import dev.pollux.posix.Posix;
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
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** {@link Posix} over {@link Syscalls}. It also reads and writes {@link NativeMemory}, without garbage. */
public final class KernelPosix implements Posix {
    /** OPEN_MAX of macOS: its highest soft limit, whatever the hard limit is. */
    private static final long OPEN_MAX = 10240;

    private final Syscalls syscalls;

    /** Creates and uses descriptors through these calls. */
    public KernelPosix(Syscalls syscalls) {
        this.syscalls = Objects.requireNonNull(syscalls, "syscalls");
    }

    @Override
    public Pipe pipe() throws SyscallException {
        NativeMemory ends = allocate(2 * Integer.BYTES);
        check("pipe", "", syscalls.pipe(ends));
        int readFd = ends.getInt(0);
        int writeFd = ends.getInt(Integer.BYTES);
        prepareBoth(readFd, writeFd);
        return new Pipe(readFd, writeFd);
    }

    @Override
    public SocketPair socketPair() throws SyscallException {
        return socketPair(Socket.SOCK_STREAM, "SOCK_STREAM");
    }

    @Override
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

    @Override
    public int streamSocket(StandardProtocolFamily family) throws SyscallException {
        return socket(family, Socket.SOCK_STREAM, "SOCK_STREAM");
    }

    @Override
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

    @Override
    public void bind(int fd, SocketAddress address) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory sockaddr = allocate(Socket.SOCKADDR_MAX_SIZE);
        int length = putAddress(sockaddr, address);
        check("bind", fd + ", " + text(address), syscalls.bind(fd, sockaddr, length));
        Reference.reachabilityFence(sockaddr);
    }

    @Override
    public void listen(int fd, int backlog) throws SyscallException {
        requireDescriptor(fd);
        check("listen", fd + ", " + backlog, syscalls.listen(fd, backlog));
    }

    @Override
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

    @Override
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

    @Override
    public void finishConnect(int fd, SocketAddress address) throws SyscallException {
        check("connect", fd + ", " + text(address), -socketError(fd));
    }

    @Override
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

    @Override
    public InetSocketAddress localAddress(int fd) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory sockaddr = allocate(Socket.SOCKADDR_MAX_SIZE);
        NativeMemory length = allocate(Integer.BYTES);
        length.putInt(0, sockaddr.sizeBytes());
        check("getsockname", Integer.toString(fd), syscalls.getsockname(fd, sockaddr, length));
        Reference.reachabilityFence(length);
        return Socket.getInet(sockaddr.buffer());
    }

    @Override
    public void shutdownRead(int fd) throws SyscallException {
        shutdown(fd, Socket.SHUT_RD, "SHUT_RD");
    }

    @Override
    public void shutdownWrite(int fd) throws SyscallException {
        shutdown(fd, Socket.SHUT_WR, "SHUT_WR");
    }

    @Override
    public void shutdownBoth(int fd) throws SyscallException {
        shutdown(fd, Socket.SHUT_RDWR, "SHUT_RDWR");
    }

    private void shutdown(int fd, int how, String howName) throws SyscallException {
        requireDescriptor(fd);
        check("shutdown", fd + ", " + howName, syscalls.shutdown(fd, how));
    }

    @Override
    public int read(int fd, ByteBuffer direct) throws SyscallException {
        if (direct.isReadOnly()) {
            throw new IllegalArgumentException("the buffer is read-only");
        }
        int count = read(fd, NativeMemory.of(syscalls, direct), direct.position(), direct.remaining());
        direct.position(direct.position() + Math.max(count, 0));
        return count;
    }

    @Override
    public int write(int fd, ByteBuffer direct) throws SyscallException {
        int count = write(fd, NativeMemory.of(syscalls, direct), direct.position(), direct.remaining());
        direct.position(direct.position() + count);
        return count;
    }

    /**
     * Reads into this part of the memory, without garbage. Returns what {@link #read(int, ByteBuffer)} does.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the memory
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
     * Writes this part of the memory, without garbage. Returns what {@link #write(int, ByteBuffer)} does.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the memory
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

    /** Zeroed memory for {@link #read(int, NativeMemory, int, int)} and {@link #write(int, NativeMemory, int, int)}. */
    public NativeMemory allocate(int sizeBytes) {
        return NativeMemory.allocate(syscalls, sizeBytes);
    }

    @Override
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

    @Override
    public int eventfd(int initialValue) throws SyscallException {
        return prepare(
                check("eventfd", Integer.toUnsignedString(initialValue) + ", 0", syscalls.eventfd(initialValue, 0)));
    }

    @Override
    public int open(Path path, StandardOpenOption... options) throws SyscallException {
        Set<StandardOpenOption> others = EnumSet.noneOf(StandardOpenOption.class);
        Collections.addAll(others, options);
        boolean write = others.remove(StandardOpenOption.WRITE);
        boolean read = others.remove(StandardOpenOption.READ) || !write;
        if (!others.isEmpty()) {
            throw new UnsupportedOperationException("open takes the options READ and WRITE, not " + others);
        }
        return open(path, !write ? Fcntl.O_RDONLY : read ? Fcntl.O_RDWR : Fcntl.O_WRONLY);
    }

    /** Opens an existing file with flags of {@link Fcntl}; adds O_NONBLOCK and O_CLOEXEC. */
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

    @Override
    public int dup(int fd) throws SyscallException {
        requireDescriptor(fd);
        return closeOnExec(check("dup", Integer.toString(fd), syscalls.dup(fd)));
    }

    @Override
    public int dupAtOrAbove(int fd, int lowestFd) throws SyscallException {
        requireDescriptor(fd);
        requireDescriptor(lowestFd);
        return closeOnExec(fcntl(fd, Fcntl.F_DUPFD, lowestFd, "F_DUPFD, " + lowestFd));
    }

    @Override
    public void close(int fd) throws SyscallException {
        requireDescriptor(fd);
        int rc = syscalls.close(fd);
        if (rc != -Errno.EINTR) {
            check("close", Integer.toString(fd), rc);
        }
    }

    @Override
    public boolean isOpen(int fd) {
        requireDescriptor(fd);
        return syscalls.fcntl(fd, Fcntl.F_GETFD, 0) >= 0;
    }

    @Override
    public void setNonBlocking(int fd, boolean on) throws SyscallException {
        requireDescriptor(fd);
        int before = fcntl(fd, Fcntl.F_GETFL, 0, "F_GETFL");
        int after = on ? before | Fcntl.O_NONBLOCK : before & ~Fcntl.O_NONBLOCK;
        if (after != before) {
            fcntl(fd, Fcntl.F_SETFL, after, "F_SETFL, 0x" + Integer.toHexString(after));
        }
    }

    @Override
    public void setReuseAddress(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.SO_REUSEADDR, "SO_REUSEADDR", on ? 1 : 0);
    }

    @Override
    public void setReusePort(int fd, boolean on) throws SyscallException {
        if (Socket.SO_REUSEPORT == 0) {
            throw new UnsupportedOperationException("SO_REUSEPORT is not known here; share one listening socket");
        }
        setOption(fd, Socket.SO_REUSEPORT, "SO_REUSEPORT", on ? 1 : 0);
    }

    @Override
    public void setNoDelay(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.IPPROTO_TCP, "IPPROTO_TCP", Socket.TCP_NODELAY, "TCP_NODELAY", on ? 1 : 0);
    }

    @Override
    public void setSendBufferSize(int fd, int sizeBytes) throws SyscallException {
        setOption(fd, Socket.SO_SNDBUF, "SO_SNDBUF", sizeBytes);
    }

    @Override
    public void setReceiveBufferSize(int fd, int sizeBytes) throws SyscallException {
        setOption(fd, Socket.SO_RCVBUF, "SO_RCVBUF", sizeBytes);
    }

    @Override
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

    @Override
    public DescriptorLimit descriptorLimit() throws SyscallException {
        NativeMemory rlimit = allocate(Rlimit.SIZE);
        check("getrlimit", "RLIMIT_NOFILE", syscalls.getrlimit(Rlimit.RLIMIT_NOFILE, rlimit));
        return new DescriptorLimit(fromRlim(rlimit.getLong(Rlimit.CUR)), fromRlim(rlimit.getLong(Rlimit.MAX)));
    }

    @Override
    public void setDescriptorLimit(long soft) throws SyscallException {
        if (soft < 0) {
            throw new IllegalArgumentException("limit " + soft + " is negative");
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

    @Override
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
            throw new IllegalArgumentException("descriptor " + fd + " is negative");
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
