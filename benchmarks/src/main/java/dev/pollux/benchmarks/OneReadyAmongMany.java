// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Table 63-9 of <i>The Linux Programming Interface</i>: each time another descriptor, picked at random, is ready. One
 * operation writes a byte to one of N pipes, waits, and reads the byte.
 */
public class OneReadyAmongMany extends NanosAnOperation {
    private static final int OPERATIONS = 100;

    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

    @Param({"10", "100", "1000", "10000"})
    public int n;

    @Param({
        "C",
        "JNI",
        "FFM",
        "JNA",
        "POLLUX_NIO_KEYS",
        "POLLUX_NIO_CONSUMER",
        "JDK_KEYS",
        "JDK_CONSUMER",
        "NETTY_EPOLL",
        "JNR_ENXIO",
        "LIBEVENT"
    })
    public Caller caller;

    private final Random random = new Random(63_9);
    private final int[] order = new int[OPERATIONS];
    private int[] written;
    private Pairs pairs;
    private PickLoop loop;

    /** The most pipes that a byte is ever written to. */
    static int writtenCount(int n) {
        return Math.min(n, 1000);
    }

    @Setup
    public void open() throws IOException {
        CompiledPolls.make(caller, mechanism);
        written = Position.SPREAD.choose(n, writtenCount(n));
        pairs = Pairs.open(Pairs.Kind.PIPE, caller, n, written);
        loop = PickLoop.open(caller, mechanism, pairs, order);
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public long monitor() throws IOException {
        for (int i = 0; i < order.length; i++) {
            order[i] = written[random.nextInt(written.length)];
        }
        return Loop.require("events", OPERATIONS, loop.run(OPERATIONS));
    }

    @TearDown
    public void close() throws IOException {
        loop.close();
        pairs.close();
    }
}
