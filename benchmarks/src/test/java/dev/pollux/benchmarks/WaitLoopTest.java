// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Mechanism;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitLoopTest {
    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void aLoopInCSeesWhatThePollerSees(Mechanism mechanism) throws IOException {
        for (Wait wait : Wait.values()) {
            for (Caller caller : new Caller[] {Caller.C, Caller.JNA}) {
                try (Pipes pipes = Pipes.open(100, 7);
                        WaitLoop loop = WaitLoop.open(caller, mechanism, wait, pipes.readFds())) {
                    assertThat(loop.run(11)).as("%s %s", caller, wait).isEqualTo(7 * 11);
                }
            }
        }
    }
}
