// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which cells are measured; the callers of one point stand side by side. */
final class Plan {
    private static final Set<Mechanism> WITH_A_LIST = EnumSet.of(Mechanism.POLL, Mechanism.SELECT);
    private static final List<Integer> AROUND_FD_SETSIZE = List.of(1022, 1023, 1024, 1025);
    private static final List<Integer> TENFOLD = List.of(10, 100, 1000, 10_000);
    private static final List<Position> ENDS = List.of(Position.FIRST, Position.LAST);
    private static final List<Wait> WAITS = List.of(Wait.values());
    private static final int MOST_PLATFORM_THREADS = 100;

    private final Usable usable;
    private final Collection<Mechanism> mechanisms;
    private final Collection<Caller> callers;

    Plan(Usable usable, Collection<Mechanism> mechanisms, Collection<Caller> callers) {
        this.usable = usable;
        this.mechanisms = mechanisms;
        this.callers = callers;
    }

    /** {@link DescriptorScaling} at the points for which there are goals, without peers. */
    List<Cell> speed(Collection<Wait> waits) {
        return each(
                waits,
                wait -> join(
                        each(List.of(1, 16, 128, 1000), a -> speed(Mechanism.EPOLL, 1000, a, wait)),
                        each( // an fd_set has 1024, and some are the JVM's own
                                List.of(Mechanism.POLL, Mechanism.SELECT),
                                mechanism -> each(List.of(1, 16, 128), a -> speed(mechanism, 900, a, wait)))));
    }

    private List<Cell> speed(Mechanism mechanism, int n, int a, Wait wait) {
        return scaling(Set.of(mechanism), Plan::isPollux, n, a, wait, Position.SPREAD);
    }

    /** {@link DescriptorScaling} on epoll with so many ready of a hundred, for every caller. */
    List<Cell> replay(Collection<Integer> readyCounts) {
        return each(readyCounts, a -> scaling(Set.of(Mechanism.EPOLL), all(), 100, a, Wait.BLOCKING, Position.RANDOM));
    }

    /** {@link BindingCost}, whole. */
    List<Cell> cost() {
        return each(
                List.of(Call.values()),
                call -> cells(
                        BindingCost.class,
                        caller -> (isPollux(caller) || caller == Caller.JNA_INTERFACE) && usable.test(caller),
                        "call",
                        call));
    }

    /** {@link WaitingThreads} with so many threads; platform threads only as far as one would have so many. */
    List<Cell> blocking(Collection<Integer> counts) {
        return each(
                counts,
                n -> cells(
                        WaitingThreads.class,
                        caller -> waitsInThreads(caller, n) && usable.test(caller) && usable.test(n, n),
                        "n",
                        n));
    }

    private boolean waitsInThreads(Caller caller, int n) {
        return caller == Caller.JDK_PLATFORM
                ? n <= MOST_PLATFORM_THREADS
                : (caller == Caller.JDK_VIRTUAL || caller.binding() != null) && usable.hasVirtualThreads();
    }

    /** A look at all: what ten minutes are enough for. */
    List<Cell> quick() {
        return join(
                each(TENFOLD, n -> scaling(mechanisms, all(), n, 1, Wait.BLOCKING, Position.RANDOM)),
                scaling(mechanisms, all(), 1000, 128, Wait.BLOCKING, Position.SPREAD),
                each(ENDS, position -> scaling(WITH_A_LIST, best(), 1000, 1, Wait.BLOCKING, position)),
                scaling(WITH_A_LIST, best(), 1000, 1, Wait.ZERO, Position.LAST),
                selectLimit(best()),
                each(TENFOLD, n -> oneReady(best(), n)),
                chain(1000, 100, 1000),
                cost(),
                churn(),
                wakeup());
    }

    /** All workloads, all callers, and every point that tells something. */
    List<Cell> full() {
        return join(
                each(
                        List.of(10, 100, 1000, 1023, 10_000, 100_000),
                        n -> join(
                                each(
                                        readyCounts(n),
                                        a -> scaling(mechanisms, all(), n, a, Wait.BLOCKING, Position.RANDOM)),
                                scaling(mechanisms, all(), n, 1, Wait.ZERO, Position.RANDOM))),
                each(ENDS, position -> each(WAITS, wait -> scaling(mechanisms, all(), 1000, 1, wait, position))),
                selectLimit(all()),
                each(TENFOLD, n -> oneReady(all(), n)),
                each(List.of(100, 1000, 5000), n -> join(chain(n, 1, 100), chain(n, 100, 1000))),
                cost(),
                churn(),
                wakeup());
    }

    /** Each benchmark with each caller, at points where that does not take long. */
    List<Cell> smoke() {
        return join(
                each(
                        List.of(Position.values()),
                        position -> each(WAITS, wait -> scaling(mechanisms, all(), 100, 10, wait, position))),
                scaling(mechanisms, best(), 10_000, 1, Wait.ZERO, Position.RANDOM),
                selectLimit(all()),
                oneReady(all(), 100),
                chain(10, 3, 20),
                cost(),
                churn(),
                wakeup(),
                blocking(List.of(10)));
    }

    /** 1, 16, 128 and a tenth of all, as far as there are so many. */
    private static Set<Integer> readyCounts(int n) {
        Set<Integer> counts = new LinkedHashSet<>(List.of(1, 16, 128, n / 10));
        counts.removeIf(a -> a > n);
        return counts;
    }

    private List<Cell> scaling(
            Collection<Mechanism> asked, Predicate<Caller> who, int n, int a, Wait wait, Position position) {
        return usable.test(n, a)
                ? across(DescriptorScaling.class, asked, who, n, a, "wait", wait, "n", n, "a", a, "position", position)
                : List.of();
    }

    private List<Cell> selectLimit(Predicate<Caller> who) {
        return each(
                List.of(dev.pollux.SelectLimit.values()),
                limit -> each(
                        AROUND_FD_SETSIZE,
                        fd -> cells(
                                SelectLimit.class,
                                caller -> waits(caller, Mechanism.SELECT)
                                        && who.and(Plan::isPollux).test(caller)
                                        && usable.test(limit, fd, caller),
                                "limit",
                                limit,
                                "highestFd",
                                fd)));
    }

    private List<Cell> oneReady(Predicate<Caller> who, int n) {
        return usable.test(n, OneReadyAmongMany.writtenCount(n))
                ? across(OneReadyAmongMany.class, mechanisms, who, n, 1, "n", n)
                : List.of();
    }

    private List<Cell> chain(int n, int a, int writes) {
        return usable.test(n, n)
                ? across(Chain.class, mechanisms, all(), 2 * n, a, "n", n, "a", a, "writes", writes)
                : List.of();
    }

    /**
     * In C only on epoll and io_uring: to poll and select the same is a store into an array. On io_uring only what a poll
     * does: other changes are noted and no more until then. libevent knows no re-arming.
     */
    private List<Cell> churn() {
        return each(
                List.of(Change.values()),
                change -> join(
                        churn(
                                change,
                                change == Change.REARM
                                        ? Set.of(Mechanism.EPOLL, Mechanism.IO_URING)
                                        : Set.of(Mechanism.EPOLL),
                                caller -> caller != Caller.LIBEVENT),
                        churn(change, WITH_A_LIST, caller -> !caller.isInC())));
    }

    private List<Cell> churn(Change change, Set<Mechanism> asked, Predicate<Caller> who) {
        return across(Churn.class, asked, who, 2 * Churn.SOCKETS, Churn.SOCKETS, "change", change);
    }

    /** Not of libevent, whose loop is not for two threads; and Netty's event loop does not wake itself. */
    private List<Cell> wakeup() {
        return each(
                List.of(Wakening.values()),
                wakening -> across(
                        Wakeup.class,
                        mechanisms,
                        caller -> caller != Caller.LIBEVENT
                                && !(caller == Caller.NETTY_EPOLL && wakening == Wakening.ALONE),
                        Wakeup.PIPES,
                        0,
                        "wakening",
                        wakening));
    }

    /** The same parameters for each mechanism and whoever can wait through it, with so many open and so many ready. */
    private List<Cell> across(
            Class<?> benchmark,
            Collection<Mechanism> asked,
            Predicate<Caller> who,
            int descriptors,
            int ready,
            Object... params) {
        return each(
                asked,
                mechanism -> cells(
                        benchmark,
                        caller -> waits(caller, mechanism)
                                && who.test(caller)
                                && usable.test(mechanism, caller, descriptors, ready),
                        Stream.concat(Stream.of("mechanism", mechanism), Stream.of(params))
                                .toArray()));
    }

    private boolean waits(Caller caller, Mechanism mechanism) {
        return mechanisms.contains(mechanism) && caller != Caller.JNA_INTERFACE && usable.test(mechanism, caller);
    }

    /** One for each of these callers. */
    private List<Cell> cells(Class<?> benchmark, Predicate<Caller> who, Object... params) {
        return callers.stream()
                .filter(who)
                .map(caller -> {
                    Map<String, String> all = new LinkedHashMap<>();
                    for (int i = 0; i < params.length; i += 2) {
                        all.put(params[i].toString(), params[i + 1].toString());
                    }
                    all.put("caller", caller.name());
                    return new Cell(benchmark, all);
                })
                .toList();
    }

    private static <T> List<Cell> each(Collection<T> values, Function<T, List<Cell>> cells) {
        return values.stream().flatMap(value -> cells.apply(value).stream()).toList();
    }

    @SafeVarargs
    private static List<Cell> join(List<Cell>... parts) {
        List<Cell> all = new ArrayList<>();
        for (List<Cell> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private static Predicate<Caller> all() {
        return caller -> true;
    }

    private static boolean isPollux(Caller caller) {
        return caller == Caller.C || caller.binding() != null;
    }

    /** C and the first binding that works, for points of which one caller tells enough. */
    private Predicate<Caller> best() {
        Caller binding = callers.stream()
                .filter(caller -> caller.binding() != null && usable.test(caller))
                .findFirst()
                .orElse(Caller.C);
        return caller -> caller == Caller.C || caller == binding;
    }
}
