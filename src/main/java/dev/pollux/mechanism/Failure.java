// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.SyscallException;
import dev.pollux.abi.Advice;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Rlimit;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** Makes the exception for a call that returned -errno, with cause and remedy where the user can act. */
final class Failure {
    private Failure() {}

    static SyscallException of(String call, String arguments, int rc) {
        return new SyscallException(call, arguments, -rc, Errno.describe(-rc) + Advice.of(call, arguments, -rc));
    }

    /** For a call that takes at most RLIMIT_NOFILE descriptors and returns EINVAL beyond. */
    static SyscallException ofArray(Syscalls syscalls, String call, String arguments, int rc, int count) {
        long limit = rc == -Errno.EINVAL ? limit(syscalls) : -1;
        return limit < 0 || count <= limit
                ? of(call, arguments, rc)
                : new SyscallException(
                        call,
                        arguments,
                        -rc,
                        Errno.describe(-rc) + "; " + count
                                + " descriptors are watched, and the limit of open descriptors"
                                + " (RLIMIT_NOFILE) is now " + limit
                                + ": raise the limit, cancel registrations, or use EPOLL or KQUEUE, which have no such limit");
    }

    private static long limit(Syscalls syscalls) {
        NativeMemory rlimit = NativeMemory.allocate(syscalls, Rlimit.SIZE);
        return syscalls.getrlimit(Rlimit.RLIMIT_NOFILE, rlimit) < 0 ? -1 : rlimit.getLong(Rlimit.CUR);
    }
}
