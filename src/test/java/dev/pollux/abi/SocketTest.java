// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.ChildJvm;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTest {
    private static final int PORT = 0x1f90; // 8080

    private final ByteBuffer buffer =
            ByteBuffer.allocate(Socket.SOCKADDR_MAX_SIZE).order(ByteOrder.nativeOrder());

    @BeforeEach
    void fillTheBufferWithGarbage() {
        Arrays.fill(buffer.array(), (byte) 0xee);
    }

    @Test
    void someNumbersAreTheSameEverywhere() { // glibc, compiled here; rust-lang/libc for the others
        assertThat(Socket.AF_UNIX).isEqualTo(1);
        assertThat(Socket.AF_INET).isEqualTo(2);
        assertThat(Socket.IPPROTO_TCP).isEqualTo(6);
        assertThat(Socket.TCP_NODELAY).isEqualTo(1);
        assertThat(Socket.SHUT_RD).isEqualTo(0);
        assertThat(Socket.SHUT_WR).isEqualTo(1);
        assertThat(Socket.SHUT_RDWR).isEqualTo(2);
        assertThat(Socket.MSG_OOB).isEqualTo(1);
        assertThat(Socket.MSG_PEEK).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 10 | 1 | 2 | 0x4000  | 108 | glibc, compiled on x86-64",
                "MACOS     | 30 | 1 | 2 | 0x80000 | 104 | xnu bsd/sys/socket.h; rust-lang/libc src/unix/bsd/mod.rs",
                "FREEBSD   | 28 | 1 | 2 | 0x20000 | 104 | FreeBSD sys/sys/socket.h; rust-lang/libc freebsdlike/mod.rs",
                "OPENBSD   | 24 | 1 | 2 | 0x400   | 104 | rust-lang/libc src/unix/bsd/netbsdlike/mod.rs",
                "NETBSD    | 24 | 1 | 2 | 0x400   | 104 | rust-lang/libc src/unix/bsd/netbsdlike/mod.rs",
                "DRAGONFLY | 28 | 1 | 2 | 0x400   | 104 | rust-lang/libc freebsdlike/mod.rs, dragonfly/mod.rs",
                "SOLARIS   | 26 | 2 | 1 | 0x200   | 108 | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | 10 | 1 | 2 | 0x4000  | 108 | guessed: Linux's",
            })
    void theOthersAreEachSystemsOwn(
            Os os, int inet6, int stream, int dgram, int nosignal, int sunPathSize, String source) {
        assertThat(Socket.afInet6(os)).as(source).isEqualTo(inet6);
        assertThat(Socket.sockStream(os)).as(source).isEqualTo(stream);
        assertThat(Socket.sockDgram(os)).as(source).isEqualTo(dgram);
        assertThat(Socket.msgNosignal(os)).as(source).isEqualTo(nosignal);
        assertThat(Socket.sunPathSize(os)).as(source).isEqualTo(sunPathSize);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 1      | 2 | 13   | 10    | 7      | 8      | 4      | glibc, compiled on x86-64",
                "MACOS     | 0xffff | 4 | 0x1080 | 0x100 | 0x1001 | 0x1002 | 0x1007 | xnu bsd/sys/socket.h",
                "FREEBSD   | 0xffff | 4 | 0x80 | 0x100 | 0x1001 | 0x1002 | 0x1007 | rust-lang/libc freebsdlike/mod.rs",
                "OPENBSD   | 0xffff | 4 | 0x80 | 0x100 | 0x1001 | 0x1002 | 0x1007 | rust-lang/libc netbsdlike/mod.rs",
                "NETBSD    | 0xffff | 4 | 0x80 | 0x100 | 0x1001 | 0x1002 | 0x1007 | rust-lang/libc netbsdlike/mod.rs",
                "DRAGONFLY | 0xffff | 4 | 0x80 | 0x100 | 0x1001 | 0x1002 | 0x1007 | rust-lang/libc freebsdlike/mod.rs",
                "SOLARIS   | 0xffff | 4 | 0x80 | 0x100 | 0x1001 | 0x1002 | 0x1007 | rust-lang/libc solarish/mod.rs",
                "OTHER     | 1      | 2 | 13   | 10    | 7      | 8      | 4      | guessed: Linux's",
            })
    void theOptionsAreLinuxsOrThoseOf44Bsd(
            Os os, int level, int reuse, int linger, int oobinline, int sndbuf, int rcvbuf, int error, String source) {
        assertThat(Socket.solSocket(os)).as(source).isEqualTo(level);
        assertThat(Socket.soReuseaddr(os)).as(source).isEqualTo(reuse);
        assertThat(Socket.soLinger(os)).as(source).isEqualTo(linger);
        assertThat(Socket.soOobinline(os)).as(source).isEqualTo(oobinline);
        assertThat(Socket.soSndbuf(os)).as(source).isEqualTo(sndbuf);
        assertThat(Socket.soRcvbuf(os)).as(source).isEqualTo(rcvbuf);
        assertThat(Socket.soError(os)).as(source).isEqualTo(error);
    }

    @ParameterizedTest
    @EnumSource
    void soReuseportIsThatOfLinuxOrOf44BsdAndUnknownForSolaris(Os os) {
        int expected = os == Os.LINUX || os == Os.OTHER ? 15 : os == Os.SOLARIS ? 0 : 0x200;
        assertThat(Socket.soReuseport(os)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | 0x800      | 0x80000    | 9 | 6    | 26   | glibc, compiled on x86-64",
                "MACOS     | 0          | 0          | 8 | 0x20 | 27   | rust-lang/libc apple/mod.rs, bsd/mod.rs",
                "FREEBSD   | 0x20000000 | 0x10000000 | 8 | 0x20 | 27   | rust-lang/libc freebsdlike/mod.rs",
                "OPENBSD   | 0x4000     | 0x8000     | 8 | 0x20 | 27   | rust-lang/libc openbsd/mod.rs",
                "NETBSD    | 0x20000000 | 0x10000000 | 8 | 0x20 | 27   | rust-lang/libc netbsd/mod.rs",
                "DRAGONFLY | 0x20000000 | 0x10000000 | 8 | 0x20 | 27   | rust-lang/libc freebsdlike/mod.rs",
                "SOLARIS   | 0x100000   | 0x80000    | 8 | 0x20 | 0x27 | rust-lang/libc src/unix/solarish/mod.rs",
                "OTHER     | 0x800      | 0x80000    | 9 | 6    | 26   | guessed: Linux's",
            })
    void theFlagsOfAccept4AndMoreOptionsAreEachSystemsOwn(
            Os os, int nonblock, int cloexec, int keepalive, int broadcast, int v6only, String source) {
        assertThat(Socket.sockNonblock(os)).as(source).isEqualTo(nonblock);
        assertThat(Socket.sockCloexec(os)).as(source).isEqualTo(cloexec);
        assertThat(Socket.soKeepalive(os)).as(source).isEqualTo(keepalive);
        assertThat(Socket.soBroadcast(os)).as(source).isEqualTo(broadcast);
        assertThat(Socket.ipv6V6only(os)).as(source).isEqualTo(v6only);
        assertThat(Socket.IPPROTO_IPV6).isEqualTo(41);
    }

    @Test
    void anAddressOfAUnixSocketIsItsPathOrNothing() {
        int length = Socket.putUnix(buffer, "/tmp/größe");
        assertThat(Socket.get(buffer, length)).isEqualTo(UnixDomainSocketAddress.of("/tmp/größe"));
        assertThat(Socket.get(buffer, length - 1)).as("without a NUL").hasToString("/tmp/größe");
        assertThat(Socket.get(buffer, 2)).as("no path").isNull();
        assertThat(Socket.get(buffer, 0)).isNull();
        assertThat(Socket.get(buffer, buffer.capacity() + 1)).as("cut").isNull();
        buffer.put(2, (byte) 0);
        assertThat(Socket.get(buffer, length)).as("abstract").isNull();
    }

    /** Prints what a JVM makes of the addresses of peers, which choose their paths. */
    public static final class Reader {
        private Reader() {}

        public static void main(String[] args) {
            ByteBuffer buffer = ByteBuffer.allocate(Socket.SOCKADDR_MAX_SIZE).order(ByteOrder.nativeOrder());
            int length = Socket.putUnix(buffer, "/tmp/grxxe");
            buffer.put(length - 4, (byte) 0xc3).put(length - 3, (byte) 0xb6); // an ö in UTF-8
            System.out.print(Socket.get(buffer, length) == null);
            System.out.print(Socket.get(buffer, Socket.putUnix(buffer, "/tmp/plain")));
        }
    }

    @Test
    void aPathThatTheLocaleCannotExpressIsNone() throws Exception {
        assumeThat(Os.here()).as("macOS has UTF-8 in each locale").isNotEqualTo(Os.MACOS);
        List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C"));
        command.addAll(ChildJvm.command(System.getProperty("java.class.path"), Reader.class));
        assertThat(ChildJvm.run(command)).isEqualTo(new ChildJvm(0, "true/tmp/plain"));
    }

    @Test
    void anAddressOfTheInternetIsReadAndOneOfAnotherFamilyIsNot() throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(inet(192, 0, 2, 1), PORT);
        assertThat(Socket.get(buffer, Socket.putInet(buffer, address))).isEqualTo(address);
        buffer.putShort(0, (short) 99);
        assertThat(Socket.get(buffer, 16)).isNull();
    }

    @Test
    void theNumbersHereAreThoseOfThisSystem() {
        Os here = Os.here();
        assertThat(Socket.AF_INET6).isEqualTo(Socket.afInet6(here));
        assertThat(Socket.SOCK_STREAM).isEqualTo(Socket.sockStream(here));
        assertThat(Socket.SOCK_DGRAM).isEqualTo(Socket.sockDgram(here));
        assertThat(Socket.SOL_SOCKET).isEqualTo(Socket.solSocket(here));
        assertThat(Socket.SO_REUSEADDR).isEqualTo(Socket.soReuseaddr(here));
        assertThat(Socket.SO_REUSEPORT).isEqualTo(Socket.soReuseport(here));
        assertThat(Socket.SO_LINGER).isEqualTo(Socket.soLinger(here));
        assertThat(Socket.SO_OOBINLINE).isEqualTo(Socket.soOobinline(here));
        assertThat(Socket.SO_SNDBUF).isEqualTo(Socket.soSndbuf(here));
        assertThat(Socket.SO_RCVBUF).isEqualTo(Socket.soRcvbuf(here));
        assertThat(Socket.SO_ERROR).isEqualTo(Socket.soError(here));
        assertThat(Socket.MSG_NOSIGNAL).isEqualTo(Socket.msgNosignal(here));
    }

    @ParameterizedTest
    @EnumSource
    void anInternetAddressHasPortAndAddressInNetworkOrder(Os os) throws UnknownHostException {
        int length = Socket.putInet(os, buffer, new InetSocketAddress(inet(192, 0, 2, 1), PORT));
        assertThat(length).isEqualTo(16);
        assertFamily(os, 16, 2);
        assertThat(bytes(2, 16)).isEqualTo(octets(0x1f, 0x90, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        assertNothingElseWritten(16);
    }

    @ParameterizedTest
    @EnumSource
    void aVersionSixAddressHasItsScopeInNativeOrder(Os os) throws UnknownHostException {
        int sizeBytes = os == Os.SOLARIS ? 32 : 28; // __sin6_src_id: illumos, rust-lang/libc src/unix/solarish/mod.rs
        byte[] linkLocal = octets(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        InetAddress host = Inet6Address.getByAddress(null, linkLocal, 3);
        int length = Socket.putInet(os, buffer, new InetSocketAddress(host, PORT));
        assertThat(length).isEqualTo(sizeBytes);
        assertFamily(os, sizeBytes, Socket.afInet6(os));
        assertThat(bytes(2, 8)).isEqualTo(octets(0x1f, 0x90, 0, 0, 0, 0));
        assertThat(bytes(8, 24)).isEqualTo(linkLocal);
        assertThat(buffer.getInt(24)).isEqualTo(3);
        assertThat(bytes(28, sizeBytes)).isEqualTo(new byte[sizeBytes - 28]);
        assertNothingElseWritten(sizeBytes);
    }

    @ParameterizedTest
    @EnumSource
    void anAddressThatWasPutIsReadBack(Os os) throws UnknownHostException {
        byte[] linkLocal = octets(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        for (InetSocketAddress address : new InetSocketAddress[] {
            new InetSocketAddress(inet(127, 0, 0, 1), 65535),
            new InetSocketAddress(inet(0, 0, 0, 0), 0),
            new InetSocketAddress(InetAddress.getByName("::1"), 443),
            new InetSocketAddress(InetAddress.getByName("::"), 1),
            new InetSocketAddress(InetAddress.getByName("2001:db8::ffff"), 256),
            new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 7), 80),
        }) {
            Socket.putInet(os, buffer, address);
            assertThat(Socket.getInet(os, buffer)).isEqualTo(address);
        }
    }

    @Test
    void theScopeIsReadToo() throws UnknownHostException {
        byte[] linkLocal = octets(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        Socket.putInet(buffer, new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 7), 80));
        Inet6Address read = (Inet6Address) Socket.getInet(buffer).getAddress();
        assertThat(read.getScopeId()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource
    void anAddressOfAnotherFamilyIsReadAsNull(Os os) {
        Socket.putUnix(os, buffer, "/tmp/s");
        assertThat(Socket.getInet(os, buffer)).isNull();
    }

    @Test
    void anUnresolvedAddressIsRefused() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("example.invalid", 80);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Socket.putInet(buffer, unresolved))
                .withMessageContaining("unresolved")
                .withMessageContaining("example.invalid");
    }

    @ParameterizedTest
    @EnumSource
    void aUnixAddressEndsWithANul(Os os) {
        int length = Socket.putUnix(os, buffer, "/tmp/s\u00f6ck"); // ö is two bytes
        assertThat(length).isEqualTo(2 + 10 + 1);
        assertFamily(os, length, 1);
        assertThat(bytes(2, length)).isEqualTo("/tmp/s\u00f6ck\0".getBytes(StandardCharsets.UTF_8));
        assertNothingElseWritten(length);
    }

    @ParameterizedTest
    @EnumSource
    void theLongestPathFillsTheStruct(Os os) {
        int longest = Socket.sunPathSize(os) - 1;
        assertThat(Socket.putUnix(os, buffer, "x".repeat(longest))).isEqualTo(2 + Socket.sunPathSize(os));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Socket.putUnix(os, buffer, "x".repeat(longest + 1)))
                .withMessageContaining("1 to " + longest + " bytes")
                .withMessageContaining("has " + (longest + 1));
    }

    @Test
    void theLimitCountsBytesAndNotCharacters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Socket.putUnix(Os.LINUX, buffer, "\u20ac".repeat(36)))
                .withMessageContaining("has 108");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0abstract", "/tmp/a\0b"})
    void anEmptyPathOrOneWithANulIsRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> Socket.putUnix(buffer, path));
        assertThat(buffer.array()).as("nothing was written").containsOnly(0xee);
    }

    @Test
    void theSystemIsThisOneWhereNoneIsNamed() throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(inet(10, 0, 0, 1), PORT);
        assertThat(Socket.putInet(buffer, address)).isEqualTo(16);
        assertThat(Socket.getInet(Os.here(), buffer))
                .isEqualTo(Socket.getInet(buffer))
                .isEqualTo(address);
        assertThat(Socket.putUnix(buffer, "/s")).isEqualTo(5);
        assertFamily(Os.here(), 5, 1);
    }

    /** 4.4BSD: a length byte and a family byte; Linux and Solaris: two bytes of family in native order. */
    private void assertFamily(Os os, int length, int family) {
        switch (os) {
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY ->
                assertThat(bytes(0, 2)).isEqualTo(octets(length, family));
            default -> assertThat(buffer.getShort(0)).isEqualTo((short) family);
        }
    }

    private void assertNothingElseWritten(int length) {
        assertThat(bytes(length, buffer.capacity())).containsOnly(0xee);
    }

    private byte[] bytes(int from, int to) {
        return Arrays.copyOfRange(buffer.array(), from, to);
    }

    private static InetAddress inet(int... octets) throws UnknownHostException {
        return InetAddress.getByAddress(octets(octets));
    }

    private static byte[] octets(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
