// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Stat;

/** What io_uring keeps for a registration. */
final class IoUringEntry extends Entry {
    /** The progress of its state check: see {@code StateChecks}. */
    enum Check {
        NONE,
        /** Part of the next call. */
        LISTED,
        /** Part of the last call; its answer is not taken yet. */
        ASKED,
        /** Has an event; listed again when all answers are taken. */
        READY
    }

    /** The number of its poll in the kernel; 0 if there is none. */
    int poll;

    /** Its place in the submit queue, counted from 1; 0 if it is not queued. */
    int queued;

    Check check = Check.NONE;

    /** Its answer had nothing of its interest: its poll is multishot, whatever the trigger. */
    boolean quiet;

    /** The file type from fstat; 0 if not asked yet. */
    int fileType;

    /** Poll bits that the kernel reports once and that are not delivered yet. */
    int reportedOnce;

    IoUringEntry(Terms terms) {
        super(terms);
    }

    boolean isPolled() {
        return poll != 0;
    }

    /** Note (m): whether the answer has bits that the kernel reports once; keeps them to add them to the state. */
    boolean keepReportedOnce(int res) {
        boolean isKept = res > 0 && (res & PollBits.PRI) != 0 && interest().isPriority() && fileType != Stat.S_IFSOCK;
        if (isKept) {
            reportedOnce |= res;
        }
        return isKept;
    }
}
