// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jna;

import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.pollux.abi.Errno;
import dev.pollux.abi.IoUring;
import dev.pollux.abi.Kqueue;
import dev.pollux.abi.Membarrier;
import dev.pollux.abi.Os;
import dev.pollux.abi.Pidfd;
import dev.pollux.abi.Symbols;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The C library through JNA's direct mapping. Each group of functions is bound at its first call, so a system that
 * lacks one still has the others.
 *
 * <p>Functions are looked up in the whole process, not in libc by name, so that an interposed one (LD_PRELOAD) is used.
 * kqueue comes from the library that the property {@code dev.pollux.kqueue.library} names, if it is set. The property
 * is read once, at the first call of kqueue.
 */
public final class JnaSyscalls implements Syscalls {

    /** Binds the native methods of a class. Returns null, or why that failed. */
    private static String link(Class<?> functions, String library) {
        FunctionMapper mapper = (lib, method) -> Symbols.symbol(method.getName());
        try {
            Native.register(
                    functions, NativeLibrary.getInstance(library, Map.of(Library.OPTION_FUNCTION_MAPPER, mapper)));
            return null;
        } catch (UnsatisfiedLinkError e) {
            return e.getMessage();
        }
    }

    /** Converts a result of the C library to that of the kernel: -1 becomes -errno. */
    private static int rc(long result) {
        return result >= 0 ? (int) result : -Native.getLastError();
    }

    // Addresses and sizes are C longs: where C takes an int in a register, it ignores the upper half.

    private static final class Posix {
        static final String MISSING = link(Posix.class, null);

        static native int open(long pathname, int flags);

        static native int close(int fd);

        static native long read(int fd, long buf, long count);

        static native long write(int fd, long buf, long count);

        static native int pipe(long pipefd);

        static native int dup(int oldfd);

        /**
         * Variadic in C: the argument is passed in the third register and again as the first on the stack, where macOS
         * on arm64 expects it.
         */
        static native int fcntl(int fd, int op, long arg, long r3, long r4, long r5, long r6, long r7, long argOnStack);

        static native int getrlimit(int resource, long rlim);

        static native int setrlimit(int resource, long rlim);

        static native int socket(int domain, int type, int protocol);

        static native int socketpair(int domain, int type, int protocol, long sv);

        static native int bind(int sockfd, long addr, int addrlen);

        static native int listen(int sockfd, int backlog);

        static native int accept(int sockfd, long addr, long addrlen);

        static native int connect(int sockfd, long addr, int addrlen);

        static native int shutdown(int sockfd, int how);

        static native int getsockname(int sockfd, long addr, long addrlen);

        static native int getsockopt(int sockfd, int level, int optname, long optval, long optlen);

        static native int setsockopt(int sockfd, int level, int optname, long optval, int optlen);

        static native long send(int sockfd, long buf, long len, int flags);

        static native long recv(int sockfd, long buf, long len, int flags);
    }

    private static final class Fstat {
        static final String MISSING = link(Fstat.class, null);

        static native int fstat(int fd, long statbuf);
    }

    private static final class Eventfd {
        static final String MISSING = link(Eventfd.class, null);

        static native int eventfd(int initval, int flags);
    }

    private static final class Select {
        static final String MISSING = link(Select.class, null);

        static native int pselect(int nfds, long readfds, long writefds, long exceptfds, long timeout, long sigmask);
    }

    private static final class Poll {
        static final String MISSING = link(Poll.class, null);

        static native int poll(long fds, long nfds, int timeout);
    }

    private static final class Ppoll {
        static final String MISSING = link(Ppoll.class, null);

        static native int ppoll(long fds, long nfds, long timeout, long sigmask);
    }

    private static final class Epoll {
        static final String MISSING = link(Epoll.class, null);

        static native int epoll_create1(int flags);

        static native int epoll_ctl(int epfd, int op, int fd, long event);

        static native int epoll_wait(int epfd, long events, int maxevents, int timeout);
    }

    private static final class EpollPwait2 {
        static final String MISSING = link(EpollPwait2.class, null);

        static native int epoll_pwait2(int epfd, long events, int maxevents, long timeout, long sigmask);
    }

    private static final class SystemCalls {
        /** Other systems have a function of this name too, but use these numbers for other calls. */
        static final String MISSING =
                Os.here() == Os.LINUX ? link(SystemCalls.class, null) : "only Linux has this system call";

        /** Variadic in C; on Linux the arguments are passed as for any function. */
        static native long syscall(long number, long a, long b, long c, long d, long e, long f);
    }

    private static final class Mman {
        static final String MISSING = link(Mman.class, null);

        static native long mmap(long addr, long length, int prot, int flags, int fd, long offset);

        static native int munmap(long addr, long length);
    }

    private static final class KqueueFunctions {
        static final String MISSING = link(KqueueFunctions.class, System.getProperty(Kqueue.LIBRARY_PROPERTY));

        static native int kqueue();

        /** The counts are size_t on NetBSD, int elsewhere. */
        static native int kevent(int kq, long changelist, long nchanges, long eventlist, long nevents, long timeout);
    }

    private static final class Ioctl {
        static final String MISSING = link(Ioctl.class, null);

        /** Variadic in C: the argument is passed twice, as that of {@code fcntl} is. */
        static native int ioctl(
                int fd, long op, long argp, long r3, long r4, long r5, long r6, long r7, long argOnStack);
    }

    private static final class Accept4 {
        static final String MISSING = link(Accept4.class, null);

        static native int accept4(int sockfd, long addr, long addrlen, int flags);
    }

    private static final class SocketsAndFiles {
        static final String MISSING = link(SocketsAndFiles.class, null);

        static native int getpeername(int sockfd, long addr, long addrlen);

        static native long sendto(int sockfd, long buf, long len, int flags, long destAddr, int addrlen);

        static native long recvfrom(int sockfd, long buf, long len, int flags, long srcAddr, long addrlen);

        static native long sendmsg(int sockfd, long msg, int flags);

        static native long recvmsg(int sockfd, long msg, int flags);

        static native long readv(int fd, long iov, int iovcnt);

        static native long writev(int fd, long iov, int iovcnt);

        static native int mkfifo(long pathname, int mode);
    }

    private static final class Events {
        /** The constants and structs in {@code abi/} are Linux's; other systems have some of these functions. */
        static final String MISSING = Os.here() == Os.LINUX ? link(Events.class, null) : "used on Linux only";

        static native int timerfd_create(int clockid, int flags);

        static native int timerfd_settime(int fd, int flags, long new_value, long old_value);

        static native int timerfd_gettime(int fd, long curr_value);

        static native int signalfd(int fd, long mask, int flags);

        /** Returns the error, not -1. */
        static native int pthread_sigmask(int how, long set, long oldset);

        static native int kill(int pid, int sig);

        static native int raise(int sig);

        static native int waitid(int idtype, int id, long infop, int options);

        static native int inotify_init1(int flags);

        static native int inotify_add_watch(int fd, long pathname, int mask);

        static native int inotify_rm_watch(int fd, int wd);
    }

    private static long address(NativeMemory memory) {
        return NativeMemory.addressOf(memory);
    }

    @Override
    public String missing(String function) {
        return switch (function) {
            case "fstat" -> Fstat.MISSING;
            case "eventfd" -> Eventfd.MISSING;
            case "pselect" -> Select.MISSING;
            case "poll" -> Poll.MISSING;
            case "ppoll" -> Ppoll.MISSING;
            case "epoll_create1", "epoll_ctl", "epoll_wait" -> Epoll.MISSING;
            case "epoll_pwait2" -> EpollPwait2.MISSING;
            case "io_uring_setup", "io_uring_enter", "membarrier", "pidfd_open", "pidfd_send_signal" ->
                SystemCalls.MISSING;
            case "mmap", "munmap" -> Mman.MISSING;
            case "kqueue", "kevent" -> KqueueFunctions.MISSING;
            case "ioctl" -> Ioctl.MISSING;
            case "accept4" -> Accept4.MISSING;
            case "getpeername", "sendto", "recvfrom", "sendmsg", "recvmsg", "readv", "writev", "mkfifo" ->
                SocketsAndFiles.MISSING;
            case "posix_openpt", "grantpt", "unlockpt", "tcgetattr", "tcsetattr" -> Terminals.MISSING;
            case "ptsname_r" -> PtsnameR.MISSING;
            case "timerfd_create", "timerfd_settime", "timerfd_gettime" -> Events.MISSING;
            case "signalfd", "pthread_sigmask", "kill", "raise", "waitid" -> Events.MISSING;
            case "inotify_init1", "inotify_add_watch", "inotify_rm_watch" -> Events.MISSING;
            default -> Posix.MISSING;
        };
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    @Override
    public ByteBuffer view(long address, int sizeBytes) {
        return new Pointer(address).getByteBuffer(0, sizeBytes);
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.open(address(pathname), flags));
    }

    @Override
    public int close(int fd) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.close(fd));
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.read(fd, address(buf) + bufOffset, count));
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.write(fd, address(buf) + bufOffset, count));
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.pipe(address(pipefd)));
    }

    @Override
    public int dup(int oldfd) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.dup(oldfd));
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.fcntl(fd, op, arg, 0, 0, 0, 0, 0, arg));
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        return Fstat.MISSING != null ? -Errno.ENOSYS : rc(Fstat.fstat(fd, address(statbuf)));
    }

    @Override
    public int eventfd(int initval, int flags) {
        return Eventfd.MISSING != null ? -Errno.ENOSYS : rc(Eventfd.eventfd(initval, flags));
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.getrlimit(resource, address(rlim)));
    }

    @Override
    public int setrlimit(int resource, NativeMemory rlim) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.setrlimit(resource, address(rlim)));
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.socket(domain, type, protocol));
    }

    @Override
    public int socketpair(int domain, int type, int protocol, NativeMemory sv) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.socketpair(domain, type, protocol, address(sv)));
    }

    @Override
    public int bind(int sockfd, NativeMemory addr, int addrlen) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.bind(sockfd, address(addr), addrlen));
    }

    @Override
    public int listen(int sockfd, int backlog) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.listen(sockfd, backlog));
    }

    @Override
    public int accept(int sockfd) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.accept(sockfd, 0, 0));
    }

    @Override
    public int connect(int sockfd, NativeMemory addr, int addrlen) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.connect(sockfd, address(addr), addrlen));
    }

    @Override
    public int shutdown(int sockfd, int how) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.shutdown(sockfd, how));
    }

    @Override
    public int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.getsockname(sockfd, address(addr), address(addrlen)));
    }

    @Override
    public int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen) {
        return Posix.MISSING != null
                ? -Errno.ENOSYS
                : rc(Posix.getsockopt(sockfd, level, optname, address(optval), address(optlen)));
    }

    @Override
    public int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen) {
        return Posix.MISSING != null
                ? -Errno.ENOSYS
                : rc(Posix.setsockopt(sockfd, level, optname, address(optval), optlen));
    }

    @Override
    public int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.send(sockfd, address(buf) + bufOffset, len, flags));
    }

    @Override
    public int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return Posix.MISSING != null ? -Errno.ENOSYS : rc(Posix.recv(sockfd, address(buf) + bufOffset, len, flags));
    }

    @Override
    public int pselect(
            int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds, NativeMemory timeout) {
        return Select.MISSING != null
                ? -Errno.ENOSYS
                : rc(Select.pselect(
                        nfds, address(readfds), address(writefds), address(exceptfds), address(timeout), 0));
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return Poll.MISSING != null ? -Errno.ENOSYS : rc(Poll.poll(address(fds), nfds, timeoutMillis));
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return Ppoll.MISSING != null ? -Errno.ENOSYS : rc(Ppoll.ppoll(address(fds), nfds, address(timeout), 0));
    }

    @Override
    public int epollCreate1(int flags) {
        return Epoll.MISSING != null ? -Errno.ENOSYS : rc(Epoll.epoll_create1(flags));
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
        return Epoll.MISSING != null ? -Errno.ENOSYS : rc(Epoll.epoll_ctl(epfd, op, fd, address(event)));
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        return Epoll.MISSING != null
                ? -Errno.ENOSYS
                : rc(Epoll.epoll_wait(epfd, address(events), maxevents, timeoutMillis));
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return EpollPwait2.MISSING != null
                ? -Errno.ENOSYS
                : rc(EpollPwait2.epoll_pwait2(epfd, address(events), maxevents, address(timeout), 0));
    }

    @Override
    public int ioUringSetup(int entries, NativeMemory params) {
        return SystemCalls.MISSING != null
                ? -Errno.ENOSYS
                : rc(SystemCalls.syscall(IoUring.SYS_io_uring_setup, entries, address(params), 0, 0, 0, 0));
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        return SystemCalls.MISSING != null
                ? -Errno.ENOSYS
                : rc(SystemCalls.syscall(
                        IoUring.SYS_io_uring_enter, fd, toSubmit, minComplete, flags, address(arg), argSizeBytes));
    }

    @Override
    public int membarrier(int cmd, int flags) {
        return SystemCalls.MISSING != null
                ? -Errno.ENOSYS
                : rc(SystemCalls.syscall(Membarrier.SYS_membarrier, cmd, flags, 0, 0, 0, 0));
    }

    @Override
    public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
        if (Mman.MISSING != null) {
            return -Errno.ENOSYS;
        }
        long address = Mman.mmap(0, lengthBytes, prot, flags, fd, offset);
        return address == -1 ? -Native.getLastError() : address;
    }

    @Override
    public int munmap(long address, long lengthBytes) {
        return Mman.MISSING != null ? -Errno.ENOSYS : rc(Mman.munmap(address, lengthBytes));
    }

    @Override
    public int kqueue() {
        return KqueueFunctions.MISSING != null ? -Errno.ENOSYS : rc(KqueueFunctions.kqueue());
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        return KqueueFunctions.MISSING != null
                ? -Errno.ENOSYS
                : rc(KqueueFunctions.kevent(
                        kq, address(changelist), nchanges, address(eventlist), nevents, address(timeout)));
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        return Ioctl.MISSING != null
                ? -Errno.ENOSYS
                : rc(Ioctl.ioctl(fd, op, address(argp), 0, 0, 0, 0, 0, address(argp)));
    }

    // sockets and files

    @Override
    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
        return Accept4.MISSING != null
                ? -Errno.ENOSYS
                : rc(Accept4.accept4(sockfd, address(addr), address(addrlen), flags));
    }

    @Override
    public int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return SocketsAndFiles.MISSING != null
                ? -Errno.ENOSYS
                : rc(SocketsAndFiles.getpeername(sockfd, address(addr), address(addrlen)));
    }

    @Override
    public int sendto(
            int sockfd, NativeMemory buf, int bufOffset, int len, int flags, NativeMemory destAddr, int addrlen) {
        return SocketsAndFiles.MISSING != null
                ? -Errno.ENOSYS
                : rc(SocketsAndFiles.sendto(sockfd, address(buf) + bufOffset, len, flags, address(destAddr), addrlen));
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
        return SocketsAndFiles.MISSING != null
                ? -Errno.ENOSYS
                : rc(SocketsAndFiles.recvfrom(
                        sockfd, address(buf) + bufOffset, len, flags, address(srcAddr), address(addrlen)));
    }

    @Override
    public int sendmsg(int sockfd, NativeMemory msg, int flags) {
        return SocketsAndFiles.MISSING != null
                ? -Errno.ENOSYS
                : rc(SocketsAndFiles.sendmsg(sockfd, address(msg), flags));
    }

    @Override
    public int recvmsg(int sockfd, NativeMemory msg, int flags) {
        return SocketsAndFiles.MISSING != null
                ? -Errno.ENOSYS
                : rc(SocketsAndFiles.recvmsg(sockfd, address(msg), flags));
    }

    @Override
    public int readv(int fd, NativeMemory iov, int iovcnt) {
        return SocketsAndFiles.MISSING != null ? -Errno.ENOSYS : rc(SocketsAndFiles.readv(fd, address(iov), iovcnt));
    }

    @Override
    public int writev(int fd, NativeMemory iov, int iovcnt) {
        return SocketsAndFiles.MISSING != null ? -Errno.ENOSYS : rc(SocketsAndFiles.writev(fd, address(iov), iovcnt));
    }

    @Override
    public int mkfifo(NativeMemory pathname, int mode) {
        return SocketsAndFiles.MISSING != null ? -Errno.ENOSYS : rc(SocketsAndFiles.mkfifo(address(pathname), mode));
    }

    // terminals

    private static final class Terminals {
        static final String MISSING = link(Terminals.class, null);

        static native int posix_openpt(int flags);

        static native int grantpt(int fd);

        static native int unlockpt(int fd);

        static native int tcgetattr(int fd, long termios);

        static native int tcsetattr(int fd, int optionalActions, long termios);
    }

    private static final class PtsnameR {
        static final String MISSING = link(PtsnameR.class, null);

        /** Returns the errno; on macOS -1. */
        static native int ptsname_r(int fd, long buf, long buflen);
    }

    @Override
    public int posixOpenpt(int flags) {
        return Terminals.MISSING != null ? -Errno.ENOSYS : rc(Terminals.posix_openpt(flags));
    }

    @Override
    public int grantpt(int fd) {
        return Terminals.MISSING != null ? -Errno.ENOSYS : rc(Terminals.grantpt(fd));
    }

    @Override
    public int unlockpt(int fd) {
        return Terminals.MISSING != null ? -Errno.ENOSYS : rc(Terminals.unlockpt(fd));
    }

    @Override
    public int ptsnameR(int fd, NativeMemory buf, int buflen) {
        return PtsnameR.MISSING != null ? -Errno.ENOSYS : -Math.abs(rc(PtsnameR.ptsname_r(fd, address(buf), buflen)));
    }

    @Override
    public int tcgetattr(int fd, NativeMemory termios) {
        return Terminals.MISSING != null ? -Errno.ENOSYS : rc(Terminals.tcgetattr(fd, address(termios)));
    }

    @Override
    public int tcsetattr(int fd, int optionalActions, NativeMemory termios) {
        return Terminals.MISSING != null
                ? -Errno.ENOSYS
                : rc(Terminals.tcsetattr(fd, optionalActions, address(termios)));
    }

    // events

    @Override
    public int timerfdCreate(int clockid, int flags) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.timerfd_create(clockid, flags));
    }

    @Override
    public int timerfdSettime(int fd, int flags, NativeMemory newValue, NativeMemory oldValue) {
        return Events.MISSING != null
                ? -Errno.ENOSYS
                : rc(Events.timerfd_settime(fd, flags, address(newValue), address(oldValue)));
    }

    @Override
    public int timerfdGettime(int fd, NativeMemory currValue) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.timerfd_gettime(fd, address(currValue)));
    }

    @Override
    public int signalfd(int fd, NativeMemory mask, int flags) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.signalfd(fd, address(mask), flags));
    }

    @Override
    public int pthreadSigmask(int how, NativeMemory set, NativeMemory oldset) {
        return Events.MISSING != null ? -Errno.ENOSYS : -Events.pthread_sigmask(how, address(set), address(oldset));
    }

    @Override
    public int kill(int pid, int sig) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.kill(pid, sig));
    }

    @Override
    public int raise(int sig) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.raise(sig));
    }

    @Override
    public int pidfdOpen(int pid, int flags) {
        return SystemCalls.MISSING != null
                ? -Errno.ENOSYS
                : rc(SystemCalls.syscall(Pidfd.SYS_pidfd_open, pid, flags, 0, 0, 0, 0));
    }

    @Override
    public int pidfdSendSignal(int pidfd, int sig, int flags) {
        return SystemCalls.MISSING != null
                ? -Errno.ENOSYS
                : rc(SystemCalls.syscall(Pidfd.SYS_pidfd_send_signal, pidfd, sig, 0, flags, 0, 0));
    }

    @Override
    public int waitid(int idtype, int id, NativeMemory infop, int options) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.waitid(idtype, id, address(infop), options));
    }

    @Override
    public int inotifyInit1(int flags) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.inotify_init1(flags));
    }

    @Override
    public int inotifyAddWatch(int fd, NativeMemory pathname, int mask) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.inotify_add_watch(fd, address(pathname), mask));
    }

    @Override
    public int inotifyRmWatch(int fd, int wd) {
        return Events.MISSING != null ? -Errno.ENOSYS : rc(Events.inotify_rm_watch(fd, wd));
    }
}
