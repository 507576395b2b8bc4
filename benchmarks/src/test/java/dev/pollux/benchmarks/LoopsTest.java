// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever waits, the same happens. */
class LoopsTest {
    static Stream<Arguments> waiters() throws IOException {
        Usable usable = new ThisMachine(reason -> {});
        List<Arguments> waiters = new ArrayList<>();
        for (Mechanism mechanism : Mechanism.values()) {
            for (Caller caller : EnumSet.complementOf(EnumSet.of(Caller.JNA_INTERFACE))) {
                if (usable.test(mechanism, caller)) {
                    waiters.add(Arguments.of(caller, mechanism));
                }
            }
        }
        return waiters.stream();
    }

    @ParameterizedTest
    @MethodSource("waiters")
    void whatIsReadyIsCountedInEachPoll(Caller caller, Mechanism mechanism) throws IOException {
        int[] ready = Position.SPREAD.choose(100, 7);
        for (Wait wait : Wait.values()) {
            try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, caller, 100, ready);
                    Loop loop = Loops.waiting(caller, mechanism, wait, pairs)) {
                pairs.makeReady(ready);
                assertThat(loop.run(11)).as("%s", wait).isEqualTo(7 * 11);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("waiters")
    void eachPickIsOneEvent(Caller caller, Mechanism mechanism) throws IOException {
        int[] order = {3, 3, 0, 9, 5};
        try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, caller, 10, Pairs.all(10));
                Loop loop = Loops.picking(caller, mechanism, pairs, order)) {
            assertThat(loop.run(5)).isEqualTo(5);
            assertThat(loop.run(2)).isEqualTo(2);
        }
    }

    /** bench.c: as many reads as there were writes, the first ones and those that the reads made. */
    @ParameterizedTest
    @MethodSource("waiters")
    void theChainReceivesTheFirstBytesAndOneForEachWrite(Caller caller, Mechanism mechanism) throws IOException {
        try (Pairs pairs = Pairs.open(Pairs.Kind.SOCKET, caller, 10, Pairs.all(10))) {
            Loops.Chained chained = Loops.chained(caller, mechanism, pairs);
            for (int writes : new int[] {0, 1, 23}) {
                chained.start().run(3);
                assertThat(chained.passing().run(writes)).isEqualTo(3 + writes);
            }
            chained.passing().close();
        }
    }

    @ParameterizedTest
    @MethodSource("waiters")
    void aWakeupEndsOnePoll(Caller caller, Mechanism mechanism) throws IOException {
        for (Wakening wakening : Wakening.values()) {
            try (Pairs pairs = Pairs.open(Pairs.Kind.PIPE, caller, 2);
                    Loop loop = Loops.waking(caller, mechanism, wakening, pairs)) {
                assertThat(loop.run(10)).as("%s", wakening).isEqualTo(10);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("waiters")
    void allAreChanged(Caller caller, Mechanism mechanism) throws IOException {
        if (caller.isInC() && !(caller == Caller.C && mechanism == Mechanism.EPOLL)) {
            return;
        }
        for (Change change : Change.values()) {
            try (Pairs pairs = Pairs.open(Pairs.Kind.SOCKET, caller, 5, Pairs.all(5))) {
                for (int fd : pairs.fds()) {
                    assertThat(PlainC.fill(fd)).isPositive();
                }
                if (change == Change.REARM) {
                    pairs.makeReady(Pairs.all(5));
                }
                try (Loop loop = Loops.changing(caller, mechanism, change, pairs)) {
                    assertThat(loop.run(4)).as("%s", change).isEqualTo(4 * 5);
                }
            }
        }
    }
}
