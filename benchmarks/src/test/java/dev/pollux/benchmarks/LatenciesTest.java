// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesAreOfOneIteration() {
        Latencies latencies = new Latencies();
        latencies.beforeIteration(null, null);
        Latencies.record(new long[] {1_000_000});
        latencies.beforeIteration(null, null);
        Latencies.record(LongStream.rangeClosed(1, 1000).map(i -> i * 100).toArray());
        var results = latencies.afterIteration(null, null, null);
        assertThat(results)
                .extracting(result -> result.getLabel())
                .containsExactly("latency.p50", "latency.p90", "latency.p99", "latency.p99.9");
        assertThat(results)
                .extracting(result -> Math.round(result.getScore() / 1000))
                .containsExactly(50L, 90L, 99L, 100L);
        assertThat(results.iterator().next().getScore()).isCloseTo(50_000, within(50.0));
    }

    @Test
    void aBenchmarkThatTimesNothingHasNone() {
        Latencies latencies = new Latencies();
        latencies.beforeIteration(null, null);
        assertThat(latencies.afterIteration(null, null, null)).isEmpty();
    }
}
