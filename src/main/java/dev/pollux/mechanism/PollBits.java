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

    /** What is told, and not only a detail of it. */
    static final int TOLD = Readiness.READABLE | Readiness.WRITABLE | Readiness.PRIORITY | Readiness.INVALID;

    /** The rows are interests, the columns poll bits, with RDHUP in NVAL's place. */
    private static final byte[] ANSWERS = new byte[1 << 9];

    static {
        for (int index = 0; index < ANSWERS.length; index++) {
            int pollBits = index & 0x1f | (index & 0x20) << 8;
            ANSWERS[index] = (byte) answer(index >> 6, pollBits);
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

    /** What poll bits say to somebody who asked for this: bits of {@link Readiness}. */
    static int readiness(int asked, int pollBits) {
        return ANSWERS[asked << 6 | pollBits & 0x1f | (pollBits & RDHUP) >> 8];
    }

    private static int answer(int asked, int pollBits) {
        return ((pollBits & (IN | HUP | ERR)) != 0 ? asked & Readiness.READABLE : 0)
                | ((pollBits & (OUT | ERR)) != 0 ? asked & Readiness.WRITABLE : 0)
                | ((pollBits & PRI) != 0 ? asked & Readiness.PRIORITY : 0)
                | ((pollBits & HUP) != 0 ? Readiness.HANGUP : 0)
                | ((pollBits & RDHUP) != 0 ? Readiness.READ_HANGUP : 0)
                | ((pollBits & ERR) != 0 ? Readiness.ERROR : 0);
    }
}
