// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FdSetTest {
    private final ByteBuffer set = ByteBuffer.allocate(FdSet.sizeBytes(256)).order(ByteOrder.nativeOrder());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 1024  | glibc sys/select.h, compiled on x86-64",
                "MACOS     | 1024  | __DARWIN_FD_SETSIZE, as apple/swift-system spells it out",
                "FREEBSD   | 1024  | FreeBSD sys/sys/select.h",
                "OPENBSD   | 1024  | OpenBSD sys/sys/select.h",
                "NETBSD    | 256   | rust-lang/libc src/unix/bsd/netbsdlike/netbsd/mod.rs",
                "DRAGONFLY | 1024  | rust-lang/libc src/unix/bsd/freebsdlike/mod.rs",
                "SOLARIS   | 65536 | rust-lang/libc src/unix/solarish/mod.rs, 64-bit",
                "OTHER     | 1024  | guessed: Linux's",
            })
    void theHeaderHasALimit(Os os, int fdSetSize, String source) {
        assertThat(FdSet.fdSetSize(os)).as(source).isEqualTo(fdSetSize);
    }

    @Test
    void theLimitHereIsThatOfThisSystem() {
        assertThat(FdSet.FD_SETSIZE).isEqualTo(FdSet.fdSetSize(Os.here()));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 8", "63, 8", "64, 8", "65, 16", "128, 16", "1024, 128", "65536, 8192"})
    void theSizeIsThatOfWholeWords(int nfds, int sizeBytes) {
        assertThat(FdSet.sizeBytes(nfds)).isEqualTo(sizeBytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 63, 64, 65, 127, 128, 255})
    void aDescriptorIsOneBit(int fd) {
        FdSet.set(set, fd);
        for (int other = 0; other < 256; other++) {
            assertThat(FdSet.isSet(set, other)).as("descriptor %d", other).isEqualTo(other == fd);
        }
        FdSet.clear(set, fd);
        assertThat(set.array()).containsOnly(0);
    }

    @Test
    void clearingOneLeavesTheOthers() {
        FdSet.set(set, 64);
        FdSet.set(set, 66);
        FdSet.set(set, 127);
        FdSet.clear(set, 66);
        FdSet.clear(set, 65);
        assertThat(FdSet.isSet(set, 64)).isTrue();
        assertThat(FdSet.isSet(set, 66)).isFalse();
        assertThat(FdSet.isSet(set, 127)).isTrue();
    }

    @Test
    void thePositionOfTheBufferDoesNotMatter() {
        set.position(set.capacity());
        FdSet.set(set, 70);
        assertThat(FdSet.isSet(set, 70)).isTrue();
        assertThat(set.position()).isEqualTo(set.capacity());
    }

    @Test
    void onLittleEndianTheWidthOfTheWordsDoesNotMatter() { // longs on FreeBSD, int32_t in OpenBSD sys/sys/select.h
        assumeThat(ByteOrder.nativeOrder()).as("a little-endian machine").isEqualTo(ByteOrder.LITTLE_ENDIAN);
        for (int fd = 0; fd < 256; fd++) {
            FdSet.set(set, fd);
            assertThat(set.getLong(fd / 64 * 8)).isEqualTo(1L << fd % 64);
            assertThat(set.getInt(fd / 32 * 4)).isEqualTo(1 << fd % 32);
            assertThat(set.get(fd / 8)).isEqualTo((byte) (1 << fd % 8));
            FdSet.clear(set, fd);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256, 1024})
    void aDescriptorOutsideTheBufferIsRefused(int fd) {
        assertThatThrownBy(() -> FdSet.set(set, fd)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> FdSet.clear(set, fd)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> FdSet.isSet(set, fd)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
