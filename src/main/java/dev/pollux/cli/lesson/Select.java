// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;

/** Shows that the kernel overwrites the bitmaps of select. */
final class Select {
    private static final int PIPE_BLOCK = 4096;

    private Select() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");
        int nfds = Math.max(a.readFd(), b.readFd()) + 1;
        stage.text("In the drawings each character is one bit, descriptor 0 at the left: 1 is set, a dot is clear.");

        stage.ask("Which bits will be set after the call?", "both", "that of A", "that of B", "none");
        stage.step(
                "A byte is written to B. The bits of both read ends are set, and pselect checks them without waiting.");
        stage.write(b.writeFd(), "x");
        FdSets sets = FdSets.of(stage).read(a.readFd(), b.readFd());
        sets.select(nfds, 0);
        stage.seen(bits(sets, a.readFd(), b.readFd()));
        stage.notice("The kernel overwrites the question with the answer. It cleared bit " + a.readFd()
                + " because A is empty, and left bit " + b.readFd()
                + " because B is readable. The result is the number of bits that are left.");

        stage.ask("How many descriptors will pselect report?", 0, 1, 2);
        stage.step("Now a byte is written to A too, and pselect gets the same memory again, as the kernel left it.");
        stage.write(a.writeFd(), "x");
        stage.seen(sets.select(nfds, 0));
        stage.notice("A is readable and not reported: its bit was no longer set, so nobody asked for it. A program must"
                + " set the bits again before each call, and therefore keeps a master copy.");

        stage.ask("How many descriptors will pselect report?", 0, 1, 2);
        stage.step("Both bits are set again, but nfds is " + b.readFd() + ": one too few.");
        FdSets oneShort = FdSets.of(stage).read(a.readFd(), b.readFd());
        stage.seen(oneShort.select(b.readFd(), 0));
        stage.notice("nfds is not a count, but the highest descriptor plus 1. The kernel did not check " + b.readFd()
                + ", although it has a byte; its bit after the call means nothing.");

        stage.step("Both pipes are emptied; then pselect waits 20 ms.");
        stage.read(a.readFd(), 16);
        stage.read(b.readFd(), 16);
        FdSets.of(stage).read(a.readFd(), b.readFd()).select(nfds, 20);
        stage.notice("After a timeout the result is 0 and every set is empty. The timeout has its trap too: Linux's"
                + " select(2) overwrites it with the time that was left, other systems do not, so set it before each"
                + " call. (pselect, used here, keeps it: the C library passes the kernel a copy.)");

        stage.step("All three sets: A's read end in readfds, A's write end in writefds, both in exceptfds.");
        FdSets.of(stage)
                .read(a.readFd())
                .write(a.writeFd())
                .except(a.readFd(), a.writeFd())
                .select(a.writeFd() + 1, 0);
        stage.notice("The pipe has room, so a write would not block. exceptfds reports TCP's urgent data, not errors.");

        stage.step(
                "A is filled until a write returns EAGAIN (only the last write is shown), and pselect checks it again.");
        fill(stage, a.writeFd());
        FdSets.of(stage).read(a.readFd()).write(a.writeFd()).select(a.writeFd() + 1, 0);
        stage.notice("Now A is readable and not writable. Ask for writability only while you have something left to"
                + " write; otherwise select returns at once every time.");

        stage.ask("What will pselect do?", "report A", "report A and B", "fail");
        stage.step("B's read end is closed, but its bit is set.");
        stage.close(b.readFd());
        int rc = FdSets.of(stage).read(a.readFd(), b.readFd()).select(nfds, 0);
        stage.seen(rc < 0 ? "fail" : rc == 1 ? "report A" : "report A and B");
        stage.notice("One closed descriptor makes the whole call fail with EBADF. select does not say which one, and"
                + " leaves the sets unchanged.");
    }

    private static String bits(FdSets sets, int a, int b) {
        boolean hasA = sets.has("readfds", a);
        boolean hasB = sets.has("readfds", b);
        return hasA && hasB ? "both" : hasA ? "that of A" : hasB ? "that of B" : "none";
    }

    private static void fill(Stage stage, int fd) throws IOException {
        var block = stage.allocate(PIPE_BLOCK);
        while (stage.behind.write(fd, block, 0, PIPE_BLOCK) > 0) {
            // until it is full
        }
        stage.calls.write(fd, block, 0, PIPE_BLOCK);
    }
}
