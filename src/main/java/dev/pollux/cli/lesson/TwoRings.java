// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.IoUring;
import dev.pollux.posix.Posix;
import java.io.IOException;

/** Shows the submission and the completion ring of io_uring. */
final class TwoRings {
    private static final int POLLIN = PollFds.POLLIN;

    private TwoRings() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");
        Posix.Pipe c = stage.pipe("C");
        stage.step("A ring is set up, and its memory is mapped: the kernel and the program share it.");
        try (SharedRings rings = new SharedRings(stage)) {
            rings.draw();
            stage.notice(
                    "Two queues. The program puts requests at the tail of the submission queue, and the kernel takes"
                            + " them from its head; completions go the other way. The indexes only grow, and are taken modulo"
                            + " the size (io_uring(7)).");
            play(stage, rings, a, b, c);
        }
    }

    private static void play(Stage stage, SharedRings rings, Posix.Pipe a, Posix.Pipe b, Posix.Pipe c)
            throws IOException {
        stage.ask("How many system calls does it take to put a request into the queue?", 0, 1, 2);
        stage.step("A request to poll A is put into the submission queue.");
        rings.addPoll(a.readFd(), POLLIN, 0);
        rings.draw();
        stage.seen(0);
        stage.notice("No call: only memory was written, and the tail has moved. The kernel does not know of it yet.");

        stage.step("io_uring_enter submits it.");
        rings.enter(1, 0);
        rings.draw();
        stage.notice("The kernel took one request, and its head has moved. A is empty: nothing is complete, and nothing"
                + " waits. The poll is now in the kernel, as an entry on the list of an epoll is.");

        stage.ask("A byte arrives. Which system call fetches the completion?", "io_uring_enter", "read", "none");
        stage.step("A byte is written to A.");
        stage.write(a.writeFd(), "x");
        int found = rings.completions();
        rings.draw();
        stage.seen(found > 0 ? "none" : "io_uring_enter");
        rings.takeCompletions();
        rings.draw();
        stage.notice("The completion is in shared memory, with the user_data of the request and the events as res. The"
                + " program reads it and moves the head: no system call again. Only waiting for a completion needs"
                + " one.");

        stage.step("The byte is still in A. Three requests, for A, B and C, go with one call that also waits.");
        rings.addPoll(a.readFd(), POLLIN, 0);
        rings.addPoll(b.readFd(), POLLIN, 0);
        rings.addPoll(c.readFd(), POLLIN, 0);
        rings.draw();
        rings.enter(3, 1);
        rings.draw();
        rings.takeCompletions();
        stage.notice(
                "A poll is oneshot: after its completion it is gone, and must be asked again to be level-triggered."
                        + " But the requests of a whole round and the wait are one call, where epoll needs an epoll_ctl for"
                        + " each.");

        stage.ask("A multishot poll of A, whose byte nobody reads. How many completions after one more byte?", 0, 1, 2);
        stage.step("A multishot poll: one request, many completions.");
        stage.read(a.readFd(), 16);
        rings.addPoll(a.readFd(), POLLIN, IoUring.IORING_POLL_ADD_MULTI);
        rings.enter(1, 0);
        stage.write(a.writeFd(), "x");
        stage.write(a.writeFd(), "y");
        int completions = rings.completions();
        rings.draw();
        rings.takeCompletions();
        stage.seen(completions);
        stage.notice("One for each arrival, and MORE says that the poll goes on: it is edge-triggered.");
    }
}
