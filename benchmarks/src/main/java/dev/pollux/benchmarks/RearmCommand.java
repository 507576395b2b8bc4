// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.pollux.Mechanism;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rearm",
        description = "What an event costs on epoll and on io_uring: ONESHOT that is armed again, and LEVEL.")
final class RearmCommand extends RoundsCommand {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Option(names = "--caller", defaultValue = "JNI", description = "Pollux's binding; without this, ${DEFAULT-VALUE}.")
    private Caller caller;

    @Option(
            names = "--ready",
            split = ",",
            defaultValue = "1,16,128,1000",
            description = "Without this, ${DEFAULT-VALUE}.")
    private List<Integer> counts;

    @Option(names = "--events", defaultValue = "100000", description = "In a round; without this, ${DEFAULT-VALUE}.")
    private int events;

    @Option(
            names = "--setups",
            description =
                    "Plain C on io_uring in the other ways to set a ring up besides: COOP_TASKRUN, DEFER_TASKRUN.")
    private boolean setups;

    RearmCommand() {
        super(40);
    }

    /** One column: who waits, and through what. */
    private record Who(Caller caller, Mechanism mechanism, RingSetup setup) {
        Loop open(boolean rearms, Pairs pairs) throws IOException {
            if (setup == RingSetup.USUAL) {
                return rearms
                        ? Loops.changing(caller, mechanism, Change.REARM, pairs)
                        : Loops.waiting(caller, mechanism, Wait.BLOCKING, pairs);
            }
            LoopInC loop = LoopInC.open(setup, pairs);
            return rearms ? Loops.changing(loop, Change.REARM, pairs.count()) : Loops.waiting(loop, true);
        }

        @Override
        public String toString() {
            return caller + " on " + mechanism + (setup == RingSetup.USUAL ? "" : " with " + setup);
        }
    }

    /** One cell: a loop with its descriptors, all of which are ready. */
    private static final class Subject implements Closeable {
        private final Pairs pairs;
        private final Loop loop;
        private final double[] nanos;
        private long bytes;

        Subject(Who who, boolean rearms, int count, int rounds) throws IOException {
            nanos = new double[rounds];
            pairs = Pairs.open(Pairs.Kind.PIPE, who.caller(), count, Pairs.all(count));
            try {
                pairs.makeReady(Pairs.all(count));
                loop = who.open(rearms, pairs);
            } catch (IOException | RuntimeException e) {
                pairs.close();
                throw e;
            }
        }

        void run(int round, int times) throws IOException {
            long thread = Thread.currentThread().getId();
            long before = THREADS.getThreadAllocatedBytes(thread);
            long startNanos = System.nanoTime();
            long seen = loop.run(times);
            nanos[round] = (double) (System.nanoTime() - startNanos) / seen;
            bytes = THREADS.getThreadAllocatedBytes(thread) - before;
            Loop.require("events", (long) times * pairs.count(), seen);
        }

        @Override
        public void close() throws IOException {
            loop.close();
            pairs.close();
        }
    }

    @Override
    MarkdownTable measure() throws IOException {
        List<Who> all = new ArrayList<>();
        for (Caller each : List.of(Caller.C, caller)) {
            all.add(new Who(each, Mechanism.EPOLL, RingSetup.USUAL));
            all.add(new Who(each, Mechanism.IO_URING, RingSetup.USUAL));
        }
        if (setups) {
            all.add(new Who(Caller.C, Mechanism.IO_URING, RingSetup.COOP_TASKRUN));
            all.add(new Who(Caller.C, Mechanism.IO_URING, RingSetup.DEFER_TASKRUN));
        }
        List<String> head = new ArrayList<>(List.of("", "ready"));
        for (Who who : all) {
            head.addAll(List.of(who + ", ns an event: best", "median", "C on EPOLL by this: best", "median"));
        }
        head.add("bytes in the last round");
        MarkdownTable table = new MarkdownTable(1, head);
        for (boolean rearms : new boolean[] {true, false}) {
            String name = rearms ? "ONESHOT, armed again" : "LEVEL";
            for (int count : counts) {
                progress(name + ", " + count + " ready");
                table.row(measure(all, rearms, name, count));
            }
        }
        return table;
    }

    private List<String> measure(List<Who> all, boolean rearms, String name, int count) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        try {
            for (Who who : all) {
                subjects.add(new Subject(who, rearms, count, rounds));
            }
            int times = Math.max(1, events / count);
            for (int round = 0; round < 2 * rounds; round++) { // the first half warms up
                for (Subject subject : subjects) {
                    subject.run(round % rounds, times);
                }
            }
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
        double[] reference = subjects.get(0).nanos;
        List<String> row = new ArrayList<>(List.of(name, Integer.toString(count)));
        for (Subject subject : subjects) {
            row.add(number("%.0f", best(subject.nanos)));
            row.add(number("%.0f", median(subject.nanos)));
            row.add(number("%.2f", best(reference) / best(subject.nanos)));
            row.add(number("%.2f", median(reference) / median(subject.nanos)));
        }
        row.add(Long.toString(subjects.stream().mapToLong(each -> each.bytes).sum()));
        return row;
    }
}
