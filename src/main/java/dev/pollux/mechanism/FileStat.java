// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

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
