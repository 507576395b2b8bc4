// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Internet addresses, from and to text. */
final class Addresses {
    private Addresses() {}

    /** All addresses of a name, in the order of the resolver. */
    static List<InetSocketAddress> resolve(String host, int port) throws IOException {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
        } catch (UnknownHostException e) {
            throw new IOException("unknown host: " + host, e);
        }
    }

    /** {@code 127.0.0.1:80}, {@code [::1]:80}. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Returns a socket that listens there; port 0 means any free port. The caller closes it. */
    static int listen(Posix posix, InetSocketAddress wanted, int backlog) throws IOException {
        return listen(posix, wanted, backlog, false);
    }

    /** The same; with {@code reusePort} several sockets can listen at one port. */
    static int listen(Posix posix, InetSocketAddress wanted, int backlog, boolean reusePort) throws IOException {
        int fd = posix.streamSocket(
                wanted.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        try {
            posix.setReuseAddress(fd, true);
            if (reusePort) {
                posix.setReusePort(fd, true);
            }
            posix.bind(fd, wanted);
            posix.listen(fd, backlog);
            return fd;
        } catch (IOException | UnsupportedOperationException e) {
            posix.close(fd);
            throw e;
        }
    }

    /** A port, 0 included. */
    static final class PortConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                int port = Integer.parseInt(text);
                if (port >= 0 && port <= 0xffff) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // the same message
            }
            throw new TypeConversionException("'" + text + "' is not a port: 0 to 65535");
        }
    }
}
