// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFdTest {
    @ParameterizedTest
    @CsvSource({
        "LINUX,   0x80000,  0x800, glibc sys/eventfd.h compiled on x86-64",
        "SOLARIS, 0x80000,  0x800, rust-lang/libc illumos.rs",
        "FREEBSD, 0x100000, 0x4,   FreeBSD sys/sys/eventfd.h",
        "NETBSD,  0x400000, 0x4,   NetBSD sys/sys/eventfd.h 1.2: O_CLOEXEC and O_NONBLOCK",
    })
    void theFlagsAreThoseOfTheSystemsHeader(Os os, String cloexec, String nonblock, String source) {
        assertThat(EventFd.efdCloexec(os)).as(source).isEqualTo(Integer.decode(cloexec));
        assertThat(EventFd.efdNonblock(os)).as(source).isEqualTo(Integer.decode(nonblock));
    }
}
