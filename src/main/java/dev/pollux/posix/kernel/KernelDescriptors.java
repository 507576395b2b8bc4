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
import dev.pollux.abi.Rlimit;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.channel.ChannelBridge;
import java.io.FileDescriptor;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** Pipes, files and what is common to all descriptors. It also reads and writes {@link NativeMemory}. */
abstract class KernelDescriptors implements Posix {
    /** OPEN_MAX of macOS: its highest soft limit, whatever the hard limit is. */
    private static final long OPEN_MAX = 10240;

    private static final int OWNER_READS_AND_WRITES = 0600;

    final Syscalls syscalls;
    final KernelCalls calls;

    KernelDescriptors(Syscalls syscalls) {
        this.syscalls = Objects.requireNonNull(syscalls, "syscalls");
        calls = new KernelCalls(syscalls);
    }

    @Override
    public Pipe pipe() throws SyscallException {
        NativeMemory ends = allocate(2 * Integer.BYTES);
        check("pipe", "", syscalls.pipe(ends));
        int readFd = ends.getInt(0);
        int writeFd = ends.getInt(Integer.BYTES);
        calls.prepareBoth(readFd, writeFd);
        return new Pipe(readFd, writeFd, this);
    }

    @Override
    public int read(int fd, ByteBuffer direct) throws SyscallException {
        requireWritable(direct);
        int count = read(fd, calls.memory(direct), direct.position(), direct.remaining());
        direct.position(direct.position() + Math.max(count, 0));
        return count;
    }

    @Override
    public int write(int fd, ByteBuffer direct) throws SyscallException {
        int count = write(fd, calls.memory(direct), direct.position(), direct.remaining());
        direct.position(direct.position() + count);
        return count;
    }

    /**
     * Reads into this part of the memory, without garbage. Returns what {@link #read(int, ByteBuffer)} does.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the memory
     */
    public int read(int fd, NativeMemory memory, int offset, int length) throws SyscallException {
        requireDescriptor(fd);
        Objects.checkFromIndexSize(offset, length, memory.sizeBytes());
        if (length == 0) {
            return 0;
        }
        int rc;
        do {
            rc = syscalls.read(fd, memory, offset, length);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(memory);
        if (rc > 0) {
            return rc;
        }
        return rc == 0 ? -1 : zeroIfAgain("read", fd, length, rc);
    }

    /**
     * Writes this part of the memory, without garbage. Returns what {@link #write(int, ByteBuffer)} does.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the memory
     */
    public int write(int fd, NativeMemory memory, int offset, int length) throws SyscallException {
        requireDescriptor(fd);
        Objects.checkFromIndexSize(offset, length, memory.sizeBytes());
        int rc;
        do {
            rc = syscalls.write(fd, memory, offset, length);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(memory);
        return rc >= 0 ? rc : zeroIfAgain("write", fd, length, rc);
    }

    @Override
    public int readv(int fd, ByteBuffer... direct) throws SyscallException {
        for (ByteBuffer each : direct) {
            requireWritable(each);
        }
        return transfer("readv", fd, direct);
    }

    @Override
    public int writev(int fd, ByteBuffer... direct) throws SyscallException {
        return transfer("writev", fd, direct);
    }

    private int transfer(String call, int fd, ByteBuffer[] direct) throws SyscallException {
        requireDescriptor(fd);
        boolean reads = call.equals("readv");
        NativeMemory iov = calls.takeScratch(Math.min(direct.length, Iovec.IOV_MAX) * Iovec.SIZE);
        try {
            int iovcnt = putVectors(iov, direct);
            if (iovcnt == 0) {
                return 0;
            }
            int rc;
            do {
                rc = reads ? syscalls.readv(fd, iov, iovcnt) : syscalls.writev(fd, iov, iovcnt);
            } while (rc == -Errno.EINTR);
            Reference.reachabilityFence(direct);
            advance(direct, rc);
            if (rc == 0 && reads) {
                return -1;
            }
            return rc >= 0 ? rc : zeroIfAgain(call, fd, iovcnt, rc);
        } finally {
            calls.giveBack(iov);
        }
    }

    /** Returns their number. Their sum fits an {@code int}, as the result of a call must. */
    private int putVectors(NativeMemory iov, ByteBuffer[] direct) {
        int iovcnt = 0;
        int room = Integer.MAX_VALUE;
        for (int i = 0; i < direct.length && iovcnt < Iovec.IOV_MAX && room > 0; i++) {
            int position = direct[i].position();
            long base = NativeMemory.addressOf(calls.memory(direct[i])) + position;
            int length = Math.min(lengthFrom(position, direct[i]), room);
            if (length > 0) {
                requireFirst(direct, i);
                Iovec.put(iov.buffer(), iovcnt++, base, length);
                room -= length;
            }
        }
        return iovcnt;
    }

    /** The position of a buffer can advance once. */
    private static void requireFirst(ByteBuffer[] direct, int index) {
        for (int i = 0; i < index; i++) {
            if (direct[i] == direct[index]) {
                throw new IllegalArgumentException("the buffers " + i + " and " + index
                        + " are the same one, and it cannot be used twice: give a duplicate of it");
            }
        }
    }

    private static void advance(ByteBuffer[] direct, int count) {
        int left = Math.max(count, 0);
        for (int i = 0; left > 0; i++) {
            int length = Math.min(direct[i].remaining(), left);
            direct[i].position(direct[i].position() + length);
            left -= length;
        }
    }

    private static int zeroIfAgain(String call, int fd, int length, int rc) throws SyscallException {
        return rc == -Errno.EAGAIN ? 0 : check(call, fd + ", ..., " + length, rc);
    }

    /** Zeroed memory for {@link #read(int, NativeMemory, int, int)} and {@link #write(int, NativeMemory, int, int)}. */
    public NativeMemory allocate(int sizeBytes) {
        return calls.allocate(sizeBytes);
    }

    @Override
    public int eventfd(int initialValue) throws SyscallException {
        return calls.prepare(
                check("eventfd", Integer.toUnsignedString(initialValue) + ", 0", syscalls.eventfd(initialValue, 0)));
    }

    @Override
    public int open(Path path, StandardOpenOption... options) throws SyscallException {
        Set<StandardOpenOption> others = EnumSet.noneOf(StandardOpenOption.class);
        Collections.addAll(others, options);
        boolean write = others.remove(StandardOpenOption.WRITE);
        boolean read = others.remove(StandardOpenOption.READ) || !write;
        if (!others.isEmpty()) {
            throw new UnsupportedOperationException("open takes the options READ and WRITE, not " + others);
        }
        return open(path, !write ? Fcntl.O_RDONLY : read ? Fcntl.O_RDWR : Fcntl.O_WRONLY);
    }

    /** Opens an existing file with flags of {@link Fcntl}; adds O_NONBLOCK and O_CLOEXEC. */
    public int open(Path path, int flags) throws SyscallException {
        NativeMemory pathname = calls.pathname(path);
        int allFlags = flags | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;
        int rc;
        do {
            rc = syscalls.open(pathname, allFlags);
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(pathname);
        return check("open", "\"" + path + "\", 0x" + Integer.toHexString(allFlags), rc);
    }

    @Override
    public void mkfifo(Path path, PosixFilePermission... permissions) throws SyscallException {
        int mode = permissions.length == 0 ? OWNER_READS_AND_WRITES : mode(permissions);
        NativeMemory pathname = calls.pathname(path);
        int rc = syscalls.mkfifo(pathname, mode);
        Reference.reachabilityFence(pathname);
        check("mkfifo", "\"" + path + "\", 0" + Integer.toOctalString(mode), rc);
    }

    /** The constants are in the order of the bits, the highest first. */
    private static int mode(PosixFilePermission... permissions) {
        int mode = 0;
        for (PosixFilePermission each : permissions) {
            mode |= 0400 >> each.ordinal();
        }
        return mode;
    }

    @Override
    public int descriptor(FileDescriptor file) {
        return requireOpen(ChannelBridge.channels().fd(file), file);
    }

    @Override
    public int descriptor(FileChannel channel) {
        return requireOpen(channel.isOpen() ? ChannelBridge.fd(channel) : -1, channel);
    }

    private static int requireOpen(int fd, Object file) {
        if (fd < 0) {
            throw new IllegalArgumentException("the file is closed: " + file);
        }
        return fd;
    }

    @Override
    public int dup(int fd) throws SyscallException {
        requireDescriptor(fd);
        return calls.closeOnExec(check("dup", Integer.toString(fd), syscalls.dup(fd)));
    }

    @Override
    public int dupAtOrAbove(int fd, int lowestFd) throws SyscallException {
        requireDescriptor(fd);
        requireDescriptor(lowestFd);
        return calls.closeOnExec(calls.fcntl(fd, Fcntl.F_DUPFD, lowestFd, "F_DUPFD, " + lowestFd));
    }

    @Override
    public void close(int fd) throws SyscallException {
        requireDescriptor(fd);
        int rc = syscalls.close(fd);
        if (rc != -Errno.EINTR) {
            check("close", Integer.toString(fd), rc);
        }
    }

    @Override
    public boolean isOpen(int fd) {
        requireDescriptor(fd);
        return syscalls.fcntl(fd, Fcntl.F_GETFD, 0) >= 0;
    }

    @Override
    public boolean isNonBlocking(int fd) throws SyscallException {
        return calls.isNonBlocking(fd);
    }

    @Override
    public void setNonBlocking(int fd, boolean on) throws SyscallException {
        calls.setNonBlocking(fd, on);
    }

    @Override
    public DescriptorLimit descriptorLimit() throws SyscallException {
        NativeMemory rlimit = allocate(Rlimit.SIZE);
        check("getrlimit", "RLIMIT_NOFILE", syscalls.getrlimit(Rlimit.RLIMIT_NOFILE, rlimit));
        return new DescriptorLimit(fromRlim(rlimit.getLong(Rlimit.CUR)), fromRlim(rlimit.getLong(Rlimit.MAX)));
    }

    @Override
    public void setDescriptorLimit(long soft) throws SyscallException {
        if (soft < 0) {
            throw new IllegalArgumentException("limit " + soft + " is negative");
        }
        setDescriptorLimit(soft, descriptorLimit().hard());
    }

    private void setDescriptorLimit(long soft, long hard) throws SyscallException {
        NativeMemory rlimit = allocate(Rlimit.SIZE);
        rlimit.putLong(Rlimit.CUR, toRlim(soft));
        rlimit.putLong(Rlimit.MAX, toRlim(hard));
        int rc = syscalls.setrlimit(Rlimit.RLIMIT_NOFILE, rlimit);
        Reference.reachabilityFence(rlimit);
        check("setrlimit", "RLIMIT_NOFILE, {rlim_cur=" + rlim(soft) + ", rlim_max=" + rlim(hard) + "}", rc);
    }

    @Override
    public DescriptorLimit raiseDescriptorLimit() throws SyscallException {
        DescriptorLimit limit = descriptorLimit();
        if (limit.soft() == limit.hard()) {
            return limit;
        }
        try {
            setDescriptorLimit(limit.hard(), limit.hard());
        } catch (SyscallException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            if (limit.soft() < OPEN_MAX) {
                setDescriptorLimit(Math.min(OPEN_MAX, limit.hard()), limit.hard());
            }
        }
        return descriptorLimit();
    }

    private static long fromRlim(long value) {
        return value == Rlimit.RLIM_INFINITY || value < 0 ? Long.MAX_VALUE : value;
    }

    private static long toRlim(long value) {
        return value == Long.MAX_VALUE ? Rlimit.RLIM_INFINITY : value;
    }

    private static String rlim(long value) {
        return value == Long.MAX_VALUE ? "RLIM_INFINITY" : Long.toString(value);
    }
}
