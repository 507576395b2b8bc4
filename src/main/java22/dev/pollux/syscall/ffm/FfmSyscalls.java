// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.ffm;

import dev.pollux.abi.Errno;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Os;
import dev.pollux.abi.Pidfd;
import dev.pollux.abi.Symbols;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * The C library through {@code java.lang.foreign}.
 *
 * <p>Functions are looked up in the whole process, not in libc by name, so that an interposed one (LD_PRELOAD) is used.
 * kqueue comes from the library that the property {@code dev.pollux.kqueue.library} names, if it is set. The property
 * is read once, at the first call of kqueue.
 *
 * <p>The JDK allocates 40 bytes in every call that captures errno, until its C2 compiler removes the allocation. All
 * calls therefore go through one handle: frequent calls get it compiled early, which serves the rare ones too.
 */
@SuppressWarnings("restricted")
public final class FfmSyscalls implements Syscalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    /** Receives errno before the JVM can change it. Each thread has its own; it is freed with the thread. */
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    // Every argument is a C long, pointers too: C ignores the upper half of a register that holds an int, and registers
    // for which the function has no parameter. Of a result the lower half counts, except for an address; an address
    // whose lower half is -1 is an error.
    // The third argument is passed again as the first on the stack: macOS on arm64 expects a variadic one there.

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final FunctionDescriptor ANY_FUNCTION =
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG);

    private static final class Linked {
        /**
         * Not final, so that C2 compiles it separately: inlined deep in a caller, C2 stops halfway and keeps the
         * allocation.
         */
        static MethodHandle anyFunction =
                Linker.nativeLinker().downcallHandle(ANY_FUNCTION, Linker.Option.captureCallState("errno"));
    }

    private static long call(MemorySegment function, long a, long b, long c, long d, long e, long f, long g) {
        if (function == null) {
            return -Errno.ENOSYS;
        }
        MemorySegment captured = CAPTURED.get();
        try {
            long result = (long) Linked.anyFunction.invokeExact(function, captured, a, b, c, d, e, f, g, 0L, c);
            return (int) result == -1 ? -captured.get(ValueLayout.JAVA_INT, ERRNO) : result;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static AssertionError unexpected(Throwable fromHandle) {
        if (fromHandle instanceof Error error) {
            throw error;
        }
        return new AssertionError(fromHandle);
    }

    private static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        return (int) call(function, a, b, c, d, e, f, 0);
    }

    private static int call(MemorySegment function, long a) {
        return call(function, a, 0, 0, 0, 0, 0);
    }

    private static int call(MemorySegment function, long a, long b) {
        return call(function, a, b, 0, 0, 0, 0);
    }

    private static int call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    private static int call(MemorySegment function, long a, long b, long c, long d) {
        return call(function, a, b, c, d, 0, 0);
    }

    private static int call(MemorySegment function, long a, long b, long c, long d, long e) {
        return call(function, a, b, c, d, e, 0);
    }

    private static long address(NativeMemory memory) {
        return NativeMemory.addressOf(memory);
    }

    /** Keeps memory from being freed while C uses its address. */
    private static int kept(int rc, NativeMemory memory) {
        Reference.reachabilityFence(memory);
        return rc;
    }

    private static int kept(int rc, NativeMemory memory, NativeMemory another) {
        Reference.reachabilityFence(memory);
        return kept(rc, another);
    }

    /** A library in which functions are looked up. */
    private static final class Library {
        private static final int RTLD_LAZY = 1;

        private static final MemorySegment DLOPEN = linkers("dlopen");
        private static final MemorySegment DLSYM = linkers("dlsym");
        private static final MemorySegment DLERROR = linkers("dlerror");

        static final Library PROCESS = new Library(null);

        private final long handle;
        private final String missing;

        /** Opens a library by its path; null means the process with all its globally loaded libraries. */
        Library(String path) {
            try (Arena arena = Arena.ofConfined()) {
                handle = dl(DLOPEN, path == null ? 0 : arena.allocateFrom(path).address(), RTLD_LAZY);
                missing = handle == 0 ? lastError() : null;
            }
        }

        private static MemorySegment linkers(String function) {
            return Linker.nativeLinker().defaultLookup().find(function).orElseThrow();
        }

        /** Uses the shared handle: linking another one would take tens of milliseconds. */
        private static long dl(MemorySegment function, long a, long b) {
            return call(function, a, b, 0, 0, 0, 0, 0);
        }

        private static String lastError() {
            long text = dl(DLERROR, 0, 0);
            return text == 0
                    ? "the linker gives no reason"
                    : MemorySegment.ofAddress(text).reinterpret(Long.MAX_VALUE).getString(0);
        }

        private long address(String function) {
            try (Arena arena = Arena.ofConfined()) {
                return dl(
                        DLSYM,
                        handle,
                        arena.allocateFrom(Symbols.symbol(function)).address());
            }
        }

        String missing(String function) {
            return missing != null ? missing : address(function) == 0 ? lastError() : null;
        }

        /** Returns null if the function is missing. */
        MemorySegment function(String name) {
            long address = missing != null ? 0 : address(name);
            return address == 0 ? null : MemorySegment.ofAddress(address);
        }
    }

    private static final class Functions {
        static final MemorySegment OPEN = Library.PROCESS.function("open");
        static final MemorySegment CLOSE = Library.PROCESS.function("close");
        static final MemorySegment READ = Library.PROCESS.function("read");
        static final MemorySegment WRITE = Library.PROCESS.function("write");
        static final MemorySegment PIPE = Library.PROCESS.function("pipe");
        static final MemorySegment DUP = Library.PROCESS.function("dup");
        static final MemorySegment FCNTL = Library.PROCESS.function("fcntl");
        static final MemorySegment FSTAT = Library.PROCESS.function("fstat");
        static final MemorySegment EVENTFD = Library.PROCESS.function("eventfd");
        static final MemorySegment GETRLIMIT = Library.PROCESS.function("getrlimit");
        static final MemorySegment SETRLIMIT = Library.PROCESS.function("setrlimit");

        static final MemorySegment SOCKET = Library.PROCESS.function("socket");
        static final MemorySegment SOCKETPAIR = Library.PROCESS.function("socketpair");
        static final MemorySegment BIND = Library.PROCESS.function("bind");
        static final MemorySegment LISTEN = Library.PROCESS.function("listen");
        static final MemorySegment ACCEPT = Library.PROCESS.function("accept");
        static final MemorySegment CONNECT = Library.PROCESS.function("connect");
        static final MemorySegment SHUTDOWN = Library.PROCESS.function("shutdown");
        static final MemorySegment GETSOCKNAME = Library.PROCESS.function("getsockname");
        static final MemorySegment GETSOCKOPT = Library.PROCESS.function("getsockopt");
        static final MemorySegment SETSOCKOPT = Library.PROCESS.function("setsockopt");
        static final MemorySegment SEND = Library.PROCESS.function("send");
        static final MemorySegment RECV = Library.PROCESS.function("recv");

        static final MemorySegment PSELECT = Library.PROCESS.function("pselect");
        static final MemorySegment POLL = Library.PROCESS.function("poll");
        static final MemorySegment PPOLL = Library.PROCESS.function("ppoll");

        static final MemorySegment EPOLL_CREATE1 = Library.PROCESS.function("epoll_create1");
        static final MemorySegment EPOLL_CTL = Library.PROCESS.function("epoll_ctl");
        static final MemorySegment EPOLL_WAIT = Library.PROCESS.function("epoll_wait");
        static final MemorySegment EPOLL_PWAIT2 = Library.PROCESS.function("epoll_pwait2");

        static final MemorySegment MMAP = Library.PROCESS.function("mmap");
        static final MemorySegment MUNMAP = Library.PROCESS.function("munmap");

        static final MemorySegment IOCTL = Library.PROCESS.function("ioctl");

        static final MemorySegment ACCEPT4 = Library.PROCESS.function("accept4");
        static final MemorySegment GETPEERNAME = Library.PROCESS.function("getpeername");
        static final MemorySegment SENDTO = Library.PROCESS.function("sendto");
        static final MemorySegment RECVFROM = Library.PROCESS.function("recvfrom");
        static final MemorySegment SENDMSG = Library.PROCESS.function("sendmsg");
        static final MemorySegment RECVMSG = Library.PROCESS.function("recvmsg");
        static final MemorySegment READV = Library.PROCESS.function("readv");
        static final MemorySegment WRITEV = Library.PROCESS.function("writev");
        static final MemorySegment MKFIFO = Library.PROCESS.function("mkfifo");
    }

    /**
     * Calls that never block, without the thread state changes that let the JVM reach a safepoint meanwhile. They do
     * not capture errno: after a failure the ordinary call is made to get it.
     */
    private static final class Look {
        /** The kernel reports this many in about 10 microseconds, for which a safepoint waits. */
        static final int MAX_EVENTS = 256;

        static final MethodHandle EPOLL_WAIT = handle(Functions.EPOLL_WAIT);

        private static MethodHandle handle(MemorySegment function) {
            FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, LONG, LONG, LONG, LONG);
            Linker.Option critical = Linker.Option.critical(false);
            return function == null ? null : Linker.nativeLinker().downcallHandle(function, descriptor, critical);
        }

        static int epollWait(int epfd, long events, int maxevents) {
            try {
                return (int) EPOLL_WAIT.invokeExact((long) epfd, events, (long) maxevents, 0L);
            } catch (Throwable t) {
                throw unexpected(t);
            }
        }
    }

    private static final class SystemCalls {
        /** Other systems have a function of this name too, but use these numbers for other calls. */
        static final String MISSING =
                Os.here() == Os.LINUX ? Library.PROCESS.missing("syscall") : "only Linux has this system call";

        static final MemorySegment SYSCALL = MISSING == null ? Library.PROCESS.function("syscall") : null;
    }

    private static final class Events {
        static final MemorySegment TIMERFD_CREATE = function("timerfd_create");
        static final MemorySegment TIMERFD_SETTIME = function("timerfd_settime");
        static final MemorySegment TIMERFD_GETTIME = function("timerfd_gettime");
        static final MemorySegment SIGNALFD = function("signalfd");
        static final MemorySegment PTHREAD_SIGMASK = function("pthread_sigmask");
        static final MemorySegment KILL = function("kill");
        static final MemorySegment RAISE = function("raise");
        static final MemorySegment WAITID = function("waitid");
        static final MemorySegment INOTIFY_INIT1 = function("inotify_init1");
        static final MemorySegment INOTIFY_ADD_WATCH = function("inotify_add_watch");
        static final MemorySegment INOTIFY_RM_WATCH = function("inotify_rm_watch");

        /** The constants and structs in {@code abi/} are Linux's; other systems have some of these functions. */
        static String missing(String function) {
            return Os.here() == Os.LINUX ? Library.PROCESS.missing(function) : "used on Linux only";
        }

        private static MemorySegment function(String name) {
            return Os.here() == Os.LINUX ? Library.PROCESS.function(name) : null;
        }
    }

    private static final class KqueueFunctions {
        static final Library LIBRARY = new Library(System.getProperty(Kqueue.LIBRARY_PROPERTY));

        static final MemorySegment KQUEUE = LIBRARY.function("kqueue");
        static final MemorySegment KEVENT = LIBRARY.function("kevent");
    }

    /** Requests native access and finds the linker, so that errors are thrown here, not later. */
    public FfmSyscalls() {
        MemorySegment.NULL.reinterpret(0);
        missing("close");
    }

    @Override
    public String missing(String function) {
        return switch (function) {
            case "io_uring_setup", "io_uring_enter", "membarrier", "pidfd_open", "pidfd_send_signal" ->
                SystemCalls.MISSING;
            case "kqueue", "kevent" -> KqueueFunctions.LIBRARY.missing(function);
            case "timerfd_create", "timerfd_settime", "timerfd_gettime" -> Events.missing(function);
            case "signalfd", "pthread_sigmask", "kill", "raise", "waitid" -> Events.missing(function);
            case "inotify_init1", "inotify_add_watch", "inotify_rm_watch" -> Events.missing(function);
            default -> Library.PROCESS.missing(function);
        };
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        return MemorySegment.ofBuffer(direct.duplicate().clear()).address();
    }

    @Override
    public ByteBuffer view(long address, int sizeBytes) {
        return MemorySegment.ofAddress(address).reinterpret(sizeBytes).asByteBuffer();
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        return kept(call(Functions.OPEN, address(pathname), flags), pathname);
    }

    @Override
    public int close(int fd) {
        return call(Functions.CLOSE, fd);
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        return kept(call(Functions.READ, fd, address(buf) + bufOffset, count), buf);
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        return kept(call(Functions.WRITE, fd, address(buf) + bufOffset, count), buf);
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        return kept(call(Functions.PIPE, address(pipefd)), pipefd);
    }

    @Override
    public int dup(int oldfd) {
        return call(Functions.DUP, oldfd);
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        return call(Functions.FCNTL, fd, op, arg);
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        return kept(call(Functions.FSTAT, fd, address(statbuf)), statbuf);
    }

    @Override
    public int eventfd(int initval, int flags) {
        return call(Functions.EVENTFD, initval, flags);
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        return kept(call(Functions.GETRLIMIT, resource, address(rlim)), rlim);
    }

    @Override
    public int setrlimit(int resource, NativeMemory rlim) {
        return kept(call(Functions.SETRLIMIT, resource, address(rlim)), rlim);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return call(Functions.SOCKET, domain, type, protocol);
    }

    @Override
    public int socketpair(int domain, int type, int protocol, NativeMemory sv) {
        return kept(call(Functions.SOCKETPAIR, domain, type, protocol, address(sv)), sv);
    }

    @Override
    public int bind(int sockfd, NativeMemory addr, int addrlen) {
        return kept(call(Functions.BIND, sockfd, address(addr), addrlen), addr);
    }

    @Override
    public int listen(int sockfd, int backlog) {
        return call(Functions.LISTEN, sockfd, backlog);
    }

    @Override
    public int accept(int sockfd) {
        return call(Functions.ACCEPT, sockfd);
    }

    @Override
    public int connect(int sockfd, NativeMemory addr, int addrlen) {
        return kept(call(Functions.CONNECT, sockfd, address(addr), addrlen), addr);
    }

    @Override
    public int shutdown(int sockfd, int how) {
        return call(Functions.SHUTDOWN, sockfd, how);
    }

    @Override
    public int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return kept(call(Functions.GETSOCKNAME, sockfd, address(addr), address(addrlen)), addr, addrlen);
    }

    @Override
    public int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen) {
        return kept(
                call(Functions.GETSOCKOPT, sockfd, level, optname, address(optval), address(optlen)), optval, optlen);
    }

    @Override
    public int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen) {
        return kept(call(Functions.SETSOCKOPT, sockfd, level, optname, address(optval), optlen), optval);
    }

    @Override
    public int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return kept(call(Functions.SEND, sockfd, address(buf) + bufOffset, len, flags), buf);
    }

    @Override
    public int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return kept(call(Functions.RECV, sockfd, address(buf) + bufOffset, len, flags), buf);
    }

    @Override
    public int pselect(
            int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds, NativeMemory timeout) {
        int rc = call(
                Functions.PSELECT, nfds, address(readfds), address(writefds), address(exceptfds), address(timeout), 0);
        return kept(kept(rc, readfds, writefds), exceptfds, timeout);
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return kept(call(Functions.POLL, address(fds), nfds, timeoutMillis), fds);
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return kept(call(Functions.PPOLL, address(fds), nfds, address(timeout)), fds, timeout);
    }

    @Override
    public int epollCreate1(int flags) {
        return call(Functions.EPOLL_CREATE1, flags);
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
        return kept(call(Functions.EPOLL_CTL, epfd, op, fd, address(event)), event);
    }

    /** A look is a critical call, unless it could report so many events that it would delay the JVM's safepoints. */
    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        if (timeoutMillis == 0 && maxevents <= Look.MAX_EVENTS && Look.EPOLL_WAIT != null) {
            int rc = kept(Look.epollWait(epfd, address(events), maxevents), events);
            if (rc >= 0) {
                return rc;
            }
        }
        return kept(call(Functions.EPOLL_WAIT, epfd, address(events), maxevents, timeoutMillis), events);
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return kept(call(Functions.EPOLL_PWAIT2, epfd, address(events), maxevents, address(timeout)), events, timeout);
    }

    @Override
    public int ioUringSetup(int entries, NativeMemory params) {
        return kept(call(SystemCalls.SYSCALL, IoUring.SYS_io_uring_setup, entries, address(params)), params);
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        long rc = call(
                SystemCalls.SYSCALL,
                IoUring.SYS_io_uring_enter,
                fd,
                toSubmit,
                minComplete,
                flags,
                address(arg),
                argSizeBytes);
        return kept((int) rc, arg);
    }

    @Override
    public int membarrier(int cmd, int flags) {
        return call(SystemCalls.SYSCALL, Membarrier.SYS_membarrier, cmd, flags, 0);
    }

    @Override
    public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
        return call(Functions.MMAP, 0, lengthBytes, prot, flags, fd, offset, 0);
    }

    @Override
    public int munmap(long address, long lengthBytes) {
        return call(Functions.MUNMAP, address, lengthBytes);
    }

    @Override
    public int kqueue() {
        return call(KqueueFunctions.KQUEUE, 0);
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        int rc = call(
                KqueueFunctions.KEVENT,
                kq,
                address(changelist),
                nchanges,
                address(eventlist),
                nevents,
                address(timeout));
        return kept(kept(rc, changelist, eventlist), timeout);
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        return kept(call(Functions.IOCTL, fd, op, address(argp)), argp);
    }

    // sockets and files

    @Override
    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
        return kept(call(Functions.ACCEPT4, sockfd, address(addr), address(addrlen), flags), addr, addrlen);
    }

    @Override
    public int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return kept(call(Functions.GETPEERNAME, sockfd, address(addr), address(addrlen)), addr, addrlen);
    }

    @Override
    public int sendto(
            int sockfd, NativeMemory buf, int bufOffset, int len, int flags, NativeMemory destAddr, int addrlen) {
        return kept(
                call(Functions.SENDTO, sockfd, address(buf) + bufOffset, len, flags, address(destAddr), addrlen),
                buf,
                destAddr);
    }

    @Override
    public int recvfrom(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            NativeMemory srcAddr,
            NativeMemory addrlen) {
        return kept(
                kept(
                        call(
                                Functions.RECVFROM,
                                sockfd,
                                address(buf) + bufOffset,
                                len,
                                flags,
                                address(srcAddr),
                                address(addrlen)),
                        buf,
                        srcAddr),
                addrlen);
    }

    @Override
    public int sendmsg(int sockfd, NativeMemory msg, int flags) {
        return kept(call(Functions.SENDMSG, sockfd, address(msg), flags), msg);
    }

    @Override
    public int recvmsg(int sockfd, NativeMemory msg, int flags) {
        return kept(call(Functions.RECVMSG, sockfd, address(msg), flags), msg);
    }

    @Override
    public int readv(int fd, NativeMemory iov, int iovcnt) {
        return kept(call(Functions.READV, fd, address(iov), iovcnt), iov);
    }

    @Override
    public int writev(int fd, NativeMemory iov, int iovcnt) {
        return kept(call(Functions.WRITEV, fd, address(iov), iovcnt), iov);
    }

    @Override
    public int mkfifo(NativeMemory pathname, int mode) {
        return kept(call(Functions.MKFIFO, address(pathname), mode), pathname);
    }

    // terminals

    private static final class Terminals {
        static final MemorySegment POSIX_OPENPT = Library.PROCESS.function("posix_openpt");
        static final MemorySegment GRANTPT = Library.PROCESS.function("grantpt");
        static final MemorySegment UNLOCKPT = Library.PROCESS.function("unlockpt");
        static final MemorySegment PTSNAME_R = Library.PROCESS.function("ptsname_r");
        static final MemorySegment TCGETATTR = Library.PROCESS.function("tcgetattr");
        static final MemorySegment TCSETATTR = Library.PROCESS.function("tcsetattr");
    }

    @Override
    public int posixOpenpt(int flags) {
        return call(Terminals.POSIX_OPENPT, flags);
    }

    @Override
    public int grantpt(int fd) {
        return call(Terminals.GRANTPT, fd);
    }

    @Override
    public int unlockpt(int fd) {
        return call(Terminals.UNLOCKPT, fd);
    }

    /** The function returns the errno; on macOS -1. */
    @Override
    public int ptsnameR(int fd, NativeMemory buf, int buflen) {
        return -Math.abs(kept(call(Terminals.PTSNAME_R, fd, address(buf), buflen), buf));
    }

    @Override
    public int tcgetattr(int fd, NativeMemory termios) {
        return kept(call(Terminals.TCGETATTR, fd, address(termios)), termios);
    }

    @Override
    public int tcsetattr(int fd, int optionalActions, NativeMemory termios) {
        return kept(call(Terminals.TCSETATTR, fd, optionalActions, address(termios)), termios);
    }

    // events

    @Override
    public int timerfdCreate(int clockid, int flags) {
        return call(Events.TIMERFD_CREATE, clockid, flags);
    }

    @Override
    public int timerfdSettime(int fd, int flags, NativeMemory newValue, NativeMemory oldValue) {
        return kept(call(Events.TIMERFD_SETTIME, fd, flags, address(newValue), address(oldValue)), newValue, oldValue);
    }

    @Override
    public int timerfdGettime(int fd, NativeMemory currValue) {
        return kept(call(Events.TIMERFD_GETTIME, fd, address(currValue)), currValue);
    }

    @Override
    public int signalfd(int fd, NativeMemory mask, int flags) {
        return kept(call(Events.SIGNALFD, fd, address(mask), flags), mask);
    }

    @Override
    public int pthreadSigmask(int how, NativeMemory set, NativeMemory oldset) {
        // the function returns the error, not -1
        int rc = call(Events.PTHREAD_SIGMASK, how, address(set), address(oldset));
        return kept(-Math.abs(rc), set, oldset);
    }

    @Override
    public int kill(int pid, int sig) {
        return call(Events.KILL, pid, sig);
    }

    @Override
    public int raise(int sig) {
        return call(Events.RAISE, sig);
    }

    @Override
    public int pidfdOpen(int pid, int flags) {
        return call(SystemCalls.SYSCALL, Pidfd.SYS_pidfd_open, pid, flags);
    }

    @Override
    public int pidfdSendSignal(int pidfd, int sig, int flags) {
        return call(SystemCalls.SYSCALL, Pidfd.SYS_pidfd_send_signal, pidfd, sig, 0, flags);
    }

    @Override
    public int waitid(int idtype, int id, NativeMemory infop, int options) {
        return kept(call(Events.WAITID, idtype, id, address(infop), options), infop);
    }

    @Override
    public int inotifyInit1(int flags) {
        return call(Events.INOTIFY_INIT1, flags);
    }

    @Override
    public int inotifyAddWatch(int fd, NativeMemory pathname, int mask) {
        return kept(call(Events.INOTIFY_ADD_WATCH, fd, address(pathname), mask), pathname);
    }

    @Override
    public int inotifyRmWatch(int fd, int wd) {
        return call(Events.INOTIFY_RM_WATCH, fd, wd);
    }
}
