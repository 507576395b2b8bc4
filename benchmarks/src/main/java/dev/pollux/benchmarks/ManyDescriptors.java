// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.mechanism.EpollDriver;
import dev.pollux.mechanism.KernelPoller;
import dev.pollux.mechanism.PollerSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jol.info.ClassLayout;

/** What N registrations cost Pollux itself: heap, registering, cancelling, polling. The kernel is one in memory. */
final class ManyDescriptors {
    /** How many are ready in a poll. */
    private static final int READY = 16;

    /** Not without limit: if nothing were ready, it would never return. */
    private static final long WAIT_NANOS = 1_000_000_000;

    private static final int COLLECTIONS = 3;

    private final int count;
    private final Poller poller;
    private final Registration[] registrations;
    private final double heapBytes;
    private final double[] registerNanos;
    private final double[] cancelNanos;
    private final double[] pollNanos;
    private long delivered;

    private ManyDescriptors(int count, int rounds) throws IOException {
        this.count = count;
        registerNanos = new double[rounds];
        cancelNanos = new double[rounds];
        pollNanos = new double[rounds];
        registrations = new Registration[count];
        MemoryKernel kernel = new MemoryKernel(CallLoop.syscalls(Caller.JNI), count);
        poller = KernelPoller.open(EpollDriver::new, new PollerSettings(kernel, Binding.JNI, SelectLimit.FD_SETSIZE));
        long before = usedHeapBytes();
        register();
        heapBytes = (double) (usedHeapBytes() - before) / count;
        int[] ready = new int[READY];
        for (int i = 0; i < READY; i++) {
            ready[i] = (int) ((long) count * i / READY);
        }
        kernel.makeReady(ready);
    }

    /** After collections, so that it is what is reachable. */
    static long usedHeapBytes() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void register() throws IOException {
        for (int fd = 0; fd < count; fd++) {
            registrations[fd] = poller.register(fd, Interest.READ);
        }
    }

    private void cancel() throws IOException {
        for (Registration registration : registrations) {
            registration.cancel();
        }
    }

    /** All are registered before and after it. */
    private void change(int round, int operations) throws IOException {
        int times = Math.max(1, operations / count);
        long cancelling = 0;
        long registering = 0;
        for (int i = 0; i < times; i++) {
            long startNanos = System.nanoTime();
            cancel();
            long cancelledNanos = System.nanoTime();
            register();
            registering += System.nanoTime() - cancelledNanos;
            cancelling += cancelledNanos - startNanos;
        }
        cancelNanos[round] = (double) cancelling / times / count;
        registerNanos[round] = (double) registering / times / count;
    }

    private void poll(int round, int polls) throws IOException {
        ReadyHandler handler = (registration, ready) -> delivered++;
        delivered = 0;
        long startNanos = System.nanoTime();
        for (int i = 0; i < polls; i++) {
            poller.poll(WAIT_NANOS, handler);
        }
        pollNanos[round] = (double) (System.nanoTime() - startNanos) / polls;
        Loop.require("events", (long) polls * READY, delivered);
    }

    /** The bytes of heap that each of so many registrations keeps, with its share of the poller's tables. */
    static double heapBytes(int count) throws IOException {
        ManyDescriptors many = new ManyDescriptors(count, 0);
        many.poller.close();
        return many.heapBytes;
    }

    /** The table; in every round each count has its turn, and as many rounds before warm up. */
    static MarkdownTable measure(List<Integer> counts, int rounds, int operations, Consumer<String> progress)
            throws IOException {
        heapBytes(1); // what is there once for all pollers is not counted
        List<ManyDescriptors> all = new ArrayList<>();
        try {
            for (int count : counts) {
                progress.accept("registering " + count);
                all.add(new ManyDescriptors(count, rounds));
            }
            for (int round = 0; round < 2 * rounds; round++) {
                progress.accept("round " + (round + 1) + " of " + 2 * rounds);
                for (ManyDescriptors each : all) {
                    each.change(round % rounds, operations);
                }
                System.gc(); // what was cancelled is not collected during the polls
                for (ManyDescriptors each : all) {
                    each.poll(round % rounds, operations);
                }
            }
            return table(all);
        } finally {
            for (ManyDescriptors each : all) {
                each.poller.close();
            }
        }
    }

    private static MarkdownTable table(List<ManyDescriptors> all) {
        MarkdownTable table = new MarkdownTable(
                0,
                List.of(
                        "N",
                        "heap, bytes each",
                        "the registration's object, bytes",
                        "register, ns: best",
                        "median",
                        "cancel, ns: best",
                        "median",
                        "poll with " + READY + " ready, ns: best",
                        "median",
                        "best, by that of the first N",
                        "median, by that of the first N"));
        double[] first = all.get(0).pollNanos;
        for (ManyDescriptors each : all) {
            long object = ClassLayout.parseInstance(each.registrations[0]).instanceSize();
            table.row(List.of(
                    Integer.toString(each.count),
                    RoundsCommand.number("%.1f", each.heapBytes),
                    Long.toString(object),
                    RoundsCommand.number("%.0f", RoundsCommand.best(each.registerNanos)),
                    RoundsCommand.number("%.0f", RoundsCommand.median(each.registerNanos)),
                    RoundsCommand.number("%.0f", RoundsCommand.best(each.cancelNanos)),
                    RoundsCommand.number("%.0f", RoundsCommand.median(each.cancelNanos)),
                    RoundsCommand.number("%.0f", RoundsCommand.best(each.pollNanos)),
                    RoundsCommand.number("%.0f", RoundsCommand.median(each.pollNanos)),
                    RoundsCommand.number("%.2f", RoundsCommand.best(each.pollNanos) / RoundsCommand.best(first)),
                    RoundsCommand.number("%.2f", RoundsCommand.median(each.pollNanos) / RoundsCommand.median(first))));
        }
        return table;
    }
}
