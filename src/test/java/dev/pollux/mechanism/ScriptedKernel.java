// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import static java.util.stream.Collectors.joining;

import com.sun.jna.Pointer;
import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Timespec;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * A kernel that follows a script: kqueue, kevent and the calls on /dev/poll must come in the order and with the
 * arguments of the script, which has their results. With the methods of {@link Calls} a script reads like a trace:
 *
 * <pre>{@code
 * kernel.expect(kqueue()).answer(KQ);
 * kernel.expect(kevent(changes(read(5, EV_ADD | EV_ENABLE)), NOTHING)).answer(0);
 * kernel.expect(kevent(NO_CHANGES, room(512, forever()))).answer(readable(5).data(3));
 * }</pre>
 *
 * Every other call goes to the real kernel, so pipes and sockets are real. An unexpected call fails the test with both
 * calls in the message. {@link #checkDone} fails if an expected call never came.
 */
final class ScriptedKernel extends ForwardingSyscalls {
    private static final long ANY = Long.MIN_VALUE;
    private static final long NO_LIMIT = -1;

    /** The vocabulary of a script. */
    static final class Calls {
        /** The descriptor of the kqueue or of /dev/poll; as a result, a new one. */
        static final int KQ = -1000;

        /** The descriptor of the poller's waker. */
        static final int WAKER = -2000;

        static final List<Change> NO_CHANGES = List.of();

        /** No event list, no timeout. */
        static final Room NOTHING = new Room(0, forever());

        private Calls() {}

        static Call kqueue() {
            return new Call("kqueue", List.of(), List.of(), NOTHING);
        }

        static Call kevent(List<Change> changes, Room room) {
            return new Call("kevent", changes, List.of(), room);
        }

        static List<Change> changes(Change... changes) {
            return List.of(changes);
        }

        static Change read(int fd, int flags) {
            return new Change(fd, "EVFILT_READ", flags, 0, ANY);
        }

        static Change write(int fd, int flags) {
            return new Change(fd, "EVFILT_WRITE", flags, 0, ANY);
        }

        static Change except(int fd, int flags, int fflags) {
            return new Change(fd, "EVFILT_EXCEPT", flags, fflags, ANY);
        }

        static Room room(int nevents, Timeout timeout) {
            return new Room(nevents, timeout);
        }

        static Timeout forever() {
            return new Timeout("no limit", nanos -> nanos == NO_LIMIT);
        }

        static Timeout look() {
            return exactly(0);
        }

        static Timeout exactly(long nanos) {
            return new Timeout(nanos + " ns", actual -> actual == nanos);
        }

        /** The rest of a deadline: positive, and at most this. */
        static Timeout atMost(long nanos) {
            return new Timeout("0 to " + nanos + " ns", actual -> actual > 0 && actual <= nanos);
        }

        static Event readable(int fd) {
            return new Event(fd, "EVFILT_READ", 0, 0, 0, ANY);
        }

        static Event writable(int fd) {
            return new Event(fd, "EVFILT_WRITE", 0, 0, 0, ANY);
        }

        static Event exceptional(int fd, int fflags) {
            return new Event(fd, "EVFILT_EXCEPT", 0, fflags, 0, ANY);
        }

        static Call openDevPoll() {
            return new Call("open(/dev/poll)", List.of(), List.of(), NOTHING);
        }

        /** One write to /dev/poll. */
        static Call written(Polled... pollfds) {
            return new Call("write", List.of(), List.of(pollfds), NOTHING);
        }

        static Polled pollfd(int fd, int bits) {
            return new Polled(fd, bits);
        }

        static Polled remove(int fd) {
            return new Polled(fd, DevPoll.POLLREMOVE);
        }

        /** The ioctl that waits on /dev/poll, with this many slots. */
        static Call dpPoll(int slots, Timeout timeout) {
            return new Call("ioctl(DP_POLL)", List.of(), List.of(), new Room(slots, timeout));
        }
    }

    /** A call with its decoded arguments. */
    record Call(String name, List<Change> changes, List<Polled> pollfds, Room room) {
        private boolean matches(Call actual, long timeoutNanos) {
            if (!name.equals(actual.name)
                    || changes.size() != actual.changes.size()
                    || !pollfds.equals(actual.pollfds)
                    || room.slots != actual.room.slots
                    || !room.timeout.nanos.test(timeoutNanos)) {
                return false;
            }
            for (int i = 0; i < changes.size(); i++) {
                if (!changes.get(i).matches(actual.changes.get(i))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return name
                    + switch (name) {
                        case "kevent" -> "(" + changes + ", " + room + ")";
                        case "write" -> "(" + pollfds + ")";
                        case "ioctl(DP_POLL)" -> "(" + room + ")";
                        default -> "()";
                    };
        }
    }

    /** One struct kevent of a change list. Without {@link #generation} it matches any udata. */
    record Change(int fd, String filter, int flags, int fflags, long udata) {
        Change generation(long generation) {
            return new Change(fd, filter, flags, fflags, generation);
        }

        private boolean matches(Change actual) {
            return fd == actual.fd
                    && filter.equals(actual.filter)
                    && flags == actual.flags
                    && fflags == actual.fflags
                    && (udata == ANY || udata == actual.udata);
        }

        @Override
        public String toString() {
            return "{" + fdName(fd) + ", " + filter + ", " + flagNames(flags)
                    + (fflags == 0 ? "" : ", fflags=" + fflags)
                    + (udata == ANY ? "" : ", udata=" + udata) + "}";
        }
    }

    /** The number of event slots, and the timeout. */
    record Room(int slots, Timeout timeout) {
        @Override
        public String toString() {
            return slots + " slots, " + timeout.text;
        }
    }

    /** The expected timeout. */
    record Timeout(String text, LongPredicate nanos) {}

    /** One struct kevent of a result. Without {@link #generation} it has the udata of the last change. */
    record Event(int fd, String filter, int flags, int fflags, long data, long udata) {
        Event data(long value) {
            return new Event(fd, filter, flags, fflags, value, udata);
        }

        Event eof() {
            return new Event(fd, filter, flags | Kqueue.EV_EOF, fflags, data, udata);
        }

        /** EV_EOF with a pending error. */
        Event eof(int errno) {
            return new Event(fd, filter, flags | Kqueue.EV_EOF, errno, data, udata);
        }

        Event failed(int errno) {
            return new Event(fd, filter, flags | Kqueue.EV_ERROR, fflags, errno, udata);
        }

        Event generation(long generation) {
            return new Event(fd, filter, flags, fflags, data, generation);
        }

        @Override
        public String toString() {
            return "{" + fdName(fd) + ", " + filter + ", " + flagNames(flags) + ", fflags=" + fflags + ", data=" + data
                    + "}";
        }
    }

    /** One struct pollfd: with events in a write, with revents in a result. */
    record Polled(int fd, int bits) {
        @Override
        public String toString() {
            String text = bits == DevPoll.POLLREMOVE ? "POLLREMOVE" : "0x" + Integer.toHexString(bits);
            return "{" + fdName(fd) + ", " + text + "}";
        }
    }

    /** An expected call without a result yet. */
    final class Expectation {
        private final Call call;
        private Runnable meanwhile = () -> {};
        private int result;
        private List<Event> events = List.of();
        private List<Polled> polled = List.of();

        private Expectation(Call call) {
            this.call = call;
        }

        /** Runs an action after the call has come and before it returns. */
        Expectation meanwhile(Runnable action) {
            meanwhile = action;
            return this;
        }

        /** Sets the result of the call: -errno, 0 or more, or {@link Calls#KQ}. */
        void answer(int rc) {
            result = rc;
            script.add(this);
        }

        void answer(Event... found) {
            answer(List.of(found));
        }

        void answer(List<Event> found) {
            events = found;
            answer(found.size());
        }

        void answer(Polled... found) {
            polled = List.of(found);
            answer(found.length);
        }

        private Object answer() {
            if (result == Calls.KQ) {
                return "kq";
            } else if (result < 0) {
                return "-" + Errno.name(-result);
            }
            return !events.isEmpty() ? events : !polled.isEmpty() ? polled : result;
        }

        @Override
        public String toString() {
            return call + " = " + answer();
        }
    }

    private final Kqueue.Abi abi = Kqueue.abi();
    private final Deque<Expectation> script = new ArrayDeque<>();
    private final List<String> trace = new ArrayList<>();
    private final Map<String, Long> udataByFilter = new HashMap<>();
    private AssertionError failure;
    private int ownFd = -1;
    private int wakerFd = -1;

    ScriptedKernel(Syscalls real) {
        super(real);
    }

    /** The next call; it is part of the script once its result is set. */
    Expectation expect(Call call) {
        return new Expectation(call);
    }

    /** Fails if a call was not the expected one, or if an expected one never came. */
    void checkDone() {
        if (failure != null) {
            throw failure;
        }
        if (!script.isEmpty()) {
            throw new AssertionError("never came:" + lines(script) + "\nafter:" + lines(trace));
        }
    }

    private synchronized Expectation next(Call actual, long timeoutNanos) {
        Expectation expected = script.poll();
        if (expected == null || !expected.call.matches(actual, timeoutNanos)) {
            String wanted = expected == null ? "nothing more" : expected.call.toString();
            AssertionError mismatch = new AssertionError("\nexpected: " + wanted + "\ncame:     " + actual + "\nafter:"
                    + lines(trace) + "\nstill to come:" + lines(script));
            failure = failure == null ? mismatch : failure;
            throw mismatch;
        }
        trace.add(actual + " = " + expected.answer());
        expected.meanwhile.run();
        return expected;
    }

    private static String lines(Collection<?> items) {
        return items.isEmpty()
                ? " nothing"
                : items.stream().map(item -> "\n    " + item).collect(joining());
    }

    private static String fdName(int fd) {
        return fd == Calls.KQ ? "kq" : fd == Calls.WAKER ? "waker" : Integer.toString(fd);
    }

    private static String flagNames(int flags) {
        Map<Integer, String> names = Map.of(
                Kqueue.EV_ADD, "EV_ADD",
                Kqueue.EV_DELETE, "EV_DELETE",
                Kqueue.EV_ENABLE, "EV_ENABLE",
                Kqueue.EV_DISABLE, "EV_DISABLE",
                Kqueue.EV_ONESHOT, "EV_ONESHOT",
                Kqueue.EV_CLEAR, "EV_CLEAR",
                Kqueue.EV_DISPATCH, "EV_DISPATCH",
                Kqueue.EV_ERROR, "EV_ERROR",
                Kqueue.EV_EOF, "EV_EOF");
        return names.entrySet().stream()
                .filter(name -> (flags & name.getKey()) != 0)
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .collect(joining("|"));
    }

    private int word(int fd) {
        return fd == ownFd ? Calls.KQ : fd == wakerFd ? Calls.WAKER : fd;
    }

    private int number(int word) {
        return word == Calls.KQ ? ownFd : word == Calls.WAKER ? wakerFd : word;
    }

    private static Timeout timeout(long nanos) {
        return nanos == NO_LIMIT ? Calls.forever() : Calls.exactly(nanos);
    }

    // kqueue

    @Override
    public int kqueue() {
        return opened(next(Calls.kqueue(), NO_LIMIT).result);
    }

    private int opened(int result) {
        if (result == Calls.KQ) {
            ownFd = super.eventfd(0, 0);
        }
        return result == Calls.KQ ? ownFd : result;
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timespec) {
        if (kq != ownFd) {
            throw new AssertionError("kevent was called on " + kq + ", not on the kqueue " + ownFd);
        }
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < nchanges; i++) {
            changes.add(change(changelist.buffer(), i));
        }
        requireRoom(eventlist, nevents);
        long nanos = timespec == null ? NO_LIMIT : nanos(timespec);
        Expectation expected = next(Calls.kevent(changes, new Room(nevents, timeout(nanos))), nanos);
        for (int i = 0; i < expected.events.size(); i++) {
            put(expected.events.get(i), eventlist.buffer(), i);
        }
        return expected.result;
    }

    private void requireRoom(NativeMemory eventlist, int nevents) {
        if (nevents == 0 ? eventlist != null : eventlist.sizeBytes() < nevents * abi.sizeBytes()) {
            throw new AssertionError("the event list does not have the size that was said: " + nevents);
        }
    }

    private static long nanos(NativeMemory timespec) {
        long seconds = timespec.getLong(Timespec.TV_SEC);
        long nanos = timespec.getLong(Timespec.TV_NSEC);
        if (seconds < 0 || nanos < 0 || nanos > 999_999_999) {
            throw new AssertionError("no timespec: " + seconds + " s, " + nanos + " ns");
        }
        return seconds * 1_000_000_000 + nanos;
    }

    private Change change(ByteBuffer buffer, int index) {
        String filter = filterName(abi.filter(buffer, index));
        int fd = word((int) abi.ident(buffer, index));
        long udata = abi.udata(buffer, index);
        if (abi.data(buffer, index) != 0) {
            throw new AssertionError("data of a change is " + abi.data(buffer, index));
        }
        for (int offset = abi.udataOffset() + Long.BYTES; offset < abi.sizeBytes(); offset++) {
            if (buffer.get(index * abi.sizeBytes() + offset) != 0) {
                throw new AssertionError("ext of a change is not 0");
            }
        }
        udataByFilter.put(fd + filter, udata);
        return new Change(fd, filter, abi.flags(buffer, index), abi.fflags(buffer, index), udata);
    }

    private String filterName(int filter) {
        if (filter == abi.EVFILT_READ) {
            return "EVFILT_READ";
        } else if (filter == abi.EVFILT_WRITE) {
            return "EVFILT_WRITE";
        }
        return abi.hasExcept() && filter == abi.EVFILT_EXCEPT ? "EVFILT_EXCEPT" : "filter " + filter;
    }

    private void put(Event event, ByteBuffer buffer, int index) {
        long udata = event.udata == ANY ? udataByFilter.getOrDefault(event.fd + event.filter, 0L) : event.udata;
        int filter = switch (event.filter) {
            case "EVFILT_READ" -> abi.EVFILT_READ;
            case "EVFILT_WRITE" -> abi.EVFILT_WRITE;
            default -> abi.EVFILT_EXCEPT;
        };
        abi.put(buffer, index, number(event.fd), filter, event.flags, event.fflags, event.data, udata);
    }

    // /dev/poll

    @Override
    public int open(NativeMemory pathname, int flags) {
        byte[] bytes = new byte[pathname.sizeBytes()];
        pathname.buffer().get(0, bytes);
        String path = new String(bytes, StandardCharsets.US_ASCII);
        return path.equals(DevPoll.PATH + "\0")
                ? opened(next(Calls.openDevPoll(), NO_LIMIT).result)
                : super.open(pathname, flags);
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        if (fd != ownFd) {
            return super.write(fd, buf, bufOffset, count);
        }
        if (count == 0 || count % PollFd.SIZE != 0) {
            throw new AssertionError("a write of " + count + " bytes to /dev/poll");
        }
        List<Polled> pollfds = new ArrayList<>();
        for (int offset = bufOffset; offset < bufOffset + count; offset += PollFd.SIZE) {
            if (buf.getShort(offset + PollFd.REVENTS) != 0) {
                throw new AssertionError("revents of what is written are not 0");
            }
            pollfds.add(new Polled(word(buf.getInt(offset + PollFd.FD)), buf.getShort(offset + PollFd.EVENTS)));
        }
        int result = next(new Call("write", List.of(), pollfds, Calls.NOTHING), NO_LIMIT).result;
        return result == 0 ? count : result;
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        if (fd != ownFd || op != DevPoll.DP_POLL) {
            return super.ioctl(fd, op, argp);
        }
        int slots = (int) argp.getLong(DevPoll.DP_NFDS);
        int millis = argp.getInt(DevPoll.DP_TIMEOUT);
        if (millis < -1 || argp.getLong(DevPoll.DP_SETP) != 0 || argp.getInt(DevPoll.DP_TIMEOUT + 4) != 0) {
            throw new AssertionError("no struct dvpoll");
        }
        long nanos = millis == -1 ? NO_LIMIT : millis * 1_000_000L;
        Expectation expected = next(Calls.dpPoll(slots, timeout(nanos)), nanos);
        Pointer fds = new Pointer(argp.getLong(DevPoll.DP_FDS));
        for (int i = 0; i < expected.polled.size(); i++) {
            long slot = (long) i * PollFd.SIZE;
            fds.setInt(slot + PollFd.FD, number(expected.polled.get(i).fd));
            fds.setShort(slot + PollFd.EVENTS, (short) 0);
            fds.setShort(slot + PollFd.REVENTS, (short) expected.polled.get(i).bits);
        }
        return expected.result;
    }

    // The waker uses the first of these.

    @Override
    public int pipe(NativeMemory pipefd) {
        int rc = super.pipe(pipefd);
        if (rc == 0 && wakerFd < 0) {
            wakerFd = pipefd.getInt(0);
        }
        return rc;
    }

    @Override
    public int eventfd(int initval, int flags) {
        int rc = super.eventfd(initval, flags);
        if (rc >= 0 && wakerFd < 0) {
            wakerFd = rc;
        }
        return rc;
    }
}
