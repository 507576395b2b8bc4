// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import org.jspecify.annotations.Nullable;

/**
 * The system calls: one method for each, with its name in C and the parameter names of its manual page.
 *
 * <p>Only {@code int}, {@code long} and {@link NativeMemory} (null is NULL) cross this interface. A negative result is
 * {@code -errno}; a call that the system lacks returns {@code -ENOSYS}. Implementations do not throw, allocate, retry
 * or keep state. All methods may be called from any thread. The caller checks offsets and counts: an implementation
 * passes them to the kernel unchecked.
 */
public interface Syscalls extends NativeMemory.Addresses {
    /**
     * Why a C function such as {@code "epoll_pwait2"} is missing here and returns -ENOSYS: the linker's message. Null
     * if the function exists, even if the kernel refuses it.
     */
    @Nullable
    String missing(String function);

    // descriptors

    int open(NativeMemory pathname, int flags);

    int close(int fd);

    int read(int fd, NativeMemory buf, int bufOffset, int count);

    int write(int fd, NativeMemory buf, int bufOffset, int count);

    int pipe(NativeMemory pipefd);

    int dup(int oldfd);

    int fcntl(int fd, int op, int arg);

    int fstat(int fd, NativeMemory statbuf);

    int eventfd(int initval, int flags);

    int getrlimit(int resource, NativeMemory rlim);

    int setrlimit(int resource, NativeMemory rlim);

    // sockets

    int socket(int domain, int type, int protocol);

    int socketpair(int domain, int type, int protocol, NativeMemory sv);

    int bind(int sockfd, NativeMemory addr, int addrlen);

    int listen(int sockfd, int backlog);

    /** With NULL for the peer's address. */
    int accept(int sockfd);

    int connect(int sockfd, NativeMemory addr, int addrlen);

    int shutdown(int sockfd, int how);

    int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen);

    int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen);

    int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen);

    int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags);

    int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags);

    // select, poll

    /** With NULL for the signal mask. */
    int pselect(
            int nfds,
            @Nullable NativeMemory readfds,
            @Nullable NativeMemory writefds,
            @Nullable NativeMemory exceptfds,
            @Nullable NativeMemory timeout);

    int poll(NativeMemory fds, int nfds, int timeoutMillis);

    /** With NULL for the signal mask. */
    int ppoll(NativeMemory fds, int nfds, @Nullable NativeMemory timeout);

    // epoll

    int epollCreate1(int flags);

    int epollCtl(int epfd, int op, int fd, @Nullable NativeMemory event);

    int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis);

    /** With NULL for the signal mask. */
    int epollPwait2(int epfd, NativeMemory events, int maxevents, @Nullable NativeMemory timeout);

    // io_uring

    int ioUringSetup(int entries, NativeMemory params);

    /** {@code flags} decide about {@code arg}: NULL, or with IORING_ENTER_EXT_ARG an {@code io_uring_getevents_arg}. */
    int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, @Nullable NativeMemory arg, int argSizeBytes);

    /** With NULL for the address. Returns the address of the mapping, which is never negative, or -errno. */
    long mmap(long lengthBytes, int prot, int flags, int fd, long offset);

    int munmap(long address, long lengthBytes);

    // kqueue

    int kqueue();

    int kevent(
            int kq,
            @Nullable NativeMemory changelist,
            int nchanges,
            @Nullable NativeMemory eventlist,
            int nevents,
            @Nullable NativeMemory timeout);

    // /dev/poll

    int ioctl(int fd, long op, @Nullable NativeMemory argp);

    // sockets and files

    int accept4(int sockfd, @Nullable NativeMemory addr, @Nullable NativeMemory addrlen, int flags);

    int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen);

    int sendto(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            @Nullable NativeMemory destAddr,
            int addrlen);

    int recvfrom(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            @Nullable NativeMemory srcAddr,
            @Nullable NativeMemory addrlen);

    /** The caller keeps the memory reachable whose addresses {@code msg} contains. */
    int sendmsg(int sockfd, NativeMemory msg, int flags);

    /** The caller keeps the memory reachable whose addresses {@code msg} contains. */
    int recvmsg(int sockfd, NativeMemory msg, int flags);

    /** The caller keeps the memory reachable whose addresses {@code iov} contains. */
    int readv(int fd, NativeMemory iov, int iovcnt);

    /** The caller keeps the memory reachable whose addresses {@code iov} contains. */
    int writev(int fd, NativeMemory iov, int iovcnt);

    int mkfifo(NativeMemory pathname, int mode);

    // terminals

    int posixOpenpt(int flags);

    int grantpt(int fd);

    int unlockpt(int fd);

    int ptsnameR(int fd, NativeMemory buf, int buflen);

    int tcgetattr(int fd, NativeMemory termios);

    int tcsetattr(int fd, int optionalActions, NativeMemory termios);

    // events: timers, signals, processes and files, on Linux only

    int timerfdCreate(int clockid, int flags);

    int timerfdSettime(int fd, int flags, NativeMemory newValue, @Nullable NativeMemory oldValue);

    int timerfdGettime(int fd, NativeMemory currValue);

    int signalfd(int fd, NativeMemory mask, int flags);

    /** Of the calling thread. */
    int pthreadSigmask(int how, @Nullable NativeMemory set, @Nullable NativeMemory oldset);

    int kill(int pid, int sig);

    /** To the calling thread. */
    int raise(int sig);

    int pidfdOpen(int pid, int flags);

    /** With NULL for the siginfo. */
    int pidfdSendSignal(int pidfd, int sig, int flags);

    int waitid(int idtype, int id, @Nullable NativeMemory infop, int options);

    int inotifyInit1(int flags);

    int inotifyAddWatch(int fd, NativeMemory pathname, int mask);

    int inotifyRmWatch(int fd, int wd);
}
