// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Replaces a kqueue that the system lacks by recorded results: one entry for each {@code kevent} with room for events,
 * in the order of the lesson. All other calls go to the real kernel.
 */
final class RecordedKqueue extends ForwardingSyscalls {
    /** One event of a result. */
    record Event(int fd, boolean write, int flags, long data) {}

    private final Kqueue.Abi abi = Kqueue.abi();
    private final Deque<List<Event>> record;

    RecordedKqueue(Syscalls real, List<List<Event>> record) {
        super(real);
        this.record = new ArrayDeque<>(record);
    }

    @Override
    public String missing(String function) {
        return function.equals("kqueue") || function.equals("kevent") ? null : super.missing(function);
    }

    /** Opens an eventfd: a free descriptor number that can be closed. */
    @Override
    public int kqueue() {
        return super.eventfd(0, 0);
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        if (nevents == 0) {
            return 0;
        } else if (record.isEmpty()) {
            return -Errno.EINVAL;
        }
        List<Event> events = record.remove();
        for (int index = 0; index < events.size(); index++) {
            Event event = events.get(index);
            int filter = event.write ? abi.EVFILT_WRITE : abi.EVFILT_READ;
            abi.put(eventlist.buffer(), index, event.fd, filter, event.flags, 0, event.data, event.fd);
        }
        return events.size();
    }
}
