// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Stat;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** {@code fstat(2)}: which file a number means, and of what type. */
final class FileStat {
    private final Syscalls syscalls;
    private final NativeMemory memory;

    FileStat(Syscalls syscalls) {
        this.syscalls = syscalls;
        memory = NativeMemory.allocate(syscalls, Stat.SIZE_MAX);
    }

    /** Asks; the others answer for this descriptor if the result is not negative. */
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
