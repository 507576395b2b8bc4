// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimespecTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 0, 1",
        "999999999, 0, 999999999",
        "1000000000, 1, 0",
        "1500000000, 1, 500000000",
        "9223372036854775807, 9223372036, 854775807",
    })
    void nanosecondsBecomeSecondsAndWhatRemains(long nanos, long seconds, long remainder) {
        ByteBuffer buffer = ByteBuffer.allocate(Timespec.SIZE).order(ByteOrder.nativeOrder());
        Timespec.put(buffer, nanos);
        assertThat(buffer.getLong(0)).isEqualTo(seconds);
        assertThat(buffer.getLong(8)).isEqualTo(remainder);
    }

    @Test
    void theStructIsTwoLongsOnEvery64BitSystem() { // <time.h>, compiled here with gcc; rust-lang/libc for the others
        assertThat(Timespec.SIZE).isEqualTo(16);
        assertThat(Timespec.TV_SEC).isEqualTo(0);
        assertThat(Timespec.TV_NSEC).isEqualTo(8);
    }
}
