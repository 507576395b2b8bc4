// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Creates and uses descriptors: pipes, sockets and files. A descriptor is an {@code int}, as in C: register it with a
 * {@code Poller}, and close it yourself.
 *
 * <pre>{@code
 * Posix posix = Pollers.posix();
 * int server = posix.streamSocket(StandardProtocolFamily.INET);
 * posix.bind(server, new InetSocketAddress("127.0.0.1", 0));
 * posix.listen(server, 128);
 * }</pre>
 *
 * <p>Every new descriptor is non-blocking and close-on-exec. The exception is a duplicate made by {@link #dup} or
 * {@link #dupAtOrAbove}: it shares the blocking mode of the original. No method waits if the descriptor is
 * non-blocking.
 *
 * <p><b>Threads.</b> All methods may be called from any thread.
 *
 * <p><b>Errors.</b> If the kernel refuses a call, a {@link SyscallException} names the call, its arguments and the
 * errno: {@code bind(7, 127.0.0.1:80): EACCES (Permission denied)}. A negative descriptor gives an
 * {@link IllegalArgumentException}. A call interrupted by a signal (EINTR) is repeated. If a new descriptor cannot be
 * made non-blocking or close-on-exec, it is closed before the exception is thrown.
 */
public interface Posix {
    /** The two ends of a pipe. */
    record Pipe(int readFd, int writeFd) {}

    /** Two sockets that are connected to each other. */
    record SocketPair(int fd, int peerFd) {}

    /**
     * RLIMIT_NOFILE: one more than the highest descriptor; {@code Long.MAX_VALUE} is no limit.
     *
     * @param soft the limit in force
     * @param hard the highest value that the soft limit may be raised to
     */
    record DescriptorLimit(long soft, long hard) {}

    /** A pipe, {@code pipe(2)}. */
    Pipe pipe() throws SyscallException;

    /** Two connected UNIX stream sockets, {@code socketpair(2)}. */
    SocketPair socketPair() throws SyscallException;

    /** Two connected UNIX datagram sockets, {@code socketpair(2)}. */
    SocketPair datagramSocketPair() throws SyscallException;

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
     * Reads into the buffer at its position, and advances the position, {@code read(2)}.
     *
     * @return the number of bytes; 0 if there are none now, or the buffer is full; -1 at the end of the stream (or for
     *     an empty datagram)
     * @throws IllegalArgumentException if the buffer is not direct, or is read-only
     */
    int read(int fd, ByteBuffer direct) throws SyscallException;

    /**
     * Writes from the buffer's position, and advances the position, {@code write(2)}.
     *
     * @return the number of bytes, possibly fewer than remain; 0 if there is no room now
     * @throws IllegalArgumentException if the buffer is not direct
     */
    int write(int fd, ByteBuffer direct) throws SyscallException;

    /**
     * Sends one urgent byte on a TCP socket, {@code send(2)} with MSG_OOB. The peer sees exceptional data.
     *
     * @return 1, or 0 if there is no room now
     */
    int sendUrgent(int fd, byte value) throws SyscallException;

    /**
     * A counter that is readable while it is not zero, {@code eventfd(2)}. Read and write it as one {@code long} in
     * native byte order.
     *
     * @param initialValue unsigned
     * @throws SyscallException ENOSYS if the system has no eventfd: Linux and FreeBSD have it
     */
    int eventfd(int initialValue) throws SyscallException;

    /**
     * Opens an existing file, {@code open(2)}.
     *
     * @param options READ, WRITE or both; none means READ
     * @throws UnsupportedOperationException if another option is given
     * @throws SyscallException ENXIO for the write end of a FIFO that no process has open for reading
     */
    int open(Path path, StandardOpenOption... options) throws SyscallException;

    /** Duplicates a descriptor to the lowest free number, {@code dup(2)}. */
    int dup(int fd) throws SyscallException;

    /**
     * Duplicates a descriptor to the lowest free number from a given one on, {@code fcntl(2)} with F_DUPFD.
     *
     * @throws SyscallException EINVAL if {@code lowestFd} is not below the descriptor limit
     */
    int dupAtOrAbove(int fd, int lowestFd) throws SyscallException;

    /**
     * Closes a descriptor, {@code close(2)}. Never close it again after an error: except for EBADF the number is free,
     * and may already belong to another file.
     */
    void close(int fd) throws SyscallException;

    /** Whether this is an open descriptor now, {@code fcntl(2)} with F_GETFD. */
    boolean isOpen(int fd);

    /** Sets or clears O_NONBLOCK for this descriptor and every duplicate of it, {@code fcntl(2)}. */
    void setNonBlocking(int fd, boolean on) throws SyscallException;

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

    /** The limit of open descriptors, RLIMIT_NOFILE of {@code getrlimit(2)}. */
    DescriptorLimit descriptorLimit() throws SyscallException;

    /**
     * Sets the soft limit of the whole process, {@code setrlimit(2)}. Descriptors above a lowered limit stay open.
     *
     * @param soft at most the hard limit
     * @throws SyscallException EINVAL or EPERM above the hard limit
     */
    void setDescriptorLimit(long soft) throws SyscallException;

    /**
     * Raises the soft limit of the whole process to the hard limit, or as close to it as the system allows.
     *
     * @return the limits afterwards
     */
    DescriptorLimit raiseDescriptorLimit() throws SyscallException;
}
