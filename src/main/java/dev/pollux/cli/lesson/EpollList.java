// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.SyscallException;
import dev.pollux.abi.Epoll;
import dev.pollux.abi.Errno;
import dev.pollux.abi.Flags;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** An epoll descriptor: draws the interest list as the kernel reports it, and the ready events. */
final class EpollList {
    private static final int ROOM = 8;
    private static final Pattern TARGET = Pattern.compile("tfd: +(\\d+) events: +(\\p{XDigit}+) .*");

    private final Stage stage;
    private final Syscalls calls;
    private final int epfd;
    private final NativeMemory event;
    private final NativeMemory ready;
    private int readyCount;

    /** Shows every call. */
    EpollList(Stage stage) throws IOException {
        this(stage, stage.calls);
    }

    /** Creates and changes the list through these calls; the waits are always shown. */
    EpollList(Stage stage, Syscalls calls) throws IOException {
        this.stage = stage;
        this.calls = calls;
        event = stage.allocate(Epoll.layout().sizeBytes());
        ready = stage.allocate(ROOM * Epoll.layout().sizeBytes());
        epfd = stage.opened(calls.epollCreate1(Epoll.EPOLL_CLOEXEC));
        if (epfd < 0) {
            throw new SyscallException("epoll_create1", "EPOLL_CLOEXEC", -epfd, Errno.describe(-epfd));
        }
    }

    int epfd() {
        return epfd;
    }

    int add(int fd, int events) {
        return change(Epoll.EPOLL_CTL_ADD, fd, events);
    }

    int modify(int fd, int events) {
        return change(Epoll.EPOLL_CTL_MOD, fd, events);
    }

    int delete(int fd) {
        return change(Epoll.EPOLL_CTL_DEL, fd, 0);
    }

    /** The data of an entry is its descriptor. */
    private int change(int op, int fd, int events) {
        event.putInt(Epoll.layout().eventsOffset(), events);
        event.putLong(Epoll.layout().dataOffset(), fd);
        return calls.epollCtl(epfd, op, fd, op == Epoll.EPOLL_CTL_DEL ? null : event);
    }

    /** Calls {@code epoll_wait}, which is shown, and draws both lists; returns the result or -errno. */
    int await(int timeoutMillis) throws IOException {
        readyCount = stage.calls.epollWait(epfd, ready, ROOM, timeoutMillis);
        draw();
        return readyCount;
    }

    private void draw() throws IOException {
        stage.show(new Fact.EpollLists(
                epfd,
                interest(),
                IntStream.range(0, Math.max(0, readyCount))
                        .mapToObj(index -> new Fact.Entry((int) data(index), names(index)))
                        .toList()));
    }

    /** Draws the interest list from {@code proc(5)}, which only Linux has. */
    void drawInterest() throws IOException {
        stage.show(new Fact.EpollLists(epfd, interest(), null));
    }

    /** Sorted by descriptor: the kernel sorts by address. Null if this is not Linux. */
    private List<Fact.Entry> interest() throws IOException {
        try {
            return Files.readAllLines(Path.of("/proc/self/fdinfo/" + epfd)).stream()
                    .map(TARGET::matcher)
                    .filter(Matcher::matches)
                    .map(EpollList::entry)
                    .sorted(Comparator.comparingInt(Fact.Entry::fd))
                    .toList();
        } catch (NoSuchFileException notLinux) {
            return null;
        }
    }

    private static Fact.Entry entry(Matcher target) {
        int events = Integer.parseUnsignedInt(target.group(2), 16);
        return new Fact.Entry(Integer.parseInt(target.group(1)), Flags.EPOLL_EVENTS.set(events));
    }

    /** Returns the data of an event, which is its descriptor. */
    long data(int index) {
        return ready.getLong(index * Epoll.layout().sizeBytes() + Epoll.layout().dataOffset());
    }

    int events(int index) {
        return ready.getInt(index * Epoll.layout().sizeBytes() + Epoll.layout().eventsOffset());
    }

    private String names(int index) {
        return Flags.EPOLL_EVENTS.set(events(index));
    }
}
