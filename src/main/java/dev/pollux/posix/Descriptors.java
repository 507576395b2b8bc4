// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix;

import dev.pollux.SyscallException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;

/** Calls for descriptors of any kind. {@link Posix} extends this interface, and describes threads and errors. */
public interface Descriptors {
    /**
     * Standard input. The JVM does not change it; as a rule it is a blocking descriptor that this process shares.
     *
     * <p>O_NONBLOCK belongs to the open file, which the shell and all other programs on the terminal or in the pipeline
     * use as well. They would fail with EAGAIN, now and after this process has ended. So either leave the mode alone,
     * and read only what a {@code Poller} reports as readable (with {@code Trigger.LEVEL}); or take
     * {@link #isNonBlocking} before {@link #setNonBlocking}, and restore it before the end, in a shutdown hook, too.
     */
    int STANDARD_INPUT = 0;

    /** Standard output. The advice of {@link #STANDARD_INPUT} holds: on a terminal all three are often one open file. */
    int STANDARD_OUTPUT = 1;

    /** Standard error. The advice of {@link #STANDARD_INPUT} holds. */
    int STANDARD_ERROR = 2;

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
     * Reads into several buffers, one after the other, with one call, {@code readv(2)}.
     *
     * @param direct buffers without room are skipped; the call takes at most 1024, on Solaris 16
     * @return as {@link #read}
     * @throws IllegalArgumentException if a buffer is not direct, is read-only, or is there twice
     */
    int readv(int fd, ByteBuffer... direct) throws SyscallException;

    /**
     * Writes from several buffers, one after the other, with one call, {@code writev(2)}.
     *
     * @param direct buffers without bytes are skipped; the call takes at most 1024, on Solaris 16
     * @return as {@link #write}
     * @throws IllegalArgumentException if a buffer is not direct, or is there twice
     */
    int writev(int fd, ByteBuffer... direct) throws SyscallException;

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

    /**
     * Makes a FIFO, {@code mkfifo(3)}. Open it with {@link #open}.
     *
     * @param permissions none means that the owner may read and write; the process's umask applies
     * @throws SyscallException EEXIST if the file exists
     */
    void mkfifo(Path path, PosixFilePermission... permissions) throws SyscallException;

    /**
     * The descriptor of an open file of the JDK, which still closes it. For a {@code FileOutputStream}, give it its
     * {@code getFD()}.
     *
     * @throws IllegalArgumentException if it is closed
     * @throws UnsupportedOperationException if the JVM does not allow it: it needs the native library, or a flag that
     *     the message names
     */
    int descriptor(FileDescriptor file);

    /**
     * The same for a stream.
     *
     * @throws IOException if the stream has no descriptor
     */
    default int descriptor(FileInputStream stream) throws IOException {
        return descriptor(stream.getFD());
    }

    /**
     * The same for a random access file.
     *
     * @throws IOException if the file has no descriptor
     */
    default int descriptor(RandomAccessFile file) throws IOException {
        return descriptor(file.getFD());
    }

    /** The same for a channel of the JDK. The message of a refusal also names the flag for channels. */
    int descriptor(FileChannel channel);

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

    /** Whether O_NONBLOCK is set, {@code fcntl(2)} with F_GETFL. */
    boolean isNonBlocking(int fd) throws SyscallException;

    /** Sets or clears O_NONBLOCK for this descriptor and every duplicate of it, {@code fcntl(2)}. */
    void setNonBlocking(int fd, boolean on) throws SyscallException;
}
