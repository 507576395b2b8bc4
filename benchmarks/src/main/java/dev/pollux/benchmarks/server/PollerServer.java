// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.Binding;
import dev.pollux.Interest;
import dev.pollux.Mechanism;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Readiness;
import dev.pollux.ReadyHandler;
import dev.pollux.Registration;
import dev.pollux.SelectLimit;
import dev.pollux.posix.kernel.KernelPosix;
import dev.pollux.syscall.NativeMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;

/** Sends back what it receives: a {@link Poller} and descriptors, one thread, one read for each event. */
final class PollerServer implements ReadyHandler {
    static final int BUFFER_BYTES = 16 * 1024;

    /** The longest queue of connections that are not accepted yet. */
    static final int BACKLOG = 1024;

    private final Poller poller;
    private final KernelPosix posix;
    private final NativeMemory buffer;
    private final int listeningFd;

    private PollerServer(Binding binding, Mechanism mechanism) throws IOException {
        Pollers.Builder pollers = Pollers.builder()
                .binding(binding)
                .mechanism(mechanism)
                .selectLimit(SelectLimit.KERNEL); // thousands of connections, through select too
        poller = pollers.open();
        posix = new KernelPosix(pollers.syscalls());
        buffer = posix.allocate(BUFFER_BYTES);
        listeningFd = posix.streamSocket(StandardProtocolFamily.INET);
        posix.bind(listeningFd, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        posix.listen(listeningFd, BACKLOG);
        poller.register(listeningFd, Interest.READ);
    }

    /** What was received and had no room to be sent. */
    private static final class Connection {
        private ByteBuffer rest;
    }

    /** @param args the binding and the mechanism */
    public static void main(String[] args) throws IOException {
        PollerServer server = new PollerServer(Binding.valueOf(args[0]), Mechanism.valueOf(args[1]));
        ServerProcess.announce(server.posix.localAddress(server.listeningFd));
        while (true) {
            server.poller.poll(server);
        }
    }

    @Override
    public void ready(Registration registration, Readiness ready) throws IOException {
        Connection connection = (Connection) registration.attachment();
        if (connection == null) {
            acceptAll();
        } else if (connection.rest == null) {
            echo(registration, connection);
        } else {
            posix.write(registration.fd(), connection.rest);
            if (!connection.rest.hasRemaining()) {
                connection.rest = null;
                registration.modify(Interest.READ);
            }
        }
    }

    private void acceptAll() throws IOException {
        for (int fd = posix.accept(listeningFd); fd >= 0; fd = posix.accept(listeningFd)) {
            posix.setNoDelay(fd, true);
            poller.register(fd, Interest.READ, new Connection());
        }
    }

    private void echo(Registration registration, Connection connection) throws IOException {
        int fd = registration.fd();
        int count = posix.read(fd, buffer, 0, BUFFER_BYTES);
        if (count < 0) {
            registration.cancel();
            posix.close(fd);
        } else if (count > 0) {
            int sent = posix.write(fd, buffer, 0, count);
            if (sent < count) {
                connection.rest = ByteBuffer.allocateDirect(count - sent).put(0, buffer.buffer(), sent, count - sent);
                registration.modify(Interest.WRITE);
            }
        }
    }
}
