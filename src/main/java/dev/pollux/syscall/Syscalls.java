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

    /** {@code open(2)}: a new descriptor of a file. */
    int open(NativeMemory pathname, int flags);

    /** {@code close(2)}. */
    int close(int fd);

    /** {@code read(2)}, into {@code buf} from {@code bufOffset} on. */
    int read(int fd, NativeMemory buf, int bufOffset, int count);

    /** {@code write(2)}, from {@code bufOffset} of {@code buf} on. */
    int write(int fd, NativeMemory buf, int bufOffset, int count);

    /** {@code pipe(2)}: {@code pipefd} gets the read end and the write end, as two ints. */
    int pipe(NativeMemory pipefd);

    /** {@code dup(2)}: another descriptor of the same open file. */
    int dup(int oldfd);

    /** {@code fcntl(2)}, for operations with an int as their argument. */
    int fcntl(int fd, int op, int arg);

    /** {@code fstat(2)}: {@code statbuf} gets the {@code struct stat}. */
    int fstat(int fd, NativeMemory statbuf);

    /** {@code eventfd(2)}: a descriptor with a counter. */
    int eventfd(int initval, int flags);

    /** {@code getrlimit(2)}: {@code rlim} gets the soft and the hard limit. */
    int getrlimit(int resource, NativeMemory rlim);

    /** {@code setrlimit(2)}. */
    int setrlimit(int resource, NativeMemory rlim);

    // sockets

    /** {@code socket(2)}. */
    int socket(int domain, int type, int protocol);

    /** {@code socketpair(2)}: {@code sv} gets two connected sockets, as two ints. */
    int socketpair(int domain, int type, int protocol, NativeMemory sv);

    /** {@code bind(2)}: the address of the own end. */
    int bind(int sockfd, NativeMemory addr, int addrlen);

    /** {@code listen(2)}. */
    int listen(int sockfd, int backlog);

    /** {@code accept(2)}, with NULL for the address of the peer. */
    int accept(int sockfd);

    /** {@code connect(2)}; -EINPROGRESS for a non-blocking socket whose attempt has begun. */
    int connect(int sockfd, NativeMemory addr, int addrlen);

    /** {@code shutdown(2)}: ends one direction or both. */
    int shutdown(int sockfd, int how);

    /** {@code getsockname(2)}: {@code addr} gets the address of the own end. */
    int getsockname(int sockfd, NativeMemory addr, NativeMemory addrlen);

    /** {@code getsockopt(2)}: {@code optval} gets the value of an option. */
    int getsockopt(int sockfd, int level, int optname, NativeMemory optval, NativeMemory optlen);

    /** {@code setsockopt(2)}: sets an option. */
    int setsockopt(int sockfd, int level, int optname, NativeMemory optval, int optlen);

    /** {@code send(2)}, from {@code bufOffset} of {@code buf} on. */
    int send(int sockfd, NativeMemory buf, int bufOffset, int len, int flags);

    /** {@code recv(2)}, into {@code buf} from {@code bufOffset} on. */
    int recv(int sockfd, NativeMemory buf, int bufOffset, int len, int flags);

    // select, poll

    /** {@code pselect(2)}, with NULL for the signal mask. Returns the number of bits in all sets. */
    int pselect(
            int nfds,
            @Nullable NativeMemory readfds,
            @Nullable NativeMemory writefds,
            @Nullable NativeMemory exceptfds,
            @Nullable NativeMemory timeout);

    /** {@code poll(2)}. Returns the number of entries that are ready. */
    int poll(NativeMemory fds, int nfds, int timeoutMillis);

    /** {@code ppoll(2)}, with NULL for the signal mask. */
    int ppoll(NativeMemory fds, int nfds, @Nullable NativeMemory timeout);

    // epoll

    /** {@code epoll_create1(2)}: a new epoll instance. */
    int epollCreate1(int flags);

    /** {@code epoll_ctl(2)}: adds, changes or removes an entry of the interest list. */
    int epollCtl(int epfd, int op, int fd, @Nullable NativeMemory event);

    /** {@code epoll_wait(2)}. Returns the number of events. */
    int epollWait(int epfd, NativeMemory events, int maxevents, int timeoutMillis);

    /** {@code epoll_pwait2(2)}, with NULL for the signal mask. */
    int epollPwait2(int epfd, NativeMemory events, int maxevents, @Nullable NativeMemory timeout);

    // io_uring

    /** {@code io_uring_setup(2)}: a new instance, and its layout in {@code params}. */
    int ioUringSetup(int entries, NativeMemory params);

    /** {@code flags} decide about {@code arg}: NULL, or with IORING_ENTER_EXT_ARG an {@code io_uring_getevents_arg}. */
    int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, @Nullable NativeMemory arg, int argSizeBytes);

    /** {@code membarrier(2)}. */
    int membarrier(int cmd, int flags);

    /**
     * {@code mmap(2)}, with NULL for the address. Returns the address of the mapping, which is never negative, or
     * -errno.
     */
    long mmap(long lengthBytes, int prot, int flags, int fd, long offset);

    /** {@code munmap(2)}. */
    int munmap(long address, long lengthBytes);

    // kqueue

    /** {@code kqueue(2)}: a new kqueue. */
    int kqueue();

    /** {@code kevent(2)}: applies changes, then waits. Returns the number of events. */
    int kevent(
            int kq,
            @Nullable NativeMemory changelist,
            int nchanges,
            @Nullable NativeMemory eventlist,
            int nevents,
            @Nullable NativeMemory timeout);

    // /dev/poll

    /** {@code ioctl(2)}, for requests with a pointer as their argument, such as DP_POLL. */
    int ioctl(int fd, long op, @Nullable NativeMemory argp);

    // sockets and files

    /** {@code accept4(2)}: {@code accept} with flags for the new descriptor. */
    int accept4(int sockfd, @Nullable NativeMemory addr, @Nullable NativeMemory addrlen, int flags);

    /** {@code getpeername(2)}: {@code addr} gets the address of the other end. */
    int getpeername(int sockfd, NativeMemory addr, NativeMemory addrlen);

    /** {@code sendto(2)}: {@code send} with an address. */
    int sendto(
            int sockfd,
            NativeMemory buf,
            int bufOffset,
            int len,
            int flags,
            @Nullable NativeMemory destAddr,
            int addrlen);

    /** {@code recvfrom(2)}: {@code recv}, and {@code srcAddr} gets the address of the sender. */
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

    /** {@code mkfifo(3)}: a new FIFO in the file system. */
    int mkfifo(NativeMemory pathname, int mode);

    // terminals

    /** {@code posix_openpt(3)}: the master of a new pseudo-terminal. */
    int posixOpenpt(int flags);

    /** {@code grantpt(3)}: gives the slave to the user. */
    int grantpt(int fd);

    /** {@code unlockpt(3)}: lets the slave be opened. */
    int unlockpt(int fd);

    /** {@code ptsname_r(3)}: {@code buf} gets the file name of the slave, which ends with a 0 byte. */
    int ptsnameR(int fd, NativeMemory buf, int buflen);

    /** {@code tcgetattr(3)}: {@code termios} gets the mode of a terminal. */
    int tcgetattr(int fd, NativeMemory termios);

    /** {@code tcsetattr(3)}: sets the mode of a terminal. */
    int tcsetattr(int fd, int optionalActions, NativeMemory termios);

    // events: timers, signals, processes and files, on Linux only

    /** {@code timerfd_create(2)}: a descriptor with a timer. */
    int timerfdCreate(int clockid, int flags);

    /** {@code timerfd_settime(2)}: arms or disarms a timer. */
    int timerfdSettime(int fd, int flags, NativeMemory newValue, @Nullable NativeMemory oldValue);

    /** {@code timerfd_gettime(2)}: {@code currValue} gets the time that is left. */
    int timerfdGettime(int fd, NativeMemory currValue);

    /** {@code signalfd(2)}: a descriptor that reads pending signals; -1 as {@code fd} makes a new one. */
    int signalfd(int fd, NativeMemory mask, int flags);

    /** {@code pthread_sigmask(3)}: the signal mask of the calling thread. */
    int pthreadSigmask(int how, @Nullable NativeMemory set, @Nullable NativeMemory oldset);

    /** {@code kill(2)}: sends a signal to a process. */
    int kill(int pid, int sig);

    /** {@code raise(3)}: sends a signal to the calling thread. */
    int raise(int sig);

    /** {@code pidfd_open(2)}: a descriptor that is readable when a process has ended. */
    int pidfdOpen(int pid, int flags);

    /** {@code pidfd_send_signal(2)}, with NULL for the siginfo. */
    int pidfdSendSignal(int pidfd, int sig, int flags);

    /** {@code waitid(2)}: {@code infop} gets how a child has ended. */
    int waitid(int idtype, int id, @Nullable NativeMemory infop, int options);

    /** {@code inotify_init1(2)}: a descriptor that reads changes of files. */
    int inotifyInit1(int flags);

    /** {@code inotify_add_watch(2)}. Returns the number of the watch. */
    int inotifyAddWatch(int fd, NativeMemory pathname, int mask);

    /** {@code inotify_rm_watch(2)}. */
    int inotifyRmWatch(int fd, int wd);
}
