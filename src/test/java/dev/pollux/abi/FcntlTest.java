// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FcntlTest {
    @Test
    void theOldConstantsAreTheSameEverywhere() { // glibc, compiled here; illumos sys/fcntl.h; rust-lang/libc for the
        // BSDs
        assertThat(Fcntl.F_DUPFD).isEqualTo(0);
        assertThat(Fcntl.F_GETFD).isEqualTo(1);
        assertThat(Fcntl.F_SETFD).isEqualTo(2);
        assertThat(Fcntl.F_GETFL).isEqualTo(3);
        assertThat(Fcntl.F_SETFL).isEqualTo(4);
        assertThat(Fcntl.FD_CLOEXEC).isEqualTo(1);
        assertThat(Fcntl.O_RDONLY).isEqualTo(0);
        assertThat(Fcntl.O_WRONLY).isEqualTo(1);
        assertThat(Fcntl.O_RDWR).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 0x800 | 0x80000   | 1030 | glibc fcntl.h, compiled on x86-64",
                "MACOS     | 0x4   | 0x1000000 | 67   | rust-lang/libc src/unix/bsd/apple/mod.rs",
                "FREEBSD   | 0x4   | 0x100000  | 17   | rust-lang/libc src/unix/bsd/freebsdlike/freebsd/mod.rs",
                "OPENBSD   | 0x4   | 0x10000   | 10   | rust-lang/libc src/unix/bsd/netbsdlike/openbsd/mod.rs",
                "NETBSD    | 0x4   | 0x400000  | 12   | rust-lang/libc src/unix/bsd/netbsdlike/netbsd/mod.rs",
                "DRAGONFLY | 0x4   | 0x20000   | 17   | rust-lang/libc src/unix/bsd/freebsdlike/dragonfly/mod.rs",
                "SOLARIS   | 0x80  | 0x800000  | 37   | rust-lang/libc src/unix/solarish/{mod,illumos}.rs",
                "OTHER     | 0x800 | 0x80000   | 1030 | guessed: Linux's",
            })
    void theFlagsAreEachSystemsOwn(Os os, int nonblock, int cloexec, int dupfdCloexec, String source) {
        assertThat(Fcntl.oNonblock(os)).as(source).isEqualTo(nonblock);
        assertThat(Fcntl.oCloexec(os)).as(source).isEqualTo(cloexec);
        assertThat(Fcntl.fDupfdCloexec(os)).as(source).isEqualTo(dupfdCloexec);
    }

    @Test
    void theFlagsHereAreThoseOfThisSystem() {
        assertThat(Fcntl.O_NONBLOCK).isEqualTo(Fcntl.oNonblock(Os.here()));
        assertThat(Fcntl.O_CLOEXEC).isEqualTo(Fcntl.oCloexec(Os.here()));
        assertThat(Fcntl.F_DUPFD_CLOEXEC).isEqualTo(Fcntl.fDupfdCloexec(Os.here()));
    }
}
