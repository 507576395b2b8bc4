// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import static dev.pollux.posix.kernel.KernelCalls.check;
import static dev.pollux.posix.kernel.KernelCalls.requireDescriptor;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Socket;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;

/** Sockets: their addresses, connections and options. */
abstract class KernelSockets extends KernelDescriptors {
    KernelSockets(Syscalls syscalls) {
        super(syscalls);
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
        calls.prepareBoth(fd, peerFd);
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
        return calls.prepare(
                check("socket", "AF_" + family + ", " + typeName + ", 0", syscalls.socket(domain, type, 0)));
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
        return calls.prepare(check("accept", Integer.toString(fd), rc));
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
