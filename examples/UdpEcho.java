// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.posix.PeerAddress;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;

/**
 * A UDP echo server: returns each datagram to its sender, and allocates nothing for it. While there is no room to send
 * it does not receive. It ends after SIGTERM. {@code java UdpEcho.java [PORT]}
 */
public class UdpEcho {
    private static final int LONGEST = 65_535; // bytes of a UDP datagram; in a shorter buffer some would be cut
    private static final int TURN = 64; // datagrams, before other descriptors get their turn

    private final Posix posix = Pollers.posix();
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(LONGEST);
    private final PeerAddress sender = posix.newPeerAddress();
    private boolean unsent; // the datagram was received, and there was no room to send it
    private volatile boolean stopping;

    public static void main(String[] args) throws Exception {
        new UdpEcho().serve(args.length > 0 ? Integer.parseInt(args[0]) : 0);
    }

    void serve(int port) throws IOException {
        int fd = posix.datagramSocket(StandardProtocolFamily.INET);
        try (Poller poller = Pollers.open()) {
            posix.bind(fd, new InetSocketAddress("127.0.0.1", port));
            poller.register(fd, Interest.READ);
            sun.misc.Signal.handle(new sun.misc.Signal("TERM"), signal -> stop(poller));
            System.out.println("echo on " + posix.localAddress(fd));
            while (!stopping) {
                poller.poll((registration, ready) -> echo(registration));
            }
        } finally {
            posix.close(fd);
        }
    }

    private void stop(Poller poller) {
        stopping = true;
        poller.wakeup();
    }

    private void echo(Registration socket) throws IOException {
        int fd = socket.fd();
        boolean wasUnsent = unsent;
        for (int i = 0; i < TURN && (unsent || receive(fd)); i++) {
            unsent = !send(fd);
            if (unsent) {
                break;
            }
        }
        if (unsent != wasUnsent) {
            socket.modify(unsent ? Interest.WRITE : Interest.READ);
        }
    }

    private boolean receive(int fd) throws IOException {
        boolean received = posix.receiveFrom(fd, datagram.clear(), sender) >= 0; // 0: an empty datagram
        datagram.flip();
        return received;
    }

    /** Whether nothing is left to do for this datagram. An error concerns its receiver only: the server goes on. */
    private boolean send(int fd) {
        try {
            return posix.sendTo(fd, datagram, sender);
        } catch (SyscallException e) {
            System.err.println(e.getMessage());
            return true;
        }
    }
}
