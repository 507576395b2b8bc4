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

/** Sends back whatever it receives, on the threads of a group of event loops: an {@link EchoLoop} on each. */
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
     * Listens at the address; with port 0, at any free port of it. The group, which was not started, is this server's from
     * now on, also if this throws.
     *
     * @param reusePort whether each loop has a listening socket of its own; else all of them share one
     */
    EchoServer(EventLoopGroup group, KernelPosix posix, InetSocketAddress wanted, boolean reusePort)
            throws IOException {
        this(group, posix, wanted, reusePort, MOST_UNSENT_BYTES);
    }

    /**
     * The same with another limit of memory.
     *
     * @param mostUnsentBytes how much may wait for peers that do not read, in all connections together
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

    /** A failure that is not one connection's is a fault of this server. */
    private static void end(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        throw e instanceof RuntimeException failure ? failure : new IllegalStateException(e);
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return address;
    }

    /** Serves until {@link #close}. */
    void start() {
        group.start();
    }

    /**
     * Waits for its end, and throws what ended it.
     *
     * @return false if it goes on
     */
    boolean await(long timeoutMillis) throws IOException, InterruptedException {
        return group.await(Duration.ofMillis(timeoutMillis));
    }

    /** How many connections it serves now. From any thread. */
    int connections() {
        return loops.stream().mapToInt(EchoLoop::connections).sum();
    }

    /** How many each loop has accepted so far. From any thread. */
    List<Integer> accepted() {
        return loops.stream().map(EchoLoop::accepted).toList();
    }

    /**
     * Why a loop accepts no more connections now; null if all do. A {@link DescriptorLimitException} is the limit of the
     * mechanism, anything else what the process or the system has run out of. From any thread.
     */
    IOException refusal() {
        return loops.stream()
                .map(EchoLoop::refusal)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Ends its threads and closes every connection; not from one of its threads. */
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
