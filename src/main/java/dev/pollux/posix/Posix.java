// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.io.Closeable;

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
 * <p>Every new descriptor is non-blocking and close-on-exec. The exceptions are a duplicate made by {@link #dup} or
 * {@link #dupAtOrAbove}, and a descriptor from another process: they share the blocking mode of the original. No method
 * waits if the descriptor is non-blocking.
 *
 * <p><b>Paths.</b> They name the same files as in {@code java.nio.file}: they go to the kernel in the encoding of the
 * JVM's locale, the property {@code sun.jnu.encoding}. A path with a character that this encoding lacks gives an
 * {@link java.nio.file.InvalidPathException}.
 *
 * <p><b>Garbage.</b> Reading and writing makes none as long as the same direct buffers are used again.
 *
 * <p><b>Threads.</b> All methods may be called from any thread.
 *
 * <p><b>Errors.</b> If the kernel refuses a call, a {@link SyscallException} names the call, its arguments and the
 * errno: {@code bind(7, 127.0.0.1:80): EACCES (Permission denied)}. A negative descriptor gives an
 * {@link IllegalArgumentException}. A call interrupted by a signal (EINTR) is repeated. If a new descriptor cannot be
 * made non-blocking or close-on-exec, it is closed before the exception is thrown.
 */
public interface Posix extends Descriptors, Sockets {
    /**
     * The two ends of a pipe. {@link #close} closes those that are still open. An end that is closed by its number, with
     * {@link Posix#close(int)}, must not be closed here again: the number may belong to another file by then.
     */
    final class Pipe implements Closeable {
        private final OwnedDescriptor read;
        private final OwnedDescriptor write;

        /** Two descriptors that somebody else closes: the closing methods of this object throw. */
        public Pipe(int readFd, int writeFd) {
            this(readFd, writeFd, null);
        }

        /** Two descriptors that this object closes through {@code owner}. */
        public Pipe(int readFd, int writeFd, Descriptors owner) {
            read = new OwnedDescriptor(readFd, owner);
            write = new OwnedDescriptor(writeFd, owner);
        }

        /** The end to read. */
        public int readFd() {
            return read.fd();
        }

        /** The end to write. */
        public int writeFd() {
            return write.fd();
        }

        /** Closes the end to read. A second call does nothing. */
        public void closeRead() throws SyscallException {
            read.close();
        }

        /** Closes the end to write, so that the reader reads the end of the stream. A second call does nothing. */
        public void closeWrite() throws SyscallException {
            write.close();
        }

        /**
         * Closes both ends. A second call does nothing.
         *
         * @throws IllegalStateException if this object was made of two numbers without an owner
         */
        @Override
        public void close() throws SyscallException {
            OwnedDescriptor.closeBoth(read, write);
        }

        @Override
        public String toString() {
            return "Pipe[readFd=" + readFd() + ", writeFd=" + writeFd() + "]";
        }
    }

    /** Two sockets that are connected to each other. They are closed as the ends of a {@link Pipe} are. */
    final class SocketPair implements Closeable {
        private final OwnedDescriptor one;
        private final OwnedDescriptor peer;

        /** Two descriptors that somebody else closes: the closing methods of this object throw. */
        public SocketPair(int fd, int peerFd) {
            this(fd, peerFd, null);
        }

        /** Two descriptors that this object closes through {@code owner}. */
        public SocketPair(int fd, int peerFd, Descriptors owner) {
            one = new OwnedDescriptor(fd, owner);
            peer = new OwnedDescriptor(peerFd, owner);
        }

        /** One of the sockets. */
        public int fd() {
            return one.fd();
        }

        /** The other socket. */
        public int peerFd() {
            return peer.fd();
        }

        /** Closes {@link #fd}. A second call does nothing. */
        public void closeFd() throws SyscallException {
            one.close();
        }

        /** Closes {@link #peerFd}. A second call does nothing. */
        public void closePeer() throws SyscallException {
            peer.close();
        }

        /**
         * Closes both sockets. A second call does nothing.
         *
         * @throws IllegalStateException if this object was made of two numbers without an owner
         */
        @Override
        public void close() throws SyscallException {
            OwnedDescriptor.closeBoth(one, peer);
        }

        @Override
        public String toString() {
            return "SocketPair[fd=" + fd() + ", peerFd=" + peerFd() + "]";
        }
    }

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

    /** Pseudo-terminals, serial ports, terminal modes and window sizes. */
    Terminals terminals();

    /** Timers that are descriptors. */
    Timers timers();

    /** Signals that are read from a descriptor. */
    Signals signals();

    /** Processes that are descriptors. */
    Processes processes();

    /** Watches of files and folders. */
    FileWatches fileWatches();
}
