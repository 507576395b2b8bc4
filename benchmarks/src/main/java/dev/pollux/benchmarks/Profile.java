// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How much each cell is measured.
 *
 * @param forks in how many JVMs of its own; 0: once, in this one
 */
record Profile(Mode mode, int forks, int warmups, int iterations, TimeValue time) {
    static final Profile FULL = new Profile(Mode.AverageTime, 5, 5, 5, TimeValue.milliseconds(500));
    static final Profile QUICK = new Profile(Mode.AverageTime, 2, 3, 3, TimeValue.milliseconds(200));

    /** For all workloads: the first is a night's, the second ten minutes'. */
    static final Profile FULL_SUITE = new Profile(Mode.AverageTime, 3, 4, 5, TimeValue.milliseconds(300));

    static final Profile QUICK_SUITE = new Profile(Mode.AverageTime, 1, 3, 5, TimeValue.milliseconds(60));

    /** Short iterations: on a busy machine enough of them are not interrupted. */
    static final Profile REPLAY = new Profile(Mode.AverageTime, 5, 100, 100, TimeValue.milliseconds(5));

    static final Profile QUICK_REPLAY = new Profile(Mode.AverageTime, 2, 60, 60, TimeValue.milliseconds(5));

    /** One sample from each JVM, so that the samples are independent: those of one JVM are not. */
    static final Profile BLOCKING = new Profile(Mode.AverageTime, 15, 1, 1, TimeValue.seconds(1));

    static final Profile QUICK_BLOCKING = new Profile(Mode.AverageTime, 3, 1, 1, TimeValue.milliseconds(200));

    /** Says nothing of time, only whether it runs. */
    static final Profile SMOKE = new Profile(Mode.SingleShotTime, 0, 0, 1, TimeValue.milliseconds(1));

    /** From which release on the JDK wants to be told that native code is called on purpose. */
    private static final int NATIVE_ACCESS_SINCE = 22;

    /** The descriptors of the JDK's channels are read and written like all others, by {@link PlainC}. */
    private static final String[] JVM_ARGS = jvmArgs();

    /** How often each cell gets its turn. */
    int rounds() {
        return Math.max(forks, 1);
    }

    /** JMH's options for one turn. */
    ChainedOptionsBuilder oneTurn() {
        return new OptionsBuilder()
                .mode(mode)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(Math.min(forks, 1))
                .warmupIterations(warmups)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .addProfiler(WorkerAllocation.class)
                .addProfiler(HeapOfThreads.class)
                .jvmArgsAppend(JVM_ARGS)
                .shouldFailOnError(true);
    }

    private static String[] jvmArgs() {
        List<String> args = new ArrayList<>(List.of("--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"));
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            args.add("--enable-native-access=ALL-UNNAMED");
        }
        return args.toArray(String[]::new);
    }

    @Override
    public String toString() {
        return forks + " forks of " + iterations + " iterations of " + time + " after " + warmups + " of warm-up";
    }
}
