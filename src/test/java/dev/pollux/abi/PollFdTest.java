// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollFdTest {
    @Test
    void theStructIsTheSameEverywhere() { // glibc poll.h, compiled here; illumos usr/src/uts/common/sys/poll.h
        assertThat(PollFd.SIZE).isEqualTo(8);
        assertThat(PollFd.FD).isEqualTo(0);
        assertThat(PollFd.EVENTS).isEqualTo(4);
        assertThat(PollFd.REVENTS).isEqualTo(6);
    }

    @Test
    void sixBitsAreTheSameEverywhere() { // glibc, compiled here; illumos sys/poll.h; rust-lang/libc src/unix/bsd/mod.rs
        assertThat(PollFd.POLLIN).isEqualTo(0x01);
        assertThat(PollFd.POLLPRI).isEqualTo(0x02);
        assertThat(PollFd.POLLOUT).isEqualTo(0x04);
        assertThat(PollFd.POLLERR).isEqualTo(0x08);
        assertThat(PollFd.POLLHUP).isEqualTo(0x10);
        assertThat(PollFd.POLLNVAL).isEqualTo(0x20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 0x2000 | glibc poll.h, compiled on x86-64",
                "MACOS     | 0      | in rust-lang/libc src/unix/bsd/mod.rs there is none",
                "FREEBSD   | 0x4000 | FreeBSD sys/sys/poll.h",
                "OPENBSD   | 0      | in rust-lang/libc src/unix/bsd/mod.rs there is none",
                "NETBSD    | 0      | in rust-lang/libc src/unix/bsd/mod.rs there is none",
                "DRAGONFLY | 0      | in rust-lang/libc src/unix/bsd/mod.rs there is none",
                "SOLARIS   | 0x4000 | illumos usr/src/uts/common/sys/poll.h",
                "OTHER     | 0x2000 | guessed: Linux's",
            })
    void theHalfHangUpHasABitOfItsOwnWhereThereIsOne(Os os, int pollrdhup, String source) {
        assertThat(PollFd.pollRdhup(os)).as(source).isEqualTo(pollrdhup);
    }

    @Test
    void theBitHereIsThatOfThisSystem() {
        assertThat(PollFd.POLLRDHUP).isEqualTo(PollFd.pollRdhup(Os.here()));
    }
}
