// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Interest;
import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.Registration;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;

/**
 * Copies standard input to a TCP connection and the connection to standard output, in one loop. Standard input may be a
 * terminal, a pipe or a file; its end becomes that of our half of the connection. {@code java Netcat.java HOST PORT}
 */
public class Netcat {
    private final Posix posix = Pollers.posix();

    public static void main(String[] args) throws Exception {
        try {
            if (args.length != 2) {
                throw new IllegalArgumentException("usage: Netcat HOST PORT");
            }
            new Netcat().run(new InetSocketAddress(args[0], Integer.parseInt(args[1])));
        } catch (IOException | IllegalArgumentException e) { // also for a host without an address
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Bytes on their way from one descriptor to another. */
    private final class Flow {
        private final int from;
        private final int to;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14); // what was read and not yet written
        private boolean atEnd;

        Flow(int from, int to) {
            this.from = from;
            this.to = to;
        }

        /** Neither call waits. */
        void move() throws IOException {
            atEnd = atEnd || posix.read(from, buffer) < 0;
            if (buffer.position() > 0) {
                posix.write(to, buffer.flip());
                buffer.compact();
            }
        }

        boolean isDone() {
            return atEnd && buffer.position() == 0;
        }

        Interest ofReader() {
            return atEnd || !buffer.hasRemaining() ? Interest.NONE : Interest.READ; // full: the other end is slow
        }

        Interest ofWriter() {
            return buffer.position() == 0 ? Interest.NONE : Interest.WRITE;
        }
    }

    void run(InetSocketAddress address) throws IOException {
        boolean isInet6 = address.getAddress() instanceof Inet6Address;
        int socket = posix.streamSocket(isInet6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        try (Poller poller = Pollers.open()) {
            boolean connected = posix.connect(socket, address);
            Registration connection = poller.register(socket, Interest.WRITE);
            if (!connected) {
                poller.poll((registration, ready) -> posix.finishConnect(socket, address));
            }
            withoutBlocking(Posix.STANDARD_INPUT, Posix.STANDARD_OUTPUT);
            copy(poller, connection);
        } finally {
            posix.close(socket);
        }
    }

    /**
     * O_NONBLOCK belongs to the open file, which the shell uses as well. So each mode is read first (on a terminal both
     * are one open file), and restored at the end, also after Ctrl-C.
     */
    private void withoutBlocking(int in, int out) throws IOException {
        boolean inBefore = posix.isNonBlocking(in);
        boolean outBefore = posix.isNonBlocking(out);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                posix.setNonBlocking(in, inBefore);
                posix.setNonBlocking(out, outBefore);
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }));
        posix.setNonBlocking(in, true);
        posix.setNonBlocking(out, true);
    }

    private void copy(Poller poller, Registration connection) throws IOException {
        Flow up = new Flow(Posix.STANDARD_INPUT, connection.fd());
        Flow down = new Flow(connection.fd(), Posix.STANDARD_OUTPUT);
        Registration in = poller.register(up.from, Interest.NONE);
        Registration out = poller.register(down.to, Interest.NONE);
        boolean halfClosed = false;
        while (!down.isDone()) {
            in.modify(up.ofReader());
            out.modify(down.ofWriter());
            connection.modify(up.ofWriter().plus(down.ofReader()));
            poller.poll((registration, ready) -> {});
            up.move();
            down.move();
            if (up.isDone() && !halfClosed) {
                posix.shutdownWrite(connection.fd()); // the peer reads the end, and may still answer
                halfClosed = true;
            }
        }
    }
}
