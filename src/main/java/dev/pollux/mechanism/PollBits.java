// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.Interest;
import dev.pollux.Readiness;
import dev.pollux.abi.PollFd;

/** The bits of {@code poll(2)}, in which all mechanisms report, and what they mean for an interest. */
final class PollBits {
    static final int IN = PollFd.POLLIN;
    static final int PRI = PollFd.POLLPRI;
    static final int OUT = PollFd.POLLOUT;
    static final int ERR = PollFd.POLLERR;
    static final int HUP = PollFd.POLLHUP;
    static final int NVAL = PollFd.POLLNVAL;

    /** epoll's number; poll's own differs between systems. */
    static final int RDHUP = 0x2000;

    /** What comes unasked. */
    static final int OVER = HUP | ERR | RDHUP;

    /** What is told; the rest is detail. */
    private static final int TOLD = Readiness.READABLE | Readiness.WRITABLE | Readiness.PRIORITY | Readiness.INVALID;

    /** The rows are interests, the columns poll bits, with RDHUP in NVAL's place. */
    private static final Readiness[] ANSWERS = new Readiness[1 << 9];

    /** The same, with null for an answer that is all details. */
    private static final Readiness[] TOLD_ANSWERS = new Readiness[ANSWERS.length];

    static {
        for (int index = 0; index < ANSWERS.length; index++) {
            ANSWERS[index] = Readiness.of(answer(index >> 6, index & 0x1f | (index & 0x20) << 8));
            TOLD_ANSWERS[index] = isTold(ANSWERS[index]) ? ANSWERS[index] : null;
        }
    }

    private PollBits() {}

    /**
     * What to ask the kernel for, with this number for RDHUP; that only for readers, since a writer would be told for
     * ever.
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

    /** The revents of a pollfd, with RDHUP in its place. */
    static int ofPollfd(int revents) {
        return revents & ~PollFd.POLLRDHUP | ((revents & PollFd.POLLRDHUP) != 0 ? RDHUP : 0);
    }

    /** An interest as the bits of the readiness that it asks for. */
    static int asked(Interest interest) {
        return (interest.isRead() ? Readiness.READABLE : 0)
                | (interest.isWrite() ? Readiness.WRITABLE : 0)
                | (interest.isPriority() ? Readiness.PRIORITY : 0);
    }

    /** What poll bits say to somebody who asked for this; some mechanisms report RDHUP to writers too. */
    static Readiness readiness(int asked, int pollBits) {
        return ANSWERS[row(asked) | column(pollBits)];
    }

    /** The same by row; null if that is all details. */
    static Readiness told(int row, int pollBits) {
        return TOLD_ANSWERS[(row | column(pollBits)) & TOLD_ANSWERS.length - 1];
    }

    static int row(int asked) {
        return asked << 6;
    }

    private static int column(int pollBits) {
        return pollBits & 0x1f | (pollBits & RDHUP) >> 8;
    }

    /** Whether this is worth telling at all. */
    static boolean isTold(Readiness ready) {
        return (ready.bits() & TOLD) != 0;
    }

    private static int answer(int asked, int pollBits) {
        return ((pollBits & (IN | HUP | ERR)) != 0 ? asked & Readiness.READABLE : 0)
                | ((pollBits & (OUT | ERR)) != 0 ? asked & Readiness.WRITABLE : 0)
                | ((pollBits & PRI) != 0 ? asked & Readiness.PRIORITY : 0)
                | ((pollBits & HUP) != 0 ? Readiness.HANGUP : 0)
                | ((pollBits & RDHUP) != 0 && (asked & Readiness.READABLE) != 0 ? Readiness.READ_HANGUP : 0)
                | ((pollBits & ERR) != 0 ? Readiness.ERROR : 0);
    }
}
