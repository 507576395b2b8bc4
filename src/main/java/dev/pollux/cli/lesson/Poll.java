// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Errno;
import dev.pollux.abi.PollFd;
import dev.pollux.posix.Posix;
import java.io.IOException;

/** Shows the array of poll and what reading it costs. */
final class Poll {
    private static final int BEYOND_SELECT = 1024;
    private static final int MOST_ENTRIES = 1 << 21;

    private Poll() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");

        stage.step(
                "A byte is written to B. An array of three pollfds asks for A, for B, and for -1, which is nothing.");
        stage.write(b.writeFd(), "x");
        PollFds fds = PollFds.of(stage)
                .add(a.readFd(), PollFds.POLLIN)
                .add(b.readFd(), PollFds.POLLIN)
                .add(-1, PollFds.POLLIN);
        fds.poll(0);
        stage.notice("Question and answer have a field each. The kernel writes revents and leaves events alone, so the"
                + " array can be used again as it is. The kernel skips a negative descriptor.");

        stage.ask("What will revents of A be?", 0, "POLLIN", "POLLHUP", "POLLIN|POLLHUP");
        stage.step("A negative descriptor takes B's place; A's write end is closed.");
        fds.putFd(1, -1);
        stage.close(a.writeFd());
        fds.poll(0);
        stage.seen(PollFds.names(fds.revents(0)));
        stage.notice("The kernel reports POLLHUP although only POLLIN was asked for. It always reports POLLHUP, POLLERR"
                + " and POLLNVAL, even for events = 0. Only a negative descriptor silences an entry.");

        stage.ask("What will poll return?", "-1: it fails", "1: B", "2: A and B");
        stage.step("A's read end is closed, but stays in the array beside B.");
        int closed = a.readFd();
        stage.close(closed);
        fds.putFd(1, b.readFd());
        int rc = fds.poll(0);
        stage.seen(rc < 0 ? "-1: it fails" : rc == 1 ? "1: B" : "2: A and B");
        stage.notice("POLLNVAL says which descriptor is not open, and B has its answer. select would fail with EBADF.");

        stage.step("poll has no FD_SETSIZE: B's read end gets a number beyond 1023.");
        beyondSelect(stage, b);

        stage.step("What it costs: N descriptors of which only the last is ready, poll without waiting.");
        Cost.ofPoll(stage);
        stage.notice("poll passes the whole array to the kernel in each call, and the kernel checks every entry: from"
                + " about 100 on, ten times the descriptors are about ten times the work, even if only one is ready."
                + " The caller too must search all revents. epoll avoids both; see the lesson epoll.");
    }

    private static void beyondSelect(Stage stage, Posix.Pipe pipe) throws IOException {
        long soft = stage.behind.raiseDescriptorLimit().soft();
        if (soft <= BEYOND_SELECT) {
            stage.notice("The descriptor limit of this process is too low (RLIMIT_NOFILE).");
            return;
        }
        int high = stage.opened(stage.posix.dupAtOrAbove(pipe.readFd(), BEYOND_SELECT));
        PollFds.of(stage).add(high, PollFds.POLLIN).poll(0);
        int tooMany = (int) Math.min(soft + 1, MOST_ENTRIES);
        int rc = stage.unseen.poll(stage.allocate(tooMany * PollFd.SIZE), tooMany, 0);
        stage.state("an array of " + tooMany + " entries: " + (rc < 0 ? Errno.describe(-rc) : "result " + rc));
        stage.notice(
                "A pollfd holds any descriptor number. The length of the array has a limit, the descriptor limit of"
                        + " the process (RLIMIT_NOFILE, here " + soft + "): poll returns EINVAL for a longer array.");
    }
}
