// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OsTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, LINUX",
        "Mac OS X, MACOS",
        "macOS, MACOS",
        "Darwin, MACOS",
        "FreeBSD, FREEBSD",
        "OpenBSD, OPENBSD",
        "NetBSD, NETBSD",
        "DragonFly, DRAGONFLY",
        "DragonFlyBSD, DRAGONFLY",
        "SunOS, SOLARIS",
        "Solaris, SOLARIS",
        "illumos, SOLARIS",
        "AIX, OTHER",
        "Windows 11, OTHER",
        "GNU/kFreeBSD, OTHER",
        "'', OTHER",
        "LINUX, LINUX",
        "freebsd, FREEBSD",
    })
    void aSystemIsKnownByTheNameItGivesItself(String osName, Os os) {
        assertThat(Os.named(osName)).isEqualTo(os);
    }

    @Test
    void theSystemHereIsTheOneTheJvmNames() {
        assertThat(Os.here()).isEqualTo(Os.named(System.getProperty("os.name")));
    }
}
