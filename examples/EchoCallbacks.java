// SPDX-License-Identifier: Apache-2.0
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Watch;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * A TCP echo server as callbacks on an event loop. It stops reading while the peer does not read, closes a connection
 * after 30 idle seconds, and ends with the last one after SIGTERM. {@code java EchoCallbacks.java [PORT]}
 */
public class EchoCallbacks {
    private final Posix posix = Pollers.posix();
    private final Set<Connection> connections = new HashSet<>();
    private final EventLoop loop = new EventLoop(Pollers.open());
    private Watch listening;
    private boolean stopping;

    public static void main(String[] args) throws Exception {
        new EchoCallbacks().serve(args.length > 0 ? Integer.parseInt(args[0]) : 0);
    }

    EchoCallbacks() throws IOException {}

    void serve(int port) throws IOException {
        int server = posix.streamSocket(StandardProtocolFamily.INET);
        posix.setReuseAddress(server, true);
        posix.bind(server, new InetSocketAddress("127.0.0.1", port));
        posix.listen(server, 128);
        listening = loop.onReadable(server, (watch, ready) -> accept());
        loop.scheduleAtFixedRate(Duration.ofSeconds(1), Duration.ofSeconds(1), this::eachSecond);
        sun.misc.Signal.handle(new sun.misc.Signal("TERM"), signal -> loop.execute(this::stop));
        System.out.println("echo on " + posix.localAddress(server));
        loop.run();
        loop.close();
    }

    private void accept() throws IOException {
        int fd = -1;
        try {
            fd = posix.accept(listening.fd());
            if (fd >= 0) {
                connections.add(new Connection(fd));
            }
        } catch (SyscallException e) { // EMFILE: the connection stays in the backlog, so without a pause this spins
            System.err.println(e.getMessage());
            listening.stopReading();
            if (fd >= 0) { // accepted, but the kernel has no room to watch it
                posix.close(fd);
            }
        }
    }

    private void stop() {
        stopping = true;
        eachSecond();
        loop.schedule(Duration.ofSeconds(5), loop::stop);
    }

    private void eachSecond() {
        try {
            if (!stopping) {
                listening.onReadable((watch, ready) -> accept()); // a pause after EMFILE is over
            } else if (connections.isEmpty()) {
                loop.stop();
            } else {
                listening.stopReading(); // no new connections; the loop ends with the last one
            }
            for (Connection each : Set.copyOf(connections)) {
                if (System.nanoTime() - each.usedNanos > 30_000_000_000L) {
                    each.close();
                }
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    private final class Connection {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14); // what was read and not yet written
        private final Watch.Callback callback = (watch, ready) -> echo();
        private final Watch watch;
        private long usedNanos = System.nanoTime();

        Connection(int fd) throws IOException {
            watch = loop.onReadable(fd, callback);
        }

        private void echo() throws IOException {
            try {
                usedNanos = System.nanoTime();
                int count = posix.read(watch.fd(), buffer);
                posix.write(watch.fd(), buffer.flip());
                buffer.compact();
                if (buffer.position() > 0) {
                    watch.stopReading().onWritable(callback);
                } else if (count >= 0) {
                    watch.stopWriting().onReadable(callback);
                } else {
                    close(); // the peer will send no more, and has got all
                }
            } catch (IOException e) { // reset by the peer
                close();
            }
        }

        private void close() throws IOException {
            connections.remove(this);
            watch.cancel();
            posix.close(watch.fd());
        }
    }
}
