// SPDX-License-Identifier: Apache-2.0
//
// What this system's headers say of everything that abi/ states. A name is the abi class and its Java member: a
// constant (Epoll.EPOLL_CTL_ADD, Errno.EBADF, Stat.LINUX_INO), a component of a record or the method of an enum that
// is nested in it (Epoll.dataOffset, Kqueue.sizeBytes, Kqueue.EVFILT_READ), or the method that takes an Os
// (Stat.modeOffset, Socket.sunPathSize). FdSet.sizeBytes is that of FD_SETSIZE descriptors. A Java constant that is an
// int has its sign here. What this system lacks is not in the table.
#include <fcntl.h>
#include <poll.h>
#include <sys/types.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <time.h>
#ifdef HAVE_EPOLL_CREATE1
#include <sys/epoll.h>
#endif
#ifdef HAVE_EVENTFD
#include <sys/eventfd.h>
#endif
#ifdef HAVE_KQUEUE
#include <sys/event.h>
#endif
#ifdef HAVE_SYS_DEVPOLL
#include <sys/devpoll.h>
#endif

#include "pollux.h"

#define CONSTANT(abi, name) {#abi "." #name, (jint) (name)}
#define LONG(abi, name) {#abi "." #name, (jlong) (name)}
#define SIZE(name, type) {name, sizeof(type)}
#define OFFSET(name, type, field) {name, offsetof(type, field)}
#define WIDTH(name, type, field) {name, sizeof(((type *) 0)->field)}

static const struct {
    const char *name;
    jlong value;
} layout[] = {
#ifdef HAVE_SYS_DEVPOLL
    CONSTANT(DevPoll, POLLREMOVE),
    CONSTANT(DevPoll, DP_POLL),
    SIZE("DevPoll.SIZE", struct dvpoll),
    OFFSET("DevPoll.DP_FDS", struct dvpoll, dp_fds),
    OFFSET("DevPoll.DP_NFDS", struct dvpoll, dp_nfds),
    OFFSET("DevPoll.DP_TIMEOUT", struct dvpoll, dp_timeout),
#ifdef HAVE_DP_SETP
    OFFSET("DevPoll.DP_SETP", struct dvpoll, dp_setp),
#endif
#endif

#ifdef HAVE_EPOLL_CREATE1
    CONSTANT(Epoll, EPOLL_CLOEXEC),
    CONSTANT(Epoll, EPOLL_CTL_ADD),
    CONSTANT(Epoll, EPOLL_CTL_DEL),
    CONSTANT(Epoll, EPOLL_CTL_MOD),
    CONSTANT(Epoll, EPOLLIN),
    CONSTANT(Epoll, EPOLLPRI),
    CONSTANT(Epoll, EPOLLOUT),
    CONSTANT(Epoll, EPOLLERR),
    CONSTANT(Epoll, EPOLLHUP),
    CONSTANT(Epoll, EPOLLRDBAND),
    CONSTANT(Epoll, EPOLLRDHUP),
#ifdef EPOLLEXCLUSIVE
    CONSTANT(Epoll, EPOLLEXCLUSIVE),
#endif
#ifdef EPOLLWAKEUP
    CONSTANT(Epoll, EPOLLWAKEUP),
#endif
    CONSTANT(Epoll, EPOLLONESHOT),
    CONSTANT(Epoll, EPOLLET),
    SIZE("Epoll.sizeBytes", struct epoll_event),
    OFFSET("Epoll.eventsOffset", struct epoll_event, events),
    OFFSET("Epoll.dataOffset", struct epoll_event, data),
#ifdef EPIOCSPARAMS
    LONG(Epoll, EPIOCSPARAMS),
    LONG(Epoll, EPIOCGPARAMS),
    SIZE("Epoll.PARAMS_SIZE", struct epoll_params),
    OFFSET("Epoll.BUSY_POLL_USECS", struct epoll_params, busy_poll_usecs),
    OFFSET("Epoll.BUSY_POLL_BUDGET", struct epoll_params, busy_poll_budget),
    OFFSET("Epoll.PREFER_BUSY_POLL", struct epoll_params, prefer_busy_poll),
#endif
#endif

#include "errnos.h"

#ifdef HAVE_EVENTFD
    CONSTANT(EventFd, EFD_CLOEXEC),
    CONSTANT(EventFd, EFD_NONBLOCK),
#endif

    CONSTANT(Fcntl, F_DUPFD),
    CONSTANT(Fcntl, F_GETFD),
    CONSTANT(Fcntl, F_SETFD),
    CONSTANT(Fcntl, F_GETFL),
    CONSTANT(Fcntl, F_SETFL),
    CONSTANT(Fcntl, FD_CLOEXEC),
    CONSTANT(Fcntl, O_RDONLY),
    CONSTANT(Fcntl, O_WRONLY),
    CONSTANT(Fcntl, O_RDWR),
    CONSTANT(Fcntl, O_NONBLOCK),
    CONSTANT(Fcntl, O_CLOEXEC),
    CONSTANT(Fcntl, F_DUPFD_CLOEXEC),

    CONSTANT(FdSet, FD_SETSIZE),
    SIZE("FdSet.sizeBytes", fd_set),

#ifdef HAVE_KQUEUE
    CONSTANT(Kqueue, EV_ADD),
    CONSTANT(Kqueue, EV_DELETE),
    CONSTANT(Kqueue, EV_ENABLE),
    CONSTANT(Kqueue, EV_DISABLE),
    CONSTANT(Kqueue, EV_ONESHOT),
    CONSTANT(Kqueue, EV_CLEAR),
#ifdef EV_RECEIPT
    CONSTANT(Kqueue, EV_RECEIPT),
#endif
#ifdef EV_DISPATCH
    CONSTANT(Kqueue, EV_DISPATCH),
#endif
    CONSTANT(Kqueue, EV_ERROR),
    CONSTANT(Kqueue, EV_EOF),
#ifdef NOTE_TRIGGER
    CONSTANT(Kqueue, NOTE_TRIGGER),
#endif
    CONSTANT(Kqueue, EVFILT_READ),
    CONSTANT(Kqueue, EVFILT_WRITE),
#ifdef EVFILT_USER
    CONSTANT(Kqueue, EVFILT_USER),
#endif
#ifdef EVFILT_EXCEPT
    CONSTANT(Kqueue, EVFILT_EXCEPT),
#endif
#ifdef NOTE_OOB
    CONSTANT(Kqueue, NOTE_OOB),
#endif
    SIZE("Kqueue.sizeBytes", struct kevent),
    OFFSET("Kqueue.identOffset", struct kevent, ident),
    OFFSET("Kqueue.filterOffset", struct kevent, filter),
    WIDTH("Kqueue.filterBytes", struct kevent, filter),
    OFFSET("Kqueue.flagsOffset", struct kevent, flags),
    WIDTH("Kqueue.flagsBytes", struct kevent, flags),
    OFFSET("Kqueue.fflagsOffset", struct kevent, fflags),
    OFFSET("Kqueue.dataOffset", struct kevent, data),
    OFFSET("Kqueue.udataOffset", struct kevent, udata),
#endif

    SIZE("PollFd.SIZE", struct pollfd),
    OFFSET("PollFd.FD", struct pollfd, fd),
    OFFSET("PollFd.EVENTS", struct pollfd, events),
    OFFSET("PollFd.REVENTS", struct pollfd, revents),
    CONSTANT(PollFd, POLLIN),
    CONSTANT(PollFd, POLLPRI),
    CONSTANT(PollFd, POLLOUT),
    CONSTANT(PollFd, POLLERR),
    CONSTANT(PollFd, POLLHUP),
    CONSTANT(PollFd, POLLNVAL),
#ifdef POLLRDHUP
    CONSTANT(PollFd, POLLRDHUP),
#endif

    SIZE("Rlimit.SIZE", struct rlimit),
    OFFSET("Rlimit.CUR", struct rlimit, rlim_cur),
    OFFSET("Rlimit.MAX", struct rlimit, rlim_max),
    CONSTANT(Rlimit, RLIMIT_NOFILE),
    LONG(Rlimit, RLIM_INFINITY),

    CONSTANT(Socket, AF_UNIX),
    CONSTANT(Socket, AF_INET),
    CONSTANT(Socket, AF_INET6),
    CONSTANT(Socket, SOCK_STREAM),
    CONSTANT(Socket, SOCK_DGRAM),
    CONSTANT(Socket, SOL_SOCKET),
    CONSTANT(Socket, SO_REUSEADDR),
#if defined SO_REUSEPORT && !defined __sun
    CONSTANT(Socket, SO_REUSEPORT),
#endif
    CONSTANT(Socket, SO_LINGER),
    CONSTANT(Socket, SO_OOBINLINE),
    CONSTANT(Socket, SO_SNDBUF),
    CONSTANT(Socket, SO_RCVBUF),
    CONSTANT(Socket, SO_ERROR),
    CONSTANT(Socket, IPPROTO_TCP),
    CONSTANT(Socket, TCP_NODELAY),
    CONSTANT(Socket, SHUT_RD),
    CONSTANT(Socket, SHUT_WR),
    CONSTANT(Socket, SHUT_RDWR),
    CONSTANT(Socket, MSG_OOB),
    CONSTANT(Socket, MSG_PEEK),
#ifdef MSG_NOSIGNAL
    CONSTANT(Socket, MSG_NOSIGNAL),
#endif
    OFFSET("Socket.PORT", struct sockaddr_in, sin_port),
    OFFSET("Socket.SIN_ADDR", struct sockaddr_in, sin_addr),
    SIZE("Socket.SIN_SIZE", struct sockaddr_in),
    OFFSET("Socket.SIN6_ADDR", struct sockaddr_in6, sin6_addr),
    OFFSET("Socket.SIN6_SCOPE_ID", struct sockaddr_in6, sin6_scope_id),
    SIZE("Socket.sin6Size", struct sockaddr_in6),
    OFFSET("Socket.SUN_PATH", struct sockaddr_un, sun_path),
    WIDTH("Socket.sunPathSize", struct sockaddr_un, sun_path),

    CONSTANT(Stat, S_IFMT),
    CONSTANT(Stat, S_IFIFO),
    CONSTANT(Stat, S_IFCHR),
    CONSTANT(Stat, S_IFDIR),
    CONSTANT(Stat, S_IFREG),
    CONSTANT(Stat, S_IFSOCK),
#ifdef __linux__
    OFFSET("Stat.LINUX_INO", struct stat, st_ino),
#endif
    OFFSET("Stat.modeOffset", struct stat, st_mode),
    WIDTH("Stat.modeWidthBytes", struct stat, st_mode),

    SIZE("Timespec.SIZE", struct timespec),
    OFFSET("Timespec.TV_SEC", struct timespec, tv_sec),
    OFFSET("Timespec.TV_NSEC", struct timespec, tv_nsec),
};

_Static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port), "Socket.PORT");

static int inside(jint index) {
    return index >= 0 && (size_t) index < sizeof layout / sizeof *layout;
}

SHIM(jstring, layoutName)(JNIEnv *env, __attribute__((unused)) jclass shim, jint index) {
    return inside(index) ? (*env)->NewStringUTF(env, layout[index].name) : NULL;
}

SHIM(jlong, layoutValue)(CALLER, jint index) {
    return inside(index) ? layout[index].value : 0;
}
