// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.DescriptorLimitException;
import dev.pollux.Mechanism;
import dev.pollux.Pollers;
import dev.pollux.abi.FdSet;
import dev.pollux.probe.ProbeReport;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What can be measured on this machine, in this JVM. */
final class ThisMachine implements Usable {
    /** The descriptors that the JVM may have open, and a loop its own. */
    private static final int OF_THE_JVM = 100;

    private static final int VIRTUAL_THREADS_SINCE = 21;

    private final ProbeReport probe = Pollers.probe();
    private final long descriptorLimit;
    private final Consumer<String> leftOut;
    private final Set<String> reasons = new LinkedHashSet<>();

    /**
     * What cannot be measured is said to this one, with its reason.
     *
     * @throws LinkageError if the loops in plain C cannot be loaded
     */
    ThisMachine(Consumer<String> leftOut) throws IOException {
        this.leftOut = leftOut;
        PlainC.load(); // without it there is nothing to compare with
        descriptorLimit = Pollers.posix().raiseDescriptorLimit().soft();
    }

    /** What was left out until now, and why. */
    List<String> leftOut() {
        return List.copyOf(reasons);
    }

    @Override
    public boolean test(Mechanism mechanism, Caller caller) {
        if (!caller.has(mechanism)) {
            return false;
        }
        String what = mechanism + " through " + caller;
        return switch (caller) {
            case C, JNA_INTERFACE, JDK_VIRTUAL, JDK_PLATFORM -> true;
            case LIBEVENT ->
                PlainC.libeventVersion() != null
                        || leaveOut(
                                caller.name(),
                                "it was not there when this was built (Debian: apt install libevent-dev)");
            case JNI, FFM, JNA ->
                probe.findings().stream()
                        .filter(each -> each.mechanism() == mechanism && each.binding() == caller.binding())
                        .allMatch(each -> each.usable() || leaveOut(what, each.reason()));
            case POLLUX_NIO_KEYS, POLLUX_NIO_CONSUMER, JDK_KEYS, JDK_CONSUMER, NETTY_EPOLL, JNR_ENXIO ->
                waits(mechanism, caller, what);
        };
    }

    private boolean waits(Mechanism mechanism, Caller caller, String what) {
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, caller, 1, 0);
                Loop loop = Loops.waiting(caller, mechanism, Wait.ZERO, pairs)) {
            pairs.makeReady(0);
            Loop.require("events", 1, loop.run(1));
            return true;
        } catch (IOException | RuntimeException | LinkageError e) {
            return leaveOut(what, e.toString());
        }
    }

    @Override
    public boolean test(Mechanism mechanism, Caller caller, int descriptors, int ready) {
        if (caller == Caller.LIBEVENT && mechanism == Mechanism.SELECT && descriptors + OF_THE_JVM > FdSet.FD_SETSIZE) {
            return leaveOut(
                    descriptors + " descriptors, SELECT through LIBEVENT", "it ends at FD_SETSIZE, with an abort");
        }
        int mostEvents = mostEvents(caller);
        return ready <= mostEvents
                || leaveOut(ready + " ready, " + caller, "it takes " + mostEvents + " events at a time");
    }

    private static int mostEvents(Caller caller) {
        return switch (caller) {
            case JDK_KEYS, JDK_CONSUMER -> 1024;
            case LIBEVENT -> 4096;
            default -> Integer.MAX_VALUE;
        };
    }

    @Override
    public boolean test(Caller caller) {
        try {
            if (caller.binding() != null) {
                CallLoop.syscalls(caller);
            }
            return true;
        } catch (IOException e) {
            return leaveOut(caller.name(), e.getMessage());
        }
    }

    @Override
    public boolean test(int pairs, int written) {
        return Pairs.needed(pairs, written) <= descriptorLimit
                || leaveOut("N=" + pairs, Pairs.refusal(pairs, written, descriptorLimit));
    }

    @Override
    public boolean test(dev.pollux.SelectLimit limit, int fd, Caller caller) {
        if (limit == dev.pollux.SelectLimit.KERNEL || fd < FdSet.FD_SETSIZE) {
            return true;
        }
        String what = "SelectLimit " + limit + " " + fd + " " + caller;
        if (caller.isInC()) {
            return leaveOut(what, "FD_SET(" + fd + ", &set) would write behind the " + FdSet.FD_SETSIZE + " bits");
        }
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, caller, 1, 0)) {
            pairs.renumber(0, fd);
            Loops.waiting(caller, Mechanism.SELECT, Wait.ZERO, pairs, limit).close();
            throw new IllegalStateException(what + " was not refused");
        } catch (DescriptorLimitException e) {
            return leaveOut(what, e.getMessage());
        } catch (IOException e) {
            return leaveOut(what, e.toString());
        }
    }

    @Override
    public boolean hasVirtualThreads() {
        return Runtime.version().feature() >= VIRTUAL_THREADS_SINCE
                || leaveOut("virtual threads", "they came with JDK " + VIRTUAL_THREADS_SINCE);
    }

    private boolean leaveOut(String what, String reason) {
        String sentence = what + ": " + reason;
        if (reasons.add(sentence)) {
            leftOut.accept("left out: " + sentence);
        }
        return false;
    }
}
