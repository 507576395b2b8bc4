// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import java.io.IOException;

/** An array without a limit, read from end to end each time. */
final class Poll {
    private static final int BEYOND_SELECT = 1024;

    private Poll() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");

        stage.step("A byte goes into B; an array of three pollfds asks for A, for B, and for nobody: -1.");
        stage.write(b.writeFd(), "x");
        PollFds fds = PollFds.of(stage)
                .add(a.readFd(), PollFds.POLLIN)
                .add(b.readFd(), PollFds.POLLIN)
                .add(-1, PollFds.POLLIN);
        fds.poll(0);
        stage.notice("Question and answer have a field each: events is as it was, revents is the answer, and the array"
                + " can be used again as it is. A negative descriptor is passed over.");

        stage.step("B's bits are silenced by a negative descriptor in its place; A's write end is closed.");
        fds.putFd(1, -1);
        stage.close(a.writeFd());
        fds.poll(0);
        stage.notice("POLLHUP comes although only POLLIN was asked for. POLLHUP, POLLERR and POLLNVAL always come: an"
                + " interest of 0 does not silence them, a negative descriptor does.");

        stage.step("A's read end is closed, and polled all the same, beside B.");
        int closed = a.readFd();
        stage.close(closed);
        fds.putFd(1, b.readFd());
        fds.poll(0);
        stage.notice("POLLNVAL says which descriptor is not open, and B has its answer: better than select's EBADF.");

        stage.step("No limit of 1024: B's read end gets a number beyond it.");
        beyondSelect(stage, b);

        stage.step("What it costs: N descriptors of which only the last is ready, poll without waiting.");
        Cost.ofPoll(stage);
        stage.notice("poll is told everything and looks at everything, each time: ten times the descriptors, about ten"
                + " times the work. The caller, too, has to look through all revents.");
    }

    private static void beyondSelect(Stage stage, Posix.Pipe pipe) throws IOException {
        if (stage.behind.raiseDescriptorLimit().soft() <= BEYOND_SELECT) {
            stage.notice("This process may not have so many (RLIMIT_NOFILE).");
            return;
        }
        int high = stage.opened(stage.posix.dupAtOrAbove(pipe.readFd(), BEYOND_SELECT));
        PollFds.of(stage).add(high, PollFds.POLLIN).poll(0);
        stage.notice("A pollfd has room for any number; the array is as long as it has to be.");
    }
}
