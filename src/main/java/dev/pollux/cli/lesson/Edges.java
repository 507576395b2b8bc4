// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static dev.pollux.abi.Epoll.EPOLLET;
import static dev.pollux.abi.Epoll.EPOLLIN;
import static dev.pollux.abi.Epoll.EPOLLRDHUP;

import dev.pollux.posix.Posix;
import java.io.IOException;

/** Shows how to read with EPOLLET: where the end is, and who starves meanwhile. */
final class Edges {
    private static final int CHUNK = 4;
    private static final int REFILLS = 4;

    private Edges() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");
        EpollList epoll = new EpollList(stage, stage.unseen);
        epoll.add(a.readFd(), EPOLLIN | EPOLLET);
        epoll.add(b.readFd(), EPOLLIN | EPOLLET);
        stage.text("Both read ends are on the list of epoll " + epoll.epfd() + ", edge-triggered. The program reads "
                + CHUNK + " bytes at a time.");

        stage.ask("Ten bytes come, and four are read. How many events will the second epoll_wait return?", 0, 1);
        stage.step("Ten bytes are written to A. The program reads once for each event.");
        stage.write(a.writeFd(), "0123456789");
        epoll.await(0);
        stage.read(a.readFd(), CHUNK);
        stage.seen(epoll.await(20));
        stage.notice("Six bytes are in the pipe, and epoll_wait does not report them: nothing new has come. A client"
                + " that waits for an answer to its ten bytes sends nothing more, and both wait for ever.");

        stage.step("The drain loop: read until EAGAIN.");
        int rounds = drain(stage, a.readFd());
        stage.write(a.writeFd(), "!");
        epoll.await(0);
        stage.read(a.readFd(), CHUNK);
        stage.notice(rounds + " reads: the last one returned EAGAIN. Only then is it certain that whatever comes later"
                + " is a new edge, as the next byte shows. The descriptor must have O_NONBLOCK; otherwise the last read"
                + " blocks the whole loop.");

        Posix.SocketPair pair = stage.behind.socketPair();
        int fd = stage.opened(pair.fd());
        int peer = stage.opened(pair.peerFd());
        epoll.add(fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
        stage.ask("A read of 16 returns 3 bytes: all that were there. Is it safe to stop reading?", "yes", "no");
        stage.step("A short read is not the end. The peer of socket " + fd + " writes three bytes and closes; the"
                + " program reads 16, gets 3, and waits.");
        stage.write(peer, "bye");
        stage.close(peer);
        epoll.await(0);
        stage.read(fd, 16);
        int reported = epoll.await(20);
        int next = stage.read(fd, 16);
        stage.seen(reported == 0 && next == 0 ? "no" : "yes");
        stage.notice("The end of the stream came with the same edge, and no other one follows. A program that stops"
                + " after a short read never sees the 0, and keeps the socket for ever. Read until EAGAIN or 0.");
        stage.close(fd);

        stage.step("Starvation: A's writer writes again whenever A has been read, and one byte waits in B.");
        stage.write(b.writeFd(), "b");
        stage.write(a.writeFd(), "aaaa");
        epoll.await(0);
        for (int i = 0; i < REFILLS; i++) {
            stage.read(a.readFd(), CHUNK);
            stage.write(a.writeFd(), "aaaa");
        }
        stage.read(a.readFd(), CHUNK);
        stage.read(b.readFd(), CHUNK);
        stage.notice(
                "The drain loop of A had no reason to end, and B waited " + REFILLS + " rounds; with a faster writer"
                        + " it waits for ever. Bound the loop, and keep what is not drained on a list of your own: the kernel"
                        + " does not report it again (epoll(7), Possible pitfalls).");

        stage.ask("Level-triggered, four of A's eight bytes are read. Will epoll_wait report A again?", "yes", "no");
        stage.step("The other way out is level-triggered: one read for each event, without a drain loop.");
        stage.write(a.writeFd(), "aaaaaaaa");
        epoll.modify(a.readFd(), EPOLLIN);
        epoll.modify(b.readFd(), EPOLLIN);
        stage.write(b.writeFd(), "b");
        epoll.await(0);
        stage.read(a.readFd(), CHUNK);
        stage.read(b.readFd(), CHUNK);
        stage.seen(epoll.await(0) > 0 ? "yes" : "no");
        stage.notice("B had its turn after one read of A, and epoll_wait reports the rest of A again. Level costs one"
                + " more epoll_wait, and reports what was left unread; edge saves the call, and does not.");
    }

    /** Returns the number of reads, the last of which failed. */
    private static int drain(Stage stage, int fd) {
        int rounds = 1;
        while (stage.read(fd, CHUNK) > 0) {
            rounds++;
        }
        return rounds;
    }
}
