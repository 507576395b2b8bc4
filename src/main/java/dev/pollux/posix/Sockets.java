// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls for sockets. {@link Posix} extends this interface, and describes threads and errors. */
public interface Sockets {
    /** A TCP or UNIX stream socket, {@code socket(2)}. */
    int streamSocket(StandardProtocolFamily family) throws SyscallException;

    /** A UDP or UNIX datagram socket, {@code socket(2)}. */
    int datagramSocket(StandardProtocolFamily family) throws SyscallException;

    /**
     * Gives a socket its address, {@code bind(2)}.
     *
     * @param address an {@link InetSocketAddress}, or a {@link UnixDomainSocketAddress} whose file does not exist yet;
     *     closing the socket does not remove the file
     * @throws IllegalArgumentException if the address is of another type or unresolved, or the path is too long
     */
    void bind(int fd, SocketAddress address) throws SyscallException;

    /**
     * Lets a bound socket accept connections, {@code listen(2)}.
     *
     * @param backlog how many connections may wait to be accepted; the system may have a lower limit
     */
    void listen(int fd, int backlog) throws SyscallException;

    /**
     * Accepts one waiting connection, {@code accept4(2)}, or {@code accept(2)} on a system without it. It skips
     * connections that were aborted while they waited (ECONNABORTED).
     *
     * @return its descriptor, or -1 if none is waiting
     */
    int accept(int fd) throws SyscallException;

    /**
     * The same, and stores the address of the peer, {@code accept4(2)}.
     *
     * @param peer receives the address. On a system without accept4 (macOS) it is null if the peer has gone already.
     */
    int accept(int fd, PeerAddress peer) throws SyscallException;

    /**
     * Starts to connect a socket, {@code connect(2)}. If the connect is in progress, the socket becomes writable when
     * it has ended; {@link #finishConnect} then reports the outcome.
     *
     * @return true if it is connected already, false if it is in progress
     * @throws SyscallException if it failed at once; EAGAIN if the backlog of a UNIX socket is full: the connect is
     *     then not in progress
     * @throws IllegalArgumentException as {@link #bind}
     */
    boolean connect(int fd, SocketAddress address) throws SyscallException;

    /**
     * Reports how a connect in progress has ended, once the socket is writable.
     *
     * @param address only for the message of the exception
     * @throws SyscallException if it failed, such as ECONNREFUSED; the error is cleared
     */
    void finishConnect(int fd, SocketAddress address) throws SyscallException;

    /**
     * The pending error of a socket, {@code SO_ERROR} of {@code socket(7)}. Reading it clears it.
     *
     * @return 0 if there is none, else an errno
     */
    int socketError(int fd) throws SyscallException;

    /** The address of an INET or INET6 socket, {@code getsockname(2)}; null if the socket is of another family. */
    @Nullable
    InetSocketAddress localAddress(int fd) throws SyscallException;

    /**
     * The address of the peer of a connected socket, {@code getpeername(2)}.
     *
     * @return null if the peer is a UNIX socket without a file, or with one whose path this JVM's locale cannot express
     * @throws SyscallException ENOTCONN if it is not connected
     */
    @Nullable
    SocketAddress remoteAddress(int fd) throws SyscallException;

    /** Room for an address, to use again and again. */
    PeerAddress newPeerAddress();

    /**
     * Receives one datagram into the buffer at its position, and advances the position, {@code recvfrom(2)}. A datagram
     * that is longer than what remains of the buffer is cut: the rest is lost. No UDP datagram has more than 65,535
     * bytes.
     *
     * @param sender receives the address of the sender
     * @return the number of bytes, 0 for an empty datagram; -1 if none is waiting
     * @throws SyscallException ECONNREFUSED if the peer of a connected UDP socket refused an earlier datagram
     * @throws IllegalArgumentException if the buffer is not direct, or is read-only
     */
    int receiveFrom(int fd, ByteBuffer direct, PeerAddress sender) throws SyscallException;

    /**
     * Sends what remains of the buffer as one datagram, and advances the position, {@code sendto(2)}. The socket need
     * not be bound: it gets a port with its first datagram.
     *
     * @return false if there is no room now, and nothing was sent
     * @throws SyscallException EMSGSIZE if the datagram is too long, ENOENT or ECONNREFUSED if nobody reads a UNIX
     *     socket, EACCES for a broadcast without {@link #setBroadcast}
     * @throws IllegalArgumentException if the buffer is not direct, or as {@link #bind}
     */
    boolean sendTo(int fd, ByteBuffer direct, SocketAddress receiver) throws SyscallException;

    /**
     * The same without garbage, to an address that was received or {@link PeerAddress#set set}.
     *
     * @throws IllegalArgumentException also if it is neither
     */
    boolean sendTo(int fd, ByteBuffer direct, PeerAddress receiver) throws SyscallException;

    /**
     * What came with one message.
     *
     * @param bytes as {@link Descriptors#read} returns it
     * @param fds the descriptors, which are now this process's to close; each is close-on-exec, and shares its blocking
     *     mode with the one that was sent
     */
    record Received(int bytes, List<Integer> fds) {
        /** Copies the list. */
        public Received {
            fds = List.copyOf(fds);
        }
    }

    /**
     * Sends bytes and, with them, duplicates of descriptors to the process that reads the other end of a UNIX socket:
     * SCM_RIGHTS of {@code unix(7)}, {@code sendmsg(2)}. They may be closed here as soon as it has returned.
     *
     * @param direct at least one byte; its position is advanced
     * @param fds at most 253
     * @return the number of bytes, possibly fewer than remain: the descriptors went with them; 0 if there is no room
     *     now, and nothing was sent
     * @throws IllegalArgumentException if the buffer is empty or not direct, or there are too many descriptors
     */
    int sendDescriptors(int fd, ByteBuffer direct, int... fds) throws SyscallException;

    /**
     * Reads bytes and the descriptors that came with them, {@code recvmsg(2)}. {@link Descriptors#read} would close
     * such descriptors unseen.
     *
     * @throws SyscallException EMFILE if not all descriptors had room (MSG_CTRUNC): the bytes are in the buffer, those
     *     descriptors that did arrive are closed
     * @throws IllegalArgumentException if the buffer is full, not direct or read-only
     */
    Received receiveDescriptors(int fd, ByteBuffer direct) throws SyscallException;

    /** Shuts down the read side of a socket, {@code shutdown(2)} with SHUT_RD. */
    void shutdownRead(int fd) throws SyscallException;

    /**
     * Shuts down the write side of a socket: the peer reads the end of the stream. {@code shutdown(2)} with SHUT_WR.
     */
    void shutdownWrite(int fd) throws SyscallException;

    /** Shuts down both sides of a socket, {@code shutdown(2)} with SHUT_RDWR. */
    void shutdownBoth(int fd) throws SyscallException;

    /**
     * Sends one urgent byte on a TCP socket, {@code send(2)} with MSG_OOB. The peer sees exceptional data.
     *
     * @return 1, or 0 if there is no room now
     */
    int sendUrgent(int fd, byte value) throws SyscallException;

    /** Lets a server bind a port that still has connections in TIME_WAIT: SO_REUSEADDR of {@code socket(7)}. */
    void setReuseAddress(int fd, boolean on) throws SyscallException;

    /**
     * Lets several sockets listen on one port: SO_REUSEPORT of {@code socket(7)}. Set it on each before the bind. Linux
     * 3.9 and later and DragonFly spread the connections over the sockets; on the other BSDs and macOS the last one
     * gets them all.
     *
     * @throws UnsupportedOperationException on Solaris and illumos
     */
    void setReusePort(int fd, boolean on) throws SyscallException;

    /** Sends small segments without delay: TCP_NODELAY of {@code tcp(7)}. */
    void setNoDelay(int fd, boolean on) throws SyscallException;

    /** Sets the size of the send buffer: SO_SNDBUF of {@code socket(7)}. Linux doubles it, and has a minimum. */
    void setSendBufferSize(int fd, int sizeBytes) throws SyscallException;

    /** Sets the size of the receive buffer: SO_RCVBUF of {@code socket(7)}. Linux doubles it, and has a minimum. */
    void setReceiveBufferSize(int fd, int sizeBytes) throws SyscallException;

    /** The size of the send buffer, SO_SNDBUF: on Linux twice what was set. */
    int sendBufferSize(int fd) throws SyscallException;

    /** The size of the receive buffer, SO_RCVBUF: on Linux twice what was set. */
    int receiveBufferSize(int fd) throws SyscallException;

    /**
     * Lets the kernel find out that the peer of an idle connection is gone: SO_KEEPALIVE of {@code socket(7)}. Linux
     * asks after two hours.
     */
    void setKeepAlive(int fd, boolean on) throws SyscallException;

    /** Allows datagrams to broadcast addresses: SO_BROADCAST of {@code socket(7)}. */
    void setBroadcast(int fd, boolean on) throws SyscallException;

    /**
     * Whether an INET6 socket is for IPv6 only: IPV6_V6ONLY of {@code ipv6(7)}. If not, a server that is bound to
     * {@code ::} accepts IPv4 connections, too. Set it before the bind; the default differs between systems. OpenBSD
     * has IPv6 only.
     */
    void setIpv6Only(int fd, boolean on) throws SyscallException;

    /**
     * Sets what close does with unsent data: SO_LINGER of {@code socket(7)}.
     *
     * @param seconds 0: close discards the data and resets the connection; negative: off, the data is sent after close
     *     has returned
     */
    void setLinger(int fd, int seconds) throws SyscallException;
}
