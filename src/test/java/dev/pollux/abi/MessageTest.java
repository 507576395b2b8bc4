// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 56 | 48 | 8 | 8 | 12 | glibc, compiled on x86-64",
                "MACOS     | 48 | 44 | 4 | 4 | 8  | rust-lang/libc src/unix/bsd/mod.rs",
                "FREEBSD   | 48 | 44 | 4 | 4 | 8  | rust-lang/libc src/unix/bsd/mod.rs",
                "OPENBSD   | 48 | 44 | 4 | 4 | 8  | rust-lang/libc src/unix/bsd/mod.rs",
                "NETBSD    | 48 | 44 | 4 | 4 | 8  | rust-lang/libc src/unix/bsd/mod.rs",
                "DRAGONFLY | 48 | 44 | 4 | 4 | 8  | rust-lang/libc src/unix/bsd/mod.rs",
                "SOLARIS   | 48 | 44 | 4 | 4 | 8  | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | 56 | 48 | 8 | 8 | 12 | guessed: Linux's",
            })
    void theStructsAreLinuxsOrThoseOfTheOthers(
            Os os, int size, int flags, int lengthWidth, int level, int type, String source) {
        assertThat(Message.sizeBytes(os)).as(source).isEqualTo(size);
        assertThat(Message.flagsOffset(os)).as(source).isEqualTo(flags);
        assertThat(Message.lengthWidthBytes(os)).as(source).isEqualTo(lengthWidth);
        assertThat(Message.cmsgLevelOffset(os)).as(source).isEqualTo(level);
        assertThat(Message.cmsgTypeOffset(os)).as(source).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | amd64   | 8 | 16 | glibc, compiled on x86-64",
                "MACOS     | aarch64 | 4 | 12 | __DARWIN_ALIGN32: rust-lang/libc src/unix/bsd/apple/mod.rs",
                "FREEBSD   | aarch64 | 8 | 16 | _ALIGNBYTES: rust-lang/libc freebsd/aarch64.rs",
                "OPENBSD   | amd64   | 8 | 16 | _ALIGNBYTES: rust-lang/libc openbsd/x86_64.rs",
                "NETBSD    | amd64   | 8 | 16 | _ALIGNBYTES: rust-lang/libc netbsd/x86_64.rs",
                "NETBSD    | aarch64 | 4 | 12 | _ALIGNBYTES: rust-lang/libc netbsd/aarch64.rs",
                "DRAGONFLY | amd64   | 8 | 16 | _CMSG_ALIGN: rust-lang/libc dragonfly/mod.rs",
                "SOLARIS   | amd64   | 4 | 12 | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | any     | 8 | 16 | guessed: Linux's",
            })
    void theDataOfAControlMessageIsAligned(Os os, String osArch, int alignment, int data, String source) {
        assertThat(Message.cmsgAlignment(os, osArch)).as(source).isEqualTo(alignment);
        assertThat(Message.cmsgDataOffset(os, osArch)).as(source).isEqualTo(data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 8    | 0x20 | 0x40000000 | 1      | 1024 | glibc, compiled on x86-64",
                "MACOS     | 0x20 | 0x10 | 0          | 1      | 1024 | rust-lang/libc src/unix/bsd/apple/mod.rs",
                "FREEBSD   | 0x20 | 0x10 | 0x40000    | 1      | 1024 | rust-lang/libc freebsd/mod.rs",
                "OPENBSD   | 0x20 | 0x10 | 0x800      | 1      | 1024 | rust-lang/libc netbsdlike/mod.rs",
                "NETBSD    | 0x20 | 0x10 | 0x800      | 1      | 1024 | rust-lang/libc netbsdlike/mod.rs",
                "DRAGONFLY | 0x20 | 0x10 | 0x1000     | 1      | 1024 | rust-lang/libc dragonfly/mod.rs",
                "SOLARIS   | 0x10 | 0x20 | 0          | 0x1010 | 16   | rust-lang/libc src/unix/solarish/mod.rs; POSIX",
                "OTHER     | 8    | 0x20 | 0x40000000 | 1      | 1024 | guessed: Linux's",
            })
    void theFlagsAreEachSystemsOwn(
            Os os, int ctrunc, int trunc, int cmsgCloexec, int rights, int iovMax, String source) {
        assertThat(Message.msgCtrunc(os)).as(source).isEqualTo(ctrunc);
        assertThat(Message.msgTrunc(os)).as(source).isEqualTo(trunc);
        assertThat(Message.msgCmsgCloexec(os)).as(source).isEqualTo(cmsgCloexec);
        assertThat(Message.scmRights(os)).as(source).isEqualTo(rights);
        assertThat(Iovec.iovMax(os)).as(source).isEqualTo(iovMax);
    }

    @Test
    void descriptorsOfSeveralControlMessagesAreFoundAndOthersSkipped() {
        ByteBuffer buffer = ByteBuffer.allocate(200).order(ByteOrder.nativeOrder());
        int begin = 8;
        int second = begin + Message.spaceOf(3);
        int third = second + Message.spaceOf(1);
        int end = third + Message.spaceOf(1);
        Message.putDescriptors(buffer, begin, 5, 6, 7);
        Message.putDescriptors(buffer, second, 8);
        buffer.putInt(second + Message.cmsgTypeOffset(Os.here()), 999);
        Message.putDescriptors(buffer, third, 9);

        assertThat(Message.descriptors(buffer, begin, end - begin)).containsExactly(5, 6, 7, 9);
        assertThat(Message.descriptors(buffer, begin, 0)).isEmpty();
        assertThat(Message.descriptors(buffer, begin, Message.spaceOf(1)))
                .as("cut by the end of the memory")
                .hasSizeBetween(1, 2)
                .startsWith(5);
        assertThat(Message.spaceOf(0)).isZero();
    }

    @Test
    void aMessageHasItsLengthsAndNoName() {
        ByteBuffer buffer = ByteBuffer.allocate(100).order(ByteOrder.nativeOrder());
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) 0xee);
        }
        Message.put(buffer, 4, 0x1122, 3, 0x3344, 55);

        assertThat(Message.iovlen(buffer, 4)).isEqualTo(3);
        assertThat(Message.controllen(buffer, 4)).isEqualTo(55);
        assertThat(buffer.getLong(4 + Message.MSG_NAME)).isZero();
        assertThat(buffer.getInt(4 + Message.MSG_NAMELEN)).isZero();
        assertThat(buffer.getLong(4 + Message.MSG_IOV)).isEqualTo(0x1122);
        assertThat(buffer.getLong(4 + Message.MSG_CONTROL)).isEqualTo(0x3344);
        assertThat(buffer.getInt(4 + Message.MSG_FLAGS)).isZero();
        assertThat(buffer.getInt(4 + Message.SIZE)).isEqualTo(0xeeeeeeee);
    }

    @Test
    void aVectorIsAnAddressAndALength() { // glibc, compiled here; rust-lang/libc for the others
        ByteBuffer buffer = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
        Iovec.put(buffer, 1, 0x1122334455667788L, 7);
        assertThat(buffer.getLong(16)).isEqualTo(0x1122334455667788L);
        assertThat(buffer.getLong(24)).isEqualTo(7);
        assertThat(Iovec.SIZE).isEqualTo(16);
    }
}
