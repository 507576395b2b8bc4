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
import java.util.function.Predicate;

/** Which cells are measured; the callers of one point stand side by side. */
final class Plan {
    private static final Set<Mechanism> WITH_A_LIST = EnumSet.of(Mechanism.POLL, Mechanism.SELECT);
    private static final int[] AROUND_FD_SETSIZE = {1022, 1023, 1024, 1025};
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
        List<Cell> cells = new ArrayList<>();
        for (Wait wait : waits) {
            for (int a : new int[] {1, 16, 128, 1000}) {
                cells.addAll(scaling(Set.of(Mechanism.EPOLL), Plan::isPollux, 1000, a, wait, Position.SPREAD));
            }
            for (Mechanism mechanism : List.of(Mechanism.POLL, Mechanism.SELECT)) {
                for (int a : new int[] {1, 16, 128}) { // an fd_set has 1024, and some are the JVM's own
                    cells.addAll(scaling(Set.of(mechanism), Plan::isPollux, 900, a, wait, Position.SPREAD));
                }
            }
        }
        return cells;
    }

    /** {@link DescriptorScaling} on epoll with so many ready of a hundred, for every caller. */
    List<Cell> replay(Collection<Integer> readyCounts) {
        List<Cell> cells = new ArrayList<>();
        for (int a : readyCounts) {
            cells.addAll(scaling(Set.of(Mechanism.EPOLL), all(), 100, a, Wait.BLOCKING, Position.RANDOM));
        }
        return cells;
    }

    /** {@link BindingCost}, whole. */
    List<Cell> cost() {
        List<Cell> cells = new ArrayList<>();
        for (Call call : Call.values()) {
            for (Caller caller : callers) {
                if ((isPollux(caller) || caller == Caller.JNA_INTERFACE) && usable.test(caller)) {
                    cells.add(cell(BindingCost.class, caller, "call", call));
                }
            }
        }
        return cells;
    }

    /** {@link WaitingThreads} with so many threads; platform threads only as far as one would have so many. */
    List<Cell> blocking(Collection<Integer> counts) {
        List<Cell> cells = new ArrayList<>();
        for (int n : counts) {
            for (Caller caller : callers) {
                if (waitsInThreads(caller, n) && usable.test(caller) && usable.test(n, n)) {
                    cells.add(cell(WaitingThreads.class, caller, "n", n));
                }
            }
        }
        return cells;
    }

    private boolean waitsInThreads(Caller caller, int n) {
        return caller == Caller.JDK_PLATFORM
                ? n <= MOST_PLATFORM_THREADS
                : (caller == Caller.JDK_VIRTUAL || caller.binding() != null) && usable.hasVirtualThreads();
    }

    /** A look at all: what ten minutes are enough for. */
    List<Cell> quick() {
        List<Cell> cells = new ArrayList<>();
        for (int n : new int[] {10, 100, 1000, 10_000}) {
            cells.addAll(scaling(mechanisms, all(), n, 1, Wait.BLOCKING, Position.RANDOM));
        }
        cells.addAll(scaling(mechanisms, all(), 1000, 128, Wait.BLOCKING, Position.SPREAD));
        for (Position position : List.of(Position.FIRST, Position.LAST)) {
            cells.addAll(scaling(WITH_A_LIST, best(), 1000, 1, Wait.BLOCKING, position));
        }
        cells.addAll(scaling(WITH_A_LIST, best(), 1000, 1, Wait.ZERO, Position.LAST));
        cells.addAll(selectLimit(best()));
        for (int n : new int[] {10, 100, 1000, 10_000}) {
            cells.addAll(oneReady(best(), n));
        }
        cells.addAll(chain(1000, 100, 1000));
        cells.addAll(cost());
        cells.addAll(churn());
        cells.addAll(wakeup());
        cells.addAll(echo(100));
        return cells;
    }

    /** All workloads, all callers, and every point that tells something. */
    List<Cell> full() {
        List<Cell> cells = new ArrayList<>();
        for (int n : new int[] {10, 100, 1000, 1023, 10_000, 100_000}) {
            for (int a : readyCounts(n)) {
                cells.addAll(scaling(mechanisms, all(), n, a, Wait.BLOCKING, Position.RANDOM));
            }
            cells.addAll(scaling(mechanisms, all(), n, 1, Wait.ZERO, Position.RANDOM));
        }
        for (Position position : List.of(Position.FIRST, Position.LAST)) {
            for (Wait wait : Wait.values()) {
                cells.addAll(scaling(mechanisms, all(), 1000, 1, wait, position));
            }
        }
        cells.addAll(selectLimit(all()));
        for (int n : new int[] {10, 100, 1000, 10_000}) {
            cells.addAll(oneReady(all(), n));
        }
        for (int n : new int[] {100, 1000, 5000}) {
            cells.addAll(chain(n, 1, 100));
            cells.addAll(chain(n, 100, 1000));
        }
        cells.addAll(cost());
        cells.addAll(churn());
        cells.addAll(wakeup());
        for (int connections : new int[] {1, 10, 100, 1000}) {
            cells.addAll(echo(connections));
        }
        return cells;
    }

    /** Each benchmark with each caller, at points where that does not take long. */
    List<Cell> smoke() {
        List<Cell> cells = new ArrayList<>();
        for (Position position : Position.values()) {
            for (Wait wait : Wait.values()) {
                cells.addAll(scaling(mechanisms, all(), 100, 10, wait, position));
            }
        }
        cells.addAll(scaling(mechanisms, best(), 10_000, 1, Wait.ZERO, Position.RANDOM));
        cells.addAll(selectLimit(all()));
        cells.addAll(oneReady(all(), 100));
        cells.addAll(chain(10, 3, 20));
        cells.addAll(cost());
        cells.addAll(churn());
        cells.addAll(wakeup());
        cells.addAll(echo(3));
        cells.addAll(blocking(List.of(10)));
        return cells;
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
        List<Cell> cells = new ArrayList<>();
        for (dev.pollux.SelectLimit limit : dev.pollux.SelectLimit.values()) {
            for (int fd : AROUND_FD_SETSIZE) {
                for (Caller caller : waiters(Mechanism.SELECT, who.and(Plan::isPollux))) {
                    if (usable.test(limit, fd, caller)) {
                        cells.add(cell(SelectLimit.class, caller, "limit", limit, "highestFd", fd));
                    }
                }
            }
        }
        return cells;
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
        List<Cell> cells = new ArrayList<>();
        for (Change change : Change.values()) {
            cells.addAll(across(
                    Churn.class,
                    change == Change.REARM ? Set.of(Mechanism.EPOLL, Mechanism.IO_URING) : Set.of(Mechanism.EPOLL),
                    caller -> caller != Caller.LIBEVENT,
                    2 * Churn.SOCKETS,
                    Churn.SOCKETS,
                    "change",
                    change));
            cells.addAll(across(
                    Churn.class,
                    WITH_A_LIST,
                    caller -> !caller.isInC(),
                    2 * Churn.SOCKETS,
                    Churn.SOCKETS,
                    "change",
                    change));
        }
        return cells;
    }

    /** Not of libevent, whose loop is not for two threads; and Netty's event loop does not wake itself. */
    private List<Cell> wakeup() {
        List<Cell> cells = new ArrayList<>();
        for (Wakening wakening : Wakening.values()) {
            cells.addAll(across(
                    Wakeup.class,
                    mechanisms,
                    caller ->
                            caller != Caller.LIBEVENT && !(caller == Caller.NETTY_EPOLL && wakening == Wakening.ALONE),
                    Wakeup.PIPES,
                    0,
                    "wakening",
                    wakening));
        }
        return cells;
    }

    private List<Cell> echo(int connections) {
        List<Cell> cells = new ArrayList<>();
        for (Mechanism mechanism : mechanisms) {
            for (Caller caller : callers) {
                if (caller != Caller.JNA_INTERFACE
                        && usable.test(mechanism, caller)
                        && usable.test(mechanism, caller, 2 * connections, connections)) {
                    cells.add(cell(Echo.class, caller, "mechanism", mechanism, "connections", connections));
                }
            }
        }
        return cells;
    }

    /** The same parameters for each mechanism and whoever can wait through it, with so many open and so many ready. */
    private List<Cell> across(
            Class<?> benchmark,
            Collection<Mechanism> asked,
            Predicate<Caller> who,
            int descriptors,
            int ready,
            Object... params) {
        List<Cell> cells = new ArrayList<>();
        for (Mechanism mechanism : asked) {
            for (Caller caller :
                    waiters(mechanism, who.and(each -> usable.test(mechanism, each, descriptors, ready)))) {
                List<Object> all = new ArrayList<>(List.of("mechanism", mechanism));
                all.addAll(List.of(params));
                cells.add(cell(benchmark, caller, all.toArray()));
            }
        }
        return cells;
    }

    private List<Caller> waiters(Mechanism mechanism, Predicate<Caller> who) {
        if (!mechanisms.contains(mechanism)) {
            return List.of();
        }
        return callers.stream()
                .filter(caller -> caller != Caller.JNA_INTERFACE && caller != Caller.NETTY_NIO)
                .filter(caller -> usable.test(mechanism, caller))
                .filter(who)
                .toList();
    }

    private static Cell cell(Class<?> benchmark, Caller caller, Object... params) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < params.length; i += 2) {
            all.put(params[i].toString(), params[i + 1].toString());
        }
        all.put("caller", caller.name());
        return new Cell(benchmark, all);
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
