// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundTripsTest {
    @ParameterizedTest
    @CsvSource({"EPOLL, 0", "EPOLL, 50", "POLL, 0", "POLL, 50", "SELECT, 50"})
    void eachGoesThereAndComesBackAndCostsTime(Mechanism mechanism, long spinMicros) throws IOException {
        Duration spin = Duration.of(spinMicros, ChronoUnit.MICROS);
        Duration pause = Duration.of(10, ChronoUnit.MICROS);
        try (RoundTrips roundTrips = RoundTrips.open(mechanism, null, spin, pause)) {
            for (int i = 0; i < 3; i++) {
                RoundTrips.Cost cost = roundTrips.run(200);
                assertThat(cost.elapsedNanos()).isGreaterThanOrEqualTo(pause.toNanos());
                assertThat(cost.cpuNanos()).isPositive();
            }
        }
    }
}
