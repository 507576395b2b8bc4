// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.pollux.abi.Errno;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;

/** Calls of Linux that the library has no use for, but that make descriptors a poller may meet. */
final class LinuxCalls {
    private static final long SYS_PIDFD_OPEN = 434; // on every processor
    private static final int TIOCSPTLCK = 0x40045431;
    private static final long TIOCGPTN = 0x80045430L;
    private static final int CLOEXEC = 0x80000;
    private static final int CLOCK_MONOTONIC = 1;

    static {
        Native.register(LinuxCalls.class, NativeLibrary.getInstance(null));
    }

    private LinuxCalls() {}

    private static native int timerfd_create(int clock, int flags);

    private static native int inotify_init1(int flags);

    private static native long syscall(long number, long first, long second);

    private static int check(String call, long rc) throws IOException {
        if (rc < 0) {
            int errno = Native.getLastError();
            throw new SyscallException(call, "...", errno, Errno.describe(errno));
        }
        return (int) rc;
    }

    /** A timer that is not set. */
    static int timerfd() throws IOException {
        return check("timerfd_create", timerfd_create(CLOCK_MONOTONIC, CLOEXEC));
    }

    static int inotify() throws IOException {
        return check("inotify_init1", inotify_init1(CLOEXEC));
    }

    static int pidfd(long pid) throws IOException {
        return check("pidfd_open", syscall(SYS_PIDFD_OPEN, pid, 0));
    }

    /** Lets the slave of a pseudoterminal's master be opened, and says its path. */
    static String unlockSlave(Syscalls syscalls, KernelPosix posix, int masterFd) {
        NativeMemory number = posix.allocate(Integer.BYTES);
        syscalls.ioctl(masterFd, TIOCSPTLCK, number);
        syscalls.ioctl(masterFd, TIOCGPTN, number);
        return "/dev/pts/" + number.getInt(0);
    }
}
