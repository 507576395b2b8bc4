// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.SyscallException;
import dev.pollux.abi.Advice;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.FileNames;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/** What the families of calls share: memory, checks of arguments and results, and the flags of new descriptors. */
final class KernelCalls {
    private final Syscalls syscalls;
    private final BufferMemory buffers;
    private final AtomicReference<NativeMemory> scratch = new AtomicReference<>();

    KernelCalls(Syscalls syscalls) {
        this.syscalls = syscalls;
        buffers = new BufferMemory(syscalls);
    }

    /** The whole memory of a buffer, without garbage if the buffer is used again and again. */
    NativeMemory memory(ByteBuffer direct) {
        return buffers.of(direct);
    }

    /** How many bytes there are from a position to the limit, even if another thread moves the buffer's own position. */
    static int lengthFrom(int position, ByteBuffer direct) {
        return Math.max(direct.limit() - position, 0);
    }

    static void requireWritable(ByteBuffer direct) {
        if (direct.isReadOnly()) {
            throw new IllegalArgumentException("the buffer is read-only");
        }
    }

    /** Memory with any content, for this thread until {@link #giveBack}. */
    NativeMemory takeScratch(int sizeBytes) {
        NativeMemory memory = scratch.getAndSet(null);
        return memory != null && memory.sizeBytes() >= sizeBytes ? memory : allocate(sizeBytes);
    }

    void giveBack(NativeMemory memory) {
        scratch.set(memory);
    }

    /** Makes two new descriptors non-blocking and close-on-exec, or closes both. */
    void prepareBoth(int fd, int otherFd) throws SyscallException {
        try {
            prepare(fd);
        } catch (SyscallException e) {
            syscalls.close(otherFd);
            throw e;
        }
        try {
            prepare(otherFd);
        } catch (SyscallException e) {
            syscalls.close(fd);
            throw e;
        }
    }

    /** Makes a new descriptor non-blocking and close-on-exec, or closes it. */
    int prepare(int fd) throws SyscallException {
        closeOnExec(fd);
        try {
            setNonBlocking(fd, true);
            return fd;
        } catch (SyscallException e) {
            syscalls.close(fd);
            throw e;
        }
    }

    /** Makes a new descriptor close-on-exec, or closes it. */
    int closeOnExec(int fd) throws SyscallException {
        int rc = syscalls.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        if (rc < 0) {
            syscalls.close(fd);
        }
        check("fcntl", fd + ", F_SETFD, FD_CLOEXEC", rc);
        return fd;
    }

    boolean isNonBlocking(int fd) throws SyscallException {
        requireDescriptor(fd);
        return (fcntl(fd, Fcntl.F_GETFL, 0, "F_GETFL") & Fcntl.O_NONBLOCK) != 0;
    }

    void setNonBlocking(int fd, boolean on) throws SyscallException {
        requireDescriptor(fd);
        int before = fcntl(fd, Fcntl.F_GETFL, 0, "F_GETFL");
        int after = on ? before | Fcntl.O_NONBLOCK : before & ~Fcntl.O_NONBLOCK;
        if (after != before) {
            fcntl(fd, Fcntl.F_SETFL, after, "F_SETFL, 0x" + Integer.toHexString(after));
        }
    }

    /** Zeroed memory. */
    NativeMemory allocate(int sizeBytes) {
        return NativeMemory.allocate(syscalls, sizeBytes);
    }

    /** A path as the kernel takes it. */
    NativeMemory pathname(Path path) {
        byte[] bytes = FileNames.encoded(path.toString());
        NativeMemory pathname = allocate(bytes.length + 1);
        pathname.buffer().put(0, bytes);
        return pathname;
    }

    int fcntl(int fd, int op, int arg, String text) throws SyscallException {
        return check("fcntl", fd + ", " + text, syscalls.fcntl(fd, op, arg));
    }

    static int check(String call, String arguments, int rc) throws SyscallException {
        if (rc < 0) {
            throw new SyscallException(call, arguments, -rc, Errno.describe(-rc) + Advice.of(call, arguments, -rc));
        }
        return rc;
    }

    static void requireDescriptor(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("descriptor " + fd + " is negative");
        }
    }
}
