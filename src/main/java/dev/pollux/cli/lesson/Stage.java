// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.TracingSyscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a lesson is played. What goes through {@link #calls} and {@link #posix} is seen as it is made; what is only
 * there to prepare the scene goes through {@link #behind} or {@link #unseen}. All descriptors and all memory that the
 * stage hands out are its own, and stay until the curtain falls.
 */
final class Stage implements AutoCloseable {
    private static final int GAP = 16;

    /** Every call is seen. */
    final Syscalls calls;
    /** The same, for people. */
    final Posix posix;
    /** Nobody sees these. */
    final Syscalls unseen;
    /** Nor these. */
    final Posix behind;

    private final Screen screen;
    private final Thread director = Thread.currentThread();
    private final List<Integer> descriptors = new ArrayList<>();
    private final List<NativeMemory> memories = new ArrayList<>();
    private int lowestFd;

    Stage(Syscalls syscalls, Screen screen) {
        this.screen = screen;
        unseen = syscalls;
        behind = new Posix(syscalls);
        calls = new TracingSyscalls(syscalls, this::traced);
        posix = new Posix(calls);
    }

    /** Who else makes a call is named. */
    void traced(String line) {
        Thread thread = Thread.currentThread();
        screen.call(thread == director ? line : "[" + thread.getName() + "] " + line);
    }

    // What is said.

    /** What is about to happen. */
    void step(String text) throws IOException {
        screen.step(text);
    }

    void text(String text) {
        screen.text(text);
    }

    /** A line of what lies in memory or in the kernel now. */
    void state(String line) {
        screen.state(line);
    }

    void notice(String text) {
        screen.notice(text);
    }

    // What is there.

    /** Whether this system has a function of C. */
    boolean has(String function) {
        return unseen.missing(function) == null;
    }

    synchronized NativeMemory allocate(int sizeBytes) {
        NativeMemory memory = NativeMemory.allocate(unseen, sizeBytes);
        memories.add(memory);
        return memory;
    }

    /** Closed at the end, if not before. */
    int opened(int fd) {
        if (fd >= 0) {
            descriptors.add(fd);
        }
        return fd;
    }

    /** A pipe, made unseen, whose ends are told. */
    Posix.Pipe pipe(String name) throws IOException {
        Posix.Pipe made = behind.pipe();
        Posix.Pipe pipe = new Posix.Pipe(apart(made.readFd()), apart(made.writeFd()));
        text("Pipe " + name + ": " + pipe.readFd() + " is the end to read, " + pipe.writeFd() + " the end to write.");
        return pipe;
    }

    /**
     * The same under a number that is not among the lowest, which the JVM's own threads take for a moment whenever they
     * read a file: what a lesson closes and goes on asking for has to stay closed.
     */
    private int apart(int fd) throws IOException {
        if (lowestFd == 0) {
            lowestFd = fd + GAP;
        }
        int high = opened(behind.dupAtOrAbove(fd, lowestFd));
        behind.close(fd);
        return high;
    }

    /** Writes these letters, seen. */
    void write(int fd, String letters) throws IOException {
        NativeMemory memory = allocate(letters.length());
        for (int i = 0; i < letters.length(); i++) {
            memory.buffer().put(i, (byte) letters.charAt(i));
        }
        posix.write(fd, memory, 0, letters.length());
    }

    /** Reads at most so many bytes, seen; what {@code read} returned, or -errno. */
    int read(int fd, int count) {
        return calls.read(fd, allocate(count), 0, count);
    }

    /** Closes one of the stage's own, seen. */
    void close(int fd) throws IOException {
        descriptors.remove((Integer) fd);
        posix.close(fd);
    }

    /** Closes one of the stage's own, unseen. */
    void closeBehind(int fd) throws IOException {
        descriptors.remove((Integer) fd);
        behind.close(fd);
    }

    @Override
    public void close() {
        descriptors.forEach(unseen::close);
        descriptors.clear();
        memories.clear();
    }
}
