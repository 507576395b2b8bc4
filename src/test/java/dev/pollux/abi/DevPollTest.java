// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against illumos usr/src/uts/common/sys/devpoll.h and poll.h, where {@code nfds_t} is an unsigned long. */
class DevPollTest {
    @Test
    void theNumbersAreThoseOfTheHeader() {
        assertThat(DevPoll.PATH).isEqualTo("/dev/poll");
        assertThat(DevPoll.POLLREMOVE).isEqualTo(0x0800);
        assertThat(DevPoll.DP_POLL).isEqualTo(0xD001);
    }

    @Test
    void theStructIsThatOfA64BitSystem() {
        assertThat(DevPoll.DP_FDS).isEqualTo(0);
        assertThat(DevPoll.DP_NFDS).isEqualTo(8);
        assertThat(DevPoll.DP_TIMEOUT).isEqualTo(16);
        assertThat(DevPoll.DP_SETP).isEqualTo(24);
        assertThat(DevPoll.SIZE).isEqualTo(32);
    }

    @Test
    void everyByteOfTheStructIsWritten() {
        ByteBuffer buffer = ByteBuffer.allocate(DevPoll.SIZE).order(ByteOrder.nativeOrder());
        Arrays.fill(buffer.array(), (byte) 0xff);
        DevPoll.put(buffer, 0x0123456789abcdefL, 64, -1);
        assertThat(buffer.getLong(0)).isEqualTo(0x0123456789abcdefL);
        assertThat(buffer.getLong(8)).isEqualTo(64);
        assertThat(buffer.getInt(16)).isEqualTo(-1);
        assertThat(buffer.getInt(20)).isZero();
        assertThat(buffer.getLong(24)).isZero();
    }
}
