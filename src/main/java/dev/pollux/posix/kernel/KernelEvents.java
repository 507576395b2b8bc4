// SPDX-License-Identifier: Apache-2.0
package dev.pollux.posix.kernel;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Signal;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;

/** What timers, signals, processes and file watches share: Linux alone has their calls, and most are read. */
abstract class KernelEvents {
    /** The one of glibc, which uses 32 and 33 itself. */
    private static final int SIGRTMIN = 34;

    final Syscalls syscalls;
    final KernelCalls calls;
    private final String elsewhere;

    /** @param elsewhere what to use where the calls are missing */
    KernelEvents(Syscalls syscalls, String elsewhere) {
        this.syscalls = syscalls;
        calls = new KernelCalls(syscalls);
        this.elsewhere = elsewhere;
    }

    /** As {@link KernelCalls#check}; but a missing call gives an UnsupportedOperationException. */
    int check(String call, String arguments, int rc) throws SyscallException {
        if (rc == -Errno.ENOSYS) {
            throw new UnsupportedOperationException(call + " is missing here: " + elsewhere);
        }
        return KernelCalls.check(call, arguments, rc);
    }

    /** Reads to the beginning of the memory, without garbage. Returns the number of bytes; 0 if there are none now. */
    int read(int fd, NativeMemory memory) throws SyscallException {
        KernelCalls.requireDescriptor(fd);
        int rc;
        do {
            rc = syscalls.read(fd, memory, 0, memory.sizeBytes());
        } while (rc == -Errno.EINTR);
        Reference.reachabilityFence(memory);
        if (rc == -Errno.EAGAIN) {
            return 0;
        }
        return rc >= 0 ? rc : check("read", fd + ", ..., " + memory.sizeBytes(), rc);
    }

    static void requireSignal(int signal) {
        boolean isClassic = signal > 0 && signal <= Signal.SIGSYS;
        boolean isRealTime = signal >= SIGRTMIN && signal <= Signal.SIGNAL_MAX;
        if (!isClassic && !isRealTime) {
            throw new IllegalArgumentException(signal + " is no signal: they are 1 to 31, and 34 to 64");
        }
    }

    /** Not 0 or a negative number, which mean groups of processes. */
    static int requirePid(long pid) {
        if (pid <= 0 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(pid + " is not the number of a process");
        }
        return (int) pid;
    }
}
