// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;

/**
 * {@code <sys/socket.h>}, {@code <netinet/in.h>}, {@code <sys/un.h>}:
 *
 * <pre>{@code
 * struct sockaddr_in {                struct sockaddr_in6 {
 *     sa_family_t    sin_family;          sa_family_t     sin6_family;      //  0: 2 bytes
 *     in_port_t      sin_port;            in_port_t       sin6_port;        //  2: network order
 *     struct in_addr sin_addr;            uint32_t        sin6_flowinfo;    //  4
 *     char           sin_zero[8];         struct in6_addr sin6_addr;        //  8
 * };              // 16                   uint32_t        sin6_scope_id;    // 24: native order
 *                                         uint32_t        __sin6_src_id;    // 28: Solaris only
 *                                     };                                    // 28, Solaris 32
 * struct sockaddr_un {
 *     sa_family_t sun_family;         // 0: 2 bytes
 *     char        sun_path[108];      // 2: 104 on the BSDs and macOS
 * };
 * }</pre>
 *
 * On the BSDs and macOS the first two bytes of all three are {@code uint8_t sa_len; sa_family_t sa_family}.
 *
 * <p>The buffers are in native order, and every access is absolute, from index 0.
 */
public final class Socket {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = afInet6(Os.here());

    public static final int SOCK_STREAM = sockStream(Os.here());
    public static final int SOCK_DGRAM = sockDgram(Os.here());

    /** A flag of {@code accept4}; 0 if the system has none. */
    public static final int SOCK_NONBLOCK = sockNonblock(Os.here());

    /** A flag of {@code accept4}; 0 if the system has none. */
    public static final int SOCK_CLOEXEC = sockCloexec(Os.here());

    public static final int SOL_SOCKET = solSocket(Os.here());
    public static final int SO_REUSEADDR = soReuseaddr(Os.here());
    /** 0 if the system has none, or its value is not known here. */
    public static final int SO_REUSEPORT = soReuseport(Os.here());
    /** The option whose {@code l_linger} is in seconds; on macOS it is named SO_LINGER_SEC. */
    public static final int SO_LINGER = soLinger(Os.here());

    public static final int SO_OOBINLINE = soOobinline(Os.here());
    public static final int SO_SNDBUF = soSndbuf(Os.here());
    public static final int SO_RCVBUF = soRcvbuf(Os.here());
    public static final int SO_ERROR = soError(Os.here());

    public static final int SO_KEEPALIVE = soKeepalive(Os.here());
    public static final int SO_BROADCAST = soBroadcast(Os.here());

    public static final int IPPROTO_IPV6 = 41;
    public static final int IPV6_V6ONLY = ipv6V6only(Os.here());

    public static final int IPPROTO_TCP = 6;
    public static final int TCP_NODELAY = 1;

    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    public static final int MSG_OOB = 1;
    public static final int MSG_PEEK = 2;
    /**
     * A send to a peer that is gone raises no SIGPIPE; 0 if there is no such flag. The JVM ignores SIGPIPE, so a kernel
     * without the flag (macOS got it late) does no harm.
     */
    public static final int MSG_NOSIGNAL = msgNosignal(Os.here());

    /** A buffer of this many bytes holds any address of the three families. */
    public static final int SOCKADDR_MAX_SIZE = 128;

    private static final int PORT = 2;
    private static final int SIN_ADDR = 4;
    private static final int SIN_SIZE = 16;
    private static final int SIN6_ADDR = 8;
    private static final int SIN6_SCOPE_ID = 24;
    private static final int SIN6_SIZE = 28;
    private static final int SIN6_SIZE_SOLARIS = 32;
    private static final int SUN_PATH = 2;

    private Socket() {}

    /** {@link #AF_INET6} of a system. */
    public static int afInet6(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 10;
            case MACOS -> 30;
            case FREEBSD, DRAGONFLY -> 28;
            case OPENBSD, NETBSD -> 24;
            case SOLARIS -> 26;
        };
    }

    /** {@link #SOCK_STREAM} of a system. */
    public static int sockStream(Os os) {
        return os == Os.SOLARIS ? 2 : 1;
    }

    /** {@link #SOCK_DGRAM} of a system. */
    public static int sockDgram(Os os) {
        return os == Os.SOLARIS ? 1 : 2;
    }

    /** {@link #SOCK_NONBLOCK} of a system. */
    public static int sockNonblock(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x800;
            case FREEBSD, NETBSD, DRAGONFLY -> 0x20000000;
            case OPENBSD -> 0x4000;
            case SOLARIS -> 0x100000;
            case MACOS -> 0;
        };
    }

    /** {@link #SOCK_CLOEXEC} of a system. */
    public static int sockCloexec(Os os) {
        return switch (os) {
            case LINUX, SOLARIS, OTHER -> 0x80000;
            case FREEBSD, NETBSD, DRAGONFLY -> 0x10000000;
            case OPENBSD -> 0x8000;
            case MACOS -> 0;
        };
    }

    /** {@link #SOL_SOCKET} of a system. */
    public static int solSocket(Os os) {
        return isLinux(os) ? 1 : 0xffff;
    }

    /** {@link #SO_REUSEADDR} of a system. */
    public static int soReuseaddr(Os os) {
        return isLinux(os) ? 2 : 0x4;
    }

    /** {@link #SO_REUSEPORT} of a system. */
    public static int soReuseport(Os os) {
        return isLinux(os) ? 15 : os == Os.SOLARIS ? 0 : 0x200;
    }

    /** {@link #SO_LINGER} of a system. */
    public static int soLinger(Os os) {
        return isLinux(os) ? 13 : os == Os.MACOS ? 0x1080 : 0x80;
    }

    /** {@link #SO_OOBINLINE} of a system. */
    public static int soOobinline(Os os) {
        return isLinux(os) ? 10 : 0x100;
    }

    /** {@link #SO_SNDBUF} of a system. */
    public static int soSndbuf(Os os) {
        return isLinux(os) ? 7 : 0x1001;
    }

    /** {@link #SO_RCVBUF} of a system. */
    public static int soRcvbuf(Os os) {
        return isLinux(os) ? 8 : 0x1002;
    }

    /** {@link #SO_ERROR} of a system. */
    public static int soError(Os os) {
        return isLinux(os) ? 4 : 0x1007;
    }

    /** {@link #SO_KEEPALIVE} of a system. */
    public static int soKeepalive(Os os) {
        return isLinux(os) ? 9 : 0x8;
    }

    /** {@link #SO_BROADCAST} of a system. */
    public static int soBroadcast(Os os) {
        return isLinux(os) ? 6 : 0x20;
    }

    /** {@link #IPV6_V6ONLY} of a system. */
    public static int ipv6V6only(Os os) {
        return isLinux(os) ? 26 : os == Os.SOLARIS ? 0x27 : 27;
    }

    /** {@link #MSG_NOSIGNAL} of a system. */
    public static int msgNosignal(Os os) {
        return switch (os) {
            case LINUX, OTHER -> 0x4000;
            case MACOS -> 0x80000;
            case FREEBSD -> 0x20000;
            case OPENBSD, NETBSD, DRAGONFLY -> 0x400;
            case SOLARIS -> 0x200;
        };
    }

    /** How many bytes {@code sun_path} has, the NUL at its end included. */
    public static int sunPathSize(Os os) {
        return os.isBsd() ? 104 : 108;
    }

    /** {@link #putInet(Os, ByteBuffer, InetSocketAddress)} of this system. */
    public static int putInet(ByteBuffer buffer, InetSocketAddress address) {
        return putInet(Os.here(), buffer, address);
    }

    /**
     * Writes the address as a {@code sockaddr_in} or a {@code sockaddr_in6}.
     *
     * @return its length
     * @throws IllegalArgumentException if the address is unresolved
     */
    public static int putInet(Os os, ByteBuffer buffer, InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IllegalArgumentException("the address is unresolved: " + address);
        }
        boolean isInet4 = host instanceof Inet4Address;
        int length = isInet4 ? SIN_SIZE : sin6Size(os);
        zero(buffer, length);
        putFamily(os, buffer, length, isInet4 ? AF_INET : afInet6(os));
        buffer.put(PORT, (byte) (address.getPort() >>> 8)).put(PORT + 1, (byte) address.getPort());
        buffer.put(isInet4 ? SIN_ADDR : SIN6_ADDR, host.getAddress());
        if (host instanceof Inet6Address) {
            buffer.putInt(SIN6_SCOPE_ID, ((Inet6Address) host).getScopeId());
        }
        return length;
    }

    /** {@link #putUnix(Os, ByteBuffer, String)} of this system. */
    public static int putUnix(ByteBuffer buffer, String path) {
        return putUnix(Os.here(), buffer, path);
    }

    /**
     * Writes a {@code sockaddr_un}; the path is encoded as {@link FileNames} says and ends with a NUL.
     *
     * @return its length, the NUL included
     * @throws IllegalArgumentException if the path is empty, is too long for {@code sun_path}, contains a NUL or cannot
     *     be encoded
     */
    public static int putUnix(Os os, ByteBuffer buffer, String path) {
        byte[] bytes = FileNames.encoded(path);
        int limit = sunPathSize(os) - 1;
        if (bytes.length == 0 || bytes.length > limit || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the path of a UNIX socket has 1 to " + limit
                    + " bytes and no NUL among them; this one has " + bytes.length + ": " + path.replace("\0", "\\0")
                    + (bytes.length > limit ? "; use a shorter folder, such as /tmp, or a relative path" : ""));
        }
        int length = SUN_PATH + bytes.length + 1;
        putFamily(os, buffer, length, AF_UNIX);
        buffer.put(SUN_PATH, bytes).put(length - 1, (byte) 0);
        return length;
    }

    /** {@link #getInet(Os, ByteBuffer)} of this system. */
    public static InetSocketAddress getInet(ByteBuffer buffer) {
        return getInet(Os.here(), buffer);
    }

    /** Reads a {@code sockaddr_in} or {@code sockaddr_in6}; null if the family is neither. */
    public static InetSocketAddress getInet(Os os, ByteBuffer buffer) {
        int family = family(os, buffer);
        if (family != AF_INET && family != afInet6(os)) {
            return null;
        }
        int port = (buffer.get(PORT) & 0xff) << 8 | buffer.get(PORT + 1) & 0xff;
        try {
            return new InetSocketAddress(family == AF_INET ? inet4(buffer) : inet6(buffer), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible); // thrown only for an array of other than 4 or 16 bytes
        }
    }

    /**
     * Reads an address of the three families.
     *
     * @param lengthBytes what the kernel says it has; more than the buffer if the address was cut
     * @return null if it is of another family or cut, or a UNIX socket has no file or one whose path this JVM's locale
     *     cannot express
     */
    public static SocketAddress get(ByteBuffer buffer, int lengthBytes) {
        if (lengthBytes <= SUN_PATH || lengthBytes > buffer.capacity()) {
            return null;
        }
        return family(Os.here(), buffer) == AF_UNIX ? getUnix(buffer, lengthBytes) : getInet(buffer);
    }

    /** An abstract name begins with a NUL. */
    private static UnixDomainSocketAddress getUnix(ByteBuffer buffer, int lengthBytes) {
        int end = SUN_PATH;
        while (end < lengthBytes && buffer.get(end) != 0) {
            end++;
        }
        byte[] path = new byte[end - SUN_PATH];
        buffer.get(SUN_PATH, path);
        try {
            return path.length == 0 ? null : UnixDomainSocketAddress.of(FileNames.decoded(path));
        } catch (InvalidPathException notInThisLocale) {
            return null; // the peer chose the path: that must not be an error here
        }
    }

    private static InetAddress inet4(ByteBuffer buffer) throws UnknownHostException {
        byte[] bytes = new byte[4];
        buffer.get(SIN_ADDR, bytes);
        return InetAddress.getByAddress(bytes);
    }

    private static InetAddress inet6(ByteBuffer buffer) throws UnknownHostException {
        byte[] bytes = new byte[16];
        buffer.get(SIN6_ADDR, bytes);
        int scopeId = buffer.getInt(SIN6_SCOPE_ID);
        return scopeId == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scopeId);
    }

    private static int sin6Size(Os os) {
        return os == Os.SOLARIS ? SIN6_SIZE_SOLARIS : SIN6_SIZE;
    }

    private static void putFamily(Os os, ByteBuffer buffer, int length, int family) {
        if (os.isBsd()) {
            buffer.put(0, (byte) length).put(1, (byte) family);
        } else {
            buffer.putShort(0, (short) family);
        }
    }

    private static int family(Os os, ByteBuffer buffer) {
        return os.isBsd() ? buffer.get(1) & 0xff : buffer.getShort(0) & 0xffff;
    }

    private static void zero(ByteBuffer buffer, int length) {
        for (int i = 0; i < length; i++) {
            buffer.put(i, (byte) 0);
        }
    }

    private static boolean isLinux(Os os) {
        return os == Os.LINUX || os == Os.OTHER;
    }
}
