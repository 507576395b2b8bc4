// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.pollux.Mechanism;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Not through JMH, whose cells lie minutes apart: here all that is compared has its turn in every round. */
@Command(
        name = "rearm",
        mixinStandardHelpOptions = true,
        description = "What an event costs on epoll and on io_uring: ONESHOT that is armed again, and LEVEL.")
final class RearmCommand implements Callable<Integer> {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Spec
    private CommandSpec spec;

    @Option(names = "--caller", defaultValue = "JNI", description = "Pollux's binding; without this, ${DEFAULT-VALUE}.")
    private Caller caller;

    @Option(
            names = "--ready",
            split = ",",
            defaultValue = "1,16,128,1000",
            description = "Without this, ${DEFAULT-VALUE}.")
    private List<Integer> counts;

    @Option(names = "--rounds", defaultValue = "40", description = "Without this, ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--events", defaultValue = "100000", description = "In a round; without this, ${DEFAULT-VALUE}.")
    private int events;

    @Option(
            names = "--setups",
            description =
                    "Plain C on io_uring in the other ways to set a ring up besides: COOP_TASKRUN, DEFER_TASKRUN.")
    private boolean setups;

    /** One column: who waits, and through what. */
    private record Who(Caller caller, Mechanism mechanism, RingSetup setup) {
        Who(Caller caller, Mechanism mechanism) {
            this(caller, mechanism, RingSetup.USUAL);
        }

        Loop open(boolean rearms, Pairs pairs) throws IOException {
            if (setup == RingSetup.USUAL) {
                return rearms
                        ? ChurnLoop.open(caller, mechanism, Change.REARM, pairs)
                        : WaitLoop.open(caller, mechanism, Wait.BLOCKING, pairs);
            }
            LoopInC loop = LoopInC.open(setup, pairs);
            return rearms ? ChurnLoop.open(loop, Change.REARM, pairs.count()) : new WaitLoop.InC(loop, true);
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

        double best() {
            return Arrays.stream(nanos).min().orElseThrow();
        }

        double median() {
            return Arrays.stream(nanos).sorted().toArray()[nanos.length / 2];
        }

        @Override
        public void close() throws IOException {
            loop.close();
            pairs.close();
        }
    }

    @Override
    public Integer call() throws IOException {
        List<Who> all = new ArrayList<>();
        for (Caller each : List.of(Caller.C, caller)) {
            all.add(new Who(each, Mechanism.EPOLL));
            all.add(new Who(each, Mechanism.IO_URING));
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
            for (int count : counts) {
                spec.commandLine().getErr().println(name(rearms) + ", " + count + " ready");
                table.row(measure(all, rearms, count));
            }
        }
        Machine.describe().forEach((what, value) -> spec.commandLine().getOut().println(what + ": " + value));
        spec.commandLine().getOut().println();
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String name(boolean rearms) {
        return rearms ? "ONESHOT, armed again" : "LEVEL";
    }

    private List<String> measure(List<Who> all, boolean rearms, int count) throws IOException {
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
            return row(subjects, name(rearms), count);
        } finally {
            for (Subject subject : subjects) {
                subject.close();
            }
        }
    }

    private static List<String> row(List<Subject> subjects, String name, int count) {
        Subject reference = subjects.get(0);
        List<String> row = new ArrayList<>(List.of(name, Integer.toString(count)));
        for (Subject subject : subjects) {
            row.add(number("%.0f", subject.best()));
            row.add(number("%.0f", subject.median()));
            row.add(number("%.2f", reference.best() / subject.best()));
            row.add(number("%.2f", reference.median() / subject.median()));
        }
        row.add(Long.toString(subjects.stream().mapToLong(each -> each.bytes).sum()));
        return row;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
