// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatiosTest {
    private static Result poll(Caller caller, double nanos, double error, double bytes) {
        return Made.up(
                "DescriptorScaling",
                caller,
                nanos,
                error,
                Made.bytes(bytes),
                "mechanism",
                "EPOLL",
                "wait",
                "BLOCKING",
                "n",
                "1000",
                "a",
                "1");
    }

    private static Result call(Caller caller, double nanos, double error, double bytes) {
        return Made.up("BindingCost", caller, nanos, error, Made.bytes(bytes), "call", "FCNTL");
    }

    @Test
    void theSpeedTableHasALineForEachPointAndTheGoalsBesideTheRatios() {
        assertThat(Ratios.speed(List.of(
                        poll(Caller.C, 1000, 10, 0),
                        poll(Caller.JNI, 1030, 40, 0),
                        poll(Caller.FFM, 1120, 30, 0),
                        poll(Caller.JNA, 1700, 20, 24))))
                .isEqualTo("""
                        | mechanism | wait | N | A | C, ns | C, B/op | JNI / C | goal | JNI, B/op | FFM / C | goal | FFM, B/op | JNA / C | goal | JNA, B/op |
                        | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                        | EPOLL | BLOCKING | 1000 | 1 | 1,000.0 ± 10.0 | 0.0 | no difference | ≤ 1.10: met | 0.0 | 1.120 ± 0.032 | ≤ 1.10: within error | 0.0 | 1.700 ± 0.026 | ≤ 1.60: **missed** | 24.0 **garbage** |
                        """);
    }

    @Test
    void theCostTableSaysWhatEachCallerAddsToC() {
        assertThat(Ratios.cost(List.of(
                        call(Caller.C, 200, 3, 0),
                        call(Caller.JNI, 207, 4, 0),
                        call(Caller.JNA_INTERFACE, 1100, 4, 120))))
                .isEqualTo("""
                        | call | caller | ns | above C, ns | B/op |
                        | --- | --- | ---: | ---: | ---: |
                        | FCNTL | C | 200.0 ± 3.0 |  | 0.0 |
                        | FCNTL | JNI | 207.0 ± 4.0 | 7.0 ± 5.0 | 0.0 |
                        | FCNTL | JNA_INTERFACE | 1,100.0 ± 4.0 | 900.0 ± 5.0 | 120.0 |
                        """);
    }

    @Test
    void theReplayTableSaysWhatEachCallerAddsToCAndWhoWasNotReplayed() {
        assertThat(Ratios.replay(List.of(
                        replayed(1, Caller.C, 6, 0.3, 1),
                        replayed(1, Caller.JNI, 36, 0.4, 1),
                        replayed(1, Caller.JNA, 700, 9, 0),
                        replayed(64, Caller.C, 69, 3, 1),
                        replayed(64, Caller.JNI, 225, 4, 0.999))))
                .isEqualTo("""
                        | caller | A = 1, ns | above C | A = 64, ns | above C | each further event, ns |
                        | --- | ---: | ---: | ---: | ---: | ---: |
                        | C | 6.0 ± 0.3 |  | 69.0 ± 3.0 |  | 1.00 ± 0.05 |
                        | JNI | 36.0 ± 0.4 | 30.0 ± 0.5 | 225.0 ± 4.0 | 156.0 ± 5.0 | 3.00 ± 0.06 |
                        | JNA | not replayed |  |  |  |  |
                        """);
    }

    private static Result replayed(int a, Caller caller, double nanos, double error, double share) {
        return Made.up("DescriptorScaling", caller, nanos, error, Made.replayed(share), "a", Integer.toString(a));
    }

    @Test
    void theBlockingTableHasRatiosToTheJdkAndTheHeapOfManyThreads() {
        assertThat(Ratios.blocking(List.of(
                        roundTrip(1, Caller.JDK_VIRTUAL, 20_000, 100, 5000),
                        roundTrip(1, Caller.JNI, 25_000, 100, 5000),
                        roundTrip(9000, Caller.JNI, 30_000, 2000, 800),
                        roundTrip(9000, Caller.JDK_VIRTUAL, 30_000, 1000, 700))))
                .isEqualTo("""
                        | who waits | N | round trip, µs | by that of the JDK, virtual threads | heap of a waiting thread, bytes |
                        | --- | ---: | ---: | ---: | ---: |
                        | JDK channel, virtual threads | 1 | 20.0 ± 0.1 |  |  |
                        | Pollux, JNI | 1 | 25.0 ± 0.1 | 1.250 ± 0.008 |  |
                        | Pollux, JNI | 9000 | 30.0 ± 2.0 | no difference | 800 ± 1 |
                        | JDK channel, virtual threads | 9000 | 30.0 ± 1.0 |  | 700 ± 1 |
                        """);
    }

    private static Result roundTrip(int n, Caller caller, double nanos, double error, double heapBytes) {
        return Made.up(
                "WaitingThreads",
                caller,
                nanos,
                error,
                Map.of(HeapOfThreads.NAME, new Estimate(heapBytes, 1)),
                "n",
                Integer.toString(n));
    }

    @Test
    void aMissingPlainCLeavesTheRatiosEmpty() {
        assertThat(Ratios.speed(List.of(poll(Caller.JNI, 1, 1, 0))))
                .endsWith("| EPOLL | BLOCKING | 1000 | 1 |  |  |  |  |  |\n");
        assertThat(Ratios.cost(List.of(call(Caller.JNI, 207, 4, 0))))
                .endsWith("| FCNTL | JNI | 207.0 ± 4.0 |  | 0.0 |\n");
    }
}
