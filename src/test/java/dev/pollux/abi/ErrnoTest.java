// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every name and number, in the order of the headers. A number sets the count, and names count on from there. */
class ErrnoTest {
    private static final Set<String> NOT_ON_BSD = Set.of("ETIME", "EBADFD");

    /** 1 to 34, but for 11, everywhere: glibc, illumos sys/errno.h, rust-lang/libc. */
    private static final String UNIX_V7 = """
        1 EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD
        12 ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY
        27 EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE
        """;

    /** 11, and 35 to 81: rust-lang/libc src/unix/bsd/{freebsdlike,netbsdlike}/mod.rs and apple/mod.rs. */
    private static final String BSD = UNIX_V7 + """
        11 EDEADLK
        35 EAGAIN EINPROGRESS EALREADY ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
        44 ESOCKTNOSUPPORT 46 EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET
        53 ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED ELOOP
        63 ENAMETOOLONG EHOSTDOWN EHOSTUNREACH ENOTEMPTY EPROCLIM EUSERS EDQUOT ESTALE EREMOTE EBADRPC
        73 ERPCMISMATCH EPROGUNAVAIL EPROGMISMATCH EPROCUNAVAIL ENOLCK ENOSYS EFTYPE EAUTH ENEEDAUTH
        """;

    /** strerrorname_np of glibc 2.36 on x86-64, for every number. */
    private static final String LINUX = UNIX_V7 + """
        11 EAGAIN 35 EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP
        42 ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC
        57 EBADSLT 59 EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO
        72 EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC
        84 EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
        94 ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH
        102 ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED
        112 EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT
        123 ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE
        132 ERFKILL EHWPOISON
        """;

    /** rust-lang/libc src/unix/bsd/apple/mod.rs. */
    private static final String MACOS = BSD + """
        45 ENOTSUP 82 EPWROFF EDEVERR EOVERFLOW EBADEXEC EBADARCH ESHLIBVERS EBADMACHO ECANCELED EIDRM ENOMSG EILSEQ
        93 ENOATTR EBADMSG EMULTIHOP ENODATA ENOLINK ENOSR ENOSTR EPROTO ETIME EOPNOTSUPP ENOPOLICY ENOTRECOVERABLE
        105 EOWNERDEAD EQFULL
        """;

    /** rust-lang/libc src/unix/bsd/freebsdlike/mod.rs and freebsd/mod.rs. */
    private static final String FREEBSD = BSD + """
        45 EOPNOTSUPP 82 EIDRM ENOMSG EOVERFLOW ECANCELED EILSEQ ENOATTR EDOOFUS EBADMSG EMULTIHOP ENOLINK EPROTO
        93 ENOTCAPABLE ECAPMODE ENOTRECOVERABLE EOWNERDEAD EINTEGRITY
        """;

    /** rust-lang/libc src/unix/bsd/netbsdlike/openbsd/mod.rs. */
    private static final String OPENBSD = BSD + """
        45 EOPNOTSUPP 82 EIPSEC ENOATTR EILSEQ ENOMEDIUM EMEDIUMTYPE EOVERFLOW ECANCELED EIDRM ENOMSG ENOTSUP
        92 EBADMSG ENOTRECOVERABLE EOWNERDEAD EPROTO
        """;

    /** rust-lang/libc src/unix/bsd/netbsdlike/netbsd/mod.rs. */
    private static final String NETBSD = BSD + """
        45 EOPNOTSUPP 82 EIDRM ENOMSG EOVERFLOW EILSEQ ENOTSUP ECANCELED EBADMSG ENODATA ENOSR ENOSTR ETIME ENOATTR
        94 EMULTIHOP ENOLINK EPROTO EOWNERDEAD ENOTRECOVERABLE
        """;

    /** rust-lang/libc src/unix/bsd/freebsdlike/mod.rs and dragonfly/mod.rs. */
    private static final String DRAGONFLY = BSD + """
        45 EOPNOTSUPP 82 EIDRM ENOMSG EOVERFLOW ECANCELED EILSEQ ENOATTR EDOOFUS EBADMSG EMULTIHOP ENOLINK EPROTO
        93 ENOMEDIUM ENOTRECOVERABLE EOWNERDEAD 99 EASYNC
        """;

    /** illumos usr/src/uts/common/sys/errno.h; EADI: rust-lang/libc src/unix/solarish/mod.rs. */
    private static final String SOLARIS = UNIX_V7 + """
        11 EAGAIN 35 ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EDEADLK ENOLCK ECANCELED
        48 ENOTSUP EDQUOT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT EDEADLOCK EBFONT EOWNERDEAD ENOTRECOVERABLE
        60 ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO ELOCKUNMAPPED ENOTACTIVE
        74 EMULTIHOP EADI 77 EBADMSG ENAMETOOLONG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX
        87 ELIBEXEC EILSEQ ENOSYS ELOOP ERESTART ESTRPIPE ENOTEMPTY EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE
        99 ENOPROTOOPT 120 EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE
        126 EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN
        143 ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE
        """;

    private static final Map<Os, String> HEADERS = Map.of(
            Os.LINUX, LINUX,
            Os.MACOS, MACOS,
            Os.FREEBSD, FREEBSD,
            Os.OPENBSD, OPENBSD,
            Os.NETBSD, NETBSD,
            Os.DRAGONFLY, DRAGONFLY,
            Os.SOLARIS, SOLARIS);

    private static Map<Integer, String> header(Os os) {
        Map<Integer, String> names = new HashMap<>();
        int number = 0;
        for (String word : HEADERS.get(os).strip().split("\\s+")) {
            if (Character.isDigit(word.charAt(0))) {
                number = Integer.parseInt(word);
            } else {
                assertThat(names.put(number++, word)).as("twice: %s", word).isNull();
            }
        }
        return names;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
    void everyNumberHasTheNameOfTheHeaderAndNoOtherHasOne(Os os) {
        Map<Integer, String> header = header(os);
        Errno errno = Errno.on(os);
        for (int number = -1; number <= 200; number++) {
            String name = header.get(number);
            assertThat(errno.nameOf(number)).isEqualTo(name == null ? "errno " + number : name);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
    void everyNameHasTheNumberOfTheHeader(Os os) {
        header(os)
                .forEach((number, name) ->
                        assertThat(Errno.on(os).number(name)).as(name).isEqualTo(number));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
    void everyErrorIsDescribedByItsNameAndSomeWords(Os os) {
        header(os)
                .forEach((number, name) -> assertThat(Errno.on(os).describeErrno(number))
                        .matches(name + " \\([A-Z.][-A-Za-z0-9 ./:]+\\)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LINUX     | EWOULDBLOCK | EAGAIN     | glibc errno.h",
                "LINUX     | EDEADLOCK   | EDEADLK    | glibc errno.h",
                "LINUX     | ENOTSUP     | EOPNOTSUPP | glibc errno.h",
                "MACOS     | EWOULDBLOCK | EAGAIN     | rust-lang/libc apple/mod.rs",
                "FREEBSD   | EWOULDBLOCK | EAGAIN     | rust-lang/libc freebsdlike/mod.rs",
                "FREEBSD   | ENOTSUP     | EOPNOTSUPP | rust-lang/libc freebsdlike/mod.rs",
                "OPENBSD   | EWOULDBLOCK | EAGAIN     | rust-lang/libc netbsdlike/mod.rs",
                "NETBSD    | EWOULDBLOCK | EAGAIN     | rust-lang/libc netbsdlike/mod.rs",
                "DRAGONFLY | EWOULDBLOCK | EAGAIN     | rust-lang/libc freebsdlike/mod.rs",
                "DRAGONFLY | ENOTSUP     | EOPNOTSUPP | rust-lang/libc freebsdlike/mod.rs",
                "SOLARIS   | EWOULDBLOCK | EAGAIN     | illumos sys/errno.h",
            })
    void aSecondNameHasTheNumberButIsNotPrinted(Os os, String alias, String name, String source) {
        Errno errno = Errno.on(os);
        assertThat(errno.number(alias)).as(source).isEqualTo(errno.number(name)).isPositive();
        assertThat(errno.nameOf(errno.number(alias))).as(source).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "EPERM, Operation not permitted",
        "ENOENT, No such file or directory",
        "EINTR, Interrupted system call",
        "EIO, Input/output error",
        "EBADF, Bad file descriptor",
        "EAGAIN, Resource temporarily unavailable",
        "ENOMEM, Cannot allocate memory",
        "EACCES, Permission denied",
        "EFAULT, Bad address",
        "EEXIST, File exists",
        "ENODEV, No such device",
        "EINVAL, Invalid argument",
        "ENFILE, Too many open files in system",
        "EMFILE, Too many open files",
        "ENOSPC, No space left on device",
        "EPIPE, Broken pipe",
        "ENOSYS, Function not implemented",
        "ENOTSOCK, Socket operation on non-socket",
        "EOPNOTSUPP, Operation not supported",
        "EADDRINUSE, Address already in use",
        "ECONNABORTED, Software caused connection abort",
        "ECONNRESET, Connection reset by peer",
        "ENOTCONN, Transport endpoint is not connected",
        "EISCONN, Transport endpoint is already connected",
        "ETIMEDOUT, Connection timed out",
        "ECONNREFUSED, Connection refused",
        "EALREADY, Operation already in progress",
        "EINPROGRESS, Operation now in progress",
        "ELOOP, Too many levels of symbolic links",
    })
    void theWordsAreGlibcsOnEverySystem(String name, String words) { // strerror of glibc 2.36
        for (Os os : Os.values()) {
            Errno errno = Errno.on(os);
            assertThat(errno.describeErrno(errno.number(name))).as("%s", os).isEqualTo(name + " (" + words + ")");
        }
    }

    @Test
    void theConstantsAreTheNumbersOfThisSystem() throws IllegalAccessException {
        Errno here = Errno.on(Os.here());
        int constants = 0;
        for (Field field : Errno.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                assertThat(field.getInt(null)).as(field.getName()).isEqualTo(here.number(field.getName()));
                assertThat(field.getInt(null) > 0 || NOT_ON_BSD.contains(field.getName()))
                        .isTrue();
                constants++;
            }
        }
        assertThat(constants).isEqualTo(34);
        assertThat(Errno.EBADF).isEqualTo(9);
    }

    @Test
    void anErrorOfThisSystemIsDescribedAsStraceDoes() {
        assertThat(Errno.name(Errno.EBADF)).isEqualTo("EBADF");
        assertThat(Errno.describe(Errno.EBADF)).isEqualTo("EBADF (Bad file descriptor)");
        assertThat(Errno.name(Errno.ECONNREFUSED)).isEqualTo("ECONNREFUSED");
    }

    @Test
    void anUnknownErrnoIsDescribedByItsNumber() {
        assertThat(Errno.name(12345)).isEqualTo("errno 12345");
        assertThat(Errno.describe(12345)).isEqualTo("errno 12345");
        assertThat(Errno.describe(0)).isEqualTo("errno 0");
    }

    @Test
    void anErrorThatASystemLacksHasNoNumber() {
        assertThat(Errno.on(Os.LINUX).number("EFTYPE")).isEqualTo(-1);
        assertThat(Errno.on(Os.OPENBSD).number("ETIME")).isEqualTo(-1);
        assertThat(Errno.on(Os.SOLARIS).number("ENOTCAPABLE")).isEqualTo(-1);
        assertThat(Errno.on(Os.FREEBSD).number("nonsense")).isEqualTo(-1);
    }

    @Test
    void anUnknownSystemGetsLinuxsNumbers() {
        assertThat(Errno.on(Os.OTHER).number("ECONNREFUSED")).isEqualTo(111);
    }
}
