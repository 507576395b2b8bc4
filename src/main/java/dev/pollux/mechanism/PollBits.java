// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Readiness;
import dev.pollux.abi.PollFd;

/** The bits of {@code poll(2)}, which every driver returns, and what they mean for an interest. */
final class PollBits {
    static final int IN = PollFd.POLLIN;
    static final int PRI = PollFd.POLLPRI;
    static final int OUT = PollFd.POLLOUT;
    static final int ERR = PollFd.POLLERR;
    static final int HUP = PollFd.POLLHUP;

    /** The descriptor is closed: the registration ends, and INVALID is reported. */
    static final int NVAL = PollFd.POLLNVAL;

    /** Not a bit of poll: the registration ends, and nothing is reported. */
    static final int GONE = 1 << 16;

    /** Not a bit of poll: the other bits never change, and the kernel no longer watches the descriptor. */
    static final int CONSTANT = 1 << 17;

    /** The bit of epoll; that of poll differs between systems. */
    static final int RDHUP = 0x2000;

    /** The bits that the kernel reports whatever the interest. */
    static final int OVER = HUP | ERR | RDHUP;

    /** The bits that make an event; the others are details. */
    private static final int EVENT = ReadyBits.READABLE | ReadyBits.WRITABLE | ReadyBits.PRIORITY | ReadyBits.INVALID;

    /** The rows are interests, the columns poll bits, with RDHUP in NVAL's place. */
    private static final byte[] ANSWERS = new byte[1 << 9];

    /** The same as {@link Readiness}; null for an answer that is no event. */
    private static final Readiness[] FAST_ANSWERS = new Readiness[ANSWERS.length];

    static {
        for (int index = 0; index < ANSWERS.length; index++) {
            int answer = answer(index >> 6, index & 0x1f | (index & 0x20) << 8);
            ANSWERS[index] = (byte) answer;
            FAST_ANSWERS[index] = isEvent(answer) ? ReadyBits.readiness(answer) : null;
        }
    }

    private PollBits() {}

    /**
     * The bits to pass to the kernel. RDHUP, whose value is given, is for READ only: it would wake a writer for ever.
     */
    static int events(Interest interest, int rdhup) {
        return (interest.isRead() ? IN | rdhup : 0)
                | (interest.isWrite() ? OUT : 0)
                | (interest.isPriority() ? PRI : 0);
    }

    /** The same for a pollfd. */
    static int pollfdEvents(Interest interest) {
        return events(interest, PollFd.POLLRDHUP);
    }

    /** The revents of a pollfd, with poll's RDHUP replaced by {@link #RDHUP}. */
    static int ofPollfd(int revents) {
        return revents & ~PollFd.POLLRDHUP | ((revents & PollFd.POLLRDHUP) != 0 ? RDHUP : 0);
    }

    /** The ready bits of an interest. */
    static int asked(Interest interest) {
        return (interest.isRead() ? ReadyBits.READABLE : 0)
                | (interest.isWrite() ? ReadyBits.WRITABLE : 0)
                | (interest.isPriority() ? ReadyBits.PRIORITY : 0);
    }

    /** The ready bits for these poll bits and asked bits; some mechanisms report RDHUP to writers too. */
    static int ready(int asked, int pollBits) {
        return ANSWERS[row(asked) | column(pollBits)];
    }

    /** The {@link Readiness} by row; null if it is no event. Row 0 has no events. */
    static Readiness fast(int row, int pollBits) {
        return FAST_ANSWERS[(row | column(pollBits)) & FAST_ANSWERS.length - 1];
    }

    /** The row of an interest. */
    static int row(Interest interest) {
        return row(asked(interest));
    }

    private static int row(int asked) {
        return asked << 6;
    }

    private static int column(int pollBits) {
        return pollBits & 0x1f | (pollBits & RDHUP) >> 8;
    }

    /** Whether these ready bits are an event. */
    static boolean isEvent(int ready) {
        return (ready & EVENT) != 0;
    }

    private static int answer(int asked, int pollBits) {
        return ((pollBits & (IN | HUP | ERR)) != 0 ? asked & ReadyBits.READABLE : 0)
                | ((pollBits & (OUT | ERR)) != 0 ? asked & ReadyBits.WRITABLE : 0)
                | ((pollBits & PRI) != 0 ? asked & ReadyBits.PRIORITY : 0)
                | ((pollBits & HUP) != 0 ? ReadyBits.HANGUP : 0)
                | ((pollBits & RDHUP) != 0 && (asked & ReadyBits.READABLE) != 0 ? ReadyBits.READ_HANGUP : 0)
                | ((pollBits & ERR) != 0 ? ReadyBits.ERROR : 0);
    }
}
