// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;

/** Bitmaps that the kernel overwrites. */
final class Select {
    private static final int PIPE_BLOCK = 4096;

    private Select() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");
        int nfds = Math.max(a.readFd(), b.readFd()) + 1;
        stage.text(
                "In the drawings each character is one bit, that of descriptor 0 at the left: 1 is set, a dot is not.");

        stage.step("A byte goes into B. The bits of both read ends are set, and pselect looks without waiting.");
        stage.write(b.writeFd(), "x");
        FdSets sets = FdSets.of(stage).read(a.readFd(), b.readFd());
        sets.select(nfds, 0);
        stage.notice("The answer lies where the question was: the bit of " + a.readFd() + " is gone because A is empty,"
                + " that of " + b.readFd() + " is left because B can be read. Result: the number of bits left.");

        stage.step("Now a byte goes into A too, and pselect is called with the same memory, as it was left.");
        stage.write(a.writeFd(), "x");
        sets.select(nfds, 0);
        stage.notice("A is not seen: nobody asked for it any more. The sets must be built anew before each call, which"
                + " is why programs keep a master copy.");

        stage.step("Both bits are set again, but nfds is " + b.readFd() + ": one too few.");
        FdSets oneShort = FdSets.of(stage).read(a.readFd(), b.readFd());
        oneShort.select(b.readFd(), 0);
        stage.notice("nfds is not a count but the highest descriptor plus 1. " + b.readFd() + " was not looked at,"
                + " though it has a byte; whatever its bit says now is no answer.");

        stage.step("Both are read empty; then pselect waits for 20 ms.");
        stage.read(a.readFd(), 16);
        stage.read(b.readFd(), 16);
        FdSets.of(stage).read(a.readFd(), b.readFd()).select(nfds, 20);
        stage.notice("After a timeout the result is 0 and every set is empty: nothing is left of the question.");

        stage.step("Three sets: A's read end in readfds, A's write end in writefds, both in exceptfds.");
        FdSets.of(stage)
                .read(a.readFd())
                .write(a.writeFd())
                .except(a.readFd(), a.writeFd())
                .select(a.writeFd() + 1, 0);
        stage.notice("There is room in the pipe, so a write would not block. exceptfds is for TCP's urgent data, not"
                + " for errors.");

        stage.step("A is filled until a write says EAGAIN (unseen, but for the last write), and asked again.");
        fill(stage, a.writeFd());
        FdSets.of(stage).read(a.readFd()).write(a.writeFd()).select(a.writeFd() + 1, 0);
        stage.notice("Now it can be read and not written. A program that writes asks for writability only while it has"
                + " something left to write; otherwise select returns at once, always.");

        stage.step("B's read end is closed, and its bit set all the same.");
        stage.close(b.readFd());
        FdSets.of(stage).read(a.readFd(), b.readFd()).select(nfds, 0);
        stage.notice("One closed descriptor fails the whole call, and select does not say which one: EBADF, and the"
                + " sets are as they were.");
    }

    private static void fill(Stage stage, int fd) throws IOException {
        var block = stage.allocate(PIPE_BLOCK);
        while (stage.behind.write(fd, block, 0, PIPE_BLOCK) > 0) {
            // goes on
        }
        stage.calls.write(fd, block, 0, PIPE_BLOCK);
    }
}
