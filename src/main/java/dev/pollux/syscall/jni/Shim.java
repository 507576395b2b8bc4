// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The functions of {@code native/}. The header that javac generates from this class declares them, JNI_OnLoad registers
 * them. Each returns {@code -errno} for an error, and {@code -ENOSYS} if the system lacks the call. Addresses are
 * longs, 0 is NULL.
 */
final class Shim {
    /** Increase it whenever a function below is added, removed or changed. */
    static final int VERSION = 5;

    private Shim() {}

    // native/posix.c

    /**
     * The {@link #VERSION} in the header that the library was compiled with. It is the first function, so it is
     * registered even if a later one is missing in a Shim of another version.
     */
    static native int version();

    static native int open(long pathname, int flags);

    static native int close(int fd);

    static native int read(int fd, long buf, int count);

    static native int write(int fd, long buf, int count);

    static native int pipe(long pipefd);

    static native int dup(int oldfd);

    static native int fcntl(int fd, int op, int arg);

    static native int fstat(int fd, long statbuf);

    static native int eventfd(int initval, int flags);

    static native int getrlimit(int resource, long rlim);

    static native int setrlimit(int resource, long rlim);

    static native int socket(int domain, int type, int protocol);

    static native int socketpair(int domain, int type, int protocol, long sv);

    static native int bind(int sockfd, long addr, int addrlen);

    static native int listen(int sockfd, int backlog);

    static native int accept(int sockfd);

    static native int connect(int sockfd, long addr, int addrlen);

    static native int shutdown(int sockfd, int how);

    static native int getsockname(int sockfd, long addr, long addrlen);

    static native int getsockopt(int sockfd, int level, int optname, long optval, long optlen);

    static native int setsockopt(int sockfd, int level, int optname, long optval, int optlen);

    static native int send(int sockfd, long buf, int len, int flags);

    static native int recv(int sockfd, long buf, int len, int flags);

    // native/select.c

    static native int pselect(int nfds, long readfds, long writefds, long exceptfds, long timeout);

    // native/poll.c

    static native int poll(long fds, int nfds, int timeoutMillis);

    static native int ppoll(long fds, int nfds, long timeout);

    // native/epoll.c

    static native int epollCreate1(int flags);

    static native int epollCtl(int epfd, int op, int fd, long event);

    static native int epollWait(int epfd, long events, int maxevents, int timeoutMillis);

    static native int epollPwait2(int epfd, long events, int maxevents, long timeout);

    // native/iouring.c

    static native int ioUringSetup(int entries, long params);

    static native int ioUringEnter(int fd, int toSubmit, int minComplete, int flags, long arg, int argSizeBytes);

    static native int membarrier(int cmd, int flags);

    static native long mmap(long lengthBytes, int prot, int flags, int fd, long offset);

    static native int munmap(long address, long lengthBytes);

    // native/kqueue.c

    static native int kqueue();

    static native int kevent(int kq, long changelist, int nchanges, long eventlist, int nevents, long timeout);

    // native/devpoll.c

    static native int ioctl(int fd, long op, long argp);

    // native/channel.c

    /** The address of a direct buffer. */
    static native long addressOf(java.nio.ByteBuffer direct);

    /** A direct buffer over foreign memory; null for address 0 or a negative size. */
    static native java.nio.ByteBuffer view(long address, int sizeBytes);

    /** The descriptor of a JDK channel; -EINVAL for another channel. Exceptions of the JDK are passed on. */
    static native int channelFd(SelectableChannel channel);

    static native void killChannel(SelectableChannel channel) throws IOException;

    static native SocketChannel newSocketChannel(SelectorProvider provider) throws IOException;

    static native SocketChannel newSocketChannelOf(SelectorProvider provider, ProtocolFamily family) throws IOException;

    static native ServerSocketChannel newServerSocketChannel(SelectorProvider provider) throws IOException;

    static native ServerSocketChannel newServerSocketChannelOf(SelectorProvider provider, ProtocolFamily family)
            throws IOException;

    static native DatagramChannel newDatagramChannel(SelectorProvider provider, boolean interruptible)
            throws IOException;

    static native DatagramChannel newDatagramChannelOf(
            SelectorProvider provider, ProtocolFamily family, boolean interruptible) throws IOException;

    static native Pipe newPipe(SelectorProvider provider) throws IOException;

    static native SelectorProvider defaultSelectorProvider();

    // native/layout.c

    /**
     * The name of the index-th number in {@code layout.c}, such as {@code "epoll_event.data"}; null beyond the last.
     */
    static native String layoutName(int index);

    /** The value of that number. */
    static native long layoutValue(int index);

    // native/posix.c

    /** Whether the system had this C function when the library was compiled. */
    static native boolean has(String function);

    // native/sockets.c

    static native int accept4(int sockfd, long addr, long addrlen, int flags);

    static native int getpeername(int sockfd, long addr, long addrlen);

    static native int sendto(int sockfd, long buf, int len, int flags, long destAddr, int addrlen);

    static native int recvfrom(int sockfd, long buf, int len, int flags, long srcAddr, long addrlen);

    static native int sendmsg(int sockfd, long msg, int flags);

    static native int recvmsg(int sockfd, long msg, int flags);

    static native int readv(int fd, long iov, int iovcnt);

    static native int writev(int fd, long iov, int iovcnt);

    static native int mkfifo(long pathname, int mode);

    // native/channel.c

    /** The number in it; -1 if it is closed. Exceptions of the JDK are passed on. */
    static native int fileFd(FileDescriptor file);

    /** The file of a JDK channel; null for another channel. Exceptions of the JDK are passed on. */
    static native FileDescriptor fileOf(FileChannel channel);

    // native/terminals.c

    static native int posixOpenpt(int flags);

    static native int grantpt(int fd);

    static native int unlockpt(int fd);

    static native int ptsnameR(int fd, long buf, int buflen);

    static native int tcgetattr(int fd, long termios);

    static native int tcsetattr(int fd, int optionalActions, long termios);

    // native/events.c

    static native int timerfdCreate(int clockid, int flags);

    static native int timerfdSettime(int fd, int flags, long newValue, long oldValue);

    static native int timerfdGettime(int fd, long currValue);

    static native int signalfd(int fd, long mask, int flags);

    static native int pthreadSigmask(int how, long set, long oldset);

    static native int kill(int pid, int sig);

    static native int raise(int sig);

    static native int pidfdOpen(int pid, int flags);

    static native int pidfdSendSignal(int pidfd, int sig, int flags);

    static native int waitid(int idtype, int id, long infop, int options);

    static native int inotifyInit1(int flags);

    static native int inotifyAddWatch(int fd, long pathname, int mask);

    static native int inotifyRmWatch(int fd, int wd);
}
