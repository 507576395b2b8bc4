// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Stat;

/** What io_uring keeps for a registration. */
final class IoUringEntry extends Entry {
    /** How far the check of its state is: see {@code StateChecks}. */
    enum Check {
        NONE,
        /** It is asked about in the next call. */
        LISTED,
        /** It was asked about; its answer is taken next. */
        ASKED,
        /** It has an event, and is listed again when all answers are taken. */
        READY
    }

    /** The number of the poll that the kernel has; 0 if it has none. */
    int poll;

    /** Its place among those that are to be submitted, counted from 1; 0 if it is not. */
    int queued;

    Check check = Check.NONE;

    /** It was answered by nothing that was asked for: its poll is multishot, whatever the trigger. */
    boolean quiet;

    /** What fstat says the descriptor is; 0 if it was not asked. */
    int fileType;

    /** Poll bits that the kernel does not report again and that were not answered yet. */
    int reportedOnce;

    IoUringEntry(Terms terms) {
        super(terms);
    }

    boolean isPolled() {
        return poll != 0;
    }

    /** Note (m): whether the answer has bits that the kernel does not report again; they are added to the state. */
    boolean keepReportedOnce(int res) {
        boolean isKept = res > 0 && (res & PollBits.PRI) != 0 && interest().isPriority() && fileType != Stat.S_IFSOCK;
        if (isKept) {
            reportedOnce |= res;
        }
        return isKept;
    }
}
