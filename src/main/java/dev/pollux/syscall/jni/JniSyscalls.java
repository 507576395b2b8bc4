// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import dev.pollux.abi.Errno;
import dev.pollux.abi.Kqueue;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * The C shims in {@code native/}. They call the system's own kqueue only. If the property
 * {@code dev.pollux.kqueue.library} names another library, whose structures Pollux then uses, this binding has no
 * kqueue.
 */
public final class JniSyscalls implements Syscalls {
    /** @throws UnsatisfiedLinkError if the library cannot be loaded; the message says from where */
    public JniSyscalls() {
        ShimLibrary.require();
    }

    private static long address(NativeMemory memory) {
        return NativeMemory.addressOf(memory);
    }

    // C holds only an address: the garbage collector must not free the memory before the call has returned.

    private static int kept(int rc, NativeMemory memory) {
        Reference.reachabilityFence(memory);
        return rc;
    }

    private static int kept(int rc, NativeMemory first, NativeMemory second) {
        Reference.reachabilityFence(first);
        return kept(rc, second);
    }

    private static int kept(int rc, NativeMemory first, NativeMemory second, NativeMemory third) {
        Reference.reachabilityFence(first);
        return kept(rc, second, third);
    }

    private static int kept(int rc, NativeMemory first, NativeMemory second, NativeMemory third, NativeMemory fourth) {
        Reference.reachabilityFence(first);
        return kept(rc, second, third, fourth);
    }

    @Override
    public String missing(String function) {
        boolean isKqueue = function.equals("kqueue") || function.equals("kevent");
        if (isKqueue && System.getProperty(Kqueue.LIBRARY_PROPERTY) != null) {
            return "JNI has the system's own kqueue only, but " + Kqueue.LIBRARY_PROPERTY + " names another library";
        }
        return Shim.has(function) ? null : "the native library was compiled on a system without " + function;
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        return Shim.addressOf(direct);
    }

    @Override
    public ByteBuffer view(long address, int sizeBytes) {
        return Shim.view(address, sizeBytes);
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        return kept(Shim.open(address(pathname), flags), pathname);
    }

    @Override
    public int close(int fd) {
        return Shim.close(fd);
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        return kept(Shim.read(fd, address(buf) + bufOffset, count), buf);
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        return kept(Shim.write(fd, address(buf) + bufOffset, count), buf);
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        return kept(Shim.pipe(address(pipefd)), pipefd);
    }

    @Override
    public int dup(int oldfd) {
        return Shim.dup(oldfd);
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        return Shim.fcntl(fd, op, arg);
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        return kept(Shim.fstat(fd, address(statbuf)), statbuf);
    }

    @Override
    public int eventfd(int initval, int flags) {
        return Shim.eventfd(initval, flags);
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        return kept(Shim.getrlimit(resource, address(rlim)), rlim);
    }

    @Override
    public int setrlimit(int resource, NativeMemory rlim) {
        return kept(Shim.setrlimit(resource, address(rlim)), rlim);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return Shim.socket(domain, type, protocol);
    }

    @Override
    public int socketpair(int domain, int type, int protocol, NativeMemory sv) {
        return kept(Shim.socketpair(domain, type, protocol, address(sv)), sv);
    }

    @Override
    public int bind(int sockfd, NativeMemory addr, int addrlen) {
        return kept(Shim.bind(sockfd, address(addr), addrlen), addr);
    }

    @Override
    public int listen(int sockfd, int backlog) {
        return Shim.listen(sockfd, backlog);
    }

    @Override
    public int accept(int sockfd) {
        return Shim.accept(sockfd);
    }

    @Override
    public int connect(int sockfd, NativeMemory addr, int addrlen) {
        return kept(Shim.connect(sockfd, address(addr), addrlen), addr);
    }

    @Override
    public int shutdown(int sockfd, int how) {
        return Shim.shutdown(sockfd, how);
    }

    @Override
    public int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return kept(Shim.getsockname(sockfd, address(addr), address(addrlen)), addr, addrlen);
    }

    @Override
    public int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen) {
        return kept(Shim.getsockopt(sockfd, level, optname, address(optval), address(optlen)), optval, optlen);
    }

    @Override
    public int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen) {
        return kept(Shim.setsockopt(sockfd, level, optname, address(optval), optlen), optval);
    }

    @Override
    public int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return kept(Shim.send(sockfd, address(buf) + bufOffset, len, flags), buf);
    }

    @Override
    public int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return kept(Shim.recv(sockfd, address(buf) + bufOffset, len, flags), buf);
    }

    @Override
    public int pselect(
            int nfds, NativeMemory readfds, NativeMemory writefds, NativeMemory exceptfds, NativeMemory timeout) {
        return kept(
                Shim.pselect(nfds, address(readfds), address(writefds), address(exceptfds), address(timeout)),
                readfds,
                writefds,
                exceptfds,
                timeout);
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return kept(Shim.poll(address(fds), nfds, timeoutMillis), fds);
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, NativeMemory timeout) {
        return kept(Shim.ppoll(address(fds), nfds, address(timeout)), fds, timeout);
    }

    @Override
    public int epollCreate1(int flags) {
        return Shim.epollCreate1(flags);
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, NativeMemory event) {
        return kept(Shim.epollCtl(epfd, op, fd, address(event)), event);
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        return kept(Shim.epollWait(epfd, address(events), maxevents, timeoutMillis), events);
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, NativeMemory timeout) {
        return kept(Shim.epollPwait2(epfd, address(events), maxevents, address(timeout)), events, timeout);
    }

    @Override
    public int ioUringSetup(int entries, NativeMemory params) {
        return kept(Shim.ioUringSetup(entries, address(params)), params);
    }

    @Override
    public int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, NativeMemory arg, int argSizeBytes) {
        return kept(Shim.ioUringEnter(fd, toSubmit, minComplete, flags, address(arg), argSizeBytes), arg);
    }

    @Override
    public int membarrier(int cmd, int flags) {
        return Shim.membarrier(cmd, flags);
    }

    @Override
    public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
        return Shim.mmap(lengthBytes, prot, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long lengthBytes) {
        return Shim.munmap(address, lengthBytes);
    }

    @Override
    public int kqueue() {
        return System.getProperty(Kqueue.LIBRARY_PROPERTY) == null ? Shim.kqueue() : -Errno.ENOSYS;
    }

    @Override
    public int kevent(
            int kq, NativeMemory changelist, int nchanges, NativeMemory eventlist, int nevents, NativeMemory timeout) {
        return kept(
                Shim.kevent(kq, address(changelist), nchanges, address(eventlist), nevents, address(timeout)),
                changelist,
                eventlist,
                timeout);
    }

    @Override
    public int ioctl(int fd, long op, NativeMemory argp) {
        return kept(Shim.ioctl(fd, op, address(argp)), argp);
    }

    // sockets and files

    @Override
    public int accept4(int sockfd, NativeMemory addr, NativeMemory addrlen, int flags) {
        return kept(Shim.accept4(sockfd, address(addr), address(addrlen), flags), addr, addrlen);
    }

    @Override
    public int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return kept(Shim.getpeername(sockfd, address(addr), address(addrlen)), addr, addrlen);
    }

    @Override
    public int sendto(
            int sockfd, NativeMemory buf, int bufOffset, int len, int flags, NativeMemory destAddr, int addrlen) {
        return kept(
                Shim.sendto(sockfd, address(buf) + bufOffset, len, flags, address(destAddr), addrlen), buf, destAddr);
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
                Shim.recvfrom(sockfd, address(buf) + bufOffset, len, flags, address(srcAddr), address(addrlen)),
                buf,
                srcAddr,
                addrlen);
    }

    @Override
    public int sendmsg(int sockfd, NativeMemory msg, int flags) {
        return kept(Shim.sendmsg(sockfd, address(msg), flags), msg);
    }

    @Override
    public int recvmsg(int sockfd, NativeMemory msg, int flags) {
        return kept(Shim.recvmsg(sockfd, address(msg), flags), msg);
    }

    @Override
    public int readv(int fd, NativeMemory iov, int iovcnt) {
        return kept(Shim.readv(fd, address(iov), iovcnt), iov);
    }

    @Override
    public int writev(int fd, NativeMemory iov, int iovcnt) {
        return kept(Shim.writev(fd, address(iov), iovcnt), iov);
    }

    @Override
    public int mkfifo(NativeMemory pathname, int mode) {
        return kept(Shim.mkfifo(address(pathname), mode), pathname);
    }

    // terminals

    @Override
    public int posixOpenpt(int flags) {
        return Shim.posixOpenpt(flags);
    }

    @Override
    public int grantpt(int fd) {
        return Shim.grantpt(fd);
    }

    @Override
    public int unlockpt(int fd) {
        return Shim.unlockpt(fd);
    }

    @Override
    public int ptsnameR(int fd, NativeMemory buf, int buflen) {
        return kept(Shim.ptsnameR(fd, address(buf), buflen), buf);
    }

    @Override
    public int tcgetattr(int fd, NativeMemory termios) {
        return kept(Shim.tcgetattr(fd, address(termios)), termios);
    }

    @Override
    public int tcsetattr(int fd, int optionalActions, NativeMemory termios) {
        return kept(Shim.tcsetattr(fd, optionalActions, address(termios)), termios);
    }

    // events

    @Override
    public int timerfdCreate(int clockid, int flags) {
        return Shim.timerfdCreate(clockid, flags);
    }

    @Override
    public int timerfdSettime(int fd, int flags, NativeMemory newValue, NativeMemory oldValue) {
        return kept(Shim.timerfdSettime(fd, flags, address(newValue), address(oldValue)), newValue, oldValue);
    }

    @Override
    public int timerfdGettime(int fd, NativeMemory currValue) {
        return kept(Shim.timerfdGettime(fd, address(currValue)), currValue);
    }

    @Override
    public int signalfd(int fd, NativeMemory mask, int flags) {
        return kept(Shim.signalfd(fd, address(mask), flags), mask);
    }

    @Override
    public int pthreadSigmask(int how, NativeMemory set, NativeMemory oldset) {
        return kept(Shim.pthreadSigmask(how, address(set), address(oldset)), set, oldset);
    }

    @Override
    public int kill(int pid, int sig) {
        return Shim.kill(pid, sig);
    }

    @Override
    public int raise(int sig) {
        return Shim.raise(sig);
    }

    @Override
    public int pidfdOpen(int pid, int flags) {
        return Shim.pidfdOpen(pid, flags);
    }

    @Override
    public int pidfdSendSignal(int pidfd, int sig, int flags) {
        return Shim.pidfdSendSignal(pidfd, sig, flags);
    }

    @Override
    public int waitid(int idtype, int id, NativeMemory infop, int options) {
        return kept(Shim.waitid(idtype, id, address(infop), options), infop);
    }

    @Override
    public int inotifyInit1(int flags) {
        return Shim.inotifyInit1(flags);
    }

    @Override
    public int inotifyAddWatch(int fd, NativeMemory pathname, int mask) {
        return kept(Shim.inotifyAddWatch(fd, address(pathname), mask), pathname);
    }

    @Override
    public int inotifyRmWatch(int fd, int wd) {
        return Shim.inotifyRmWatch(fd, wd);
    }
}
