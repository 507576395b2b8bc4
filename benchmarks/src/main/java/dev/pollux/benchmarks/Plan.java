// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Mechanism;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which cells make which table; the callers of one point stand side by side. */
final class Plan {
    private record Point(Mechanism mechanism, int n, int a) {}

    /** {@code select} takes no descriptor above 1023, and some are the JVM's own: hence 900. */
    private static final List<Point> SPEED = List.of(
            new Point(Mechanism.EPOLL, 1000, 1),
            new Point(Mechanism.EPOLL, 1000, 16),
            new Point(Mechanism.EPOLL, 1000, 128),
            new Point(Mechanism.EPOLL, 1000, 1000),
            new Point(Mechanism.POLL, 900, 1),
            new Point(Mechanism.POLL, 900, 16),
            new Point(Mechanism.POLL, 900, 128),
            new Point(Mechanism.SELECT, 900, 1),
            new Point(Mechanism.SELECT, 900, 16),
            new Point(Mechanism.SELECT, 900, 128));

    private Plan() {}

    /** {@link WaitAndDispatch} at the points for which there are goals. */
    static List<Cell> speed(
            Usable usable, Collection<Mechanism> mechanisms, Collection<Wait> waits, Collection<Caller> callers) {
        Map<Mechanism, List<Caller>> usableCallers = new LinkedHashMap<>();
        for (Mechanism mechanism : mechanisms) {
            usableCallers.put(
                    mechanism,
                    callers.stream()
                            .filter(caller -> caller != Caller.JNA_INTERFACE && usable.test(mechanism, caller))
                            .toList());
        }
        List<Cell> cells = new ArrayList<>();
        for (Wait wait : waits) {
            for (Point point : SPEED) {
                for (Caller caller : usableCallers.getOrDefault(point.mechanism, List.of())) {
                    cells.add(waitAndDispatch(point, wait, caller));
                }
            }
        }
        return cells;
    }

    private static Cell waitAndDispatch(Point point, Wait wait, Caller caller) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("mechanism", point.mechanism.name());
        params.put("wait", wait.name());
        params.put("n", Integer.toString(point.n));
        params.put("a", Integer.toString(point.a));
        params.put("caller", caller.name());
        return new Cell(WaitAndDispatch.class, params);
    }

    /** {@link BindingCost}, whole. */
    static List<Cell> cost(Usable usable, Collection<Caller> callers) {
        List<Caller> usableCallers = callers.stream().filter(usable::test).toList();
        List<Cell> cells = new ArrayList<>();
        for (Call call : Call.values()) {
            for (Caller caller : usableCallers) {
                Map<String, String> params = new LinkedHashMap<>();
                params.put("call", call.name());
                params.put("caller", caller.name());
                cells.add(new Cell(BindingCost.class, params));
            }
        }
        return cells;
    }
}
