// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli;

import dev.pollux.DescriptorLimitException;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Sends back the bytes that it receives. Each thread of a group of event loops runs an {@link EchoLoop}. */
final class EchoServer implements Closeable {
    private static final int BACKLOG = 1024;
    private static final long MOST_UNSENT_BYTES =
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);

    private final EventLoopGroup group;
    private final KernelPosix posix;
    private final List<EchoLoop> loops = new ArrayList<>();
    private final List<Integer> listeningFds = new ArrayList<>();
    private final InetSocketAddress address;

    /**
     * Listens at the address; port 0 means any free port. The server closes the group, which must not be started yet, also
     * if this constructor throws.
     *
     * @param reusePort whether each loop has its own listening socket; otherwise all share one
     */
    EchoServer(EventLoopGroup group, KernelPosix posix, InetSocketAddress wanted, boolean reusePort)
            throws IOException {
        this(group, posix, wanted, reusePort, MOST_UNSENT_BYTES);
    }

    /**
     * The same with another memory limit.
     *
     * @param mostUnsentBytes how many bytes may wait for peers that do not read, for all connections together
     */
    EchoServer(
            EventLoopGroup group, KernelPosix posix, InetSocketAddress wanted, boolean reusePort, long mostUnsentBytes)
            throws IOException {
        this.group = group;
        this.posix = posix;
        group.onException(EchoServer::end);
        try {
            address = listen(wanted, reusePort);
            for (int i = 0; i < group.size(); i++) {
                if (reusePort && i > 0) {
                    listen(address, true);
                }
                int listeningFd = listeningFds.get(listeningFds.size() - 1);
                loops.add(new EchoLoop(
                        group.loop(i),
                        posix,
                        listeningFd,
                        group.size() > 1 && !reusePort,
                        new BufferPool(posix, mostUnsentBytes / group.size())));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private InetSocketAddress listen(InetSocketAddress wanted, boolean reusePort) throws IOException {
        int fd = Addresses.listen(posix, wanted, BACKLOG, reusePort);
        listeningFds.add(fd);
        return posix.localAddress(fd);
    }

    /** A failure of the loop ends the server. */
    private static void end(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        throw e instanceof RuntimeException failure ? failure : new IllegalStateException(e);
    }

    /** The address at which it listens. */
    InetSocketAddress address() {
        return address;
    }

    /** Serves until {@link #close}. */
    void start() {
        group.start();
    }

    /**
     * Waits until the server has ended, and throws the exception that ended it.
     *
     * @return false if it still runs after the timeout
     */
    boolean await(long timeoutMillis) throws IOException, InterruptedException {
        return group.await(Duration.ofMillis(timeoutMillis));
    }

    /** The number of open connections. From any thread. */
    int connections() {
        return loops.stream().mapToInt(EchoLoop::connections).sum();
    }

    /** The number of connections that each loop has accepted so far. From any thread. */
    List<Integer> accepted() {
        return loops.stream().map(EchoLoop::accepted).toList();
    }

    /**
     * The reason why a loop does not accept now; null if all accept. A {@link DescriptorLimitException} is the limit of
     * the mechanism, any other exception a limit of the process or the system. From any thread.
     */
    IOException refusal() {
        return loops.stream()
                .map(EchoLoop::refusal)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Ends the threads and closes every connection. Must not be called by one of these threads. */
    @Override
    public void close() throws IOException {
        try {
            group.close();
        } finally {
            for (EchoLoop loop : loops) {
                loop.release();
            }
            for (int fd : listeningFds) {
                posix.close(fd);
            }
            loops.clear();
            listeningFds.clear();
        }
    }
}
