// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.PollFd;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;

/** A growable array of {@code struct pollfd}. */
final class PollFds {
    private final Syscalls syscalls;
    private NativeMemory memory;

    PollFds(Syscalls syscalls, int slots) {
        this.syscalls = syscalls;
        memory = NativeMemory.allocate(syscalls, slots * PollFd.SIZE);
    }

    NativeMemory memory() {
        return memory;
    }

    /** Makes room for this many slots; keeps the contents. */
    void reserve(int slots) {
        if (slots * PollFd.SIZE > memory.sizeBytes()) {
            NativeMemory larger = NativeMemory.allocate(syscalls, 2 * slots * PollFd.SIZE);
            larger.copyFrom(memory, memory.sizeBytes());
            memory = larger;
        }
    }

    void put(int slot, int fd, int events) {
        int offset = slot * PollFd.SIZE;
        memory.putInt(offset + PollFd.FD, fd);
        memory.putShort(offset + PollFd.EVENTS, (short) events);
        memory.putShort(offset + PollFd.REVENTS, (short) 0);
    }

    /** Copies one slot to another. */
    void move(int from, int to) {
        memory.putLong(to * PollFd.SIZE, memory.getLong(from * PollFd.SIZE));
    }

    int fd(int slot) {
        return memory.getInt(slot * PollFd.SIZE + PollFd.FD);
    }

    int revents(int slot) {
        return memory.getShort(slot * PollFd.SIZE + PollFd.REVENTS);
    }

    void clearRevents(int slot) {
        memory.putShort(slot * PollFd.SIZE + PollFd.REVENTS, (short) 0);
    }
}
