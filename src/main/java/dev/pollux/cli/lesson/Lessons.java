// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.util.List;

/** All lessons, in the order in which a course would take them. */
public final class Lessons {
    private static final String EPOLL = "epoll_create1";

    /** What {@code pollux lesson} lists. */
    public static final List<Lesson> ALL = List.of(
            new Lesson("blocking", "a read that waits, a read that does not, and why to poll", null, Blocking::play),
            new Lesson("select", "bitmaps that the kernel overwrites", null, Select::play),
            new Lesson("select-limit", "1023 works, 1024 does not, and what C does then", null, SelectLimits::play),
            new Lesson("poll", "an array without a limit, read from end to end each time", null, Poll::play),
            new Lesson("epoll", "a list that the kernel keeps: level, edge, oneshot", EPOLL, LevelAndEdge::play),
            new Lesson("kqueue", "filters instead of bits, beside epoll", null, KqueueFilters::play),
            new Lesson("connect", "a connection that is begun now and ends later", null, Connecting::play),
            new Lesson("hangups", "half closed, closed, reset: who shows what", null, Hangups::play),
            new Lesson("closing", "closing a descriptor that is watched, and the trap of dup", null, Closing::play),
            new Lesson("herd", "many threads, one connection: who wakes up", EPOLL, Herd::play));

    private Lessons() {}

    /** The lesson of that name; null if there is none. */
    public static Lesson named(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
    }
}
