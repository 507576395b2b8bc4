// SPDX-License-Identifier: Apache-2.0
import dev.pollux.ClosedPollerException;
import dev.pollux.Pollers;
import dev.pollux.SyscallException;
import dev.pollux.loop.BlockingIo;
import dev.pollux.posix.Posix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A TCP echo server as blocking code: one virtual thread for each connection. It is as careful as EchoCallbacks, with
 * fewer words for it. {@code java EchoVirtualThreads.java [PORT]}, on JDK 21 or later
 */
public class EchoVirtualThreads {
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Posix posix = Pollers.posix();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingIo io;
    private volatile boolean stopping;

    EchoVirtualThreads(BlockingIo io) {
        this.io = io;
    }

    public static void main(String[] args) throws Exception {
        try (BlockingIo io = new BlockingIo(Pollers.open(), Pollers.posix())) {
            new EchoVirtualThreads(io).serve(args.length > 0 ? Integer.parseInt(args[0]) : 0);
        }
    }

    void serve(int port) throws IOException, InterruptedException {
        int server = posix.streamSocket(StandardProtocolFamily.INET);
        posix.setReuseAddress(server, true);
        posix.bind(server, new InetSocketAddress("127.0.0.1", port));
        posix.listen(server, 128);
        sun.misc.Signal.handle(new sun.misc.Signal("TERM"), signal -> stop(server));
        System.out.println("echo on " + posix.localAddress(server));
        acceptAll(server);
        threads.shutdown();
        threads.awaitTermination(5, TimeUnit.SECONDS);
    }

    private void acceptAll(int server) throws IOException, InterruptedException {
        while (!stopping) {
            try {
                int connection = io.accept(server);
                threads.execute(() -> echo(connection));
            } catch (AsynchronousCloseException e) {
                return; // stopped
            } catch (SyscallException e) { // EMFILE: the connection stays in the backlog, so without a pause this spins
                System.err.println(e.getMessage());
                Thread.sleep(100);
            }
        }
    }

    private void echo(int connection) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14);
        try {
            while (io.read(connection, buffer.clear(), IDLE) >= 0) {
                io.write(connection, buffer.flip(), IDLE); // until the peer has read it: back-pressure by waiting
            }
        } catch (IOException | ClosedPollerException e) {
            // reset by the peer, idle, or stopped: this connection ends
        } finally {
            close(connection);
        }
    }

    private void close(int fd) {
        try {
            io.close(fd);
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    /** Ends the wait of accept; connections have five seconds to end. */
    private void stop(int server) {
        stopping = true;
        close(server);
    }
}
