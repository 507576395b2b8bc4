// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import dev.pollux.abi.FdSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {
    /** Linux, with everything there, and so many descriptors. */
    private record Linux(long descriptorLimit) implements Usable {
        @Override
        public boolean test(Mechanism mechanism, Caller caller) {
            return caller.has(mechanism)
                    && EnumSet.of(Mechanism.EPOLL, Mechanism.POLL, Mechanism.SELECT)
                            .contains(mechanism);
        }

        @Override
        public boolean test(Mechanism mechanism, Caller caller, int descriptors, int ready) {
            return true;
        }

        @Override
        public boolean test(Caller caller) {
            return true;
        }

        @Override
        public boolean test(int pairs, int written) {
            return Pairs.needed(pairs, written) <= descriptorLimit;
        }

        @Override
        public boolean test(dev.pollux.SelectLimit limit, int fd, Caller caller) {
            return limit == dev.pollux.SelectLimit.KERNEL || fd < FdSet.FD_SETSIZE;
        }

        @Override
        public boolean hasVirtualThreads() {
            return true;
        }
    }

    private static final Plan ALL = plan(1_000_000);

    private static Plan plan(long descriptorLimit) {
        return new Plan(new Linux(descriptorLimit), EnumSet.allOf(Mechanism.class), EnumSet.allOf(Caller.class));
    }

    @Test
    void noCellIsMeasuredTwice() {
        for (List<Cell> cells : List.of(ALL.quick(), ALL.full(), ALL.smoke(), ALL.cost())) {
            assertThat(cells).doesNotHaveDuplicates();
        }
    }

    @Test
    void eachSuiteHasAllWorkloads() {
        for (List<Cell> cells : List.of(ALL.quick(), ALL.full(), ALL.smoke())) {
            assertThat(cells.stream()
                            .map(Cell::benchmark)
                            .filter(each -> each != WaitingThreads.class) // it has a command of its own
                            .distinct())
                    .containsExactlyInAnyOrder(
                            DescriptorScaling.class,
                            SelectLimit.class,
                            OneReadyAmongMany.class,
                            Chain.class,
                            BindingCost.class,
                            Churn.class,
                            Wakeup.class);
        }
    }

    @Test
    void noWorkloadMeasuresItsPeersWithoutC() {
        for (Cell cell : ALL.full()) {
            boolean hasC = !(cell.benchmark() == Churn.class
                    && List.of("POLL", "SELECT").contains(cell.params().get("mechanism")));
            if (hasC) {
                assertThat(ALL.full())
                        .as("%s", cell)
                        .anyMatch(each -> each.benchmark() == cell.benchmark()
                                && each.params().get("caller").equals("C")
                                && sameButCaller(each, cell));
            }
            if (!cell.benchmark().equals(BindingCost.class)) {
                assertThat(cell.params().get("caller")).isNotEqualTo("JNA_INTERFACE");
            }
        }
    }

    private static boolean sameButCaller(Cell one, Cell other) {
        return one.params().entrySet().stream()
                .allMatch(param -> param.getKey().equals("caller")
                        || param.getValue().equals(other.params().get(param.getKey())));
    }

    @Test
    void theQuickSuiteFitsIntoTenMinutes() {
        double secondsForACell = 2; // a JVM, and eight iterations of 60 ms
        assertThat(ALL.quick().size() * secondsForACell).isLessThan(600);
    }

    @Test
    void thePeersWaitThroughTheirOwnMechanism() {
        for (Cell cell : ALL.full()) {
            String mechanism = cell.params().get("mechanism");
            switch (Caller.valueOf(cell.params().get("caller"))) {
                case POLLUX_NIO_KEYS, POLLUX_NIO_CONSUMER, JDK_KEYS, JDK_CONSUMER, NETTY_EPOLL ->
                    assertThat(mechanism).isEqualTo("EPOLL");
                case JNR_ENXIO -> assertThat(mechanism).isEqualTo("POLL");
                default -> {}
            }
        }
    }

    @Test
    void platformThreadsWaitOnlyInSmallNumbers() {
        assertThat(ALL.blocking(List.of(100, 9000)).stream()
                        .filter(cell -> cell.params().get("caller").equals("JDK_PLATFORM"))
                        .map(cell -> cell.params().get("n")))
                .containsExactly("100");
    }

    @Test
    void pointsWithoutRoomForThemAreLeftOut() {
        assertThat(plan(20_000).full())
                .noneMatch(cell -> "100000".equals(cell.params().get("n")))
                .anyMatch(cell -> "10000".equals(cell.params().get("n")));
    }

    @Test
    void selectIsAskedBeyondItsLimitOnlyIfTheKernelsIsMeant() {
        assertThat(ALL.smoke().stream()
                        .filter(cell -> cell.benchmark() == SelectLimit.class
                                && cell.params().get("limit").equals("FD_SETSIZE"))
                        .map(cell -> cell.params().get("highestFd")))
                .isNotEmpty()
                .allMatch(fd -> Set.of("1022", "1023").contains(fd));
    }
}
