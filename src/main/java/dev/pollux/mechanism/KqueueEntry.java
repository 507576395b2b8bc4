// SPDX-License-Identifier: Apache-2.0
package dev.pollux.mechanism;

import dev.pollux.abi.Stat;

/** What kqueue keeps for a registration. */
final class KqueueEntry extends Entry {
    /** Filters, as bits. */
    static final int READ = 1;

    static final int WRITE = 2;
    static final int EXCEPT = 4;

    /** The filters that the kernel has. */
    int filters;

    /** The file type from fstat; 0 if not asked yet. */
    int fileType;

    /** The identity of the file, from fstat. */
    long device;

    long inode;

    /** The filters that have reported EV_EOF since the last wait. */
    int ended;

    private int reported;

    /** The wait to which the two above belong. */
    private int reportedInWait;

    static String filterName(int bit) {
        return bit == READ ? "EVFILT_READ" : bit == WRITE ? "EVFILT_WRITE" : "EVFILT_EXCEPT";
    }

    KqueueEntry(Terms terms) {
        super(terms);
    }

    /** {@link FileStat#isOther}: whether the number belongs to another file by now. */
    int isStale(FileStat stat) {
        return stat.isOther(fd(), device, inode);
    }

    /** Notes that a filter reports; returns whether it is the first time in this wait. */
    boolean report(int bit, int wait) {
        if (reportedInWait != wait) {
            reportedInWait = wait;
            reported = 0;
            ended = 0;
        }
        boolean isFirst = (reported & bit) == 0;
        reported |= bit;
        return isFirst;
    }

    /** Note (g) of {@code KqueueDriver}: what EV_EOF adds to the bits of a filter that reports it. */
    int eofBits(int bit, int fflags) {
        if (fileType == Stat.S_IFIFO) {
            return bit == READ ? PollBits.HUP : PollBits.ERR;
        }
        return (bit == READ ? PollBits.RDHUP : 0)
                | (ended == (READ | WRITE) ? PollBits.HUP : 0)
                | (fflags != 0 ? PollBits.ERR : 0);
    }
}
