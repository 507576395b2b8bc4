// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Against Linux include/uapi/linux/membarrier.h and the tables of system calls. */
class MembarrierTest {
    @Test
    void theNumbersAreThoseOfTheHeader() {
        assertThat(Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED).isEqualTo(8);
        assertThat(Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED).isEqualTo(16);
    }

    @Test
    void eachProcessorHasItsOwnNumberForTheCall() {
        assertThat(Membarrier.number("amd64")).isEqualTo(324);
        assertThat(Membarrier.number("aarch64")).isEqualTo(283);
        assertThat(Membarrier.number("riscv64")).isEqualTo(283);
        assertThat(Membarrier.number("arm")).isEqualTo(389);
        assertThat(Membarrier.number("i386")).isEqualTo(375);
        assertThat(Membarrier.number("ppc64le")).isEqualTo(365);
        assertThat(Membarrier.number("s390x")).isEqualTo(356);
        assertThat(Membarrier.number("sparcv9")).isEqualTo(-1);
    }
}
