// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.SelectLimit;
import dev.pollux.cli.BackgroundThread;
import dev.pollux.loop.BlockingIo;
import dev.pollux.mechanism.EpollDriver;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollerSettings;
import dev.pollux.posix.Posix;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import dev.pollux.syscall.trace.TracingSyscalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Shows the same echo as callbacks and as blocking code, and what happens while a thread waits. */
final class CallbacksAndThreads {
    private static final String ECHO = "echo";
    private static final int LETTERS = 2;
    private static final int THREADS = 4;
    private static final int MANY = 100;
    private static final int SETTLE_MILLIS = 100;
    private static final int SLOW_MILLIS = 100;

    /** How long the lesson waits for what ought to happen; then it shows what has. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final Path KERNEL_THREADS = Path.of("/proc/self/task");

    private static final List<String> NAMES = IntStream.rangeClosed(1, THREADS)
            .mapToObj(number -> "thread " + number)
            .toList();

    private final Stage stage;
    private final BlockingIo io;
    private final LessonThreads threads = new LessonThreads();
    /** The calls since the step began. */
    private final List<Fact.Call> calls = new CopyOnWriteArrayList<>();

    private volatile boolean isShown;

    private CallbacksAndThreads(Stage stage) throws IOException {
        this.stage = stage;
        Syscalls shown = new TracingSyscalls(stage.unseen, this::traced);
        io = new BlockingIo(poller(shown), new KernelPosix(shown));
    }

    /** Through the binding of the lesson, whose name nobody asks for here. */
    private static Poller poller(Syscalls syscalls) throws IOException {
        return KernelPoller.open(EpollDriver::new, new PollerSettings(syscalls, null, SelectLimit.FD_SETSIZE));
    }

    static void play(Stage stage) throws IOException {
        stage.text("The program sends back messages of " + LETTERS + " letters. The line of a call appears when the"
                + " call returns; in brackets is the thread that made it.");
        callbacks(stage);
        CallbacksAndThreads lesson = new CallbacksAndThreads(stage);
        try (lesson.io) {
            lesson.blockingCode();
            lesson.crowd(
                    "Four threads wait, each for a socket of its own.",
                    List.of(pair(stage), pair(stage), pair(stage), pair(stage)),
                    1);
            stage.notice(
                    "The kernel wakes one thread, the polling one, and BlockingIo knows who waits for the descriptor."
                            + " An EPOLL_CTL_MOD comes first if the socket was put on the list during this very epoll_wait: the"
                            + " event might belong to an earlier owner of the number, so Pollux asks again.");
            lesson.crowd("All four wait for the same socket.", Collections.nCopies(THREADS, pair(stage)), THREADS);
            stage.notice(
                    "So the herd is not gone: an event wakes all that wait for its descriptor. One of them gets the"
                            + " byte; the others read EAGAIN and park again, and their code does not notice.");
            if (Files.isDirectory(KERNEL_THREADS)) {
                lesson.manyThreads();
            }
            lesson.slowThreads();
        }
    }

    // The calls that are shown.

    /** Between the steps, BlockingIo looks whether a descriptor was closed behind its back; that is not shown. */
    private synchronized void traced(String line) {
        if (isShown) {
            calls.add(Fact.Call.of(Thread.currentThread().getName(), line));
            stage.traced(line);
        }
    }

    private void step(String text) throws IOException {
        isShown = false;
        stage.step(text);
        calls.clear();
        isShown = true;
    }

    private long count(String thread, String call) {
        return calls.stream()
                .filter(each -> each.thread().equals(thread) && each.name().equals(call))
                .count();
    }

    private static Posix.SocketPair pair(Stage stage) throws IOException {
        Posix.SocketPair made = stage.behind.socketPair();
        return new Posix.SocketPair(stage.opened(made.fd()), stage.opened(made.peerFd()));
    }

    // The same echo, twice.

    private static void callbacks(Stage stage) throws IOException {
        SmallLoop loop = new SmallLoop(stage, stage.pipe("for waking"));
        Posix.SocketPair pair = pair(stage);
        stage.ask("The message comes in two pieces. How often is the callback called?", 1, 2);
        stage.step("The echo as a callback of socket " + pair.fd() + ", on the loop of the lesson event-loop; "
                + pair.peerFd() + " is the client.");
        NativeMemory letters = stage.allocate(LETTERS);
        int[] received = {0};
        int[] called = {0};
        loop.onReadable(pair.fd(), () -> {
            called[0]++;
            received[0] += stage.calls.read(pair.fd(), letters, received[0], LETTERS - received[0]);
            if (received[0] == LETTERS) {
                stage.calls.write(pair.fd(), letters, 0, LETTERS);
            }
        });
        stage.write(pair.peerFd(), "h");
        loop.round();
        stage.write(pair.peerFd(), "i");
        loop.round();
        stage.read(pair.peerFd(), LETTERS);
        stage.seen(called[0]);
        stage.notice("Between two calls the callback does not exist: what it has received so far must be kept in an"
                + " object, and each call begins by finding out where the last one stopped.");
    }

    private void blockingCode() throws IOException {
        Posix.SocketPair pair = pair(stage);
        stage.ask("The thread's code says read, and nothing has come. Which call waits?", "read", "epoll_wait");
        step("The echo as blocking code: a thread for socket " + pair.fd() + " reads until it has " + LETTERS
                + " letters, and writes them. Nothing has come yet.");
        stage.text(
                BackgroundThread.hasVirtualThreads()
                        ? "The thread is virtual. It prints its state before the read; the lesson prints it again when it waits:"
                        : "Java " + Runtime.version().feature() + " has no virtual threads (21 and later have), so"
                                + " platform threads play them. The calls are the same. The thread prints its state before"
                                + " the read; the lesson prints it again when it waits:");
        Thread echo = threads.startVirtual(ECHO, () -> {
            stage.state(described(Thread.currentThread()));
            ByteBuffer letters = ByteBuffer.allocateDirect(LETTERS);
            while (letters.hasRemaining()) {
                io.read(pair.fd(), letters);
            }
            io.write(pair.fd(), letters.flip());
        });
        await(() -> isParked(echo));
        stage.state(described(echo));
        boolean hasRefused = calls.stream()
                .anyMatch(call -> call.thread().equals(ECHO)
                        && call.name().equals("read")
                        && call.result().contains("EAGAIN"));
        stage.seen(hasRefused ? "epoll_wait" : "read");
        stage.notice("BlockingIo tries the read, gets EAGAIN, puts the socket on epoll's list and parks the thread"
                + " (LockSupport.park). Its own thread, pollux-blocking-io, waits in epoll_wait for all descriptors."
                + " The first parked thread also wakes pollux-blocking-io by a write to an eventfd: from then on that"
                + " thread checks every second whether a descriptor was closed that a thread waits for.");
        if (BackgroundThread.hasVirtualThreads()) {
            stage.notice("Behind the @ stands the carrier, the platform thread that runs the virtual one. The parked"
                    + " thread has none: its stack lies in the heap, and the carrier runs other threads.");
        }

        stage.ask(
                "The first letter wakes the thread, and it waits for the second one. How many calls of epoll_ctl does"
                        + " the thread make for that?",
                0,
                1,
                2);
        step("The message comes in two pieces.");
        stage.write(pair.peerFd(), "h");
        await(() -> count(ECHO, "read") >= 2 && isParked(echo));
        stage.state(described(echo));
        stage.write(pair.peerFd(), "i");
        threads.await();
        stage.read(pair.peerFd(), LETTERS);
        stage.seen(count(ECHO, "epoll_ctl"));
        stage.notice(
                "Each letter ends an epoll_wait; the polling thread unparks the thread, which reads again. The entry"
                        + " is edge-triggered and stays on the list, so the second wait costs no call. What was received so far"
                        + " is in a local variable, and the code reads from top to bottom.");
    }

    /** {@code VirtualThread[#30,echo]/runnable@ForkJoinPool-1-worker-1} is how the JDK says it. */
    private static String described(Thread thread) {
        return BackgroundThread.hasVirtualThreads()
                ? thread.toString()
                : "Thread[" + thread.getName() + "]/"
                        + thread.getState().toString().toLowerCase(Locale.ROOT);
    }

    // What the scheduler does.

    private void crowd(String what, List<Posix.SocketPair> pairs, int expected) throws IOException {
        stage.ask("One byte comes. How many threads will it wake?", 0, 1, 2, 3, 4);
        step(what);
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int fd = pairs.get(i).fd();
            started.add(threads.startVirtual(NAMES.get(i), () -> io.read(fd, ByteBuffer.allocateDirect(1))));
        }
        await(() -> started.stream().allMatch(CallbacksAndThreads::isParked));
        stage.show(new Fact.Threads(NAMES, List.of(), false));
        stage.write(pairs.get(0).peerFd(), "x");
        await(() -> woken().size() >= expected);
        stage.unseen.poll(null, 0, SETTLE_MILLIS);
        stage.seen(showWoken());
        for (Posix.SocketPair each : pairs.subList(1, THREADS)) {
            stage.behind.write(each.peerFd(), ByteBuffer.allocateDirect(1));
        }
        threads.await();
    }

    /** How many woke up. No line of a call comes between the count and its picture. */
    private synchronized int showWoken() {
        List<String> woken = woken();
        isShown = false;
        stage.show(new Fact.Threads(NAMES, woken, true));
        return woken.size();
    }

    /** The threads that have read a second time: the first read said EAGAIN. */
    private List<String> woken() {
        return NAMES.stream().filter(name -> count(name, "read") > 1).toList();
    }

    private void manyThreads() throws IOException {
        Posix.SocketPair pair = pair(stage);
        stage.ask(
                MANY + " threads wait for a byte. How many threads more does the kernel have?",
                "a few",
                "about " + MANY);
        step("What waiting costs: " + MANY + " threads wait for socket " + pair.fd() + ". (Calls are not shown.)");
        isShown = false;
        long before = kernelThreads();
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            started.add(threads.startVirtual("waiting", () -> io.await(pair.fd(), Interest.READ)));
        }
        await(() -> started.stream().allMatch(CallbacksAndThreads::isParked));
        long after = kernelThreads();
        stage.behind.write(pair.peerFd(), ByteBuffer.allocateDirect(1));
        threads.await();
        stage.state(KERNEL_THREADS + " had " + before + " threads before, and " + after + " while they waited");
        stage.seen(after - before > MANY / 2 ? "about " + MANY : "a few");
        stage.notice(
                BackgroundThread.hasVirtualThreads()
                        ? "The kernel knows the carriers and the polling thread, and nothing of the others: a virtual"
                                + " thread is an object in the heap. So thousands can wait, as with callbacks."
                        : "A parked platform thread is a thread of the kernel, with a stack of its own. From Java 21 on"
                                + " the number hardly grows: a parked virtual thread is an object in the heap.");
    }

    private static long kernelThreads() throws IOException {
        try (Stream<Path> all = Files.list(KERNEL_THREADS)) {
            return all.count();
        }
    }

    private void slowThreads() throws IOException {
        int carriers = Runtime.getRuntime().availableProcessors();
        stage.ask(
                "As many threads as there are processors sleep " + SLOW_MILLIS
                        + " ms in poll, called directly. When does" + " the next thread begin?",
                "at once",
                "when one of them has returned");
        step("The price: " + carriers + " threads that wait in the kernel, and not through BlockingIo.");
        CountDownLatch begun = new CountDownLatch(carriers);
        CountDownLatch returned = new CountDownLatch(1);
        for (int i = 1; i <= carriers; i++) {
            threads.startVirtual("slow " + i, () -> {
                begun.countDown();
                stage.calls.poll(null, 0, SLOW_MILLIS);
                returned.countDown();
            });
        }
        await(() -> begun.getCount() == 0);
        long startedNanos = System.nanoTime();
        long[] beganNanos = {0};
        boolean[] isLate = {false};
        threads.startVirtual("next", () -> {
            beganNanos[0] = System.nanoTime();
            isLate[0] = returned.getCount() == 0;
        });
        threads.await();
        isShown = false;
        stage.state("the next thread began after " + (beganNanos[0] - startedNanos) / 1_000_000 + " ms");
        stage.seen(isLate[0] ? "when one of them has returned" : "at once");
        stage.notice(
                BackgroundThread.hasVirtualThreads()
                        ? "The scheduler has one carrier for each processor, and a thread that waits in the kernel keeps"
                                + " its carrier. It is the slow callback of the lesson event-loop again, with a few"
                                + " carriers instead of one loop: virtual threads must wait where the scheduler sees it."
                        : "The kernel schedules platform threads, so one that waits holds up nobody. Virtual threads share"
                                + " one carrier for each processor, and a thread that waits in the kernel keeps its"
                                + " carrier: from Java 21 on the next thread begins when a slow one has returned.");
    }

    /** Whether BlockingIo has parked it: a thread that waits for a lock is WAITING too. */
    private static boolean isParked(Thread thread) {
        Object blocker = LockSupport.getBlocker(thread);
        return thread.getState() == Thread.State.WAITING
                && blocker != null
                && blocker.getClass().getPackage() == BlockingIo.class.getPackage();
    }

    private void await(BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < deadlineNanos) {
            stage.unseen.poll(null, 0, 1);
        }
    }
}
