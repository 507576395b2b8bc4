// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One change of a registration, there and back, with A sockets registered. */
public class Churn extends Waiting {
    static final int SOCKETS = 100;
    private static final int TIMES = 10;

    @Param({"CANCEL_REGISTER", "MODIFY", "REARM"})
    public Change change;

    @Setup
    public void open() throws IOException {
        pairs = Pairs.open(Pairs.Kind.SOCKET, caller, SOCKETS, Pairs.all(SOCKETS));
        for (int fd : pairs.fds()) {
            PlainC.check("filling", PlainC.fill(fd)); // so that asking for writing makes nothing ready
        }
        if (change == Change.REARM) {
            pairs.makeReady(Pairs.all(SOCKETS));
        }
        loop = Loops.changing(caller, mechanism, change, pairs);
    }

    @Benchmark
    @OperationsPerInvocation(SOCKETS * TIMES)
    public long change() throws IOException {
        return Loop.require("changes", SOCKETS * TIMES, loop.run(TIMES));
    }
}
