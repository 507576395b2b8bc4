// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import static dev.pollux.abi.Epoll.EPOLLET;
import static dev.pollux.abi.Epoll.EPOLLIN;
import static dev.pollux.abi.Epoll.EPOLLONESHOT;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;

/** Shows level, edge and oneshot on the same bytes. */
final class LevelAndEdge {
    private LevelAndEdge() {}

    static void play(Stage stage) throws IOException {
        Posix.Pipe a = stage.pipe("A");
        Posix.Pipe b = stage.pipe("B");
        int fd = a.readFd();

        stage.step("An epoll descriptor is created, and both read ends are added to its interest list.");
        EpollList epoll = new EpollList(stage);
        epoll.add(fd, EPOLLIN);
        epoll.add(b.readFd(), EPOLLIN);
        epoll.drawInterest();
        stage.notice("The kernel keeps the list: a program adds a descriptor once, not in each call. The drawing comes"
                + " from /proc/self/fdinfo/" + epoll.epfd() + "; the kernel added EPOLLERR and EPOLLHUP itself.");

        stage.step("Level: two bytes are written to A, and epoll_wait checks twice.");
        stage.write(a.writeFd(), "xy");
        epoll.await(0);
        epoll.await(0);
        stage.notice("epoll_wait reports A each time, as long as there is something to read. It returns only ready"
                + " descriptors, with the data that epoll_ctl gave them; B, which is idle, costs nothing.");

        stage.ask("How many events will the second epoll_wait return?", 0, 1);
        stage.step("Edge: the same two bytes are still there. A is changed to EPOLLET, and epoll_wait checks twice.");
        epoll.modify(fd, EPOLLIN | EPOLLET);
        epoll.await(0);
        stage.seen(epoll.await(0));
        stage.notice("epoll_wait reports A once. The second call finds nothing, although nothing was read.");

        stage.ask("Will epoll_wait report the other byte?", "yes, at once", "no, not in 20 ms");
        stage.step("A missed edge: one of the two bytes is read, and epoll_wait waits 20 ms for the other.");
        stage.read(fd, 1);
        stage.seen(epoll.await(20) > 0 ? "yes, at once" : "no, not in 20 ms");
        stage.read(fd, 1);
        stage.notice("The byte was there all the time, as the last read shows. With EPOLLET, read until EAGAIN;"
                + " otherwise a program waits for bytes that have arrived already.");

        stage.step("A new byte is a new edge.");
        stage.write(a.writeFd(), "z");
        epoll.await(0);
        stage.notice("Each write to the pipe is an edge, and epoll_wait reports A again. Until then it was silent.");

        stage.ask("How many events will the second epoll_wait return?", 0, 1);
        stage.step("Oneshot: A is changed to EPOLLONESHOT. epoll_wait checks, another byte arrives, it checks again.");
        epoll.modify(fd, EPOLLIN | EPOLLONESHOT);
        epoll.await(0);
        stage.write(a.writeFd(), "z");
        stage.seen(epoll.await(0));
        stage.notice("After one event the kernel keeps the entry, but only EPOLLONESHOT is left of its events: it is"
                + " disarmed. So only one of many threads works on a descriptor at a time.");

        stage.step("EPOLL_CTL_MOD re-arms it.");
        epoll.modify(fd, EPOLLIN | EPOLLONESHOT);
        epoll.await(0);
        stage.notice("A is ready already, so epoll_wait reports it at once.");

        stage.step("What epoll refuses: B is added a second time, then a regular file.");
        epoll.add(b.readFd(), EPOLLIN);
        epoll.add(stage.opened(stage.behind.open(Path.of("/etc/passwd"), 0)), EPOLLIN);
        stage.notice("EEXIST: B is on the list already. EPERM: epoll does not watch regular files, which are always"
                + " ready; poll and select accept them and report them ready.");

        stage.step("What it costs: N descriptors of which only the last is ready, without waiting.");
        Cost.ofPollAndEpoll(stage);
        stage.notice("The cost of poll grows with the number of watched descriptors, that of epoll_wait with the number"
                + " of ready ones, which is one here.");
    }
}
