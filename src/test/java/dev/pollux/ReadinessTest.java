// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReadinessTest {
    @Test
    void thereIsOneInstanceForEachValue() {
        for (int bits = 0; bits < 128; bits++) {
            assertThat(Readiness.of(bits)).isSameAs(Readiness.of(bits));
            assertThat(Readiness.of(bits).bits()).isEqualTo(bits);
        }
    }

    @Test
    void otherBitsAreRefused() {
        assertThatThrownBy(() -> Readiness.of(128)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Readiness.of(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void eachBitIsToldByItsOwnMethodOnly() {
        for (int bits = 0; bits < 128; bits++) {
            Readiness ready = Readiness.of(bits);
            assertThat(ready.isReadable()).isEqualTo((bits & Readiness.READABLE) != 0);
            assertThat(ready.isWritable()).isEqualTo((bits & Readiness.WRITABLE) != 0);
            assertThat(ready.isPriority()).isEqualTo((bits & Readiness.PRIORITY) != 0);
            assertThat(ready.isHangup()).isEqualTo((bits & Readiness.HANGUP) != 0);
            assertThat(ready.isReadHangup()).isEqualTo((bits & Readiness.READ_HANGUP) != 0);
            assertThat(ready.isError()).isEqualTo((bits & Readiness.ERROR) != 0);
            assertThat(ready.isInvalid()).isEqualTo((bits & Readiness.INVALID) != 0);
        }
    }

    @Test
    void aReadinessReadsAsItsNames() {
        assertThat(Readiness.of(0)).hasToString("NOTHING");
        assertThat(Readiness.of(Readiness.READABLE | Readiness.READ_HANGUP)).hasToString("READABLE|READ_HANGUP");
        assertThat(Readiness.of(127)).hasToString("READABLE|WRITABLE|PRIORITY|HANGUP|READ_HANGUP|ERROR|INVALID");
    }
}
