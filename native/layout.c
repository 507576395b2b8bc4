// SPDX-License-Identifier: Apache-2.0
//
// The values of this system's headers for everything in abi/. A name is the abi class and its Java member: a
// constant (Epoll.EPOLL_CTL_ADD, Errno.EBADF, Stat.S_IFMT), a component of a record or the method of an enum that
// is nested in it (Epoll.dataOffset, Kqueue.sizeBytes, Kqueue.EVFILT_READ), or the method that takes an Os
// (Stat.modeOffset, Socket.sunPathSize). FdSet.sizeBytes is for FD_SETSIZE descriptors. A Java constant that is an int
// has its sign here. The table omits what this system lacks.
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#ifdef HAVE_EPOLL_CREATE1
#include <sys/epoll.h>
#endif
#ifdef HAVE_EVENTFD
#include <sys/eventfd.h>
#endif
#ifdef HAVE_SYS_PIDFD
#include <sys/pidfd.h>
#endif
#ifdef HAVE_LINUX_IO_URING
#include <linux/io_uring.h>
#include <linux/membarrier.h>
#endif
#ifdef __sun
#include <sys/filio.h>
#endif
#ifdef __linux__
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
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
    CONSTANT(Fcntl, O_ACCMODE),
    CONSTANT(Fcntl, O_NONBLOCK),
    CONSTANT(Fcntl, O_CLOEXEC),
    CONSTANT(Fcntl, F_DUPFD_CLOEXEC),

    CONSTANT(FdSet, FD_SETSIZE),
    SIZE("FdSet.sizeBytes", fd_set),

#if defined IORING_ENTER_EXT_ARG && defined SYS_io_uring_setup
    CONSTANT(IoUring, SYS_io_uring_setup),
    CONSTANT(IoUring, SYS_io_uring_enter),
    CONSTANT(IoUring, IORING_SETUP_CQSIZE),
    CONSTANT(IoUring, IORING_SETUP_CLAMP),
#ifdef IORING_SETUP_SUBMIT_ALL
    CONSTANT(IoUring, IORING_SETUP_SUBMIT_ALL),
#endif
#ifdef IORING_SETUP_COOP_TASKRUN
    CONSTANT(IoUring, IORING_SETUP_COOP_TASKRUN),
    CONSTANT(IoUring, IORING_SETUP_TASKRUN_FLAG),
#endif
#ifdef IORING_SETUP_SINGLE_ISSUER
    CONSTANT(IoUring, IORING_SETUP_SINGLE_ISSUER),
#endif
#ifdef IORING_SETUP_DEFER_TASKRUN
    CONSTANT(IoUring, IORING_SETUP_DEFER_TASKRUN),
#endif
    CONSTANT(IoUring, IORING_FEAT_SINGLE_MMAP),
    CONSTANT(IoUring, IORING_FEAT_NODROP),
    CONSTANT(IoUring, IORING_FEAT_SUBMIT_STABLE),
    CONSTANT(IoUring, IORING_FEAT_RW_CUR_POS),
    CONSTANT(IoUring, IORING_FEAT_CUR_PERSONALITY),
    CONSTANT(IoUring, IORING_FEAT_FAST_POLL),
    CONSTANT(IoUring, IORING_FEAT_POLL_32BITS),
    CONSTANT(IoUring, IORING_FEAT_SQPOLL_NONFIXED),
    CONSTANT(IoUring, IORING_FEAT_EXT_ARG),
#ifdef IORING_FEAT_NATIVE_WORKERS
    CONSTANT(IoUring, IORING_FEAT_NATIVE_WORKERS),
#endif
#ifdef IORING_FEAT_RSRC_TAGS
    CONSTANT(IoUring, IORING_FEAT_RSRC_TAGS),
#endif
#ifdef IORING_FEAT_CQE_SKIP
    CONSTANT(IoUring, IORING_FEAT_CQE_SKIP),
#endif
#ifdef IORING_FEAT_LINKED_FILE
    CONSTANT(IoUring, IORING_FEAT_LINKED_FILE),
#endif
    SIZE("IoUring.PARAMS_SIZE", struct io_uring_params),
    OFFSET("IoUring.SQ_ENTRIES", struct io_uring_params, sq_entries),
    OFFSET("IoUring.CQ_ENTRIES", struct io_uring_params, cq_entries),
    OFFSET("IoUring.FLAGS", struct io_uring_params, flags),
    OFFSET("IoUring.SQ_THREAD_CPU", struct io_uring_params, sq_thread_cpu),
    OFFSET("IoUring.SQ_THREAD_IDLE", struct io_uring_params, sq_thread_idle),
    OFFSET("IoUring.FEATURES", struct io_uring_params, features),
    OFFSET("IoUring.WQ_FD", struct io_uring_params, wq_fd),
    OFFSET("IoUring.SQ_OFF_HEAD", struct io_uring_params, sq_off.head),
    OFFSET("IoUring.SQ_OFF_TAIL", struct io_uring_params, sq_off.tail),
    OFFSET("IoUring.SQ_OFF_RING_MASK", struct io_uring_params, sq_off.ring_mask),
    OFFSET("IoUring.SQ_OFF_RING_ENTRIES", struct io_uring_params, sq_off.ring_entries),
    OFFSET("IoUring.SQ_OFF_FLAGS", struct io_uring_params, sq_off.flags),
    OFFSET("IoUring.SQ_OFF_DROPPED", struct io_uring_params, sq_off.dropped),
    OFFSET("IoUring.SQ_OFF_ARRAY", struct io_uring_params, sq_off.array),
    OFFSET("IoUring.CQ_OFF_HEAD", struct io_uring_params, cq_off.head),
    OFFSET("IoUring.CQ_OFF_TAIL", struct io_uring_params, cq_off.tail),
    OFFSET("IoUring.CQ_OFF_RING_MASK", struct io_uring_params, cq_off.ring_mask),
    OFFSET("IoUring.CQ_OFF_RING_ENTRIES", struct io_uring_params, cq_off.ring_entries),
    OFFSET("IoUring.CQ_OFF_OVERFLOW", struct io_uring_params, cq_off.overflow),
    OFFSET("IoUring.CQ_OFF_CQES", struct io_uring_params, cq_off.cqes),
    OFFSET("IoUring.CQ_OFF_FLAGS", struct io_uring_params, cq_off.flags),
    LONG(IoUring, IORING_OFF_SQ_RING),
    LONG(IoUring, IORING_OFF_CQ_RING),
    LONG(IoUring, IORING_OFF_SQES),
    CONSTANT(IoUring, IORING_SQ_CQ_OVERFLOW),
#ifdef IORING_SQ_TASKRUN
    CONSTANT(IoUring, IORING_SQ_TASKRUN),
#endif
    SIZE("IoUring.SQE_SIZE", struct io_uring_sqe),
    OFFSET("IoUring.SQE_OPCODE", struct io_uring_sqe, opcode),
    OFFSET("IoUring.SQE_FLAGS", struct io_uring_sqe, flags),
    OFFSET("IoUring.SQE_IOPRIO", struct io_uring_sqe, ioprio),
    OFFSET("IoUring.SQE_FD", struct io_uring_sqe, fd),
    OFFSET("IoUring.SQE_OFF", struct io_uring_sqe, off),
    OFFSET("IoUring.SQE_ADDR", struct io_uring_sqe, addr),
    OFFSET("IoUring.SQE_LEN", struct io_uring_sqe, len),
    OFFSET("IoUring.SQE_POLL32_EVENTS", struct io_uring_sqe, poll32_events),
    OFFSET("IoUring.SQE_CANCEL_FLAGS", struct io_uring_sqe, cancel_flags),
    OFFSET("IoUring.SQE_USER_DATA", struct io_uring_sqe, user_data),
    CONSTANT(IoUring, IOSQE_IO_LINK),
#ifdef IOSQE_CQE_SKIP_SUCCESS
    CONSTANT(IoUring, IOSQE_CQE_SKIP_SUCCESS),
#endif
    CONSTANT(IoUring, IORING_OP_NOP),
    CONSTANT(IoUring, IORING_OP_POLL_ADD),
    CONSTANT(IoUring, IORING_OP_POLL_REMOVE),
    CONSTANT(IoUring, IORING_OP_ASYNC_CANCEL),
#ifdef IORING_POLL_ADD_MULTI
    CONSTANT(IoUring, IORING_POLL_ADD_MULTI),
    CONSTANT(IoUring, IORING_POLL_UPDATE_EVENTS),
    CONSTANT(IoUring, IORING_POLL_UPDATE_USER_DATA),
#endif
#ifdef IORING_POLL_ADD_LEVEL
    CONSTANT(IoUring, IORING_POLL_ADD_LEVEL),
#endif
#ifdef IORING_ASYNC_CANCEL_ALL
    CONSTANT(IoUring, IORING_ASYNC_CANCEL_ALL),
    CONSTANT(IoUring, IORING_ASYNC_CANCEL_FD),
    CONSTANT(IoUring, IORING_ASYNC_CANCEL_ANY),
#endif
    SIZE("IoUring.CQE_SIZE", struct io_uring_cqe),
    OFFSET("IoUring.CQE_USER_DATA", struct io_uring_cqe, user_data),
    OFFSET("IoUring.CQE_RES", struct io_uring_cqe, res),
    OFFSET("IoUring.CQE_FLAGS", struct io_uring_cqe, flags),
#ifdef IORING_CQE_F_MORE
    CONSTANT(IoUring, IORING_CQE_F_MORE),
#endif
    CONSTANT(IoUring, IORING_ENTER_GETEVENTS),
    CONSTANT(IoUring, IORING_ENTER_SQ_WAKEUP),
    CONSTANT(IoUring, IORING_ENTER_SQ_WAIT),
    CONSTANT(IoUring, IORING_ENTER_EXT_ARG),
    SIZE("IoUring.GETEVENTS_ARG_SIZE", struct io_uring_getevents_arg),
    OFFSET("IoUring.ARG_SIGMASK", struct io_uring_getevents_arg, sigmask),
    OFFSET("IoUring.ARG_SIGMASK_SZ", struct io_uring_getevents_arg, sigmask_sz),
#ifdef IORING_FEAT_MIN_TIMEOUT
    OFFSET("IoUring.ARG_MIN_WAIT_USEC", struct io_uring_getevents_arg, min_wait_usec),
#else
    OFFSET("IoUring.ARG_MIN_WAIT_USEC", struct io_uring_getevents_arg, pad),
#endif
    OFFSET("IoUring.ARG_TS", struct io_uring_getevents_arg, ts),

    CONSTANT(Membarrier, SYS_membarrier),
    CONSTANT(Membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED),
    CONSTANT(Membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED),
#endif

    CONSTANT(Ioctl, FIONREAD),

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

#ifdef __linux__
    CONSTANT(Mman, PROT_READ),
    CONSTANT(Mman, PROT_WRITE),
    CONSTANT(Mman, MAP_SHARED),
    CONSTANT(Mman, MAP_ANONYMOUS),
    CONSTANT(Mman, MAP_POPULATE),
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
#ifdef SO_LINGER_SEC
    {"Socket.SO_LINGER", SO_LINGER_SEC},
#else
    CONSTANT(Socket, SO_LINGER),
#endif
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
    OFFSET("Stat.devOffset", struct stat, st_dev),
    WIDTH("Stat.devWidthBytes", struct stat, st_dev),
    OFFSET("Stat.inoOffset", struct stat, st_ino),
    OFFSET("Stat.modeOffset", struct stat, st_mode),
    WIDTH("Stat.modeWidthBytes", struct stat, st_mode),

    SIZE("Timespec.SIZE", struct timespec),
    OFFSET("Timespec.TV_SEC", struct timespec, tv_sec),
    OFFSET("Timespec.TV_NSEC", struct timespec, tv_nsec),

    // sockets and files
    SIZE("Iovec.SIZE", struct iovec),
    OFFSET("Iovec.IOV_BASE", struct iovec, iov_base),
    OFFSET("Iovec.IOV_LEN", struct iovec, iov_len),
#if defined IOV_MAX && !defined __sun
    CONSTANT(Iovec, IOV_MAX),
#endif
    SIZE("Message.SIZE", struct msghdr),
    OFFSET("Message.MSG_NAME", struct msghdr, msg_name),
    OFFSET("Message.MSG_NAMELEN", struct msghdr, msg_namelen),
    OFFSET("Message.MSG_IOV", struct msghdr, msg_iov),
    OFFSET("Message.MSG_IOVLEN", struct msghdr, msg_iovlen),
    OFFSET("Message.MSG_CONTROL", struct msghdr, msg_control),
    OFFSET("Message.MSG_CONTROLLEN", struct msghdr, msg_controllen),
    OFFSET("Message.MSG_FLAGS", struct msghdr, msg_flags),
    WIDTH("Message.lengthWidthBytes", struct msghdr, msg_controllen),
    OFFSET("Message.cmsgLevelOffset", struct cmsghdr, cmsg_level),
    OFFSET("Message.cmsgTypeOffset", struct cmsghdr, cmsg_type),
    {"Message.cmsgDataOffset", CMSG_LEN(0)},
    {"Message.cmsgAlignment", CMSG_SPACE(1) - CMSG_SPACE(0)},
    CONSTANT(Message, MSG_CTRUNC),
    CONSTANT(Message, MSG_TRUNC),
#if defined MSG_CMSG_CLOEXEC && !defined __sun
    CONSTANT(Message, MSG_CMSG_CLOEXEC),
#endif
    CONSTANT(Message, SCM_RIGHTS),
#ifdef SOCK_NONBLOCK
    CONSTANT(Socket, SOCK_NONBLOCK),
    CONSTANT(Socket, SOCK_CLOEXEC),
#endif
    CONSTANT(Socket, SO_KEEPALIVE),
    CONSTANT(Socket, SO_BROADCAST),
    CONSTANT(Socket, IPPROTO_IPV6),
    CONSTANT(Socket, IPV6_V6ONLY),

    // terminals

    CONSTANT(Fcntl, O_NOCTTY),
    SIZE("Termios.WINSIZE", struct winsize),
    OFFSET("Termios.WS_ROW", struct winsize, ws_row),
    OFFSET("Termios.WS_COL", struct winsize, ws_col),
    OFFSET("Termios.WS_XPIXEL", struct winsize, ws_xpixel),
    OFFSET("Termios.WS_YPIXEL", struct winsize, ws_ypixel),
    CONSTANT(Termios, IGNBRK),
    CONSTANT(Termios, BRKINT),
    CONSTANT(Termios, IGNPAR),
    CONSTANT(Termios, PARMRK),
    CONSTANT(Termios, INPCK),
    CONSTANT(Termios, ISTRIP),
    CONSTANT(Termios, INLCR),
    CONSTANT(Termios, IGNCR),
    CONSTANT(Termios, ICRNL),
    CONSTANT(Termios, IXON),
    CONSTANT(Termios, IXANY),
    CONSTANT(Termios, IXOFF),
    CONSTANT(Termios, IMAXBEL),
#ifdef IUTF8
    CONSTANT(Termios, IUTF8),
#endif
    CONSTANT(Termios, OPOST),
    CONSTANT(Termios, ONLCR),
    CONSTANT(Termios, CSIZE),
    CONSTANT(Termios, CS8),
    CONSTANT(Termios, CREAD),
    CONSTANT(Termios, PARENB),
    CONSTANT(Termios, ISIG),
    CONSTANT(Termios, ICANON),
    CONSTANT(Termios, ECHO),
    CONSTANT(Termios, ECHOE),
    CONSTANT(Termios, ECHOK),
    CONSTANT(Termios, ECHONL),
    CONSTANT(Termios, ECHOCTL),
    CONSTANT(Termios, ECHOKE),
    CONSTANT(Termios, IEXTEN),
    CONSTANT(Termios, VMIN),
    CONSTANT(Termios, VTIME),
    CONSTANT(Termios, TCSANOW),
#if defined __linux__ && B9600 != 9600
    CONSTANT(Termios, CBAUD),
    CONSTANT(Termios, B57600),
#endif
    LONG(Termios, TIOCGWINSZ),
    LONG(Termios, TIOCSWINSZ),
    SIZE("Termios.sizeBytes", struct termios),
    WIDTH("Termios.flagBytes", struct termios, c_iflag),
    OFFSET("Termios.iflagOffset", struct termios, c_iflag),
    OFFSET("Termios.oflagOffset", struct termios, c_oflag),
    OFFSET("Termios.cflagOffset", struct termios, c_cflag),
    OFFSET("Termios.lflagOffset", struct termios, c_lflag),
    OFFSET("Termios.ccOffset", struct termios, c_cc),
#ifndef __sun
    OFFSET("Termios.ispeedOffset", struct termios, c_ispeed),
    OFFSET("Termios.ospeedOffset", struct termios, c_ospeed),
#endif

    // events
#ifdef __linux__
    CONSTANT(TimerFd, CLOCK_REALTIME),
    CONSTANT(TimerFd, CLOCK_MONOTONIC),
    CONSTANT(TimerFd, TFD_NONBLOCK),
    CONSTANT(TimerFd, TFD_CLOEXEC),
    CONSTANT(TimerFd, TFD_TIMER_ABSTIME),
    CONSTANT(TimerFd, TFD_TIMER_CANCEL_ON_SET),
    SIZE("TimerFd.ITIMERSPEC_SIZE", struct itimerspec),
    OFFSET("TimerFd.IT_INTERVAL", struct itimerspec, it_interval),
    OFFSET("TimerFd.IT_VALUE", struct itimerspec, it_value),

    CONSTANT(Signal, SIGHUP),
    CONSTANT(Signal, SIGINT),
    CONSTANT(Signal, SIGQUIT),
    CONSTANT(Signal, SIGILL),
    CONSTANT(Signal, SIGTRAP),
    CONSTANT(Signal, SIGABRT),
    CONSTANT(Signal, SIGBUS),
    CONSTANT(Signal, SIGFPE),
    CONSTANT(Signal, SIGKILL),
    CONSTANT(Signal, SIGUSR1),
    CONSTANT(Signal, SIGSEGV),
    CONSTANT(Signal, SIGUSR2),
    CONSTANT(Signal, SIGPIPE),
    CONSTANT(Signal, SIGALRM),
    CONSTANT(Signal, SIGTERM),
    CONSTANT(Signal, SIGSTKFLT),
    CONSTANT(Signal, SIGCHLD),
    CONSTANT(Signal, SIGCONT),
    CONSTANT(Signal, SIGSTOP),
    CONSTANT(Signal, SIGTSTP),
    CONSTANT(Signal, SIGTTIN),
    CONSTANT(Signal, SIGTTOU),
    CONSTANT(Signal, SIGURG),
    CONSTANT(Signal, SIGXCPU),
    CONSTANT(Signal, SIGXFSZ),
    CONSTANT(Signal, SIGVTALRM),
    CONSTANT(Signal, SIGPROF),
    CONSTANT(Signal, SIGWINCH),
    CONSTANT(Signal, SIGIO),
    CONSTANT(Signal, SIGPWR),
    CONSTANT(Signal, SIGSYS),
    CONSTANT(Signal, SIG_BLOCK),
    CONSTANT(Signal, SIG_UNBLOCK),
    CONSTANT(Signal, SIG_SETMASK),
    SIZE("Signal.SIGSET_SIZE", sigset_t),

    CONSTANT(SignalFd, SFD_NONBLOCK),
    CONSTANT(SignalFd, SFD_CLOEXEC),
    SIZE("SignalFd.SIGINFO_SIZE", struct signalfd_siginfo),
    OFFSET("SignalFd.SSI_SIGNO", struct signalfd_siginfo, ssi_signo),

#ifdef SYS_pidfd_open
    CONSTANT(Pidfd, SYS_pidfd_send_signal),
    CONSTANT(Pidfd, SYS_pidfd_open),
#endif
#ifdef PIDFD_NONBLOCK
    CONSTANT(Pidfd, PIDFD_NONBLOCK),
#endif

    CONSTANT(Wait, P_PID),
    CONSTANT(Wait, WNOHANG),
    CONSTANT(Wait, WEXITED),
    CONSTANT(Wait, WNOWAIT),
    CONSTANT(Wait, CLD_EXITED),
    CONSTANT(Wait, CLD_KILLED),
    CONSTANT(Wait, CLD_DUMPED),
#ifdef HAVE_P_PIDFD
    CONSTANT(Wait, P_PIDFD),
#endif
    SIZE("Wait.SIGINFO_SIZE", siginfo_t),
    OFFSET("Wait.SI_SIGNO", siginfo_t, si_signo),
    OFFSET("Wait.SI_CODE", siginfo_t, si_code),
    OFFSET("Wait.SI_PID", siginfo_t, si_pid),
    OFFSET("Wait.SI_UID", siginfo_t, si_uid),
    OFFSET("Wait.SI_STATUS", siginfo_t, si_status),

    CONSTANT(Inotify, IN_NONBLOCK),
    CONSTANT(Inotify, IN_CLOEXEC),
    CONSTANT(Inotify, IN_ACCESS),
    CONSTANT(Inotify, IN_MODIFY),
    CONSTANT(Inotify, IN_ATTRIB),
    CONSTANT(Inotify, IN_CLOSE_WRITE),
    CONSTANT(Inotify, IN_CLOSE_NOWRITE),
    CONSTANT(Inotify, IN_OPEN),
    CONSTANT(Inotify, IN_MOVED_FROM),
    CONSTANT(Inotify, IN_MOVED_TO),
    CONSTANT(Inotify, IN_CREATE),
    CONSTANT(Inotify, IN_DELETE),
    CONSTANT(Inotify, IN_DELETE_SELF),
    CONSTANT(Inotify, IN_MOVE_SELF),
    CONSTANT(Inotify, IN_UNMOUNT),
    CONSTANT(Inotify, IN_Q_OVERFLOW),
    CONSTANT(Inotify, IN_IGNORED),
    CONSTANT(Inotify, IN_ONLYDIR),
    CONSTANT(Inotify, IN_DONT_FOLLOW),
    CONSTANT(Inotify, IN_EXCL_UNLINK),
    CONSTANT(Inotify, IN_MASK_ADD),
    CONSTANT(Inotify, IN_ISDIR),
    CONSTANT(Inotify, IN_ONESHOT),
    SIZE("Inotify.EVENT_SIZE", struct inotify_event),
    OFFSET("Inotify.WD", struct inotify_event, wd),
    OFFSET("Inotify.MASK", struct inotify_event, mask),
    OFFSET("Inotify.COOKIE", struct inotify_event, cookie),
    OFFSET("Inotify.LEN", struct inotify_event, len),
    OFFSET("Inotify.NAME", struct inotify_event, name),
#endif
};

_Static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port), "Socket.PORT");
#ifdef IORING_ENTER_EXT_ARG
_Static_assert(sizeof(struct __kernel_timespec) == sizeof(struct timespec) &&
                   offsetof(struct __kernel_timespec, tv_nsec) == offsetof(struct timespec, tv_nsec),
               "Timespec is what io_uring_enter takes");
#endif

static int inside(jint index) {
    return index >= 0 && (size_t) index < sizeof layout / sizeof *layout;
}

SHIM(jstring, layoutName)(JNIEnv *env, __attribute__((unused)) jclass shim, jint index) {
    return inside(index) ? (*env)->NewStringUTF(env, layout[index].name) : NULL;
}

SHIM(jlong, layoutValue)(CALLER, jint index) {
    return inside(index) ? layout[index].value : 0;
}
