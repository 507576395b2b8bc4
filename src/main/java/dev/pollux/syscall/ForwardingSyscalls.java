// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Passes every call on to another {@code Syscalls}: the base class of tracers, counters and fault injectors. */
public abstract class ForwardingSyscalls implements Syscalls {
    private final Syscalls next;

    /** Passes the calls on to {@code next}. */
    protected ForwardingSyscalls(Syscalls next) {
        this.next = next;
    }

    @Override
    public long addressOf(ByteBuffer direct) {
        return next.addressOf(direct);
    }

    @Override
    public ByteBuffer view(long address, int sizeBytes) {
        return next.view(address, sizeBytes);
    }

    @Override
    public @Nullable String missing(String function) {
        return next.missing(function);
    }

    @Override
    public int open(NativeMemory pathname, int flags) {
        return next.open(pathname, flags);
    }

    @Override
    public int close(int fd) {
        return next.close(fd);
    }

    @Override
    public int read(int fd, NativeMemory buf, int bufOffset, int count) {
        return next.read(fd, buf, bufOffset, count);
    }

    @Override
    public int write(int fd, NativeMemory buf, int bufOffset, int count) {
        return next.write(fd, buf, bufOffset, count);
    }

    @Override
    public int pipe(NativeMemory pipefd) {
        return next.pipe(pipefd);
    }

    @Override
    public int dup(int oldfd) {
        return next.dup(oldfd);
    }

    @Override
    public int fcntl(int fd, int op, int arg) {
        return next.fcntl(fd, op, arg);
    }

    @Override
    public int fstat(int fd, NativeMemory statbuf) {
        return next.fstat(fd, statbuf);
    }

    @Override
    public int eventfd(int initval, int flags) {
        return next.eventfd(initval, flags);
    }

    @Override
    public int getrlimit(int resource, NativeMemory rlim) {
        return next.getrlimit(resource, rlim);
    }

    @Override
    public int setrlimit(int resource, NativeMemory rlim) {
        return next.setrlimit(resource, rlim);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return next.socket(domain, type, protocol);
    }

    @Override
    public int socketpair(int domain, int type, int protocol, NativeMemory sv) {
        return next.socketpair(domain, type, protocol, sv);
    }

    @Override
    public int bind(int sockfd, NativeMemory addr, int addrlen) {
        return next.bind(sockfd, addr, addrlen);
    }

    @Override
    public int listen(int sockfd, int backlog) {
        return next.listen(sockfd, backlog);
    }

    @Override
    public int accept(int sockfd) {
        return next.accept(sockfd);
    }

    @Override
    public int connect(int sockfd, NativeMemory addr, int addrlen) {
        return next.connect(sockfd, addr, addrlen);
    }

    @Override
    public int shutdown(int sockfd, int how) {
        return next.shutdown(sockfd, how);
    }

    @Override
    public int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return next.getsockname(sockfd, addr, addrlen);
    }

    @Override
    public int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen) {
        return next.getsockopt(sockfd, level, optname, optval, optlen);
    }

    @Override
    public int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen) {
        return next.setsockopt(sockfd, level, optname, optval, optlen);
    }

    @Override
    public int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return next.send(sockfd, buf, bufOffset, len, flags);
    }

    @Override
    public int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags) {
        return next.recv(sockfd, buf, bufOffset, len, flags);
    }

    @Override
    public int pselect(
            int nfds,
            @Nullable NativeMemory readfds,
            @Nullable NativeMemory writefds,
            @Nullable NativeMemory exceptfds,
            @Nullable NativeMemory timeout) {
        return next.pselect(nfds, readfds, writefds, exceptfds, timeout);
    }

    @Override
    public int poll(NativeMemory fds, int nfds, int timeoutMillis) {
        return next.poll(fds, nfds, timeoutMillis);
    }

    @Override
    public int ppoll(NativeMemory fds, int nfds, @Nullable NativeMemory timeout) {
        return next.ppoll(fds, nfds, timeout);
    }

    @Override
    public int epollCreate1(int flags) {
        return next.epollCreate1(flags);
    }

    @Override
    public int epollCtl(int epfd, int op, int fd, @Nullable NativeMemory event) {
        return next.epollCtl(epfd, op, fd, event);
    }

    @Override
    public int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis) {
        return next.epollWait(epfd, events, maxevents, timeoutMillis);
    }

    @Override
    public int epollPwait2(int epfd, NativeMemory events, int maxevents, @Nullable NativeMemory timeout) {
        return next.epollPwait2(epfd, events, maxevents, timeout);
    }

    @Override
    public int ioUringSetup(int entries, NativeMemory params) {
        return next.ioUringSetup(entries, params);
    }

    @Override
    public int ioUringEnter(
            int fd, int toSubmit, int minComplete, int flags, @Nullable NativeMemory arg, int argSizeBytes) {
        return next.ioUringEnter(fd, toSubmit, minComplete, flags, arg, argSizeBytes);
    }

    @Override
    public int membarrier(int cmd, int flags) {
        return next.membarrier(cmd, flags);
    }

    @Override
    public long mmap(long lengthBytes, int prot, int flags, int fd, long offset) {
        return next.mmap(lengthBytes, prot, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long lengthBytes) {
        return next.munmap(address, lengthBytes);
    }

    @Override
    public int kqueue() {
        return next.kqueue();
    }

    @Override
    public int kevent(
            int kq,
            @Nullable NativeMemory changelist,
            int nchanges,
            @Nullable NativeMemory eventlist,
            int nevents,
            @Nullable NativeMemory timeout) {
        return next.kevent(kq, changelist, nchanges, eventlist, nevents, timeout);
    }

    @Override
    public int ioctl(int fd, long op, @Nullable NativeMemory argp) {
        return next.ioctl(fd, op, argp);
    }

    // sockets and files

    @Override
    public int accept4(int sockfd, @Nullable NativeMemory addr, @Nullable NativeMemory addrlen, int flags) {
        return next.accept4(sockfd, addr, addrlen, flags);
    }

    @Override
    public int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen) {
        return next.getpeername(sockfd, addr, addrlen);
    }

    @Override
    public int sendto(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            @Nullable NativeMemory destAddr,
            int addrlen) {
        return next.sendto(sockfd, buf, bufOffset, len, flags, destAddr, addrlen);
    }

    @Override
    public int recvfrom(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            @Nullable NativeMemory srcAddr,
            @Nullable NativeMemory addrlen) {
        return next.recvfrom(sockfd, buf, bufOffset, len, flags, srcAddr, addrlen);
    }

    @Override
    public int sendmsg(int sockfd, NativeMemory msg, int flags) {
        return next.sendmsg(sockfd, msg, flags);
    }

    @Override
    public int recvmsg(int sockfd, NativeMemory msg, int flags) {
        return next.recvmsg(sockfd, msg, flags);
    }

    @Override
    public int readv(int fd, NativeMemory iov, int iovcnt) {
        return next.readv(fd, iov, iovcnt);
    }

    @Override
    public int writev(int fd, NativeMemory iov, int iovcnt) {
        return next.writev(fd, iov, iovcnt);
    }

    @Override
    public int mkfifo(NativeMemory pathname, int mode) {
        return next.mkfifo(pathname, mode);
    }

    // terminals

    @Override
    public int posixOpenpt(int flags) {
        return next.posixOpenpt(flags);
    }

    @Override
    public int grantpt(int fd) {
        return next.grantpt(fd);
    }

    @Override
    public int unlockpt(int fd) {
        return next.unlockpt(fd);
    }

    @Override
    public int ptsnameR(int fd, NativeMemory buf, int buflen) {
        return next.ptsnameR(fd, buf, buflen);
    }

    @Override
    public int tcgetattr(int fd, NativeMemory termios) {
        return next.tcgetattr(fd, termios);
    }

    @Override
    public int tcsetattr(int fd, int optionalActions, NativeMemory termios) {
        return next.tcsetattr(fd, optionalActions, termios);
    }

    // events

    @Override
    public int timerfdCreate(int clockid, int flags) {
        return next.timerfdCreate(clockid, flags);
    }

    @Override
    public int timerfdSettime(int fd, int flags, NativeMemory newValue, @Nullable NativeMemory oldValue) {
        return next.timerfdSettime(fd, flags, newValue, oldValue);
    }

    @Override
    public int timerfdGettime(int fd, NativeMemory currValue) {
        return next.timerfdGettime(fd, currValue);
    }

    @Override
    public int signalfd(int fd, NativeMemory mask, int flags) {
        return next.signalfd(fd, mask, flags);
    }

    @Override
    public int pthreadSigmask(int how, @Nullable NativeMemory set, @Nullable NativeMemory oldset) {
        return next.pthreadSigmask(how, set, oldset);
    }

    @Override
    public int kill(int pid, int sig) {
        return next.kill(pid, sig);
    }

    @Override
    public int raise(int sig) {
        return next.raise(sig);
    }

    @Override
    public int pidfdOpen(int pid, int flags) {
        return next.pidfdOpen(pid, flags);
    }

    @Override
    public int pidfdSendSignal(int pidfd, int sig, int flags) {
        return next.pidfdSendSignal(pidfd, sig, flags);
    }

    @Override
    public int waitid(int idtype, int id, @Nullable NativeMemory infop, int options) {
        return next.waitid(idtype, id, infop, options);
    }

    @Override
    public int inotifyInit1(int flags) {
        return next.inotifyInit1(flags);
    }

    @Override
    public int inotifyAddWatch(int fd, NativeMemory pathname, int mask) {
        return next.inotifyAddWatch(fd, pathname, mask);
    }

    @Override
    public int inotifyRmWatch(int fd, int wd) {
        return next.inotifyRmWatch(fd, wd);
    }
}
