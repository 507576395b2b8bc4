// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalTest {
    /** An unsigned long holds the first 64 signals, in either byte order. */
    @ParameterizedTest
    @CsvSource({"BIG_ENDIAN, 7", "LITTLE_ENDIAN, 0"})
    void aSetHasTheFirstSignalInTheLowestBitOfALong(String order, int lowestByte) {
        ByteBuffer set = ByteBuffer.allocate(Signal.SIGSET_SIZE)
                .order(order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        Signal.add(set, Signal.SIGHUP);
        Signal.add(set, Signal.SIGNAL_MAX);

        assertThat(set.get(lowestByte)).isEqualTo((byte) 1);
        assertThat(set.get(7 - lowestByte)).isEqualTo((byte) 0x80);
        for (int signal = 1; signal <= Signal.SIGNAL_MAX; signal++) {
            assertThat(Signal.contains(set, signal)).isEqualTo(signal == 1 || signal == Signal.SIGNAL_MAX);
        }
    }

    @Test
    void namesAreThoseOfStrace() {
        assertThat(Signal.name(Signal.SIGHUP)).isEqualTo("SIGHUP");
        assertThat(Signal.name(Signal.SIGSYS)).isEqualTo("SIGSYS");
        assertThat(Signal.name(32)).isEqualTo("SIGRTMIN");
        assertThat(Signal.name(34)).isEqualTo("SIGRT_2");
        assertThat(Signal.name(64)).isEqualTo("SIGRT_32");
        assertThat(Signal.name(0)).isEqualTo("0");
        assertThat(Signal.name(65)).isEqualTo("65");
        assertThat(Signal.name(-1)).isEqualTo("-1");
    }
}
