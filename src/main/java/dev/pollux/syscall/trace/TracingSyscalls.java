// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.DevPoll;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.Flags;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.PollFd;
import dev.pollux.abi.Socket;
import dev.pollux.syscall.ForwardingSyscalls;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Traces every call, one line each, in the grammar of strace 6:
 *
 * <pre>{@code
 * epoll_ctl(5, EPOLL_CTL_ADD, 7, {events=EPOLLIN|EPOLLONESHOT, data={u32=7, u64=4294967303}}) = 0 <0.000004>
 * ppoll([{fd=4, events=POLLIN}, {fd=7, events=POLLIN}], 2, NULL, NULL) = 1 ([{fd=7, revents=POLLIN}]) <0.000301>
 * pselect(9, [4 7], [8], [], {tv_sec=0, tv_nsec=500000000}, NULL) = 2 (in [7], out [8]) <0.000012>
 * close(9999) = -1 EBADF (Bad file descriptor) <0.000002>
 * }</pre>
 *
 * <p>The tracer reads inputs from the real memory before the call, outputs after it. It shows 32 elements of an array
 * and 32 bytes of a buffer, then {@code ...}; a set of descriptors is shown whole. Memory that the kernel did not read,
 * or did not write because the call failed, is shown as its address. The last number is the duration of the call in
 * seconds.
 *
 * <p>Differences from strace: calls have their C names and arguments ({@code eventfd}, not {@code eventfd2}). Numbers
 * and layouts are those of this system; names are printed for the numbers that {@code dev.pollux.abi} knows. Calls that
 * strace does not decode ({@code kevent}, /dev/poll, and in old versions the timeout of {@code io_uring_enter}) follow
 * its style. Neither shows the contents of io_uring's rings: reading and writing them is no system call.
 *
 * <p><b>The sink</b> is called once for each line, after the call has returned, on the thread that made it; several
 * threads may call it at the same time. The poller waits for it, often with its lock held, so it must be quick and must
 * not use the poller. If it throws, the line is lost and the exception goes to the thread's uncaught exception handler,
 * which prints it by default. The caller gets the result of the call as usual, and the sink gets the next line.
 */
public final class TracingSyscalls extends ForwardingSyscalls {
    private static final String NULL = "NULL";

    private final Trace trace;
    private final KnownMemory known;

    /** Traces the calls to {@code next}; the sink takes lines without a line terminator, on any thread. */
    public TracingSyscalls(Syscalls next, Consumer<String> sink) {
        this(next, new Trace(TraceFormat.STRACE, sink));
    }

    /** The same in another format. */
    public TracingSyscalls(Syscalls next, Trace trace) {
        this(Objects.requireNonNull(next, "next"), Objects.requireNonNull(trace, "trace"), new KnownMemory());
    }

    /** Below this layer are those of the families of calls. */
    private TracingSyscalls(Syscalls next, Trace trace, KnownMemory known) {
        super(new TracingEvents(new TracingTerminals(new TracingSockets(next, trace, known), trace), trace));
        this.trace = trace;
        this.known = known;
    }

    private int tell(TraceLine line) {
        return trace.tell(line);
    }

    /** Remembers the address; not a system call. */
    @Override
    public long addressOf(ByteBuffer direct) {
        long address = super.addressOf(direct);
        known.located(direct, address);
        return address;
    }

    // descriptors

    @Override
    public int open(NativeMemory pathname, int flags) {
        String path = Structs.read(pathname, 0, CStrings::path);
        TraceLine line = new TraceLine("open").add(path).add(Flags.open(flags)).called();
        int fd = super.open(pathname, flags);
        line.returned(fd);
        if (fd >= 0 && path.equals('"' + DevPoll.PATH + '"')) {
            known.opened(fd);
        }
        return tell(line);
    }

    @Override
    public int close(int fd) {
        known.closed(fd);
        return tell(new TraceLine("close").add(fd).called().returned(super.close(fd)));
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        TraceLine line = new TraceLine("read").add(fd).called();
        int rc = super.read(fd, buf, bufOffset, count);
        return tell(line.returned(rc)
                .output(buf, bufOffset, bytes -> CStrings.data(bytes, bufOffset, rc))
                .add(count));
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        TraceLine line = new TraceLine("write")
                .add(fd)
                .input(buf, bufOffset, bytes -> written(fd, bytes, bufOffset, count))
                .add(count)
                .called();
        return tell(line.returned(super.write(fd, buf, bufOffset, count)));
    }

    private String written(int fd, ByteBuffer bytes, int offset, int count) {
        return known.isDevice(fd)
                ? Structs.asked(bytes, offset, count / PollFd.SIZE, Flags.DEVPOLL_EVENTS)
                : CStrings.data(bytes, offset, count);
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        TraceLine line = new TraceLine("pipe").called();
        return tell(line.returned(super.pipe(pipefd)).output(pipefd, ends -> Structs.ints(ends, 2)));
    }

    @Override
    public int dup(int oldfd) {
        return tell(new TraceLine("dup").add(oldfd).called().returned(super.dup(oldfd)));
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        TraceLine line = new TraceLine("fcntl").add(fd).add(Flags.FCNTL.name(op));
        if (op != Fcntl.F_GETFD && op != Fcntl.F_GETFL) {
            line.add(fcntlArgument(op, arg));
        }
        int rc = line.called().returned(super.fcntl(fd, op, arg)).rc();
        if (op == Fcntl.F_GETFL && rc >= 0) {
            line.result(Flags.hex(rc)).answer("flags " + Flags.open(rc));
        } else if (op == Fcntl.F_GETFD && rc > 0) {
            line.result(Flags.hex(rc)).answer("flags " + Flags.DESCRIPTOR.set(rc));
        }
        return tell(line);
    }

    private static String fcntlArgument(int op, int arg) {
        return switch (op) {
            case Fcntl.F_SETFD -> Flags.DESCRIPTOR.set(arg);
            case Fcntl.F_SETFL -> Flags.open(arg);
            case Fcntl.F_DUPFD -> Integer.toString(arg);
            default -> op == Fcntl.F_DUPFD_CLOEXEC ? Integer.toString(arg) : Flags.hex(arg);
        };
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        TraceLine line = new TraceLine("fstat").add(fd).called();
        return tell(line.returned(super.fstat(fd, statbuf)).output(statbuf, Structs::stat));
    }

    @Override
    public int eventfd(int initval, int flags) {
        TraceLine line = new TraceLine("eventfd")
                .add(Integer.toUnsignedLong(initval))
                .add(Flags.EVENTFD.set(flags))
                .called();
        return tell(line.returned(super.eventfd(initval, flags)));
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        TraceLine line =
                new TraceLine("getrlimit").add(Flags.RLIMIT.name(resource)).called();
        return tell(line.returned(super.getrlimit(resource, rlim)).output(rlim, Structs::rlimit));
    }

    @Override
    public int setrlimit(int resource, NativeMemory rlim) {
        TraceLine line = new TraceLine("setrlimit")
                .add(Flags.RLIMIT.name(resource))
                .input(rlim, Structs::rlimit)
                .called();
        return tell(line.returned(super.setrlimit(resource, rlim)));
    }

    // sockets

    @Override
    public int socket(int domain, int type, int protocol) {
        TraceLine line = socket("socket", domain, type, protocol).called();
        return tell(line.returned(super.socket(domain, type, protocol)));
    }

    @Override
    public int socketpair(int domain, int type, int protocol, NativeMemory sv) {
        TraceLine line = socket("socketpair", domain, type, protocol).called();
        return tell(
                line.returned(super.socketpair(domain, type, protocol, sv)).output(sv, ends -> Structs.ints(ends, 2)));
    }

    private static TraceLine socket(String call, int domain, int type, int protocol) {
        boolean inet = domain == Socket.AF_INET || domain == Socket.AF_INET6;
        return new TraceLine(call)
                .add(Flags.FAMILY.name(domain))
                .add(Flags.SOCKET_TYPE.name(type))
                .add(inet ? Flags.INET_PROTOCOL.name(protocol) : Integer.toString(protocol));
    }

    @Override
    public int bind(int sockfd, NativeMemory addr, int addrlen) {
        TraceLine line = address("bind", sockfd, addr, addrlen).called();
        return tell(line.returned(super.bind(sockfd, addr, addrlen)));
    }

    @Override
    public int listen(int sockfd, int backlog) {
        TraceLine line = new TraceLine("listen").add(sockfd).add(backlog).called();
        return tell(line.returned(super.listen(sockfd, backlog)));
    }

    @Override
    public int accept(int sockfd) {
        TraceLine line = new TraceLine("accept").add(sockfd).add(NULL).add(NULL).called();
        return tell(line.returned(super.accept(sockfd)));
    }

    @Override
    public int connect(int sockfd, NativeMemory addr, int addrlen) {
        TraceLine line = address("connect", sockfd, addr, addrlen).called();
        return tell(line.returned(super.connect(sockfd, addr, addrlen)));
    }

    private static TraceLine address(String call, int sockfd, NativeMemory addr, int addrlen) {
        return new TraceLine(call)
                .add(sockfd)
                .input(addr, sockaddr -> Sockaddr.text(sockaddr, addrlen))
                .add(addrlen);
    }

    @Override
    public int shutdown(int sockfd, int how) {
        TraceLine line = new TraceLine("shutdown")
                .add(sockfd)
                .add(Flags.SHUTDOWN.name(how))
                .called();
        return tell(line.returned(super.shutdown(sockfd, how)));
    }

    @Override
    public int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        int room = Structs.firstInt(addrlen);
        TraceLine line = new TraceLine("getsockname").add(sockfd).called();
        line.returned(super.getsockname(sockfd, addr, addrlen));
        int length = Math.min(room, Structs.firstInt(addrlen));
        return tell(
                line.output(addr, sockaddr -> Sockaddr.text(sockaddr, length)).add(Structs.length(room, addrlen)));
    }

    @Override
    public int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen) {
        int room = Structs.firstInt(optlen);
        TraceLine line = option("getsockopt", sockfd, level, optname).called();
        line.returned(super.getsockopt(sockfd, level, optname, optval, optlen));
        int length = Structs.firstInt(optlen);
        return tell(line.output(optval, value -> optionValue(level, optname, value, length))
                .add(Structs.length(room, optlen)));
    }

    @Override
    public int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen) {
        TraceLine line = option("setsockopt", sockfd, level, optname)
                .input(optval, value -> optionValue(level, optname, value, optlen))
                .add(optlen)
                .called();
        return tell(line.returned(super.setsockopt(sockfd, level, optname, optval, optlen)));
    }

    private static TraceLine option(String call, int sockfd, int level, int optname) {
        return new TraceLine(call)
                .add(sockfd)
                .add(Flags.OPTION_LEVEL.name(level))
                .add(Flags.option(level, optname));
    }

    private static String optionValue(int level, int optname, ByteBuffer value, int length) {
        if (level == Socket.SOL_SOCKET && optname == Socket.SO_LINGER) {
            return length < 2 * Integer.BYTES
                    ? null
                    : "{l_onoff=" + value.getInt(0) + ", l_linger=" + value.getInt(Integer.BYTES) + "}";
        } else if (length < Integer.BYTES) {
            return null;
        }
        boolean isError = level == Socket.SOL_SOCKET && optname == Socket.SO_ERROR;
        return "[" + (isError ? Structs.error(value.getInt(0)) : value.getInt(0)) + "]";
    }

    @Override
    public int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        TraceLine line = new TraceLine("send")
                .add(sockfd)
                .input(buf, bufOffset, bytes -> CStrings.data(bytes, bufOffset, len))
                .add(len)
                .add(Flags.MESSAGE.set(flags))
                .called();
        return tell(line.returned(super.send(sockfd, buf, bufOffset, len, flags)));
    }

    @Override
    public int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        TraceLine line = new TraceLine("recv").add(sockfd).called();
        int rc = super.recv(sockfd, buf, bufOffset, len, flags);
        return tell(line.returned(rc)
                .output(buf, bufOffset, bytes -> CStrings.data(bytes, bufOffset, rc))
                .add(len)
                .add(Flags.MESSAGE.set(flags)));
    }

    // select, poll

    @Override
    public int pselect(
            int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds, NativeMemory timeout) {
        TraceLine line = new TraceLine("pselect")
                .add(nfds)
                .input(readfds, set -> Structs.fdSet(set, nfds))
                .input(writefds, set -> Structs.fdSet(set, nfds))
                .input(exceptfds, set -> Structs.fdSet(set, nfds))
                .input(timeout, Structs::timespec)
                .add(NULL)
                .called();
        int rc = line.returned(super.pselect(nfds, readfds, writefds, exceptfds, timeout))
                .rc();
        return tell(rc > 0 ? line.answer(ready(nfds, readfds, writefds, exceptfds)) : orTimeout(line));
    }

    private static String ready(int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds) {
        List<String> sets = new ArrayList<>();
        addReady(sets, "in ", nfds, readfds);
        addReady(sets, "out ", nfds, writefds);
        addReady(sets, "except ", nfds, exceptfds);
        return String.join(", ", sets);
    }

    private static void addReady(List<String> sets, String name, int nfds, NativeMemory set) {
        String fds = Structs.decoded(set, bytes -> Structs.fdSet(bytes, nfds));
        if (fds != null && !fds.equals("[]")) {
            sets.add(name + fds);
        }
    }

    private static TraceLine orTimeout(TraceLine line) {
        return line.rc() == 0 ? line.answer("Timeout") : line;
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        TraceLine line = pollfds("poll", fds, nfds).add(timeoutMillis).called();
        return tell(polled(line.returned(super.poll(fds, nfds, timeoutMillis)), fds, nfds));
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        TraceLine line = pollfds("ppoll", fds, nfds)
                .input(timeout, Structs::timespec)
                .add(NULL)
                .called();
        return tell(polled(line.returned(super.ppoll(fds, nfds, timeout)), fds, nfds));
    }

    private static TraceLine pollfds(String call, NativeMemory fds, int nfds) {
        return new TraceLine(call)
                .input(fds, pollfds -> Structs.asked(pollfds, nfds))
                .add(nfds);
    }

    private static TraceLine polled(TraceLine line, NativeMemory fds, int nfds) {
        return line.rc() > 0
                ? line.answer(Structs.decoded(fds, pollfds -> Structs.answered(pollfds, nfds)))
                : orTimeout(line);
    }

    // epoll

    @Override
    public int epollCreate1(int flags) {
        TraceLine line = new TraceLine("epoll_create1")
                .add(Flags.EPOLL_CREATE.set(flags))
                .called();
        return tell(line.returned(super.epollCreate1(flags)));
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
        TraceLine line = new TraceLine("epoll_ctl")
                .add(epfd)
                .add(Flags.EPOLL_CTL.name(op))
                .add(fd)
                .input(event, bytes -> op == Epoll.EPOLL_CTL_DEL ? null : Structs.epollEvent(bytes))
                .called();
        return tell(line.returned(super.epollCtl(epfd, op, fd, event)));
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        TraceLine line = new TraceLine("epoll_wait").add(epfd).called();
        int rc = super.epollWait(epfd, events, maxevents, timeoutMillis);
        return tell(line.returned(rc)
                .output(events, bytes -> Structs.epollEvents(bytes, rc))
                .add(maxevents)
                .add(timeoutMillis));
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        TraceLine line = new TraceLine("epoll_pwait2").add(epfd).called();
        int rc = super.epollPwait2(epfd, events, maxevents, timeout);
        return tell(line.returned(rc)
                .output(events, bytes -> Structs.epollEvents(bytes, rc))
                .add(maxevents)
                .input(timeout, Structs::timespec)
                .add(NULL));
    }

    // io_uring

    @Override
    public int ioUringSetup(int entries, NativeMemory params) {
        String asked = Structs.decoded(params, Structs::ioUringAsked);
        TraceLine line = new TraceLine("io_uring_setup")
                .add(Integer.toUnsignedLong(entries))
                .called();
        int fd = super.ioUringSetup(entries, params);
        return tell(line.returned(fd)
                .input(
                        params,
                        bytes -> asked == null
                                ? null
                                : "{" + asked + (fd < 0 ? "" : ", " + Structs.ioUringAnswered(bytes)) + "}"));
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        boolean isStruct = (flags & IoUring.IORING_ENTER_EXT_ARG) != 0 && argSizeBytes == IoUring.GETEVENTS_ARG_SIZE;
        TraceLine line = new TraceLine("io_uring_enter")
                .add(fd)
                .add(Integer.toUnsignedLong(toSubmit))
                .add(Integer.toUnsignedLong(minComplete))
                .add(Flags.IORING_ENTER.set(flags))
                .input(arg, bytes -> isStruct ? Structs.getEventsArg(bytes, known::at) : null)
                .add(Integer.toUnsignedLong(argSizeBytes))
                .called();
        return tell(line.returned(super.ioUringEnter(fd, toSubmit, minComplete, flags, arg, argSizeBytes)));
    }

    @Override
    public int membarrier(int cmd, int flags) {
        TraceLine line = new TraceLine("membarrier")
                .add(Flags.MEMBARRIER.name(cmd))
                .add(flags)
                .called();
        return tell(line.returned(super.membarrier(cmd, flags)));
    }

    @Override
    public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
        TraceLine line = new TraceLine("mmap")
                .add(NULL)
                .add(Long.toUnsignedString(lengthBytes))
                .add(prot == 0 ? "PROT_NONE" : Flags.PROTECTION.set(prot))
                .add(Flags.MAPPING.set(flags))
                .add(fd)
                .add(offset == 0 ? "0" : Structs.pointer(offset))
                .called();
        long address = super.mmap(lengthBytes, prot, flags, fd, offset);
        line.returned(address);
        tell(address < 0 ? line : line.result(Structs.pointer(address)));
        return address;
    }

    @Override
    public int munmap(long address, long lengthBytes) {
        TraceLine line = new TraceLine("munmap")
                .add(Structs.pointer(address))
                .add(Long.toUnsignedString(lengthBytes))
                .called();
        return tell(line.returned(super.munmap(address, lengthBytes)));
    }

    // kqueue

    @Override
    public int kqueue() {
        return tell(new TraceLine("kqueue").called().returned(super.kqueue()));
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        TraceLine line = new TraceLine("kevent")
                .add(kq)
                .input(changelist, changes -> Structs.kevents(changes, nchanges))
                .add(nchanges)
                .called();
        int rc = super.kevent(kq, changelist, nchanges, eventlist, nevents, timeout);
        line.returned(rc)
                .output(eventlist, events -> Structs.kevents(events, rc))
                .add(nevents)
                .input(timeout, Structs::timespec);
        return tell(nevents > 0 ? orTimeout(line) : line);
    }

    // ioctl: epoll, /dev/poll

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        if (op == Epoll.EPIOCSPARAMS || op == Epoll.EPIOCGPARAMS) {
            return epollParams(fd, op, argp);
        }
        if (TracingTerminals.knows(op)) {
            return super.ioctl(fd, op, argp);
        }
        boolean waits = op == DevPoll.DP_POLL;
        TraceLine line = new TraceLine("ioctl")
                .add(fd)
                .add(waits ? "DP_POLL" : "0x" + Long.toHexString(op))
                .input(argp, bytes -> waits ? Structs.dvpoll(bytes) : null)
                .called();
        int rc = line.returned(super.ioctl(fd, op, argp)).rc();
        if (waits && rc > 0) {
            line.answer(Structs.decoded(
                    argp, dvpoll -> Structs.answered(known.at(dvpoll.getLong(DevPoll.DP_FDS)), rc)));
        }
        return tell(waits ? orTimeout(line) : line);
    }

    private int epollParams(int fd, long op, NativeMemory argp) {
        TraceLine line = new TraceLine("ioctl").add(fd);
        if (op == Epoll.EPIOCSPARAMS) {
            line.add("EPIOCSPARAMS").input(argp, Structs::epollParams).called();
            return tell(line.returned(super.ioctl(fd, op, argp)));
        }
        line.add("EPIOCGPARAMS").called().returned(super.ioctl(fd, op, argp));
        return tell(line.output(argp, Structs::epollParams));
    }
}
