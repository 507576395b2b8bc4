// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * A TCP echo server as a state machine on a poller: a connection reads or writes, and its registration says which. It
 * is as careful as EchoCallbacks. {@code java EchoPoller.java [PORT]}
 */
public class EchoPoller {
    private static final long SECOND = 1_000_000_000; // ns
    private final Posix posix = Pollers.posix();
    private final Set<Registration> connections = new HashSet<>();
    private final Poller poller = Pollers.open();
    private volatile boolean stopping;

    private static final class State {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14); // what was read and not yet written
        long usedNanos = System.nanoTime();
    }

    public static void main(String[] args) throws Exception {
        new EchoPoller().serve(args.length > 0 ? Integer.parseInt(args[0]) : 0);
    }

    EchoPoller() throws IOException {}

    void serve(int port) throws IOException {
        int server = posix.streamSocket(StandardProtocolFamily.INET);
        posix.setReuseAddress(server, true);
        posix.bind(server, new InetSocketAddress("127.0.0.1", port));
        posix.listen(server, 128);
        Registration listening = poller.register(server, Interest.READ);
        sun.misc.Signal.handle(new sun.misc.Signal("TERM"), signal -> {
            stopping = true;
            poller.wakeup();
        });
        System.out.println("echo on " + posix.localAddress(server));
        long secondNanos = System.nanoTime();
        while (!stopping) {
            poller.poll(SECOND, (registration, ready) -> handle(registration));
            if (System.nanoTime() - secondNanos > SECOND) {
                secondNanos = System.nanoTime();
                eachSecond(listening);
            }
        }
        listening.cancel(); // no new connections; the others have five seconds to end
        while (!connections.isEmpty() && System.nanoTime() - secondNanos < 5 * SECOND) {
            poller.poll(SECOND, (registration, ready) -> handle(registration));
        }
    }

    private void handle(Registration registration) throws IOException {
        if (registration.attachment() instanceof State state) {
            try {
                echo(registration, state);
            } catch (IOException e) { // reset by the peer
                close(registration);
            }
        } else {
            accept(registration);
        }
    }

    private void accept(Registration listening) throws IOException {
        int fd = -1;
        try {
            fd = posix.accept(listening.fd());
            if (fd >= 0) {
                connections.add(poller.register(fd, Interest.READ, new State()));
            }
        } catch (SyscallException e) { // EMFILE: the connection stays in the backlog, so without a pause this spins
            System.err.println(e.getMessage());
            listening.modify(Interest.NONE);
            if (fd >= 0) { // accepted, but the kernel has no room to watch it
                posix.close(fd);
            }
        }
    }

    private void echo(Registration connection, State state) throws IOException {
        state.usedNanos = System.nanoTime();
        int count = posix.read(connection.fd(), state.buffer);
        posix.write(connection.fd(), state.buffer.flip());
        state.buffer.compact();
        if (count < 0 && state.buffer.position() == 0) {
            close(connection); // the peer will send no more, and has got all
        } else {
            connection.modify(state.buffer.position() > 0 ? Interest.WRITE : Interest.READ);
        }
    }

    private void eachSecond(Registration listening) {
        try {
            listening.modify(Interest.READ); // a pause after EMFILE is over
            for (Registration each : Set.copyOf(connections)) {
                if (System.nanoTime() - ((State) each.attachment()).usedNanos > 30 * SECOND) {
                    close(each);
                }
            }
        } catch (IOException e) { // tried again after the next second
            System.err.println(e.getMessage());
        }
    }

    private void close(Registration connection) throws IOException {
        connections.remove(connection);
        connection.cancel();
        posix.close(connection.fd());
    }
}
