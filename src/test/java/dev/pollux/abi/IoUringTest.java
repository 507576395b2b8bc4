// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Against Linux 6.1 include/uapi/linux/io_uring.h. */
class IoUringTest {
    @Test
    void theCallsHaveTheSameNumbersOnEveryProcessorThatJavaRunsOn() {
        assertThat(IoUring.SYS_io_uring_setup).isEqualTo(425);
        assertThat(IoUring.SYS_io_uring_enter).isEqualTo(426);
    }

    @Test
    void theParametersEndWithTheOffsetsOfBothRings() {
        assertThat(IoUring.SQ_OFF_HEAD).isEqualTo(40);
        assertThat(IoUring.CQ_OFF_HEAD).isEqualTo(IoUring.SQ_OFF_HEAD + 40);
        assertThat(IoUring.PARAMS_SIZE).isEqualTo(IoUring.CQ_OFF_HEAD + 40);
        assertThat(IoUring.SQ_OFF_ARRAY - IoUring.SQ_OFF_HEAD).isEqualTo(24);
        assertThat(IoUring.CQ_OFF_FLAGS - IoUring.CQ_OFF_HEAD).isEqualTo(24);
        assertThat(IoUring.CQ_OFF_CQES - IoUring.CQ_OFF_HEAD).isEqualTo(20);
    }

    @Test
    void theEntriesHaveTheirSizes() {
        assertThat(IoUring.SQE_SIZE).isEqualTo(64);
        assertThat(IoUring.SQE_USER_DATA).isEqualTo(32);
        assertThat(IoUring.CQE_SIZE).isEqualTo(16);
        assertThat(IoUring.CQE_FLAGS).isEqualTo(12);
        assertThat(IoUring.GETEVENTS_ARG_SIZE).isEqualTo(24);
        assertThat(IoUring.ARG_TS).isEqualTo(16);
    }

    @Test
    void theOperationsAreThoseOfTheHeader() {
        assertThat(IoUring.IORING_OP_NOP).isZero();
        assertThat(IoUring.IORING_OP_POLL_ADD).isEqualTo(6);
        assertThat(IoUring.IORING_OP_POLL_REMOVE).isEqualTo(7);
        assertThat(IoUring.IORING_OP_ASYNC_CANCEL).isEqualTo(14);
        assertThat(IoUring.IORING_POLL_ADD_LEVEL).isEqualTo(8);
        assertThat(IoUring.IORING_ASYNC_CANCEL_ANY).isEqualTo(4);
        assertThat(IoUring.IORING_ENTER_EXT_ARG).isEqualTo(8);
        assertThat(IoUring.IORING_FEAT_EXT_ARG).isEqualTo(256);
        assertThat(IoUring.IORING_SETUP_SINGLE_ISSUER).isEqualTo(4096);
        assertThat(IoUring.IORING_SETUP_DEFER_TASKRUN).isEqualTo(8192);
    }

    @Test
    void theHalvesOfTheEventsAreSwappedWhereTheOrderIsBigEndian() {
        int events = Epoll.EPOLLIN | Epoll.EPOLLET;
        assertThat(IoUring.poll32Events(ByteOrder.LITTLE_ENDIAN, events)).isEqualTo(0x8000_0001);
        assertThat(IoUring.poll32Events(ByteOrder.BIG_ENDIAN, events)).isEqualTo(0x0001_8000);
    }
}
