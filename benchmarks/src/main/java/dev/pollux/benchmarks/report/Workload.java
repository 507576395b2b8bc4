// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

/** What the report says of each workload, in its order. */
enum Workload {
    DescriptorScaling("The cost of one poll against the number of descriptors", "poll", """
            N pipes are registered for reading and A of them are ready; one operation is one poll that delivers those A. \
            select and poll pass the whole list to the kernel each time, so their cost grows with N. epoll, kqueue and \
            /dev/poll keep the list in the kernel, so theirs grows with A alone. A blocking poll(2) or select(2) hooks \
            into each wait queue until it finds the first ready descriptor, so that descriptor's position matters: it \
            can change the time by a factor of four."""),
    SelectLimit("The limit of select", "poll by select", """
            FD_SETSIZE is 1024. In C, FD_SET with descriptor 1024 or above writes outside its set, which is undefined \
            behaviour; a fortified libc aborts. Pollux refuses such a descriptor with a DescriptorLimitException. The \
            kernel itself accepts longer bitmaps: SelectLimit.KERNEL uses them, and so does the loop in C here."""),
    OneReadyAmongMany("One random ready descriptor among many", "write, poll and read", """
            One operation writes a byte to one of N pipes, waits, and reads the byte. This is the measurement of table \
            63-9 of The Linux Programming Interface, whose figures are in the plot. The book counts processor time on a \
            machine of about 2010; this report counts elapsed time."""),
    Chain("libevent's chain of writes", "round of the chain", """
            The workload of libevent's test/bench.c: N socket pairs, A of them receive a byte, and each read sends one to \
            the next pair while there are writes left."""),
    BindingCost("The cost of calling C", "system call", """
            One system call without a poller: fcntl(fd, F_GETFD), which does next to nothing, and epoll_wait with one \
            ready descriptor. Most programs that use JNA use its interface mapping; Pollux uses direct mapping."""),
    Churn("Changing registrations", "change of a registration", """
            One change of a registration, with a hundred sockets registered. CANCEL_REGISTER cancels and registers again, \
            MODIFY adds and removes the interest in writing, REARM arms a ONESHOT registration again after its event. \
            Plain C has no figures for poll and select, where a change is a store into an array."""),
    Wakeup("Waking a poll", "wakeup", """
            One wakeup, until the poll that it ends has returned. ALONE: a thread wakes itself before it polls. \
            PING_PONG: two threads wake each other in turns.""");

    final String title;

    /** What one operation is. */
    final String operation;

    final String text;

    Workload(String title, String operation, String text) {
        this.title = title;
        this.operation = operation;
        this.text = text;
    }

    /** Why Pollux can be cheaper than the loop in plain C on this mechanism. */
    String whyCheaper(String mechanism) {
        return switch (name() + " " + mechanism) {
            case "DescriptorScaling IO_URING" ->
                "Pollux uses multishot polls, and asks poll(2) whether the ready descriptors are still ready. The loop in "
                        + "C arms a one-shot poll again after each event.";
            case "Churn EPOLL" ->
                "Plain C calls epoll_ctl for each ONESHOT registration that it arms again. After eight prompt re-arms "
                        + "Pollux trusts the handler, registers without EPOLLONESHOT, and makes no system call.";
            case "Wakeup EPOLL" ->
                "Plain C reads its eventfd after each wakeup. Pollux registers it with EPOLLET and does not read it.";
            default -> "No reason is known: repeat the run before you rely on it.";
        };
    }
}
