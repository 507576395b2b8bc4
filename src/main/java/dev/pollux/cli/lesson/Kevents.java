// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.SyscallException;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Flags;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.util.List;
import java.util.stream.IntStream;

/** A kqueue: one call makes changes and returns events. */
final class Kevents {
    private static final int ROOM = 4;

    /** One struct kevent of a change list, whose udata is the descriptor. */
    record Change(int fd, int filter, int flags) {}

    private final Stage stage;
    private final Syscalls calls;
    private final Kqueue.Abi abi = Kqueue.abi();
    private final int kq;
    private final NativeMemory events;

    Kevents(Stage stage, Syscalls calls) throws SyscallException {
        this.stage = stage;
        this.calls = calls;
        events = stage.allocate(ROOM * abi.sizeBytes());
        kq = stage.opened(calls.kqueue());
        if (kq < 0) {
            throw new SyscallException("kqueue", "", -kq, Errno.describe(-kq));
        }
    }

    Change read(int fd, int flags) {
        return new Change(fd, abi.EVFILT_READ, flags);
    }

    Change write(int fd, int flags) {
        return new Change(fd, abi.EVFILT_WRITE, flags);
    }

    /** Makes changes only; returns the result of {@code kevent} or -errno. */
    int change(Change... changes) {
        return calls.kevent(kq, memory(List.of(changes)), changes.length, null, 0, null);
    }

    /** Makes changes, checks without waiting, and draws the events; returns the result or -errno. */
    int look(Change... changes) {
        NativeMemory zero = stage.allocate(Timespec.SIZE);
        NativeMemory changelist = changes.length == 0 ? null : memory(List.of(changes));
        int rc = calls.kevent(kq, changelist, changes.length, events, ROOM, zero);
        if (rc >= 0) {
            stage.show(new Fact.KeventList(
                    IntStream.range(0, rc).mapToObj(this::event).toList()));
        }
        return rc;
    }

    private NativeMemory memory(List<Change> changes) {
        NativeMemory memory = stage.allocate(changes.size() * abi.sizeBytes());
        for (int index = 0; index < changes.size(); index++) {
            Change change = changes.get(index);
            abi.put(memory.buffer(), index, change.fd, change.filter, change.flags, 0, 0, change.fd);
        }
        return memory;
    }

    private Fact.Kevent event(int index) {
        int filter = abi.filter(events.buffer(), index);
        int flags = abi.flags(events.buffer(), index) & (Kqueue.EV_EOF | Kqueue.EV_ERROR);
        long data = abi.data(events.buffer(), index);
        boolean failed = (flags & Kqueue.EV_ERROR) != 0;
        return new Fact.Kevent(
                (int) abi.ident(events.buffer(), index),
                filter == abi.EVFILT_READ ? "EVFILT_READ" : "EVFILT_WRITE",
                failed ? Errno.name((int) data) : Long.toString(data),
                flags == 0 ? "" : Flags.KEVENT.set(flags));
    }
}
