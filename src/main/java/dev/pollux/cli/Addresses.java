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

/** Internet addresses as one types and reads them. */
final class Addresses {
    private Addresses() {}

    /** All that a name resolves to, in the resolver's order. */
    static List<InetSocketAddress> resolve(String host, int port) throws IOException {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
        } catch (UnknownHostException e) {
            throw new IOException("no address is known for " + host, e);
        }
    }

    /** {@code 127.0.0.1:80}, {@code [::1]:80}. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** A socket that listens there; with port 0, at any free port. It is the caller's to close. */
    static int listen(Posix posix, InetSocketAddress wanted, int backlog) throws IOException {
        return listen(posix, wanted, backlog, false);
    }

    /** The same; others may listen at the same port beside it if all of them say so. */
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
                // says the same
            }
            throw new TypeConversionException("'" + text + "' is not a port: 0 to 65535");
        }
    }
}
