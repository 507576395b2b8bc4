// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Readiness;
import dev.pollux.Registration;
import dev.pollux.SyscallException;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * A TCP echo server as a state machine on a poller: a connection reads or writes, and its registration says which. It
 * is as careful as EchoCallbacks. {@code java EchoPoller.java [PORT]}
 */
public class EchoPoller {
    private static final long IDLE_NANOS = 30_000_000_000L;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Posix posix = Pollers.posix();
    private final Set<Registration> connections = new HashSet<>();
    private final Poller poller;
    private volatile boolean stopping;

    private static final class State {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14); // what was read and not yet written
        long usedNanos = System.nanoTime();
    }

    public static void main(String[] args) throws Exception {
        try (Poller poller = Pollers.open()) {
            new EchoPoller(poller).serve(args.length > 0 ? Integer.parseInt(args[0]) : 0);
        }
    }

    EchoPoller(Poller poller) {
        this.poller = poller;
    }

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
            poller.poll(SECOND, this::handle);
            if (System.nanoTime() - secondNanos > SECOND.toNanos()) {
                listening.modify(Interest.READ); // a pause after EMFILE is over
                closeUnusedFor(IDLE_NANOS);
                secondNanos = System.nanoTime();
            }
        }
        listening.cancel(); // no new connections; the others have five seconds to end
        while (!connections.isEmpty() && System.nanoTime() - secondNanos < 5 * SECOND.toNanos()) {
            poller.poll(SECOND, this::handle);
        }
    }

    private void handle(Registration registration, Readiness ready) throws IOException {
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
        try {
            int fd = posix.accept(listening.fd());
            if (fd >= 0) {
                connections.add(poller.register(fd, Interest.READ, new State()));
            }
        } catch (SyscallException e) { // EMFILE: the connection stays in the backlog, so without a pause this spins
            System.err.println(e.getMessage());
            listening.modify(Interest.NONE);
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

    private void closeUnusedFor(long nanos) throws IOException {
        for (Registration each : Set.copyOf(connections)) {
            if (System.nanoTime() - ((State) each.attachment()).usedNanos > nanos) {
                close(each);
            }
        }
    }

    private void close(Registration connection) throws IOException {
        connections.remove(connection);
        connection.cancel();
        posix.close(connection.fd());
    }
}
