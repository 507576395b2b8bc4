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
public interface Posix {
    /** The two ends of a pipe. */
    record Pipe(int readFd, int writeFd) {}

    /** Two sockets that are connected to each other. */
    record SocketPair(int fd, int peerFd) {}

    /**
     * How high a descriptor's number may be, less one: {@code Long.MAX_VALUE} is no limit.
     *
     * @param soft what holds now
     * @param hard how far the soft limit may be raised
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
     *     the file remains when the socket is closed
     * @throws IllegalArgumentException if the address is of another kind, unresolved, or too long a path
     */
    void bind(int fd, SocketAddress address) throws SyscallException;

    /**
     * Lets a bound socket take connections, {@code listen(2)}.
     *
     * @param backlog how many may wait to be accepted; the system may have a lower limit
     */
    void listen(int fd, int backlog) throws SyscallException;

    /**
     * Takes one waiting connection, {@code accept(2)}. One that was given up while it waited is passed over.
     *
     * @return its descriptor, or -1 if none is waiting
     */
    int accept(int fd) throws SyscallException;

    /**
     * Begins to connect a socket, {@code connect(2)}. One that is in progress is writable when it is over, and
     * {@link #socketError} then says how it ended.
     *
     * @return true if it is connected already, false if it is in progress
     * @throws SyscallException if it failed at once; EAGAIN if the backlog of a UNIX socket is full, which does not
     *     put it in progress
     * @throws IllegalArgumentException as {@link #bind}
     */
    boolean connect(int fd, SocketAddress address) throws SyscallException;

    /**
     * The error that waits on a socket, {@code SO_ERROR} of {@code socket(7)}. Asking clears it.
     *
     * @return 0 if there is none, else an errno
     */
    int socketError(int fd) throws SyscallException;

    /** The address of an INET or INET6 socket, {@code getsockname(2)}; null if the socket is of another family. */
    InetSocketAddress localAddress(int fd) throws SyscallException;

    /** Ends what can be read from a socket, {@code shutdown(2)}. */
    void shutdownRead(int fd) throws SyscallException;

    /** Ends what can be written to a socket: the peer reads to the end of the stream. {@code shutdown(2)}. */
    void shutdownWrite(int fd) throws SyscallException;

    /** Ends both directions of a socket, {@code shutdown(2)}. */
    void shutdownBoth(int fd) throws SyscallException;

    /**
     * Reads to the buffer's position and moves it, {@code read(2)}.
     *
     * @return how many bytes; 0 if there are none now, or no room in the buffer; -1 at the end of the stream (or for
     *     an empty datagram)
     * @throws IllegalArgumentException if the buffer is not direct, or is read-only
     */
    int read(int fd, ByteBuffer direct) throws SyscallException;

    /**
     * Writes from the buffer's position and moves it, {@code write(2)}.
     *
     * @return how many bytes, perhaps fewer than remain; 0 if there is no room now
     * @throws IllegalArgumentException if the buffer is not direct
     */
    int write(int fd, ByteBuffer direct) throws SyscallException;

    /**
     * Sends one urgent byte on a TCP socket, {@code send(2)} with MSG_OOB: exceptional data for the peer.
     *
     * @return 1, or 0 if there is no room now
     */
    int sendUrgent(int fd, byte value) throws SyscallException;

    /**
     * A counter that is readable while it is not zero, {@code eventfd(2)}. It is read and written as one
     * {@code long} in native order.
     *
     * @param initialValue unsigned
     * @throws SyscallException ENOSYS where there is none: elsewhere than Linux and FreeBSD
     */
    int eventfd(int initialValue) throws SyscallException;

    /**
     * Opens an existing file, {@code open(2)}.
     *
     * @param options READ, WRITE or both; READ if there are none
     * @throws UnsupportedOperationException if there are other options
     * @throws SyscallException ENXIO for the write end of a FIFO that nobody has open to read
     */
    int open(Path path, StandardOpenOption... options) throws SyscallException;

    /** Another number for the same open file, the lowest that is free; {@code dup(2)}. */
    int dup(int fd) throws SyscallException;

    /**
     * Another number for the same open file, the lowest that is free from a given one on; {@code fcntl(2)} with
     * F_DUPFD.
     *
     * @throws SyscallException EINVAL if {@code lowestFd} is not below the descriptor limit
     */
    int dupAtOrAbove(int fd, int lowestFd) throws SyscallException;

    /**
     * Gives the number back, {@code close(2)}. It is free even if this fails, unless the error is EBADF; so never
     * close again.
     */
    void close(int fd) throws SyscallException;

    /** Whether this number is an open descriptor now, {@code fcntl(2)} with F_GETFD. */
    boolean isOpen(int fd);

    /** Sets or clears O_NONBLOCK for this descriptor and every duplicate of it, {@code fcntl(2)}. */
    void setNonBlocking(int fd, boolean on) throws SyscallException;

    /** Lets a server bind a port whose old connections have not faded yet: SO_REUSEADDR of {@code socket(7)}. */
    void setReuseAddress(int fd, boolean on) throws SyscallException;

    /**
     * Lets several sockets, all with this set before, be bound to one port and listen: SO_REUSEPORT of {@code socket(7)}.
     * Linux, 3.9 and later, and DragonFly spread the connections over them; on the other BSDs and macOS the last one
     * gets them all.
     *
     * @throws UnsupportedOperationException on Solaris and illumos
     */
    void setReusePort(int fd, boolean on) throws SyscallException;

    /** Sends small segments at once: TCP_NODELAY of {@code tcp(7)}. */
    void setNoDelay(int fd, boolean on) throws SyscallException;

    /** Asks for room for this many bytes: SO_SNDBUF of {@code socket(7)}. Linux gives twice as much, and a minimum. */
    void setSendBufferSize(int fd, int sizeBytes) throws SyscallException;

    /** Asks for room for this many bytes: SO_RCVBUF of {@code socket(7)}. Linux gives twice as much, and a minimum. */
    void setReceiveBufferSize(int fd, int sizeBytes) throws SyscallException;

    /**
     * What close does with data that is not sent yet: SO_LINGER of {@code socket(7)}.
     *
     * @param seconds 0: it is thrown away and the peer is reset; negative: off, it is sent after close has returned
     */
    void setLinger(int fd, int seconds) throws SyscallException;

    /** RLIMIT_NOFILE of {@code getrlimit(2)}. */
    DescriptorLimit descriptorLimit() throws SyscallException;

    /**
     * Sets the soft limit of the whole process, {@code setrlimit(2)}. Descriptors beyond a lower limit stay open.
     *
     * @param soft at most the hard limit
     * @throws SyscallException EINVAL or EPERM if it is more
     */
    void setDescriptorLimit(long soft) throws SyscallException;

    /**
     * Raises the soft limit of the whole process to the hard one, or as near to it as the system takes.
     *
     * @return what holds then
     */
    DescriptorLimit raiseDescriptorLimit() throws SyscallException;
}
