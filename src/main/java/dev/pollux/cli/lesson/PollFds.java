// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.abi.Flags;
import dev.pollux.abi.PollFd;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The array of {@code poll}, drawn after the call. */
final class PollFds {
    static final int POLLIN = PollFd.POLLIN;
    static final int POLLOUT = PollFd.POLLOUT;
    static final int POLLRDHUP = PollFd.POLLRDHUP;

    private record Asked(int fd, int events) {}

    private final Stage stage;
    private final List<Asked> asked = new ArrayList<>();
    private NativeMemory memory;

    private PollFds(Stage stage) {
        this.stage = stage;
    }

    static PollFds of(Stage stage) {
        return new PollFds(stage);
    }

    PollFds add(int fd, int events) {
        asked.add(new Asked(fd, events));
        memory = null;
        return this;
    }

    /** Returns the array; the first call writes it. */
    NativeMemory memory() {
        if (memory == null) {
            memory = stage.allocate(asked.size() * PollFd.SIZE);
            for (int index = 0; index < asked.size(); index++) {
                memory.putInt(index * PollFd.SIZE + PollFd.FD, asked.get(index).fd);
                memory.putShort(index * PollFd.SIZE + PollFd.EVENTS, (short) asked.get(index).events);
            }
        }
        return memory;
    }

    int size() {
        return asked.size();
    }

    int fd(int index) {
        return memory().getInt(index * PollFd.SIZE + PollFd.FD);
    }

    int revents(int index) {
        return memory().getShort(index * PollFd.SIZE + PollFd.REVENTS) & 0xffff;
    }

    /** Replaces the descriptor of an entry. */
    void putFd(int index, int fd) {
        memory().putInt(index * PollFd.SIZE + PollFd.FD, fd);
    }

    /** Calls {@code poll}, which is shown, and draws the array; returns the result or -errno. */
    int poll(int timeoutMillis) {
        int rc = stage.calls.poll(memory(), size(), timeoutMillis);
        draw();
        return rc;
    }

    /** Waits until a descriptor is ready; nothing is shown. */
    void awaitUnseen(int timeoutMillis) throws IOException {
        if (stage.unseen.poll(memory(), size(), timeoutMillis) <= 0) {
            throw new IOException("no descriptor of " + asked + " became ready within " + timeoutMillis + " ms");
        }
    }

    private void draw() {
        stage.show(new Fact.PollArray(
                IntStream.range(0, size()).mapToObj(this::entry).toList()));
    }

    private Fact.Pollfd entry(int index) {
        int events = memory().getShort(index * PollFd.SIZE + PollFd.EVENTS) & 0xffff;
        return new Fact.Pollfd(fd(index), names(events), names(revents(index)));
    }

    /** {@code POLLIN|POLLHUP}, or 0. */
    static String names(int events) {
        return Flags.POLL_EVENTS.set(events);
    }
}
