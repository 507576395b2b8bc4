// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Stat;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** {@code fstat(2)}: the identity and type of the file behind a descriptor. */
final class FileStat {
    private final Syscalls syscalls;
    private final NativeMemory memory;

    FileStat(Syscalls syscalls) {
        this.syscalls = syscalls;
        memory = NativeMemory.allocate(syscalls, Stat.SIZE_MAX);
    }

    /** Calls fstat. If the result is not negative, the other methods are about this descriptor. */
    int load(int fd) {
        return syscalls.fstat(fd, memory);
    }

    /**
     * Whether a number belongs to another file than this one; device 0 with inode 0 stands for any file.
     *
     * @return 1 if it does or if it is closed, 0 if not, -errno if the kernel does not tell
     */
    int isOther(int fd, long device, long inode) {
        int rc = load(fd);
        if (rc < 0) {
            return rc == -Errno.EBADF ? 1 : rc;
        }
        boolean isAny = device == 0 && inode == 0;
        return isAny || device() == device && inode() == inode ? 0 : 1;
    }

    int type() {
        return Stat.mode(memory.buffer()) & Stat.S_IFMT;
    }

    long device() {
        return Stat.dev(memory.buffer());
    }

    long inode() {
        return Stat.ino(memory.buffer());
    }
}
