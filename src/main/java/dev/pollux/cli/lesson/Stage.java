// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.TracingSyscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a lesson works with: system calls, text, descriptors and memory.
 *
 * <p>The screen shows each call that goes through {@link #calls} or {@link #posix}. Calls that only prepare a lesson go
 * through {@link #unseen} or {@link #behind}. The stage owns the descriptors and the memory that it hands out, and keeps
 * them until it is closed.
 */
final class Stage implements AutoCloseable {
    private static final int GAP = 16;

    /** The system calls, shown on the screen. */
    final Syscalls calls;
    /** {@link #calls} in a convenient form. */
    final KernelPosix posix;
    /** The system calls, not shown. */
    final Syscalls unseen;
    /** {@link #unseen} in a convenient form. */
    final KernelPosix behind;

    private final Screen screen;
    private final Thread lessonThread = Thread.currentThread();
    private final List<Integer> descriptors = new ArrayList<>();
    private final List<NativeMemory> memories = new ArrayList<>();
    private int lowestFd;
    private Question question;

    Stage(Syscalls syscalls, Screen screen) {
        this.screen = screen;
        unseen = syscalls;
        behind = new KernelPosix(syscalls);
        calls = new TracingSyscalls(syscalls, this::traced);
        posix = new KernelPosix(calls);
    }

    /** Shows a call; the line of a thread other than the lesson's own begins with the name of that thread. */
    void traced(String line) {
        Thread thread = Thread.currentThread();
        show(Fact.Call.of(thread == lessonThread ? "" : thread.getName(), line));
        showDescriptors();
    }

    private void showDescriptors() {
        if (screen.drawsDescriptors()) {
            show(OpenDescriptors.of(unseen, owned()));
        }
    }

    // What the screen shows.

    /** Asks what the next step will show; a terminal leaves the question to the teacher. */
    void ask(String text, Object... choices) {
        question = new Question(text, Stream.of(choices).map(String::valueOf).toList());
    }

    /** Answers the question of the step with what was really seen: one of the choices. */
    void seen(Object choice) {
        show(new Fact.Outcome(String.valueOf(choice)));
    }

    /** Announces the next step. */
    void step(String text) throws IOException {
        Question asked = question;
        question = null;
        showDescriptors();
        screen.step(text, asked);
    }

    void text(String text) {
        show(new Fact.Text(text));
    }

    /** Shows memory or something of the kernel. */
    void show(Fact fact) {
        screen.show(fact);
    }

    /** Shows a line about the present contents of memory or of the kernel. */
    void state(String line) {
        show(new Fact.Line(line));
    }

    void notice(String text) {
        show(new Fact.Notice(text));
    }

    // Descriptors, memory and calls on them.

    /** Whether this system has a C function. */
    boolean has(String function) {
        return unseen.missing(function) == null;
    }

    synchronized NativeMemory allocate(int sizeBytes) {
        NativeMemory memory = NativeMemory.allocate(unseen, sizeBytes);
        memories.add(memory);
        return memory;
    }

    /** Takes ownership of a descriptor, which the stage then closes at the end; returns it, even if it is -errno. */
    synchronized int opened(int fd) {
        if (fd >= 0) {
            descriptors.add(fd);
        }
        return fd;
    }

    private synchronized List<Integer> owned() {
        return List.copyOf(descriptors);
    }

    private synchronized void disown(int fd) {
        descriptors.remove((Integer) fd);
    }

    /** Creates a pipe, not shown, and prints the numbers of its ends. */
    Posix.Pipe pipe(String name) throws IOException {
        Posix.Pipe made = behind.pipe();
        Posix.Pipe pipe = new Posix.Pipe(apart(made.readFd()), apart(made.writeFd()));
        text("Pipe " + name + ": " + pipe.readFd() + " is the end to read, " + pipe.writeFd() + " the end to write.");
        return pipe;
    }

    /**
     * Moves a descriptor to a higher number.
     *
     * <p>The JVM's own threads open files at any time and get the lowest free numbers. A lesson that closes a descriptor
     * and then uses its number needs one that stays closed.
     */
    private int apart(int fd) throws IOException {
        if (lowestFd == 0) {
            lowestFd = fd + GAP;
        }
        int high = opened(behind.dupAtOrAbove(fd, lowestFd));
        behind.close(fd);
        return high;
    }

    /** Writes these letters; the call is shown. */
    void write(int fd, String letters) throws IOException {
        NativeMemory memory = allocate(letters.length());
        for (int i = 0; i < letters.length(); i++) {
            memory.buffer().put(i, (byte) letters.charAt(i));
        }
        posix.write(fd, memory, 0, letters.length());
    }

    /** Reads up to {@code count} bytes; the call is shown. Returns what {@code read} returned, or -errno. */
    int read(int fd, int count) {
        return calls.read(fd, allocate(count), 0, count);
    }

    /** Closes a descriptor of the stage; the call is shown. */
    void close(int fd) throws IOException {
        disown(fd);
        posix.close(fd);
    }

    /** Closes a descriptor of the stage; the call is not shown. */
    void closeBehind(int fd) throws IOException {
        disown(fd);
        behind.close(fd);
    }

    @Override
    public void close() {
        owned().forEach(unseen::close);
        descriptors.clear();
        memories.clear();
    }
}
