// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import static dev.pollux.posix.kernel.KernelCalls.check;
import static dev.pollux.posix.kernel.KernelCalls.lengthFrom;
import static dev.pollux.posix.kernel.KernelCalls.requireDescriptor;
import static dev.pollux.posix.kernel.KernelCalls.requireWritable;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Iovec;
import dev.pollux.abi.Message;
import dev.pollux.abi.Socket;
import dev.pollux.posix.PeerAddress;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sockets: their addresses, connections and options. */
abstract class KernelSockets extends KernelDescriptors {
    // where the parts of a message begin in its memory
    private static final int VECTOR = 4;
    private static final int CONTROL = (VECTOR + 1) * Iovec.SIZE;

    /** More than the descriptors need: for other control messages that a socket may be set up to receive. */
    private static final int CONTROL_SIZE = 2 * Message.spaceOf(Message.SCM_MAX_FD);

    private static final int MESSAGE_SIZE = CONTROL + CONTROL_SIZE;

    /** Whether the system has no accept4; found out by the first call where the flags are known. */
    private volatile boolean lacksAccept4 = Socket.SOCK_NONBLOCK == 0;

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
        return new SocketPair(fd, peerFd, this);
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
        int length = KernelPeerAddress.put(sockaddr, address);
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
        return accept(fd, (KernelPeerAddress) null);
    }

    @Override
    public int accept(int fd, PeerAddress peer) throws SyscallException {
        return accept(fd, KernelPeerAddress.of(peer));
    }

    private int accept(int fd, KernelPeerAddress peer) throws SyscallException {
        requireDescriptor(fd);
        int rc = lacksAccept4 ? -Errno.ENOSYS : accept4(fd, peer);
        if (rc == -Errno.ENOSYS) {
            lacksAccept4 = true;
            return acceptThenPrepare(fd, peer);
        }
        if (rc < 0 && peer != null) {
            peer.clear();
        }
        return rc == -Errno.EAGAIN ? -1 : check("accept4", fd + ", SOCK_CLOEXEC|SOCK_NONBLOCK", rc);
    }

    private int accept4(int fd, KernelPeerAddress peer) {
        int flags = Socket.SOCK_CLOEXEC | Socket.SOCK_NONBLOCK;
        int rc;
        do {
            rc = peer == null
                    ? syscalls.accept4(fd, null, null, flags)
                    : syscalls.accept4(fd, peer.sockaddr, peer.room(), flags);
        } while (rc == -Errno.EINTR || rc == -Errno.ECONNABORTED);
        return rc;
    }

    private int acceptThenPrepare(int fd, KernelPeerAddress peer) throws SyscallException {
        if (peer != null) {
            peer.clear();
        }
        int rc;
        do {
            rc = syscalls.accept(fd);
        } while (rc == -Errno.EINTR || rc == -Errno.ECONNABORTED);
        if (rc == -Errno.EAGAIN) {
            return -1;
        }
        int accepted = calls.prepare(check("accept", Integer.toString(fd), rc));
        if (peer != null && syscalls.getpeername(accepted, peer.sockaddr, peer.room()) < 0) {
            peer.clear(); // it has gone already
        }
        return accepted;
    }

    @Override
    public boolean connect(int fd, SocketAddress address) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory sockaddr = allocate(Socket.SOCKADDR_MAX_SIZE);
        int length = KernelPeerAddress.put(sockaddr, address);
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
        return option(fd, Socket.SO_ERROR, "SO_ERROR");
    }

    private int option(int fd, int name, String nameText) throws SyscallException {
        requireDescriptor(fd);
        NativeMemory value = allocate(Integer.BYTES);
        NativeMemory length = allocate(Integer.BYTES);
        length.putInt(0, Integer.BYTES);
        int rc = syscalls.getsockopt(fd, Socket.SOL_SOCKET, name, value, length);
        check("getsockopt", fd + ", SOL_SOCKET, " + nameText, rc);
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
    public SocketAddress remoteAddress(int fd) throws SyscallException {
        requireDescriptor(fd);
        KernelPeerAddress peer = new KernelPeerAddress(calls);
        check("getpeername", Integer.toString(fd), syscalls.getpeername(fd, peer.sockaddr, peer.room()));
        return peer.get();
    }

    @Override
    public PeerAddress newPeerAddress() {
        return new KernelPeerAddress(calls);
    }

    @Override
    public int receiveFrom(int fd, ByteBuffer direct, PeerAddress sender) throws SyscallException {
        requireDescriptor(fd);
        requireWritable(direct);
        KernelPeerAddress peer = KernelPeerAddress.of(sender);
        NativeMemory memory = calls.memory(direct);
        int position = direct.position();
        int length = lengthFrom(position, direct);
        int rc;
        do {
            rc = syscalls.recvfrom(fd, memory, position, length, 0, peer.sockaddr, peer.room());
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(direct);
        if (rc < 0) {
            peer.clear();
            return rc == -Errno.EAGAIN ? -1 : check("recvfrom", fd + ", ..., " + length, rc);
        }
        direct.position(position + rc);
        return rc;
    }

    @Override
    public boolean sendTo(int fd, ByteBuffer direct, SocketAddress receiver) throws SyscallException {
        KernelPeerAddress address = new KernelPeerAddress(calls);
        address.set(receiver);
        return sendTo(fd, direct, address);
    }

    @Override
    public boolean sendTo(int fd, ByteBuffer direct, PeerAddress receiver) throws SyscallException {
        requireDescriptor(fd);
        KernelPeerAddress peer = KernelPeerAddress.of(receiver);
        NativeMemory memory = calls.memory(direct);
        int position = direct.position();
        int length = lengthFrom(position, direct);
        int addrlen = peer.length.getInt(0);
        if (addrlen == 0 || addrlen > peer.sockaddr.sizeBytes()) {
            throw new IllegalArgumentException("there is no address to send to" + (addrlen == 0 ? "" : ": it was cut"));
        }
        int rc;
        do {
            rc = syscalls.sendto(fd, memory, position, length, Socket.MSG_NOSIGNAL, peer.sockaddr, addrlen);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(direct);
        if (rc == -Errno.EAGAIN) {
            return false;
        }
        if (rc < 0) {
            check("sendto", fd + ", ..., " + length + ", MSG_NOSIGNAL, " + text(peer.get()), rc);
        }
        direct.position(position + rc);
        return true;
    }

    @Override
    public int sendDescriptors(int fd, ByteBuffer direct, int... fds) throws SyscallException {
        requireDescriptor(fd);
        if (!direct.hasRemaining() || fds.length > Message.SCM_MAX_FD) {
            throw new IllegalArgumentException("a message has at least one byte and at most " + Message.SCM_MAX_FD
                    + " descriptors, not " + direct.remaining() + " and " + fds.length);
        }
        for (int each : fds) {
            requireDescriptor(each);
        }
        NativeMemory message = calls.takeScratch(MESSAGE_SIZE);
        try {
            putMessage(message, direct, Message.spaceOf(fds.length));
            if (fds.length > 0) {
                Message.putDescriptors(message.buffer(), CONTROL, fds);
            }
            int rc;
            do {
                rc = syscalls.sendmsg(fd, message, Socket.MSG_NOSIGNAL);
            } while (rc == -Errno.EINTR);
            Reference.reachabilityFence(direct);
            if (rc == -Errno.EAGAIN) {
                return 0;
            }
            check("sendmsg", fd + ", ..., " + direct.remaining() + ", SCM_RIGHTS, " + Arrays.toString(fds), rc);
            direct.position(direct.position() + rc);
            return rc;
        } finally {
            calls.giveBack(message);
        }
    }

    /** A {@code msghdr}, its only {@code iovec}, and room for control messages. */
    private void putMessage(NativeMemory message, ByteBuffer direct, int controllen) {
        long begin = NativeMemory.addressOf(message);
        int position = direct.position();
        long base = NativeMemory.addressOf(calls.memory(direct)) + position;
        Iovec.put(message.buffer(), VECTOR, base, lengthFrom(position, direct));
        long control = controllen == 0 ? 0 : begin + CONTROL;
        Message.put(message.buffer(), 0, begin + VECTOR * Iovec.SIZE, 1, control, controllen);
    }

    @Override
    public Received receiveDescriptors(int fd, ByteBuffer direct) throws SyscallException {
        requireDescriptor(fd);
        requireWritable(direct);
        if (!direct.hasRemaining()) {
            throw new IllegalArgumentException("the buffer is full");
        }
        NativeMemory message = calls.takeScratch(MESSAGE_SIZE);
        try {
            int rc;
            do {
                putMessage(message, direct, CONTROL_SIZE);
                rc = syscalls.recvmsg(fd, message, Message.MSG_CMSG_CLOEXEC);
            } while (rc == -Errno.EINTR);
            Reference.reachabilityFence(direct);
            if (rc == -Errno.EAGAIN) {
                return new Received(0, List.of());
            }
            String arguments = fd + ", ..., " + direct.remaining();
            check("recvmsg", arguments, rc);
            direct.position(direct.position() + rc);
            List<Integer> fds = received(message, arguments);
            return new Received(rc == 0 && fds.isEmpty() ? -1 : rc, fds);
        } finally {
            calls.giveBack(message);
        }
    }

    /** The descriptors in a message: all, or none and each that came is closed. */
    private List<Integer> received(NativeMemory message, String arguments) throws SyscallException {
        int[] fds = Message.descriptors(message.buffer(), CONTROL, Message.controllen(message.buffer(), 0));
        if ((message.getInt(Message.MSG_FLAGS) & Message.MSG_CTRUNC) != 0) {
            closeAll(fds);
            check("recvmsg", arguments + ", MSG_CTRUNC", -Errno.EMFILE);
        }
        List<Integer> received = new ArrayList<>();
        for (int each : fds) {
            int rc = Message.MSG_CMSG_CLOEXEC != 0 ? 0 : syscalls.fcntl(each, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
            if (rc < 0) {
                closeAll(fds);
                check("fcntl", each + ", F_SETFD, FD_CLOEXEC", rc);
            }
            received.add(each);
        }
        return received;
    }

    private void closeAll(int[] fds) {
        for (int each : fds) {
            syscalls.close(each);
        }
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
    public int sendBufferSize(int fd) throws SyscallException {
        return option(fd, Socket.SO_SNDBUF, "SO_SNDBUF");
    }

    @Override
    public int receiveBufferSize(int fd) throws SyscallException {
        return option(fd, Socket.SO_RCVBUF, "SO_RCVBUF");
    }

    @Override
    public void setKeepAlive(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.SO_KEEPALIVE, "SO_KEEPALIVE", on ? 1 : 0);
    }

    @Override
    public void setBroadcast(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.SO_BROADCAST, "SO_BROADCAST", on ? 1 : 0);
    }

    @Override
    public void setIpv6Only(int fd, boolean on) throws SyscallException {
        setOption(fd, Socket.IPPROTO_IPV6, "IPPROTO_IPV6", Socket.IPV6_V6ONLY, "IPV6_V6ONLY", on ? 1 : 0);
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

    private static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getAddress().getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return "\"" + address + "\"";
    }
}
