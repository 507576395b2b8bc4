// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * Linux, {@code <sys/epoll.h>} ({@code include/uapi/linux/eventpoll.h}); illumos has the same:
 *
 * <pre>{@code
 * struct epoll_event {        // x86-64: packed       elsewhere
 *     uint32_t     events;    //  0                    0
 *     epoll_data_t data;      //  4: 8 bytes           8: 8 bytes
 * };                          // 12                   16
 * }</pre>
 *
 * On Linux 6.9 and later, what {@code ioctl} takes with EPIOCSPARAMS and returns with EPIOCGPARAMS:
 *
 * <pre>{@code
 * struct epoll_params {
 *     uint32_t busy_poll_usecs;    // 0
 *     uint16_t busy_poll_budget;   // 4
 *     uint8_t  prefer_busy_poll;   // 6: 0 or 1
 *     uint8_t  __pad;              // 7: 0
 * };                               // 8
 * }</pre>
 */
public final class Epoll {
    public static final int EPOLL_CLOEXEC = 0x80000;

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    public static final int EPOLLIN = 0x001;
    public static final int EPOLLPRI = 0x002;
    public static final int EPOLLOUT = 0x004;
    public static final int EPOLLERR = 0x008;
    public static final int EPOLLHUP = 0x010;
    public static final int EPOLLRDBAND = 0x080;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLEXCLUSIVE = 1 << 28;
    public static final int EPOLLWAKEUP = 1 << 29;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    public static final int PARAMS_SIZE = 8;
    public static final int BUSY_POLL_USECS = 0;
    public static final int BUSY_POLL_BUDGET = 4;
    public static final int PREFER_BUSY_POLL = 6;

    public static final long EPIOCSPARAMS = epiocsparams(System.getProperty("os.arch", ""));
    public static final long EPIOCGPARAMS = epiocgparams(System.getProperty("os.arch", ""));

    private static final Layout PACKED = new Layout(12, 0, 4);
    private static final Layout ALIGNED = new Layout(16, 0, 8);
    private static final Layout HERE = layout(System.getProperty("os.arch", ""));

    private Epoll() {}

    /** The size of {@code struct epoll_event}, and the offsets of its two fields. */
    public record Layout(int sizeBytes, int eventsOffset, int dataOffset) {}

    /** The layout on this machine. */
    public static Layout layout() {
        return HERE;
    }

    /** The layout on a processor as Java's {@code os.arch} names it: only x86-64 packs it. */
    public static Layout layout(String osArch) {
        return osArch.equals("amd64") || osArch.equals("x86_64") ? PACKED : ALIGNED;
    }

    /** {@link #EPIOCSPARAMS} on a processor as Java's {@code os.arch} names it: POWER encodes "write" differently. */
    public static long epiocsparams(String osArch) {
        return osArch.startsWith("ppc") ? 0x80088a01L : 0x40088a01L;
    }

    /** {@link #EPIOCGPARAMS}, in the same way with "read". */
    public static long epiocgparams(String osArch) {
        return osArch.startsWith("ppc") ? 0x40088a02L : 0x80088a02L;
    }

    /** The name of the second argument of {@code epoll_ctl}; the number if it is unknown. */
    public static String opName(int op) {
        return switch (op) {
            case EPOLL_CTL_ADD -> "EPOLL_CTL_ADD";
            case EPOLL_CTL_DEL -> "EPOLL_CTL_DEL";
            case EPOLL_CTL_MOD -> "EPOLL_CTL_MOD";
            default -> Integer.toString(op);
        };
    }
}
