// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.abi.Fcntl;
import dev.pollux.abi.FdSet;
import dev.pollux.abi.Timespec;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;

/** Where select ends. */
final class SelectLimits {
    private static final int LIMIT = FdSet.FD_SETSIZE;
    private static final int FD_SET_BYTES = FdSet.sizeBytes(LIMIT);
    private static final long NEIGHBOUR = 0x1122334455667788L;
    private static final int DRAWN_AT_MOST = 1 << 20;

    private SelectLimits() {}

    static void play(Stage stage) throws IOException {
        long descriptors = stage.behind.raiseDescriptorLimit().soft();
        if (descriptors < LIMIT + 2) {
            throw new IOException("this lesson needs descriptor " + LIMIT + ", and this process may have no more than "
                    + descriptors + " (RLIMIT_NOFILE)");
        }
        Posix.Pipe pipe = stage.pipe("A");
        stage.write(pipe.writeFd(), "x");

        stage.step("The read end gets a second number: " + (LIMIT - 1) + ", the last one in an fd_set of "
                + FD_SET_BYTES + " bytes.");
        int last = number(stage, pipe.readFd(), LIMIT - 1);
        FdSets.of(stage).read(last).select(last + 1, 0);
        stage.notice((LIMIT - 1) + " works: it is the last bit of the last byte.");

        stage.step("And a third: " + LIMIT + ". Pollux's own select is asked to watch it.");
        int beyond = number(stage, pipe.readFd(), LIMIT);
        stage.state(refusal(beyond));
        stage.notice("It is refused before anything is written.");

        stage.step("C's FD_SET(" + LIMIT + ", &set) checks nothing. Here is an fd_set with " + Long.BYTES
                + " bytes behind it, which on a real stack are some other variable's; the bit is set as C would.");
        FdSets sets = FdSets.ofSize(stage, FD_SET_BYTES + Long.BYTES).read();
        NativeMemory memory = sets.memory("readfds");
        memory.putLong(FD_SET_BYTES, NEIGHBOUR);
        neighbour(stage, "before FD_SET", memory);
        sets.read(beyond);
        neighbour(stage, "after FD_SET", memory);
        stage.notice("The neighbour is " + (memory.getLong(FD_SET_BYTES) - NEIGHBOUR)
                + " more than it was. C says nothing, unless the program was compiled with _FORTIFY_SOURCE, which ends"
                + " it here.");

        stage.step("The kernel is handed that memory with nfds " + (LIMIT + 1) + ".");
        int rc = stage.calls.pselect(LIMIT + 1, memory, null, null, stage.allocate(Timespec.SIZE));
        neighbour(stage, "after pselect", memory);
        stage.notice(
                rc > 0
                        ? "This kernel knows no " + LIMIT + ": that is the size of the C library's type. It read the"
                                + " neighbour as bits, and wrote its answer over it."
                        : "This kernel refuses it.");

        stage.step("The kernel's own limit is how many descriptors the process may have.");
        stage.posix.descriptorLimit();
        int highest = (int) Math.min(descriptors, DRAWN_AT_MOST) - 1;
        int top = stage.opened(stage.calls.fcntl(pipe.readFd(), Fcntl.F_DUPFD, highest));
        if (top >= 0) {
            FdSets.ofSize(stage, FdSet.sizeBytes(top + 1)).read(top).select(top + 1, 0);
        }
        stage.calls.fcntl(pipe.readFd(), Fcntl.F_DUPFD, (int) Math.min(descriptors, Integer.MAX_VALUE));
        stage.notice("With a bitmap that is large enough, pselect watches what there is, also " + top + "; a higher"
                + " number than the limit allows cannot be had at all. Pollux does this if it is told to:"
                + " selectLimit(KERNEL).");
    }

    /** Another number for a descriptor, exactly this one; seen. */
    private static int number(Stage stage, int fd, int wanted) throws IOException {
        int got = stage.opened(stage.posix.dupAtOrAbove(fd, wanted));
        if (got != wanted) {
            throw new IOException("this lesson needs descriptor " + wanted + ", which is in use");
        }
        return got;
    }

    private static String refusal(int fd) throws IOException {
        try (Poller poller = Pollers.open(Mechanism.SELECT)) {
            poller.register(fd, Interest.READ);
            return "it watches descriptor " + fd;
        } catch (DescriptorLimitException e) {
            return e.getMessage();
        }
    }

    private static void neighbour(Stage stage, String when, NativeMemory memory) {
        stage.state(String.format("byte %d, %-14s 0x%016x", FD_SET_BYTES, when + ":", memory.getLong(FD_SET_BYTES)));
    }
}
