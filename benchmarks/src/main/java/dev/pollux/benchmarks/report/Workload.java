// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

/** The workloads that the report has words for, in its order. Any other is shown all the same, without. */
enum Workload {
    DescriptorScaling("The cost of one poll against the number of descriptors", "poll", """
            N pipes are registered for reading, A of them are ready; one operation is one poll that delivers those A. \
            select and poll give the whole list to the kernel each time, so they grow with N; epoll, kqueue and \
            /dev/poll keep it there, and grow with A alone. A poll that may block hooks into each wait queue until it \
            meets the first ready descriptor, so where that one stands is worth a factor of about four."""),
    SelectLimit("The limit of select", "poll by select", """
            FD_SETSIZE is 1024: a C program whose FD_SET gets descriptor 1024 or above writes outside its set, into \
            whatever lies behind it, or is aborted by a fortified libc. The kernel has no such limit: it takes a \
            longer bitmap. Pollux refuses with a DescriptorLimitException, unless the longer bitmap was asked for."""),
    OneReadyAmongMany("One random ready descriptor among many", "write, poll and read", """
            One operation writes a byte to one of N pipes, waits, and reads the byte: the measurement of table 63-9 of The Linux Programming Interface, beside the book's figures (as they are \
            passed on; from a machine of about 2010). The book counts seconds of processor time for 100,000 \
            operations, this report counts elapsed time."""),
    Chain("libevent's chain of writes", "round of the chain", """
            The workload of libevent's test/bench.c: N socket pairs, A of them get a byte, and each read sends one to \
            the next pair while there are writes left."""),
    BindingCost("The cost of calling C", "system call", """
            One system call without a poller: fcntl(fd, F_GETFD), which does next to nothing, and epoll_wait with one \
            ready descriptor. JNA's interface mapping is what most programs with JNA use; Pollux does not."""),
    Churn("Changing registrations", "change of a registration", """
            One change of a registration, with a hundred sockets registered: cancelled and registered again; asked for \
            writing besides, and no more; reported as ONESHOT and armed again. In plain C to poll and select this is a \
            store into an array, so there it has no C beside it."""),
    Wakeup("Waking a poll", "wakeup", """
            One wakeup, until the poll that it ends has returned. ALONE: a thread wakes what it then waits with itself. \
            PING_PONG: two threads wake each other by turns."""),
    Echo("An echo server", "echoed message", """
            One server thread and connections on loopback, with the same echo logic and the same buffer sizes for \
            all. The client keeps one message under way on each connection, so the time of one operation is what the \
            server makes of its second, and the latencies say how long each message was under way.""");

    final String title;
    /** What one operation is. */
    final String operation;

    final String text;

    Workload(String title, String operation, String text) {
        this.title = title;
        this.operation = operation;
        this.text = text;
    }

    /** Null if there are no words for it. */
    static Workload of(String benchmark) {
        for (Workload each : values()) {
            if (each.name().equals(benchmark)) {
                return each;
            }
        }
        return null;
    }

    static String title(String benchmark) {
        Workload known = of(benchmark);
        return known == null ? benchmark : known.title;
    }

    static String operation(String benchmark) {
        Workload known = of(benchmark);
        return known == null ? "operation" : known.operation;
    }
}
