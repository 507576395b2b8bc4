// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;

/** Calls for sockets. {@link Posix} has them, and says how they report errors. */
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
     * Accepts one waiting connection, {@code accept(2)}. It skips connections that were aborted while they waited
     * (ECONNABORTED).
     *
     * @return its descriptor, or -1 if none is waiting
     */
    int accept(int fd) throws SyscallException;

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
    InetSocketAddress localAddress(int fd) throws SyscallException;

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

    /**
     * Sets what close does with unsent data: SO_LINGER of {@code socket(7)}.
     *
     * @param seconds 0: close discards the data and resets the connection; negative: off, the data is sent after close
     *     has returned
     */
    void setLinger(int fd, int seconds) throws SyscallException;
}
