// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import dev.pollux.abi.Errno;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** An older kernel, which lacks the calls of poll and epoll that take nanoseconds. */
public class MillisOnlySyscalls extends ForwardingSyscalls {
    public MillisOnlySyscalls(Syscalls next) {
        super(next);
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return -Errno.ENOSYS;
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return -Errno.ENOSYS;
    }
}
