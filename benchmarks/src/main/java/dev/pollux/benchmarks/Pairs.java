// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import dev.pollux.Pollers;
import dev.pollux.posix.Posix;
import dev.pollux.syscall.channel.ChannelBridge;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Pairs of connected descriptors: one to watch, and its far end, which makes it ready.
 *
 * <p>The far ends of pipes are moved to {@value #FAR_ENDS_FROM} and above, so that nearly all of the 1024 descriptors of
 * an {@code fd_set} are left for the watched ones. Far ends that are never written to are kept open outside of this
 * process's table if it has no room for them.
 */
final class Pairs implements Ends, Closeable {
    enum Kind {
        /** A pipe: its read end is watched. */
        PIPE,
        /** Two connected UNIX stream sockets. */
        SOCKET
    }

    private static final int FAR_ENDS_FROM = 2048;

    /** What the JVM itself and the pollers may have open. */
    private static final int SPARE = 200;

    private record Pair(int fd, int farFd, SelectableChannel channel, Closeable near, Closeable far) {}

    private final Posix posix = Pollers.posix();
    private final List<Pair> pairs = new ArrayList<>();
    private final List<Long> keepers = new ArrayList<>();
    private final Kind kind;
    private final Set<Integer> written;
    private Listener listener;
    private int keptElsewhere;

    private Pairs(Kind kind, int[] written) throws IOException {
        this.kind = kind;
        this.written = Arrays.stream(written).boxed().collect(Collectors.toSet());
    }

    /** Pairs that this caller can wait for; nothing is ever sent from the far ends that are not listed. */
    static Pairs open(Kind kind, Caller caller, int count, int... written) throws IOException {
        Pairs pairs = new Pairs(kind, written);
        try {
            long limit = pairs.posix.raiseDescriptorLimit().soft();
            if (limit < needed(count, written.length)) {
                throw new IOException(refusal(count, written.length, limit));
            }
            pairs.open(caller, count, limit - SPARE);
            return pairs;
        } catch (IOException | RuntimeException e) {
            pairs.close();
            throw e;
        }
    }

    /** All of so many. */
    static int[] all(int count) {
        return IntStream.range(0, count).toArray();
    }

    /** How many descriptors this process must be allowed to have. */
    static long needed(int count, int writtenCount) {
        return Math.max(FAR_ENDS_FROM, count) + writtenCount + SPARE;
    }

    /** Why so many cannot be had. */
    static String refusal(int count, int writtenCount, long limit) {
        return count + " pairs need about " + needed(count, writtenCount)
                + " descriptors, and RLIMIT_NOFILE cannot be raised above " + limit;
    }

    private void open(Caller caller, int count, long limit) throws IOException {
        for (int i = 0; i < count; i++) {
            if (Math.max(FAR_ENDS_FROM, i) + i - keptElsewhere + 2 > limit) {
                keepElsewhere();
            }
            pairs.add(caller.needsChannelsOfTheJdk() ? ofTheJdk() : ofTheSystem());
        }
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }

    private Pair ofTheSystem() throws IOException {
        if (kind == Kind.SOCKET) {
            Posix.SocketPair pair = posix.socketPair();
            return pair(pair.fd(), pair.peerFd());
        }
        Posix.Pipe pipe = posix.pipe();
        try {
            return pair(pipe.readFd(), posix.dupAtOrAbove(pipe.writeFd(), FAR_ENDS_FROM));
        } finally {
            posix.close(pipe.writeFd());
        }
    }

    private Pair pair(int fd, int farFd) {
        return new Pair(fd, farFd, null, () -> posix.close(fd), () -> posix.close(farFd));
    }

    private Pair ofTheJdk() throws IOException {
        if (kind == Kind.PIPE) {
            Pipe pipe = Pipe.open();
            return pair(pipe.source(), pipe.sink());
        }
        if (listener == null) {
            listener = new Listener();
        }
        return listener.pair();
    }

    private static Pair pair(SelectableChannel near, SelectableChannel far) throws IOException {
        near.configureBlocking(false);
        far.configureBlocking(false);
        return new Pair(ChannelBridge.fd(near), ChannelBridge.fd(far), near, near, far);
    }

    /** The JDK has no socketpair. */
    private static final class Listener implements Closeable {
        private final Path folder = Files.createTempDirectory("pollux-bench");
        private final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

        private Listener() throws IOException {
            channel.bind(UnixDomainSocketAddress.of(folder.resolve("listener")));
        }

        private Pair pair() throws IOException {
            SocketChannel far = SocketChannel.open(channel.getLocalAddress());
            return Pairs.pair(channel.accept(), far);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(folder.resolve("listener"));
            Files.delete(folder);
        }
    }

    private void keepElsewhere() throws IOException {
        int before = keptElsewhere;
        keepers.add(PlainC.check("keeping descriptors open", PlainC.keepOpen()));
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            if (pair.far != null && !written.contains(i)) {
                pair.far.close();
                pairs.set(i, new Pair(pair.fd, -1, pair.channel, pair.near, null));
                keptElsewhere++;
            }
        }
        if (keptElsewhere == before) {
            throw new IOException("no room for more than " + pairs.size() + " pairs");
        }
    }

    /** Gives a watched one this number, which must be free. */
    void renumber(int index, int fd) throws IOException {
        Pair pair = pairs.get(index);
        int copy = posix.dupAtOrAbove(pair.fd, fd);
        pair.near.close();
        pairs.set(index, pair(copy, pair.farFd));
        Loop.require("number", fd, copy);
    }

    /** Leaves a byte in these. */
    void makeReady(int... indices) throws IOException {
        for (int index : indices) {
            PlainC.check("writing", PlainC.writeByte(farFd(index)));
        }
    }

    @Override
    public int count() {
        return pairs.size();
    }

    @Override
    public int fd(int index) {
        return pairs.get(index).fd;
    }

    @Override
    public SelectableChannel channel(int index) {
        return pairs.get(index).channel;
    }

    /** -1 if it is not among those to be written to, and there was no room for it. */
    int farFd(int index) {
        return pairs.get(index).farFd;
    }

    int[] farFds() {
        return pairs.stream().mapToInt(Pair::farFd).toArray();
    }

    @Override
    public void close() throws IOException {
        if (listener != null) {
            listener.close();
        }
        for (Pair pair : pairs) {
            pair.near.close();
            if (pair.far != null) {
                pair.far.close();
            }
        }
        pairs.clear();
        keepers.forEach(PlainC::letGo);
        keepers.clear();
    }
}
