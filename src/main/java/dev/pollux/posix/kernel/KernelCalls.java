// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Fcntl;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** What the families of calls share: memory, checks of arguments and results, and the flags of new descriptors. */
final class KernelCalls {
    private final Syscalls syscalls;

    KernelCalls(Syscalls syscalls) {
        this.syscalls = syscalls;
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

    int fcntl(int fd, int op, int arg, String text) throws SyscallException {
        return check("fcntl", fd + ", " + text, syscalls.fcntl(fd, op, arg));
    }

    static int check(String call, String arguments, int rc) throws SyscallException {
        if (rc < 0) {
            throw new SyscallException(call, arguments, -rc, Errno.describe(-rc));
        }
        return rc;
    }

    static void requireDescriptor(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("descriptor " + fd + " is negative");
        }
    }
}
