// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap with given times, on both sides of the overflow of nanoTime. */
class TimerTest {
    private final Timer.Heap heap = new Timer.Heap();
    private final List<String> ran = new ArrayList<>();

    private Timer add(String name, long deadlineNanos, long periodNanos) {
        Timer timer = new Timer(heap, () -> ran.add(name), deadlineNanos, periodNanos);
        heap.add(timer);
        return timer;
    }

    private void runDue(long nowNanos) {
        Runnable task;
        while ((task = heap.takeDue(nowNanos)) != null) {
            task.run();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000, Long.MAX_VALUE - 5, Long.MIN_VALUE, -3})
    void equalDeadlinesRunInTheOrderInWhichTheyWereScheduled(long nowNanos) {
        for (int i = 0; i < 50; i++) {
            add("late " + i, nowNanos + 7, 0);
            add("early " + i, nowNanos + 3, 0);
        }
        runDue(nowNanos + 3);
        assertThat(ran).isEmpty();

        runDue(nowNanos + 4);
        assertThat(ran).hasSize(50).first().isEqualTo("early 0");
        runDue(nowNanos + 8);

        List<String> expected = new ArrayList<>();
        for (String when : List.of("early ", "late ")) {
            for (int i = 0; i < 50; i++) {
                expected.add(when + i);
            }
        }
        assertThat(ran).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    void aMissedPeriodIsSkippedAndTheRateIsKept(long startNanos) {
        Timer timer = add("tick", startNanos, 10);

        runDue(startNanos + 1);
        assertThat(ran).hasSize(1);
        runDue(startNanos + 10);
        assertThat(ran).as("its time has not passed yet").hasSize(1);
        runDue(startNanos + 11);
        assertThat(ran).hasSize(2);
        runDue(startNanos + 75);
        assertThat(ran).as("20 to 70, once").hasSize(3);
        runDue(startNanos + 80);
        assertThat(ran).hasSize(3);
        runDue(startNanos + 81);
        assertThat(ran).hasSize(4);
        assertThat(timer.cancel()).isTrue();
        runDue(startNanos + 1000);
        assertThat(ran).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void afterAnyCancelsTheRemainingTimersRunInOrder(long seed) {
        Random random = new Random(seed);
        long startNanos = Long.MAX_VALUE - 500;
        record Expected(String name, long delay) {}
        List<Expected> expected = new ArrayList<>();
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Expected each = new Expected("timer " + i, random.nextInt(1000));
            expected.add(each);
            timers.add(add(each.name, startNanos + each.delay, 0));
        }
        for (int i = timers.size() - 1; i >= 0; i--) {
            if (random.nextBoolean()) {
                assertThat(timers.get(i).cancel()).isTrue();
                assertThat(timers.get(i).cancel()).isFalse();
                expected.remove(i);
            }
        }

        for (int now = 0; now <= 1000; now++) {
            runDue(startNanos + now);
        }

        assertThat(ran)
                .isEqualTo(expected.stream()
                        .sorted(Comparator.comparingLong(Expected::delay))
                        .map(Expected::name)
                        .toList());
        assertThat(heap.nanosToFirst()).isNegative();
    }
}
