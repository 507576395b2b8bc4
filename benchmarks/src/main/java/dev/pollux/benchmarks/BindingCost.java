// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.abi.Epoll;
import dev.pollux.syscall.NativeMemory;
import dev.pollux.syscall.Syscalls;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One system call, from C and through each way of calling C from Java. */
public class BindingCost extends NanosAnOperation {
    /** Calls in one invocation: for C this is one call from Java, whose cost does not show then. */
    private static final int CALLS = 1000;

    private static final int MAXEVENTS = 64;

    @Param({"FCNTL", "EPOLL_WAIT"})
    public Call call;

    @Param({"C", "JNI", "FFM", "JNA", "JNA_INTERFACE"})
    public Caller caller;

    private Pairs pipes;
    private Syscalls syscalls;
    private int epfd;
    private Loop.Work loop;

    @Setup
    public void open() throws IOException {
        pipes = Pairs.open(Pairs.Kind.PIPE, caller, 1, 0);
        pipes.makeReady(0);
        syscalls = CallLoop.syscalls(caller.binding() == null ? Caller.JNA : caller);
        epfd = syscalls.epollCreate1(Epoll.EPOLL_CLOEXEC);
        Epoll.Layout layout = Epoll.layout();
        NativeMemory event = NativeMemory.allocate(syscalls, layout.sizeBytes());
        event.putInt(layout.eventsOffset(), Epoll.EPOLLIN);
        int rc = syscalls.epollCtl(epfd, Epoll.EPOLL_CTL_ADD, pipes.fd(0), event);
        if (rc < 0) {
            throw new IllegalStateException("epoll_ctl answered " + rc);
        }
        NativeMemory events = NativeMemory.allocate(syscalls, MAXEVENTS * layout.sizeBytes());
        loop = CallLoop.of(caller, call, new CallLoop.Target(epfd, epfd, events, MAXEVENTS));
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long call() throws IOException {
        return Loop.require("the sum of the results", CALLS, loop.run(CALLS));
    }

    @TearDown
    public void close() throws IOException {
        syscalls.close(epfd);
        pipes.close();
    }
}
