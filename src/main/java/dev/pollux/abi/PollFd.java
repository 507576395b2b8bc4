// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

/**
 * {@code <poll.h>}, everywhere:
 *
 * <pre>{@code
 * struct pollfd {
 *     int   fd;         // 0: negative is ignored
 *     short events;     // 4: asked
 *     short revents;    // 6: answered
 * };                    // 8
 * }</pre>
 */
public final class PollFd {
    public static final int SIZE = 8;
    public static final int FD = 0;
    public static final int EVENTS = 4;
    public static final int REVENTS = 6;

    public static final int POLLIN = 0x01;
    public static final int POLLPRI = 0x02;
    public static final int POLLOUT = 0x04;
    public static final int POLLERR = 0x08;
    public static final int POLLHUP = 0x10;
    public static final int POLLNVAL = 0x20;

    /** The peer shut its write side; 0 where the system has no such bit. */
    public static final int POLLRDHUP = pollRdhup(Os.here());

    private PollFd() {}

    /**
     * {@link #POLLRDHUP} of a system. For Solaris this is the value of illumos; Oracle's Solaris lacks it, and so does
     * FreeBSD up to 13.0. A system that lacks it ignores the bit.
     */
    public static int pollRdhup(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x2000;
            case FREEBSD, SOLARIS -> 0x4000;
            case MACOS, OPENBSD, NETBSD, DRAGONFLY -> 0;
        };
    }
}
