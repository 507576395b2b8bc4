// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RlimitTest {
    @Test
    void theStructIsTwoLongsOnEvery64BitSystem() { // glibc sys/resource.h, compiled here; rlim_t in rust-lang/libc
        assertThat(Rlimit.SIZE).isEqualTo(16);
        assertThat(Rlimit.CUR).isEqualTo(0);
        assertThat(Rlimit.MAX).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 7 | -1                 | glibc sys/resource.h, compiled on x86-64",
                "MACOS     | 8 | 0x7fffffffffffffff | xnu bsd/sys/resource.h",
                "FREEBSD   | 8 | 0x7fffffffffffffff | rust-lang/libc src/unix/bsd/freebsdlike/mod.rs",
                "OPENBSD   | 8 | 0x7fffffffffffffff | rust-lang/libc src/unix/bsd/netbsdlike/mod.rs",
                "NETBSD    | 8 | 0x7fffffffffffffff | rust-lang/libc src/unix/bsd/netbsdlike/mod.rs",
                "DRAGONFLY | 8 | 0x7fffffffffffffff | rust-lang/libc src/unix/bsd/freebsdlike/mod.rs",
                "SOLARIS   | 5 | -3                 | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | 7 | -1                 | guessed: Linux's",
            })
    void theNumbersAreEachSystemsOwn(Os os, int nofile, long infinity, String source) {
        assertThat(Rlimit.rlimitNofile(os)).as(source).isEqualTo(nofile);
        assertThat(Rlimit.infinity(os)).as(source).isEqualTo(infinity);
    }

    @Test
    void theNumbersHereAreThoseOfThisSystem() {
        assertThat(Rlimit.RLIMIT_NOFILE).isEqualTo(Rlimit.rlimitNofile(Os.here()));
        assertThat(Rlimit.RLIM_INFINITY).isEqualTo(Rlimit.infinity(Os.here()));
    }
}
