// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;

/**
 * Creates and uses descriptors: pipes, sockets, files, timers, signals, processes and file watches. A descriptor is an {@code int}, as in C: register it with a
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
public interface Posix extends Descriptors, Sockets {
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

    /** Timers that are descriptors. */
    Timers timers();

    /** Signals that are read from a descriptor. */
    Signals signals();

    /** Processes that are descriptors. */
    Processes processes();

    /** Watches of files and folders. */
    FileWatches fileWatches();
}
