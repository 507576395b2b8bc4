// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.ChildJvm;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Selections on virtual threads leave the only carrier to others. */
class VirtualThreadTest {
    @BeforeEach
    void assumeVirtualThreadsThatParkInsideSynchronized() {
        NativePart.assume("selections on virtual threads");
        NativePart.assumeNothingAgainst(
                "selections on virtual threads",
                Runtime.version().feature() < 24
                        ? "JDK " + Runtime.version()
                                + " has no virtual threads that leave a carrier inside synchronized"
                        : null);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "POLL", "SELECT"})
    void sixtyFourVirtualThreadsSelectOnOneCarrier(Mechanism mechanism) throws Exception {
        Assumptions.assumeTrue(
                Usable.combinations().stream().anyMatch(each -> each.mechanism() == mechanism), "not usable here");
        ChildJvm child = ChildJvm.run(
                VirtualSelectors.class,
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                "-Ddev.pollux.mechanism=" + mechanism);

        assertThat(child).isEqualTo(new ChildJvm(0, "done\n"));
    }
}
