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

/** Shows where select ends. */
final class SelectLimits {
    private static final int LIMIT = FdSet.FD_SETSIZE;
    private static final int FD_SET_BYTES = FdSet.sizeBytes(LIMIT);
    private static final long NEIGHBOUR = 0x1122334455667788L;
    private static final int DRAWN_AT_MOST = 1 << 20;

    private SelectLimits() {}

    static void play(Stage stage) throws IOException {
        long descriptors = stage.behind.raiseDescriptorLimit().soft();
        if (descriptors < LIMIT + 2) {
            throw new IOException("this lesson needs descriptor " + LIMIT + ", and the limit of this process is "
                    + descriptors + " (RLIMIT_NOFILE)");
        }
        Posix.Pipe pipe = stage.pipe("A");
        stage.write(pipe.writeFd(), "x");

        stage.step("The read end gets a second number: " + (LIMIT - 1) + ", the last one that fits in an fd_set of "
                + FD_SET_BYTES + " bytes.");
        int last = number(stage, pipe.readFd(), LIMIT - 1);
        FdSets.of(stage).read(last).select(last + 1, 0);
        stage.notice((LIMIT - 1) + " works. Its bit is the last one of the last byte.");

        stage.step("It gets a third number: " + LIMIT + ". Pollux's SELECT poller registers it.");
        int beyond = number(stage, pipe.readFd(), LIMIT);
        stage.state(refusal(beyond));
        stage.notice(
                "Pollux refuses it before it writes anything. FD_SETSIZE (" + LIMIT + ") is the size of C's fd_set.");

        stage.ask("What will FD_SET do?", "nothing", "report an error", "change the neighbour");
        stage.step("C's FD_SET(" + LIMIT + ", &set) checks nothing. Here is an fd_set and the " + Long.BYTES
                + " bytes behind it, which on a real stack belong to another variable. The lesson sets the bit as C"
                + " does.");
        FdSets sets = FdSets.ofSize(stage, FD_SET_BYTES + Long.BYTES).read();
        NativeMemory memory = sets.memory("readfds");
        memory.putLong(FD_SET_BYTES, NEIGHBOUR);
        neighbour(stage, "before FD_SET", memory);
        sets.read(beyond);
        neighbour(stage, "after FD_SET", memory);
        stage.seen(memory.getLong(FD_SET_BYTES) == NEIGHBOUR ? "nothing" : "change the neighbour");
        stage.notice("The neighbour changed by " + (memory.getLong(FD_SET_BYTES) - NEIGHBOUR)
                + ". C reports nothing, unless the program was compiled with _FORTIFY_SOURCE, which aborts it here.");

        stage.step("pselect gets that memory with nfds " + (LIMIT + 1) + ".");
        int rc = stage.calls.pselect(LIMIT + 1, memory, null, null, stage.allocate(Timespec.SIZE));
        neighbour(stage, "after pselect", memory);
        stage.notice(
                rc > 0
                        ? "This kernel has no limit of " + LIMIT + ": that is the size of the C library's type. The"
                                + " kernel read the neighbour as bits and wrote its answer over it."
                        : "This kernel refuses it.");

        stage.step("The kernel's own limit is the descriptor limit of the process.");
        stage.posix.descriptorLimit();
        int highest = (int) Math.min(descriptors, DRAWN_AT_MOST) - 1;
        int top = stage.opened(stage.calls.fcntl(pipe.readFd(), Fcntl.F_DUPFD, highest));
        if (top >= 0) {
            FdSets.ofSize(stage, FdSet.sizeBytes(top + 1)).read(top).select(top + 1, 0);
        }
        stage.calls.fcntl(pipe.readFd(), Fcntl.F_DUPFD, (int) Math.min(descriptors, Integer.MAX_VALUE));
        stage.notice("With a large enough bitmap pselect watches every descriptor, such as " + top + "; a number beyond"
                + " the limit does not exist. Pollux uses larger bitmaps after selectLimit(KERNEL).");
    }

    /** Gives a descriptor exactly this number too; the calls are shown. */
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
        stage.show(new Fact.Word(FD_SET_BYTES, when, String.format("%016x", memory.getLong(FD_SET_BYTES))));
    }
}
