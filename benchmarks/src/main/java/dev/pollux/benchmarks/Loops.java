// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Interest;
import dev.pollux.Mechanism;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** The workloads, over a {@link Watcher} in Java and over a {@link LoopInC} in C. */
final class Loops {
    private Loops() {}

    /** Waits, and counts for each descriptor how often it was ready; the result is the sum. */
    static Loop waiting(Caller caller, Mechanism mechanism, Wait wait, Pairs pairs) throws IOException {
        return waiting(caller, mechanism, wait, pairs, dev.pollux.SelectLimit.KERNEL);
    }

    static Loop waiting(Caller caller, Mechanism mechanism, Wait wait, Pairs pairs, dev.pollux.SelectLimit limit)
            throws IOException {
        boolean blocking = wait == Wait.BLOCKING;
        if (caller.isInC()) {
            return waiting(LoopInC.open(caller, mechanism, pairs), blocking);
        }
        Watcher watcher = Watcher.open(caller, mechanism, pairs, limit);
        watcher.registerAll(pairs.count(), false, index -> new Counter());
        return polling(watcher, blocking, counter -> ((Counter) counter).count++);
    }

    static Loop waiting(LoopInC loop, boolean blocking) {
        return new Loop(times -> PlainC.check("waiting", PlainC.waitFor(loop.handle(), blocking, times)), loop);
    }

    private static final class Counter {
        long count;
    }

    private static Loop polling(Watcher watcher, boolean blocking, Watcher.Handler handler) {
        return new Loop(
                times -> {
                    long delivered = 0;
                    for (int i = 0; i < times; i++) {
                        delivered += watcher.poll(blocking, handler);
                    }
                    return delivered;
                },
                watcher);
    }

    /**
     * Writes a byte to one descriptor, waits, and reads the byte; the result is the number of events.
     *
     * @param order of the descriptors, at least as long as what is asked of {@link Loop#run}
     */
    static Loop picking(Caller caller, Mechanism mechanism, Pairs pairs, int[] order) throws IOException {
        if (caller.isInC()) {
            LoopInC loop = LoopInC.open(caller, mechanism, pairs);
            return new Loop(
                    times -> {
                        int[] picked = times == order.length ? order : Arrays.copyOf(order, times);
                        return PlainC.check("waiting", PlainC.pick(loop.handle(), true, picked));
                    },
                    loop);
        }
        record Source(int fd) {}
        int[] farFds = pairs.farFds();
        Watcher watcher = Watcher.open(caller, mechanism, pairs);
        watcher.registerAll(pairs.count(), false, index -> new Source(pairs.fd(index)));
        Watcher.Handler read = source -> Loop.require("bytes read", 1, PlainC.readByte(((Source) source).fd));
        return new Loop(
                times -> {
                    long delivered = 0;
                    for (int i = 0; i < times; i++) {
                        Loop.require("bytes written", 1, PlainC.writeByte(farFds[order[i]]));
                        delivered += watcher.poll(true, read);
                    }
                    return delivered;
                },
                watcher);
    }

    /**
     * The workload of libevent's {@code test/bench.c}.
     *
     * @param start sends a byte into so many pairs, at even distances
     * @param passing each descriptor that receives a byte sends one to the next pair, for so many writes; polls without
     *     blocking until all that was sent is received, and results in how many bytes that was
     */
    record Chained(Loop.Work start, Loop passing) {}

    static Chained chained(Caller caller, Mechanism mechanism, Pairs pairs) throws IOException {
        if (caller.isInC()) {
            LoopInC loop = LoopInC.open(caller, mechanism, pairs);
            return new Chained(
                    active -> PlainC.check("sending", PlainC.startChain(loop.handle(), active)),
                    new Loop(writes -> PlainC.check("the chain", PlainC.runChain(loop.handle(), writes)), loop));
        }
        ChainInJava chain = new ChainInJava(Watcher.open(caller, mechanism, pairs), pairs);
        return new Chained(chain::start, new Loop(chain::run, chain.watcher));
    }

    private static final class ChainInJava {
        private final Watcher watcher;
        private final int[] farFds;
        private final Watcher.Handler handler = link -> passOn((Link) link);
        private int sent;
        private int received;
        private int writesLeft;

        private record Link(int fd, int nextFarFd) {}

        ChainInJava(Watcher watcher, Pairs pairs) throws IOException {
            this.watcher = watcher;
            farFds = pairs.farFds();
            watcher.registerAll(
                    farFds.length, false, index -> new Link(pairs.fd(index), farFds[(index + 1) % farFds.length]));
        }

        long start(int active) {
            sent = 0;
            for (int i = 0; i < active; i++) {
                send(farFds[i * (farFds.length / active)]);
            }
            return sent;
        }

        long run(int writes) throws IOException {
            received = 0;
            writesLeft = writes;
            do {
                watcher.poll(false, handler);
            } while (received != sent);
            return received;
        }

        private void passOn(Link link) {
            received += (int) PlainC.receiveByte(link.fd);
            if (writesLeft > 0) {
                writesLeft--;
                send(link.nextFarFd);
            }
        }

        private void send(int farFd) {
            Loop.require("bytes sent", 1, PlainC.sendByte(farFd));
            sent++;
        }
    }

    /** Changes each registration; the result is the number of changes. */
    static Loop changing(Caller caller, Mechanism mechanism, Change change, Pairs pairs) throws IOException {
        return caller.isInC()
                ? changing(LoopInC.open(caller, mechanism, pairs), change, pairs.count())
                : new Churned(Watcher.open(caller, mechanism, pairs), change, pairs.count()).loop();
    }

    static Loop changing(LoopInC loop, Change change, int count) throws IOException {
        if (change == Change.REARM) {
            PlainC.check("arming", PlainC.arm(loop.handle()));
            return new Loop(times -> PlainC.check("re-arming", PlainC.rearm(loop.handle(), times)), loop);
        }
        return new Loop(
                times -> {
                    for (int i = 0; i < times; i++) {
                        PlainC.check(
                                "changing",
                                change == Change.MODIFY
                                        ? PlainC.modify(loop.handle())
                                        : PlainC.cancelAndRegister(loop.handle()));
                    }
                    return (long) times * count;
                },
                loop);
    }

    private static final class Churned {
        private final Watcher watcher;
        private final Change change;
        private final Object[] registrations;

        Churned(Watcher watcher, Change change, int count) throws IOException {
            this.watcher = watcher;
            this.change = change;
            registrations = watcher.registerAll(count, change == Change.REARM, Integer::valueOf);
        }

        Loop loop() {
            return switch (change) {
                case REARM -> polling(watcher, true, this::armAgain);
                case MODIFY -> new Loop(this::modify, watcher);
                case CANCEL_REGISTER -> new Loop(this::cancelAndRegister, watcher);
            };
        }

        private long cancelAndRegister(int times) throws IOException {
            for (int i = 0; i < times; i++) {
                for (Object registration : registrations) {
                    watcher.cancel(registration);
                }
                watcher.settle();
                for (int index = 0; index < registrations.length; index++) {
                    registrations[index] = watcher.register(index, false, null);
                }
                watcher.settle();
            }
            return (long) times * registrations.length;
        }

        private long modify(int times) throws IOException {
            for (int i = 0; i < times; i++) {
                modify(Interest.READ_WRITE);
                modify(Interest.READ);
            }
            return (long) times * registrations.length;
        }

        private void modify(Interest interest) throws IOException {
            for (Object registration : registrations) {
                watcher.modify(registration, interest);
            }
            watcher.settle();
        }

        private void armAgain(Object index) {
            try {
                watcher.modify(registrations[(int) index], Interest.READ);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Wakes what waits for descriptors that are never ready; the result is the number of wakeups. */
    static Loop waking(Caller caller, Mechanism mechanism, Wakening wakening, Pairs pairs) throws IOException {
        boolean alone = wakening == Wakening.ALONE;
        if (caller.isInC()) {
            LoopInC mine = LoopInC.open(caller, mechanism, pairs);
            if (alone) {
                return new Loop(times -> PlainC.check("waking", PlainC.wakeAndWait(mine.handle(), times)), mine);
            }
            LoopInC others = LoopInC.open(caller, mechanism, pairs);
            return new Loop(
                    times -> 2 * PlainC.check("waking", PlainC.pingPong(mine.handle(), others.handle(), times / 2)),
                    others,
                    mine);
        }
        Watcher mine = Watcher.open(caller, mechanism, pairs);
        mine.registerAll(pairs.count(), false, index -> null);
        if (!alone) {
            Watcher others = Watcher.open(caller, mechanism, pairs);
            others.registerAll(pairs.count(), false, index -> null);
            return new PingPong(mine, others).loop();
        }
        return new Loop(
                times -> {
                    for (int i = 0; i < times; i++) {
                        mine.wakeup();
                        mine.poll(true, Loops::unexpected);
                    }
                    return times;
                },
                mine);
    }

    private static void unexpected(Object attachment) {
        throw new IllegalStateException("ready: " + attachment);
    }

    private static final class PingPong {
        private final Watcher mine;
        private final Watcher others;
        private final Thread other = new Thread(this::answer, WorkerAllocation.HELPER + "answer");
        private volatile boolean over;

        PingPong(Watcher mine, Watcher others) {
            this.mine = mine;
            this.others = others;
            other.setDaemon(true);
            other.start();
        }

        Loop loop() {
            return new Loop(this::run, this::end, others, mine);
        }

        private void answer() {
            try {
                while (!over) {
                    others.poll(true, Loops::unexpected);
                    mine.wakeup();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** There and back are two. */
        private long run(int times) throws IOException {
            for (int i = 0; i < times; i += 2) {
                others.wakeup();
                mine.poll(true, Loops::unexpected);
            }
            return times;
        }

        private void end() throws IOException {
            over = true;
            others.wakeup();
            Threads.join(other);
        }
    }
}
