// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names of the numbers of one argument, in the order of strace. Bits without a name are printed as a number:
 * {@code EPOLLIN|0x100000}. If no bit has a name, a comment names the expected prefix.
 */
public final class Flags {
    public static final Flags EPOLL_CREATE = new Flags("EPOLL_???").with(Epoll.EPOLL_CLOEXEC, "EPOLL_CLOEXEC");
    public static final Flags EPOLL_CTL = new Flags("EPOLL_CTL_???")
            .with(Epoll.EPOLL_CTL_ADD, "EPOLL_CTL_ADD")
            .with(Epoll.EPOLL_CTL_DEL, "EPOLL_CTL_DEL")
            .with(Epoll.EPOLL_CTL_MOD, "EPOLL_CTL_MOD");
    public static final Flags EPOLL_EVENTS = new Flags("EPOLL???")
            .with(Epoll.EPOLLIN, "EPOLLIN")
            .with(Epoll.EPOLLPRI, "EPOLLPRI")
            .with(Epoll.EPOLLOUT, "EPOLLOUT")
            .with(Epoll.EPOLLERR, "EPOLLERR")
            .with(Epoll.EPOLLHUP, "EPOLLHUP")
            .with(Epoll.EPOLLRDBAND, "EPOLLRDBAND")
            .with(Epoll.EPOLLRDHUP, "EPOLLRDHUP")
            .with(Epoll.EPOLLEXCLUSIVE, "EPOLLEXCLUSIVE")
            .with(Epoll.EPOLLWAKEUP, "EPOLLWAKEUP")
            .with(Epoll.EPOLLONESHOT, "EPOLLONESHOT")
            .with(Epoll.EPOLLET, "EPOLLET");
    public static final Flags POLL_EVENTS = pollEvents();
    /** The events written to /dev/poll: with one more bit, which {@code poll} uses for something else. */
    public static final Flags DEVPOLL_EVENTS = pollEvents().with(DevPoll.POLLREMOVE, "POLLREMOVE");

    public static final Flags EVENTFD =
            new Flags("EFD_???").with(EventFd.EFD_CLOEXEC, "EFD_CLOEXEC").with(EventFd.EFD_NONBLOCK, "EFD_NONBLOCK");

    public static final Flags IORING_SETUP = new Flags("IORING_SETUP_???")
            .with(IoUring.IORING_SETUP_CQSIZE, "IORING_SETUP_CQSIZE")
            .with(IoUring.IORING_SETUP_CLAMP, "IORING_SETUP_CLAMP")
            .with(IoUring.IORING_SETUP_SUBMIT_ALL, "IORING_SETUP_SUBMIT_ALL")
            .with(IoUring.IORING_SETUP_COOP_TASKRUN, "IORING_SETUP_COOP_TASKRUN")
            .with(IoUring.IORING_SETUP_TASKRUN_FLAG, "IORING_SETUP_TASKRUN_FLAG")
            .with(IoUring.IORING_SETUP_SINGLE_ISSUER, "IORING_SETUP_SINGLE_ISSUER")
            .with(IoUring.IORING_SETUP_DEFER_TASKRUN, "IORING_SETUP_DEFER_TASKRUN");
    public static final Flags IORING_FEATURES = new Flags("IORING_FEAT_???")
            .with(IoUring.IORING_FEAT_SINGLE_MMAP, "IORING_FEAT_SINGLE_MMAP")
            .with(IoUring.IORING_FEAT_NODROP, "IORING_FEAT_NODROP")
            .with(IoUring.IORING_FEAT_SUBMIT_STABLE, "IORING_FEAT_SUBMIT_STABLE")
            .with(IoUring.IORING_FEAT_RW_CUR_POS, "IORING_FEAT_RW_CUR_POS")
            .with(IoUring.IORING_FEAT_CUR_PERSONALITY, "IORING_FEAT_CUR_PERSONALITY")
            .with(IoUring.IORING_FEAT_FAST_POLL, "IORING_FEAT_FAST_POLL")
            .with(IoUring.IORING_FEAT_POLL_32BITS, "IORING_FEAT_POLL_32BITS")
            .with(IoUring.IORING_FEAT_SQPOLL_NONFIXED, "IORING_FEAT_SQPOLL_NONFIXED")
            .with(IoUring.IORING_FEAT_EXT_ARG, "IORING_FEAT_EXT_ARG")
            .with(IoUring.IORING_FEAT_NATIVE_WORKERS, "IORING_FEAT_NATIVE_WORKERS")
            .with(IoUring.IORING_FEAT_RSRC_TAGS, "IORING_FEAT_RSRC_TAGS")
            .with(IoUring.IORING_FEAT_CQE_SKIP, "IORING_FEAT_CQE_SKIP")
            .with(IoUring.IORING_FEAT_LINKED_FILE, "IORING_FEAT_LINKED_FILE");
    public static final Flags IORING_ENTER = new Flags("IORING_ENTER_???")
            .with(IoUring.IORING_ENTER_GETEVENTS, "IORING_ENTER_GETEVENTS")
            .with(IoUring.IORING_ENTER_SQ_WAKEUP, "IORING_ENTER_SQ_WAKEUP")
            .with(IoUring.IORING_ENTER_SQ_WAIT, "IORING_ENTER_SQ_WAIT")
            .with(IoUring.IORING_ENTER_EXT_ARG, "IORING_ENTER_EXT_ARG");
    public static final Flags MEMBARRIER = new Flags("MEMBARRIER_CMD_???")
            .with(Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED, "MEMBARRIER_CMD_PRIVATE_EXPEDITED")
            .with(Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED");
    public static final Flags PROTECTION =
            new Flags("PROT_???").with(Mman.PROT_READ, "PROT_READ").with(Mman.PROT_WRITE, "PROT_WRITE");
    public static final Flags MAPPING = new Flags("MAP_???")
            .with(Mman.MAP_SHARED, "MAP_SHARED")
            .with(Mman.MAP_ANONYMOUS, "MAP_ANONYMOUS")
            .with(Mman.MAP_POPULATE, "MAP_POPULATE");

    public static final Flags KEVENT = new Flags("EV_???")
            .with(Kqueue.EV_ADD, "EV_ADD")
            .with(Kqueue.EV_DELETE, "EV_DELETE")
            .with(Kqueue.EV_ENABLE, "EV_ENABLE")
            .with(Kqueue.EV_DISABLE, "EV_DISABLE")
            .with(Kqueue.EV_ONESHOT, "EV_ONESHOT")
            .with(Kqueue.EV_CLEAR, "EV_CLEAR")
            .with(Kqueue.EV_RECEIPT, "EV_RECEIPT")
            .with(Kqueue.EV_DISPATCH, "EV_DISPATCH")
            .with(Kqueue.EV_ERROR, "EV_ERROR")
            .with(Kqueue.EV_EOF, "EV_EOF");

    public static final Flags FCNTL = new Flags("F_???")
            .with(Fcntl.F_DUPFD, "F_DUPFD")
            .with(Fcntl.F_GETFD, "F_GETFD")
            .with(Fcntl.F_SETFD, "F_SETFD")
            .with(Fcntl.F_GETFL, "F_GETFL")
            .with(Fcntl.F_SETFL, "F_SETFL")
            .with(Fcntl.F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC");
    public static final Flags DESCRIPTOR = new Flags("FD_???").with(Fcntl.FD_CLOEXEC, "FD_CLOEXEC");
    public static final Flags FILE_TYPE = new Flags("S_IF???")
            .with(Stat.S_IFIFO, "S_IFIFO")
            .with(Stat.S_IFCHR, "S_IFCHR")
            .with(Stat.S_IFDIR, "S_IFDIR")
            .with(Stat.S_IFREG, "S_IFREG")
            .with(Stat.S_IFSOCK, "S_IFSOCK");
    public static final Flags RLIMIT = new Flags("RLIMIT_???").with(Rlimit.RLIMIT_NOFILE, "RLIMIT_NOFILE");

    public static final Flags FAMILY = new Flags("AF_???")
            .with(Socket.AF_UNIX, "AF_UNIX")
            .with(Socket.AF_INET, "AF_INET")
            .with(Socket.AF_INET6, "AF_INET6");
    public static final Flags SOCKET_TYPE =
            new Flags("SOCK_???").with(Socket.SOCK_STREAM, "SOCK_STREAM").with(Socket.SOCK_DGRAM, "SOCK_DGRAM");
    public static final Flags INET_PROTOCOL =
            new Flags("IPPROTO_???").with(0, "IPPROTO_IP").with(Socket.IPPROTO_TCP, "IPPROTO_TCP");
    public static final Flags SHUTDOWN = new Flags("SHUT_???")
            .with(Socket.SHUT_RD, "SHUT_RD")
            .with(Socket.SHUT_WR, "SHUT_WR")
            .with(Socket.SHUT_RDWR, "SHUT_RDWR");
    public static final Flags MESSAGE = new Flags("MSG_???")
            .with(Socket.MSG_OOB, "MSG_OOB")
            .with(Socket.MSG_PEEK, "MSG_PEEK")
            .with(Message.MSG_CTRUNC, "MSG_CTRUNC")
            .with(Message.MSG_TRUNC, "MSG_TRUNC")
            .with(Socket.MSG_NOSIGNAL, "MSG_NOSIGNAL")
            .with(Message.MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC");
    public static final Flags ACCEPT =
            new Flags("SOCK_???").with(Socket.SOCK_CLOEXEC, "SOCK_CLOEXEC").with(Socket.SOCK_NONBLOCK, "SOCK_NONBLOCK");
    public static final Flags CONTROL_MESSAGE = new Flags("SCM_???").with(Message.SCM_RIGHTS, "SCM_RIGHTS");
    public static final Flags OPTION_LEVEL = new Flags("SOL_???")
            .with(Socket.SOL_SOCKET, "SOL_SOCKET")
            .with(Socket.IPPROTO_TCP, "SOL_TCP")
            .with(Socket.IPPROTO_IPV6, "SOL_IPV6");

    public static final Flags TERMIOS_INPUT = new Flags("I???")
            .with(Termios.IGNBRK, "IGNBRK")
            .with(Termios.BRKINT, "BRKINT")
            .with(Termios.IGNPAR, "IGNPAR")
            .with(Termios.PARMRK, "PARMRK")
            .with(Termios.INPCK, "INPCK")
            .with(Termios.ISTRIP, "ISTRIP")
            .with(Termios.INLCR, "INLCR")
            .with(Termios.IGNCR, "IGNCR")
            .with(Termios.ICRNL, "ICRNL")
            .with(Termios.abi().IXON, "IXON")
            .with(Termios.IXANY, "IXANY")
            .with(Termios.abi().IXOFF, "IXOFF")
            .with(Termios.IMAXBEL, "IMAXBEL")
            .with(Termios.IUTF8, "IUTF8");
    public static final Flags TERMIOS_OUTPUT =
            new Flags("O???").with(Termios.OPOST, "OPOST").with(Termios.abi().ONLCR, "ONLCR");
    /** Without the baud rate. */
    public static final Flags TERMIOS_CONTROL = new Flags("C???")
            .with(Termios.abi().CS8, "CS8")
            .with(Termios.abi().CREAD, "CREAD")
            .with(Termios.abi().PARENB, "PARENB");

    public static final Flags TERMIOS_LOCAL = new Flags("???")
            .with(Termios.abi().ISIG, "ISIG")
            .with(Termios.abi().ICANON, "ICANON")
            .with(Termios.ECHO, "ECHO")
            .with(Termios.abi().ECHOE, "ECHOE")
            .with(Termios.abi().ECHOK, "ECHOK")
            .with(Termios.abi().ECHONL, "ECHONL")
            .with(Termios.abi().IEXTEN, "IEXTEN")
            .with(Termios.abi().ECHOCTL, "ECHOCTL")
            .with(Termios.abi().ECHOKE, "ECHOKE");

    public static final Flags CLOCK = new Flags("CLOCK_???")
            .with(TimerFd.CLOCK_REALTIME, "CLOCK_REALTIME")
            .with(TimerFd.CLOCK_MONOTONIC, "CLOCK_MONOTONIC");
    public static final Flags TIMERFD =
            new Flags("TFD_???").with(TimerFd.TFD_CLOEXEC, "TFD_CLOEXEC").with(TimerFd.TFD_NONBLOCK, "TFD_NONBLOCK");
    public static final Flags TIMERFD_SET = new Flags("TFD_???")
            .with(TimerFd.TFD_TIMER_ABSTIME, "TFD_TIMER_ABSTIME")
            .with(TimerFd.TFD_TIMER_CANCEL_ON_SET, "TFD_TIMER_CANCEL_ON_SET");
    public static final Flags SIGNALFD =
            new Flags("SFD_???").with(SignalFd.SFD_CLOEXEC, "SFD_CLOEXEC").with(SignalFd.SFD_NONBLOCK, "SFD_NONBLOCK");
    public static final Flags SIGNAL_MASK = new Flags("SIG_???")
            .with(Signal.SIG_BLOCK, "SIG_BLOCK")
            .with(Signal.SIG_UNBLOCK, "SIG_UNBLOCK")
            .with(Signal.SIG_SETMASK, "SIG_SETMASK");
    public static final Flags PIDFD = new Flags("PIDFD_???").with(Pidfd.PIDFD_NONBLOCK, "PIDFD_NONBLOCK");
    public static final Flags WAIT_ID =
            new Flags("P_???").with(Wait.P_PID, "P_PID").with(Wait.P_PIDFD, "P_PIDFD");
    public static final Flags WAIT = new Flags("W???")
            .with(Wait.WNOHANG, "WNOHANG")
            .with(Wait.WEXITED, "WEXITED")
            .with(Wait.WNOWAIT, "WNOWAIT");
    public static final Flags CHILD = new Flags("CLD_???")
            .with(Wait.CLD_EXITED, "CLD_EXITED")
            .with(Wait.CLD_KILLED, "CLD_KILLED")
            .with(Wait.CLD_DUMPED, "CLD_DUMPED");
    public static final Flags INOTIFY =
            new Flags("IN_???").with(Inotify.IN_NONBLOCK, "IN_NONBLOCK").with(Inotify.IN_CLOEXEC, "IN_CLOEXEC");
    public static final Flags FILE_EVENTS = new Flags("IN_???")
            .with(Inotify.IN_ACCESS, "IN_ACCESS")
            .with(Inotify.IN_MODIFY, "IN_MODIFY")
            .with(Inotify.IN_ATTRIB, "IN_ATTRIB")
            .with(Inotify.IN_CLOSE_WRITE, "IN_CLOSE_WRITE")
            .with(Inotify.IN_CLOSE_NOWRITE, "IN_CLOSE_NOWRITE")
            .with(Inotify.IN_OPEN, "IN_OPEN")
            .with(Inotify.IN_MOVED_FROM, "IN_MOVED_FROM")
            .with(Inotify.IN_MOVED_TO, "IN_MOVED_TO")
            .with(Inotify.IN_CREATE, "IN_CREATE")
            .with(Inotify.IN_DELETE, "IN_DELETE")
            .with(Inotify.IN_DELETE_SELF, "IN_DELETE_SELF")
            .with(Inotify.IN_MOVE_SELF, "IN_MOVE_SELF")
            .with(Inotify.IN_UNMOUNT, "IN_UNMOUNT")
            .with(Inotify.IN_Q_OVERFLOW, "IN_Q_OVERFLOW")
            .with(Inotify.IN_IGNORED, "IN_IGNORED")
            .with(Inotify.IN_ONLYDIR, "IN_ONLYDIR")
            .with(Inotify.IN_DONT_FOLLOW, "IN_DONT_FOLLOW")
            .with(Inotify.IN_EXCL_UNLINK, "IN_EXCL_UNLINK")
            .with(Inotify.IN_MASK_ADD, "IN_MASK_ADD")
            .with(Inotify.IN_ISDIR, "IN_ISDIR")
            .with(Inotify.IN_ONESHOT, "IN_ONESHOT");

    private static final Flags OPEN = new Flags("O_???")
            .with(Fcntl.O_NOCTTY, "O_NOCTTY")
            .with(Fcntl.O_NONBLOCK, "O_NONBLOCK")
            .with(Fcntl.O_CLOEXEC, "O_CLOEXEC");
    private static final Flags SOCKET_OPTION = new Flags("SO_???")
            .with(Socket.SO_REUSEADDR, "SO_REUSEADDR")
            .with(Socket.SO_REUSEPORT, "SO_REUSEPORT")
            .with(Socket.SO_ERROR, "SO_ERROR")
            .with(Socket.SO_SNDBUF, "SO_SNDBUF")
            .with(Socket.SO_RCVBUF, "SO_RCVBUF")
            .with(Socket.SO_OOBINLINE, "SO_OOBINLINE")
            .with(Socket.SO_LINGER, "SO_LINGER")
            .with(Socket.SO_KEEPALIVE, "SO_KEEPALIVE")
            .with(Socket.SO_BROADCAST, "SO_BROADCAST");
    private static final Flags TCP_OPTION = new Flags("TCP_???").with(Socket.TCP_NODELAY, "TCP_NODELAY");

    private static final Flags IPV6_OPTION = new Flags("IPV6_???").with(Socket.IPV6_V6ONLY, "IPV6_V6ONLY");

    private final Map<Integer, String> names = new LinkedHashMap<>();
    private final String unknown;

    private Flags(String unknown) {
        this.unknown = unknown;
    }

    /** The first name of a number is used. A flag that this system lacks is 0, which matches no bits. */
    private Flags with(int value, String name) {
        names.putIfAbsent(value, name);
        return this;
    }

    private static Flags pollEvents() {
        return new Flags("POLL???")
                .with(PollFd.POLLIN, "POLLIN")
                .with(PollFd.POLLPRI, "POLLPRI")
                .with(PollFd.POLLOUT, "POLLOUT")
                .with(PollFd.POLLERR, "POLLERR")
                .with(PollFd.POLLHUP, "POLLHUP")
                .with(PollFd.POLLNVAL, "POLLNVAL")
                .with(PollFd.POLLRDHUP, "POLLRDHUP");
    }

    /** The name of one value. */
    public String name(int value) {
        String name = names.get(value);
        return name != null ? name : nameless(value);
    }

    /** The names of all bits that are set. */
    public String set(int bits) {
        StringBuilder text = new StringBuilder();
        int left = join(text, bits);
        return text.length() > 0 ? withRest(text, left) : left == 0 ? "0" : nameless(left);
    }

    /** The flags of {@code open} and of F_SETFL: the first two bits are a number, not flags. */
    public static String open(int flags) {
        StringBuilder text = new StringBuilder(
                switch (flags & Fcntl.O_ACCMODE) {
                    case Fcntl.O_RDONLY -> "O_RDONLY";
                    case Fcntl.O_WRONLY -> "O_WRONLY";
                    case Fcntl.O_RDWR -> "O_RDWR";
                    default -> "O_ACCMODE";
                });
        return withRest(text, OPEN.join(text, flags & ~Fcntl.O_ACCMODE));
    }

    /** The name of a socket option, which depends on the level. */
    public static String option(int level, int optname) {
        if (level == Socket.SOL_SOCKET) {
            return SOCKET_OPTION.name(optname);
        }
        return level == Socket.IPPROTO_TCP
                ? TCP_OPTION.name(optname)
                : level == Socket.IPPROTO_IPV6 ? IPV6_OPTION.name(optname) : Integer.toString(optname);
    }

    /** Appends the names of the bits; returns the bits that have none. */
    private int join(StringBuilder text, int bits) {
        int left = bits;
        for (Map.Entry<Integer, String> flag : names.entrySet()) {
            if (flag.getKey() != 0 && (left & flag.getKey()) == flag.getKey()) {
                text.append(text.length() == 0 ? "" : "|").append(flag.getValue());
                left &= ~flag.getKey();
            }
        }
        return left;
    }

    private static String withRest(StringBuilder text, int left) {
        return left == 0 ? text.toString() : text.append("|").append(hex(left)).toString();
    }

    private String nameless(int value) {
        return hex(value) + " /* " + unknown + " */";
    }

    /** A number as C's {@code %#x} prints it. */
    public static String hex(int value) {
        return value == 0 ? "0" : "0x" + Integer.toHexString(value);
    }
}
