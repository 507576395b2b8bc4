// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.trace;

import dev.pollux.abi.Flags;
import dev.pollux.abi.Os;
import dev.pollux.abi.Socket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A {@code struct sockaddr} in the notation of C and strace. */
final class Sockaddr {
    private static final int DATA = 2;
    private static final int SIN_SIZE = 16;
    private static final int SIN6_FLOWINFO = 4;
    private static final int SIN6_SIZE = 28;
    private static final Pattern ZEROS = Pattern.compile("(?:^|:)0(:0)+(?::|$)");

    private Sockaddr() {}

    /** Null if it is too short to have a family. */
    static String text(ByteBuffer bytes, int length) {
        if (length < DATA) {
            return null;
        }
        int family = family(bytes);
        return "{sa_family=" + Flags.FAMILY.name(family) + rest(bytes, length, family) + "}";
    }

    /** The family is the second byte where the first one is the length. */
    private static int family(ByteBuffer bytes) {
        return switch (Os.here()) {
            case LINUX, SOLARIS, OTHER -> bytes.getShort(0) & 0xffff;
            case MACOS, FREEBSD, OPENBSD, NETBSD, DRAGONFLY -> bytes.get(1) & 0xff;
        };
    }

    private static String rest(ByteBuffer bytes, int length, int family) {
        if (length == DATA) {
            return "";
        } else if (family == Socket.AF_UNIX) {
            return unix(bytes, length);
        } else if (family == Socket.AF_INET && length >= SIN_SIZE) {
            return inet(Socket.getInet(bytes));
        } else if (family == Socket.AF_INET6 && length >= SIN6_SIZE) {
            return inet6(Socket.getInet(bytes), bytes);
        }
        return ", sa_data=" + CStrings.quoted(bytes, DATA, length - DATA);
    }

    /** A name that begins with a NUL is abstract, not a file; all its bytes count. */
    private static String unix(ByteBuffer bytes, int length) {
        if (bytes.get(DATA) == 0) {
            return ", sun_path=@" + CStrings.quoted(bytes, DATA + 1, length - DATA - 1);
        }
        return ", sun_path=" + CStrings.quoted(bytes, DATA, CStrings.length(bytes, DATA, length));
    }

    private static String inet(InetSocketAddress address) {
        return ", sin_port=htons(" + address.getPort() + "), sin_addr=inet_addr(\""
                + address.getAddress().getHostAddress() + "\")";
    }

    private static String inet6(InetSocketAddress address, ByteBuffer bytes) {
        int flowinfo = bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(SIN6_FLOWINFO);
        InetAddress host = address.getAddress();
        int scopeId = host instanceof Inet6Address inet6 ? inet6.getScopeId() : 0;
        return ", sin6_port=htons(" + address.getPort() + "), sin6_flowinfo=htonl(" + Integer.toUnsignedString(flowinfo)
                + "), inet_pton(AF_INET6, \"" + host6(host) + "\", &sin6_addr), sin6_scope_id="
                + Integer.toUnsignedString(scopeId);
    }

    /**
     * In the notation of {@code inet_ntop}, without the longest run of zeros. Java turns a mapped address into IPv4.
     */
    private static String host6(InetAddress host) {
        String text = host.getHostAddress().replaceFirst("%.*", "");
        if (!(host instanceof Inet6Address)) {
            return "::ffff:" + text;
        }
        return ZEROS.matcher(text)
                .results()
                .max(Comparator.comparingInt(Sockaddr::zeros))
                .map(run -> text.substring(0, run.start()) + "::" + text.substring(run.end()))
                .orElse(text);
    }

    private static int zeros(MatchResult run) {
        return run.group().replace(":", "").length();
    }
}
