// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatTest {
    @Test
    void theKindsOfFileAreTheSameEverywhere() { // glibc sys/stat.h, compiled here; rust-lang/libc for the others
        assertThat(Stat.S_IFMT).isEqualTo(0xf000);
        assertThat(Stat.S_IFIFO).isEqualTo(0x1000);
        assertThat(Stat.S_IFCHR).isEqualTo(0x2000);
        assertThat(Stat.S_IFDIR).isEqualTo(0x4000);
        assertThat(Stat.S_IFREG).isEqualTo(0x8000);
        assertThat(Stat.S_IFSOCK).isEqualTo(0xc000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | amd64       | 24 | 4 | glibc sys/stat.h, compiled on x86-64",
                "LINUX     | x86_64      | 24 | 4 | glibc sys/stat.h, compiled on x86-64",
                "LINUX     | aarch64     | 16 | 4 | Linux include/uapi/asm-generic/stat.h",
                "LINUX     | riscv64     | 16 | 4 | Linux include/uapi/asm-generic/stat.h",
                "LINUX     | loongarch64 | 16 | 4 | Linux include/uapi/asm-generic/stat.h",
                "LINUX     | ppc64le     | 24 | 4 | Linux arch/powerpc/include/uapi/asm/stat.h",
                "LINUX     | ppc64       | 24 | 4 | Linux arch/powerpc/include/uapi/asm/stat.h",
                "LINUX     | s390x       | 24 | 4 | Linux arch/s390/include/uapi/asm/stat.h",
                "MACOS     | x86_64      | 4  | 2 | xnu bsd/sys/stat.h, __DARWIN_STRUCT_STAT64",
                "MACOS     | aarch64     | 4  | 2 | xnu bsd/sys/stat.h, __DARWIN_STRUCT_STAT64",
                "FREEBSD   | amd64       | 24 | 2 | rust-lang/libc src/unix/bsd/freebsdlike/freebsd/freebsd14/mod.rs",
                "OPENBSD   | amd64       | 0  | 4 | rust-lang/libc src/unix/bsd/netbsdlike/openbsd/mod.rs",
                "NETBSD    | amd64       | 8  | 4 | rust-lang/libc src/unix/bsd/netbsdlike/netbsd/mod.rs",
                "DRAGONFLY | amd64       | 16 | 2 | rust-lang/libc src/unix/bsd/freebsdlike/dragonfly/mod.rs",
                "SOLARIS   | amd64       | 16 | 4 | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | amd64       | 24 | 4 | guessed: Linux's",
            })
    void theModeLiesWhereTheHeaderPutsIt(Os os, String osArch, int offset, int widthBytes, String source) {
        assertThat(Stat.modeOffset(os, osArch)).as(source).isEqualTo(offset);
        assertThat(Stat.modeWidthBytes(os)).as(source).isEqualTo(widthBytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = { // the same sources
                "LINUX     | 0  | 8 | 8",
                "MACOS     | 0  | 4 | 8",
                "FREEBSD   | 0  | 8 | 8",
                "OPENBSD   | 4  | 4 | 8",
                "NETBSD    | 0  | 8 | 16",
                "DRAGONFLY | 12 | 4 | 0",
                "SOLARIS   | 0  | 8 | 8",
                "OTHER     | 0  | 8 | 8",
            })
    void theDeviceAndTheInodeLieWhereTheHeaderPutsThem(Os os, int devOffset, int devWidthBytes, int inoOffset) {
        assertThat(Stat.devOffset(os)).isEqualTo(devOffset);
        assertThat(Stat.devWidthBytes(os)).isEqualTo(devWidthBytes);
        assertThat(Stat.inoOffset(os)).isEqualTo(inoOffset);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = { // rust-lang/libc src/unix/mod.rs, link_name of fstat
                "LINUX     | amd64   | fstat",
                "MACOS     | x86_64  | fstat$INODE64",
                "MACOS     | aarch64 | fstat",
                "FREEBSD   | amd64   | fstat",
                "OPENBSD   | amd64   | fstat",
                "NETBSD    | amd64   | __fstat50",
                "NETBSD    | aarch64 | __fstat50",
                "DRAGONFLY | amd64   | fstat",
                "SOLARIS   | amd64   | fstat",
                "OTHER     | amd64   | fstat",
            })
    void theSymbolIsTheOneThatFillsThisStruct(Os os, String osArch, String symbol) {
        assertThat(Stat.symbol(os, osArch)).isEqualTo(symbol);
    }

    @Test
    void theModeIsReadWithoutItsNeighbours() {
        ByteBuffer buffer = ByteBuffer.allocate(Stat.SIZE_MAX).order(ByteOrder.nativeOrder());
        Arrays.fill(buffer.array(), (byte) 0xff);
        int offset = Stat.modeOffset(Os.here(), System.getProperty("os.arch"));
        if (Stat.modeWidthBytes(Os.here()) == 2) {
            buffer.putShort(offset, (short) 0140755);
        } else {
            buffer.putInt(offset, 0140755);
        }
        assertThat(Stat.mode(buffer)).isEqualTo(0140755);
        assertThat(Stat.mode(buffer) & Stat.S_IFMT).isEqualTo(Stat.S_IFSOCK);
    }

    @Test
    void theBufferIsLargeEnoughForEverySystem() { // FreeBSD's struct is the largest: 224 bytes
        assertThat(Stat.SIZE_MAX).isEqualTo(256);
    }
}
