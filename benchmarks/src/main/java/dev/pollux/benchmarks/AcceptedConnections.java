// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.channel.ChannelBridge;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A listening TCP socket on the loopback address and its accepted connections, all with TCP_NODELAY. */
abstract class AcceptedConnections implements Ends, Closeable {
    /** Listens through the JDK if the caller can only wait for the JDK's channels, otherwise through system calls. */
    static AcceptedConnections listen(Caller caller) throws IOException {
        return caller.needsChannelsOfTheJdk() ? new ByTheJdk() : new ByTheSystem();
    }

    abstract int port() throws IOException;

    /** Accepts this many connections; the clients must have made them already. */
    abstract void accept(int connections) throws IOException;

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static final class ByTheSystem extends AcceptedConnections {
        private final Posix posix = Pollers.posix();
        private final int listeningFd = posix.streamSocket(StandardProtocolFamily.INET);
        private final List<Integer> fds = new ArrayList<>();

        private ByTheSystem() throws IOException {
            posix.bind(listeningFd, anyPort());
            posix.listen(listeningFd, EchoServer.BACKLOG);
        }

        @Override
        int port() throws IOException {
            return posix.localAddress(listeningFd).getPort();
        }

        @Override
        void accept(int connections) throws IOException {
            for (int i = 0; i < connections; i++) {
                int fd = posix.accept(listeningFd);
                if (fd < 0) {
                    throw new IOException("only " + i + " of " + connections + " connections were made");
                }
                fds.add(fd);
                posix.setNoDelay(fd, true);
            }
        }

        @Override
        public int count() {
            return fds.size();
        }

        @Override
        public int fd(int index) {
            return fds.get(index);
        }

        @Override
        public SelectableChannel channel(int index) {
            return null;
        }

        @Override
        public void close() throws IOException {
            for (int fd : fds) {
                posix.close(fd);
            }
            posix.close(listeningFd);
        }
    }

    private static final class ByTheJdk extends AcceptedConnections {
        private final ServerSocketChannel listening = ServerSocketChannel.open();
        private final List<SocketChannel> channels = new ArrayList<>();

        private ByTheJdk() throws IOException {
            listening.bind(anyPort(), EchoServer.BACKLOG);
        }

        @Override
        int port() throws IOException {
            return ((InetSocketAddress) listening.getLocalAddress()).getPort();
        }

        @Override
        void accept(int connections) throws IOException {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = listening.accept();
                channels.add(channel);
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        }

        @Override
        public int count() {
            return channels.size();
        }

        @Override
        public int fd(int index) {
            return ChannelBridge.fd(channels.get(index));
        }

        @Override
        public SelectableChannel channel(int index) {
            return channels.get(index);
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
            listening.close();
        }
    }
}
