// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.abi.Termios.Abi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TermiosTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | amd64   | LINUX       | 60 | 17 | 52 | 6  | 5  | glibc termios.h, compiled on x86-64",
                "LINUX     | aarch64 | LINUX       | 60 | 17 | 52 | 6  | 5  | glibc bits/termios-struct.h",
                "LINUX     | riscv64 | LINUX       | 60 | 17 | 52 | 6  | 5  | glibc bits/termios-struct.h",
                "LINUX     | s390x   | LINUX       | 60 | 17 | 52 | 6  | 5  | glibc bits/termios-struct.h",
                "LINUX     | ppc64le | LINUX_POWER | 60 | 17 | 52 | 5  | 7  | glibc powerpc/bits/termios-c_cc.h",
                "MACOS     | aarch64 | MACOS       | 72 | 32 | 56 | 16 | 17 | rust-lang/libc src/unix/bsd/apple/mod.rs",
                "FREEBSD   | amd64   | BSD         | 44 | 16 | 36 | 16 | 17 | rust-lang/libc src/unix/bsd/freebsdlike/mod.rs",
                "DRAGONFLY | amd64   | BSD         | 44 | 16 | 36 | 16 | 17 | rust-lang/libc src/unix/bsd/freebsdlike/mod.rs",
                "OPENBSD   | amd64   | BSD         | 44 | 16 | 36 | 16 | 17 | rust-lang/libc src/unix/bsd/netbsdlike/mod.rs",
                "NETBSD    | amd64   | BSD         | 44 | 16 | 36 | 16 | 17 | rust-lang/libc src/unix/bsd/netbsdlike/mod.rs",
                "SOLARIS   | amd64   | SOLARIS     | 36 | 16 | 0  | 4  | 5  | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | amd64   | LINUX       | 60 | 17 | 52 | 6  | 5  | guessed: Linux's",
            })
    void theStructIsEachSystemsOwn(
            Os os, String osArch, Abi abi, int size, int cc, int ispeed, int vmin, int vtime, String source) {
        assertThat(Abi.of(os, osArch)).as(source).isEqualTo(abi);
        assertThat(abi.sizeBytes()).as(source).isEqualTo(size);
        assertThat(abi.ccOffset()).as(source).isEqualTo(cc);
        assertThat(abi.ispeedOffset()).as(source).isEqualTo(ispeed);
        assertThat(abi.VMIN).as(source).isEqualTo(vmin);
        assertThat(abi.VTIME).as(source).isEqualTo(vtime);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = { // the same sources; for Linux on POWER also src/unix/linux_like/linux/gnu/b64/powerpc64/mod.rs
                "LINUX       | 0x400 | 0x4 | 0x30  | 0x80  | 0x100  | 0x1  | 0x2   | 0x40 | 0x8000 | 0x5413     | 0x5414",
                "LINUX_POWER | 0x200 | 0x2 | 0x300 | 0x800 | 0x1000 | 0x80 | 0x100 | 0x10 | 0x400  | 0x40087468 | 0x80087467",
                "BSD         | 0x200 | 0x2 | 0x300 | 0x800 | 0x1000 | 0x80 | 0x100 | 0x10 | 0x400  | 0x40087468 | 0x80087467",
                "MACOS       | 0x200 | 0x2 | 0x300 | 0x800 | 0x1000 | 0x80 | 0x100 | 0x10 | 0x400  | 0x40087468 | 0x80087467",
                "SOLARIS     | 0x400 | 0x4 | 0x30  | 0x80  | 0x100  | 0x1  | 0x2   | 0x40 | 0x8000 | 0x5468     | 0x5467",
            })
    void theFlagsAreEachSystemsOwn(
            Abi abi,
            int ixon,
            int onlcr,
            int cs8,
            int cread,
            int parenb,
            int isig,
            int icanon,
            int echonl,
            int iexten,
            long tiocgwinsz,
            long tiocswinsz) {
        assertThat(abi.IXON).isEqualTo(ixon);
        assertThat(abi.ONLCR).isEqualTo(onlcr);
        assertThat(abi.CS8).isEqualTo(cs8).isEqualTo(abi.CSIZE);
        assertThat(abi.CREAD).isEqualTo(cread);
        assertThat(abi.PARENB).isEqualTo(parenb);
        assertThat(abi.ISIG).isEqualTo(isig);
        assertThat(abi.ICANON).isEqualTo(icanon);
        assertThat(abi.ECHONL).isEqualTo(echonl);
        assertThat(abi.IEXTEN).isEqualTo(iexten);
        assertThat(abi.TIOCGWINSZ).isEqualTo(tiocgwinsz);
        assertThat(abi.TIOCSWINSZ).isEqualTo(tiocswinsz);
    }

    private static ByteBuffer buffer(Abi abi) {
        return ByteBuffer.allocate(abi.sizeBytes()).order(ByteOrder.nativeOrder());
    }

    @ParameterizedTest
    @EnumSource
    void flagsAndCharactersAreWrittenWhereTheyAreRead(Abi abi) {
        ByteBuffer termios = buffer(abi);
        int[] offsets = {abi.iflagOffset(), abi.oflagOffset(), abi.cflagOffset(), abi.lflagOffset()};
        for (int i = 0; i < offsets.length; i++) {
            abi.putFlags(termios, offsets[i], 0x8000_0001 + i);
        }
        abi.putCc(termios, abi.VMIN, 200);

        for (int i = 0; i < offsets.length; i++) {
            assertThat(abi.flags(termios, offsets[i])).isEqualTo(0x8000_0001 + i);
        }
        assertThat(abi.cc(termios, abi.VMIN)).isEqualTo((byte) 200);
        assertThat(abi.cc(termios, abi.VTIME)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "LINUX, 0, 0",
        "LINUX, 9600, 0xd",
        "LINUX, 38400, 0xf",
        "LINUX, 57600, 0x1001",
        "LINUX, 115200, 0x1002",
        "LINUX, 4000000, 0x100f",
        "LINUX_POWER, 38400, 0xf",
        "LINUX_POWER, 57600, 0x10",
        "LINUX_POWER, 4000000, 0x1e",
    })
    void aRateIsACodeAndANumberOnLinux(Abi abi, int rate, int code) {
        ByteBuffer termios = buffer(abi);
        int inputRate = abi.CBAUD << 16; // CIBAUD; 0 means that it is the output's
        abi.putFlags(termios, abi.cflagOffset(), inputRate | abi.CBAUD | abi.CS8);

        assertThat(abi.putBaudRate(termios, rate)).isTrue();

        assertThat(abi.flags(termios, abi.cflagOffset())).isEqualTo(abi.CS8 | code);
        assertThat(termios.getInt(abi.ispeedOffset())).isEqualTo(rate);
        assertThat(termios.getInt(abi.ospeedOffset())).isEqualTo(rate);
        assertThat(abi.baudRate(termios)).isEqualTo(rate);
    }

    @ParameterizedTest
    @EnumSource(names = {"BSD", "MACOS"})
    void anyRateIsANumberOnTheBsds(Abi abi) {
        ByteBuffer termios = buffer(abi);

        assertThat(abi.putBaudRate(termios, 31_250)).isTrue();

        assertThat(abi.baudRate(termios)).isEqualTo(31_250);
        assertThat(abi.flags(termios, abi.cflagOffset())).isZero();
    }

    @Test
    void aRateWithoutACodeIsRefusedAndNotRead() {
        ByteBuffer termios = buffer(Abi.LINUX);
        assertThat(Abi.LINUX.putBaudRate(termios, 31_250)).isFalse();
        assertThat(termios).isEqualTo(buffer(Abi.LINUX));
        Abi.LINUX.putFlags(termios, Abi.LINUX.cflagOffset(), 0x1000); // BOTHER: the number is in termios2
        assertThat(Abi.LINUX.baudRate(termios)).isEqualTo(-1);
        assertThat(Abi.SOLARIS.putBaudRate(buffer(Abi.SOLARIS), 9600)).isFalse();
        assertThat(Abi.SOLARIS.baudRate(buffer(Abi.SOLARIS))).isEqualTo(-1);
    }
}
