// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Flags;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Rlimit;
import dev.pollux.abi.Stat;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.NativeMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Structs in memory in the notation of C and strace: {@code {fd=4, events=POLLIN}}. */
final class Structs {
    /** How many elements of an array are shown; a set is shown whole. */
    private static final int LIMIT = 32;

    private static final List<String> SQ_OFFSETS =
            List.of("head", "tail", "ring_mask", "ring_entries", "flags", "dropped", "array");
    private static final List<String> CQ_OFFSETS =
            List.of("head", "tail", "ring_mask", "ring_entries", "overflow", "cqes", "flags");

    private static final int RLIM_UNIT = 1024;

    private Structs() {}

    // Memory.

    /** NULL, or the decoded text; the address if the decoder returns null or the memory is too short. */
    static String read(NativeMemory memory, int offset, Function<ByteBuffer, String> decoder) {
        String text = decoded(memory, decoder);
        return text == null ? pointer(NativeMemory.addressOf(memory) + offset) : text;
    }

    /** The decoded text; null if there is no memory or too little. */
    static String decoded(NativeMemory memory, Function<ByteBuffer, String> decoder) {
        try {
            return memory == null ? null : decoder.apply(memory.buffer());
        } catch (RuntimeException unreadable) {
            return null;
        }
    }

    static String pointer(long address) {
        return address == 0 ? "NULL" : "0x" + Long.toHexString(address);
    }

    /** The first {@code int}; 0 if there is none. */
    static int firstInt(NativeMemory memory) {
        return memory == null || memory.sizeBytes() < Integer.BYTES ? 0 : memory.getInt(0);
    }

    /** The size passed in and, if it differs, the size that the kernel returned. */
    static String length(int room, NativeMemory length) {
        return read(length, 0, bytes -> {
            int needed = bytes.getInt(0);
            return "[" + room + (needed == room ? "]" : " => " + needed + "]");
        });
    }

    static String array(int count, IntFunction<String> element) {
        return list(IntStream.range(0, Math.min(count, LIMIT)).mapToObj(element).toList(), count > LIMIT);
    }

    private static String list(List<String> elements, boolean shortened) {
        return "[" + String.join(", ", elements) + (shortened ? ", ...]" : "]");
    }

    // Numbers, times, limits.

    static String ints(ByteBuffer bytes, int count) {
        return array(count, index -> Integer.toString(bytes.getInt(index * Integer.BYTES)));
    }

    static String timespec(ByteBuffer bytes) {
        return "{tv_sec=" + bytes.getLong(Timespec.TV_SEC) + ", tv_nsec="
                + Long.toUnsignedString(bytes.getLong(Timespec.TV_NSEC)) + "}";
    }

    static String rlimit(ByteBuffer bytes) {
        return "{rlim_cur=" + rlim(bytes.getLong(Rlimit.CUR)) + ", rlim_max=" + rlim(bytes.getLong(Rlimit.MAX)) + "}";
    }

    private static String rlim(long value) {
        if (value == Rlimit.RLIM_INFINITY) {
            return "RLIM_INFINITY";
        }
        return value > RLIM_UNIT && value % RLIM_UNIT == 0 ? value / RLIM_UNIT + "*1024" : Long.toUnsignedString(value);
    }

    static String stat(ByteBuffer bytes) {
        int mode = Stat.mode(bytes);
        int type = mode & Stat.S_IFMT;
        String permissions = "0" + Integer.toOctalString(mode & ~Stat.S_IFMT);
        return "{st_mode=" + (type == 0 ? "" : Flags.FILE_TYPE.name(type) + "|") + permissions + ", ...}";
    }

    // select, poll

    /** Null, as in strace, if the kernel does not read the set. */
    static String fdSet(ByteBuffer bytes, int nfds) {
        return nfds <= 0
                ? null
                : IntStream.range(0, nfds)
                        .filter(fd -> FdSet.isSet(bytes, fd))
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(" ", "[", "]"));
    }

    /** The pollfds passed to {@code poll}. */
    static String asked(ByteBuffer pollfds, int count) {
        return asked(pollfds, 0, count, Flags.POLL_EVENTS);
    }

    static String asked(ByteBuffer pollfds, int offset, int count, Flags names) {
        return array(count, index -> asked(pollfds, offset + index * PollFd.SIZE, names));
    }

    private static String asked(ByteBuffer bytes, int offset, Flags names) {
        int fd = bytes.getInt(offset + PollFd.FD);
        String events = names.set(bytes.getShort(offset + PollFd.EVENTS) & 0xffff);
        return fd < 0 ? "{fd=" + fd + "}" : "{fd=" + fd + ", events=" + events + "}";
    }

    /** The ready pollfds of this many after {@code poll}; null if the memory is unknown. */
    static String answered(ByteBuffer pollfds, int count) {
        if (pollfds == null) {
            return null;
        }
        List<String> ready = new ArrayList<>();
        for (int offset = 0; offset < count * PollFd.SIZE && ready.size() <= LIMIT; offset += PollFd.SIZE) {
            int revents = pollfds.getShort(offset + PollFd.REVENTS) & 0xffff;
            if (revents != 0) {
                int fd = pollfds.getInt(offset + PollFd.FD);
                ready.add("{fd=" + fd + ", revents=" + Flags.POLL_EVENTS.set(revents) + "}");
            }
        }
        return list(ready.subList(0, Math.min(ready.size(), LIMIT)), ready.size() > LIMIT);
    }

    // epoll

    static String epollEvents(ByteBuffer bytes, int count) {
        return array(count, index -> epollEvent(bytes, index * Epoll.layout().sizeBytes()));
    }

    static String epollEvent(ByteBuffer bytes) {
        return epollEvent(bytes, 0);
    }

    private static String epollEvent(ByteBuffer bytes, int offset) {
        long data = bytes.getLong(offset + Epoll.layout().dataOffset());
        String u32 =
                Integer.toUnsignedString(bytes.getInt(offset + Epoll.layout().dataOffset())); // of C's union
        String events =
                Flags.EPOLL_EVENTS.set(bytes.getInt(offset + Epoll.layout().eventsOffset()));
        return "{events=" + events + ", data={u32=" + u32 + ", u64=" + Long.toUnsignedString(data) + "}}";
    }

    static String epollParams(ByteBuffer bytes) {
        return "{busy_poll_usecs=" + Integer.toUnsignedString(bytes.getInt(Epoll.BUSY_POLL_USECS))
                + ", busy_poll_budget=" + (bytes.getShort(Epoll.BUSY_POLL_BUDGET) & 0xffff)
                + ", prefer_busy_poll=" + (bytes.get(Epoll.PREFER_BUSY_POLL) & 0xff) + "}";
    }

    // io_uring

    /** The input of {@code io_uring_setup}: the beginning of the struct. */
    static String ioUringAsked(ByteBuffer params) {
        return "flags=" + Flags.IORING_SETUP.set(params.getInt(IoUring.FLAGS))
                + ", sq_thread_cpu=" + Flags.hex(params.getInt(IoUring.SQ_THREAD_CPU))
                + ", sq_thread_idle=" + unsigned(params, IoUring.SQ_THREAD_IDLE);
    }

    /** The output of {@code io_uring_setup}: the rest of the struct. */
    static String ioUringAnswered(ByteBuffer params) {
        return "sq_entries=" + unsigned(params, IoUring.SQ_ENTRIES)
                + ", cq_entries=" + unsigned(params, IoUring.CQ_ENTRIES)
                + ", features=" + Flags.IORING_FEATURES.set(params.getInt(IoUring.FEATURES))
                + ", sq_off=" + offsets(params, IoUring.SQ_OFF_HEAD, SQ_OFFSETS)
                + ", cq_off=" + offsets(params, IoUring.CQ_OFF_HEAD, CQ_OFFSETS);
    }

    private static String offsets(ByteBuffer params, int first, List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(index -> names.get(index) + "=" + unsigned(params, first + index * Integer.BYTES))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String unsigned(ByteBuffer bytes, int offset) {
        return Integer.toUnsignedString(bytes.getInt(offset));
    }

    /** The timeout is in other memory: shown if that is known, else as an address. */
    static String getEventsArg(ByteBuffer arg, LongFunction<ByteBuffer> memory) {
        long ts = arg.getLong(IoUring.ARG_TS);
        ByteBuffer timeout = ts == 0 ? null : memory.apply(ts);
        boolean isKnown = timeout != null && timeout.capacity() >= Timespec.SIZE;
        int minWait = arg.getInt(IoUring.ARG_MIN_WAIT_USEC);
        return "{sigmask=" + pointer(arg.getLong(IoUring.ARG_SIGMASK))
                + ", sigmask_sz=" + unsigned(arg, IoUring.ARG_SIGMASK_SZ)
                + (minWait == 0 ? "" : ", min_wait_usec=" + Integer.toUnsignedString(minWait))
                + ", ts=" + (isKnown ? timespec(timeout) : pointer(ts)) + "}";
    }

    // kqueue

    /** In the current layout. */
    static String kevents(ByteBuffer bytes, int count) {
        Kqueue.Abi abi = Kqueue.abi();
        return array(count, index -> kevent(abi, bytes, index));
    }

    private static String kevent(Kqueue.Abi abi, ByteBuffer bytes, int index) {
        int flags = abi.flags(bytes, index);
        int filter = abi.filter(bytes, index);
        long data = abi.data(bytes, index);
        return "{ident=" + Long.toUnsignedString(abi.ident(bytes, index))
                + ", filter=" + filter(abi, filter)
                + ", flags=" + Flags.KEVENT.set(flags)
                + ", fflags=" + fflags(abi, filter, flags, abi.fflags(bytes, index))
                + ", data=" + ((flags & Kqueue.EV_ERROR) != 0 ? error((int) data) : Long.toString(data))
                + ", udata=" + pointer(abi.udata(bytes, index)) + "}";
    }

    private static String filter(Kqueue.Abi abi, int filter) {
        if (filter == abi.EVFILT_READ) {
            return "EVFILT_READ";
        } else if (filter == abi.EVFILT_WRITE) {
            return "EVFILT_WRITE";
        } else if (filter == abi.EVFILT_USER) {
            return "EVFILT_USER";
        }
        return filter == abi.EVFILT_EXCEPT ? "EVFILT_EXCEPT" : filter + " /* EVFILT_??? */";
    }

    /** The meaning depends on the filter; with EV_EOF it is the error. */
    private static String fflags(Kqueue.Abi abi, int filter, int flags, int fflags) {
        if (filter == abi.EVFILT_USER && fflags == Kqueue.NOTE_TRIGGER) {
            return "NOTE_TRIGGER";
        } else if (filter == abi.EVFILT_EXCEPT && fflags == abi.NOTE_OOB) {
            return "NOTE_OOB";
        }
        return (flags & Kqueue.EV_EOF) != 0 ? error(fflags) : Flags.hex(fflags);
    }

    /** The name of an error that the kernel left in memory, or 0. */
    static String error(int errno) {
        return errno == 0 ? "0" : Errno.name(errno);
    }

    // /dev/poll

    static String dvpoll(ByteBuffer bytes) {
        return "{dp_fds=" + pointer(bytes.getLong(DevPoll.DP_FDS)) + ", dp_nfds="
                + Long.toUnsignedString(bytes.getLong(DevPoll.DP_NFDS)) + ", dp_timeout="
                + bytes.getInt(DevPoll.DP_TIMEOUT) + "}";
    }
}
