// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.util.List;

/** All lessons, in the order of a course. */
public final class Lessons {
    private static final String EPOLL = "epoll_create1";
    private static final String IO_URING = "io_uring_setup";

    /** The list that {@code pollux lesson} prints. */
    public static final List<Lesson> ALL = List.of(
            new Lesson(
                    "blocking",
                    "a read that waits, a read that does not wait, and why programs poll",
                    null,
                    Blocking::play),
            new Lesson("select", "bitmaps that the kernel overwrites", null, Select::play),
            new Lesson("select-limit", "descriptor 1023 works; what FD_SET(1024) does in C", null, SelectLimits::play),
            new Lesson("poll", "an array that the kernel reads from end to end in each call", null, Poll::play),
            new Lesson("epoll", "a list in the kernel: level, edge, oneshot", EPOLL, LevelAndEdge::play),
            new Lesson("edge", "the drain loop, why EAGAIN is the end, and who starves", EPOLL, Edges::play),
            new Lesson(
                    "inside",
                    "inside epoll: its list in /proc, epoll in epoll, dup and fork",
                    EPOLL,
                    InsideEpoll::play),
            new Lesson("kqueue", "filters instead of bits, side by side with epoll", null, KqueueFilters::play),
            new Lesson("connect", "a connect that begins now and ends later", null, Connecting::play),
            new Lesson("hangups", "half-closed, closed, reset: what each mechanism reports", null, Hangups::play),
            new Lesson("closing", "closing a watched descriptor, and the trap of dup", null, Closing::play),
            new Lesson("accept", "backlog, a server without descriptors, SO_REUSEPORT", null, Accepting::play),
            new Lesson("herd", "many threads, one connection: which of them wake up", EPOLL, Herd::play),
            new Lesson(
                    "signals",
                    "a flag, a wait, the race between them; self-pipe, eventfd, signalfd, timers",
                    null,
                    Signals::play),
            new Lesson("event-loop", "from while (poll) to callbacks, timers and tasks", null, EventLoops::play),
            new Lesson(
                    "threads",
                    "from callbacks to threads: one echo, twice, and what the scheduler does",
                    EPOLL,
                    CallbacksAndThreads::play),
            new Lesson("io_uring", "two rings that the kernel and the program share", IO_URING, TwoRings::play),
            new Lesson("c10k", "what one poll costs as descriptors grow, measured live", EPOLL, C10k::play));

    private Lessons() {}

    /** The lesson of that name; null if there is none. */
    public static Lesson named(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
    }
}
