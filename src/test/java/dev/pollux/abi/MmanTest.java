// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Against Linux include/uapi/asm-generic/mman-common.h. */
class MmanTest {
    @Test
    void theNumbersAreThoseOfTheHeader() {
        assertThat(Mman.PROT_READ).isEqualTo(0x1);
        assertThat(Mman.PROT_WRITE).isEqualTo(0x2);
        assertThat(Mman.MAP_SHARED).isEqualTo(0x01);
        assertThat(Mman.MAP_ANONYMOUS).isEqualTo(0x20);
        assertThat(Mman.MAP_POPULATE).isEqualTo(0x8000);
    }
}
