// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.io.IOException;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/** A workload of {@link Loops} that every caller runs through every mechanism. */
public abstract class Waiting extends NanosAnOperation {
    @Param({"EPOLL", "POLL", "SELECT"})
    public Mechanism mechanism;

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

    Pairs pairs;
    Loop loop;

    @TearDown
    public void close() throws IOException {
        loop.close();
        pairs.close();
    }
}
