// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Calls for descriptors of any kind. {@link Posix} has them, and says how they report errors. */
public interface Descriptors {
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
}
