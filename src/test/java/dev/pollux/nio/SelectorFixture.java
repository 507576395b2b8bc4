// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Background;
import dev.pollux.Descriptors;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import dev.pollux.posix.kernel.KernelPosix;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A selector for each test, and channels of its provider, for every usable mechanism and binding. */
@ParameterizedClass(name = "{0}")
@MethodSource("combinations")
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class SelectorFixture {
    static final long DEADLINE_MILLIS = TimeUnit.NANOSECONDS.toMillis(Eventually.DEADLINE_NANOS);

    @Parameter
    Usable.Combination combination;

    final PolluxSelectorProvider provider = new PolluxSelectorProvider();
    private final Deque<Closeable> opened = new ArrayDeque<>();
    Descriptors descriptors;
    PolluxSelector selector;

    static Stream<Usable.Combination> combinations() {
        return Usable.combinations().stream();
    }

    @BeforeParameterizedClassInvocation
    static void assumeTheNativePart() {
        NativePart.assume("selectors without a flag");
    }

    @BeforeEach
    void open() throws IOException {
        descriptors = new Descriptors(new KernelPosix(Usable.syscalls(combination.binding())));
        selector = openSelector();
    }

    @AfterEach
    void closeEverything() throws IOException {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        if (descriptors != null) {
            descriptors.close();
        }
    }

    final <C extends Closeable> C opened(C closeable) {
        opened.push(closeable);
        return closeable;
    }

    /** Another selector of the same kind. */
    final PolluxSelector openSelector() throws IOException {
        return opened(provider.openSelector(combination.open()));
    }

    final boolean tellsHangups() {
        return combination.mechanism() != Mechanism.SELECT;
    }

    // Channels.

    static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    static InetSocketAddress anyPort() throws IOException {
        return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    }

    final <C extends SelectableChannel> C nonBlocking(C channel) throws IOException {
        opened(channel).configureBlocking(false);
        return channel;
    }

    final Pipe pipe() throws IOException {
        Pipe pipe = provider.openPipe();
        nonBlocking(pipe.source());
        nonBlocking(pipe.sink());
        return pipe;
    }

    /** A pipe with a byte in it. */
    final Pipe readyPipe() throws IOException {
        Pipe pipe = pipe();
        pipe.sink().write(bytes(1));
        return pipe;
    }

    final ServerSocketChannel server() throws IOException {
        return nonBlocking(provider.openServerSocketChannel()).bind(anyPort());
    }

    final SocketChannel socket() throws IOException {
        return nonBlocking(provider.openSocketChannel());
    }

    final DatagramChannel datagrams() throws IOException {
        return nonBlocking(provider.openDatagramChannel()).bind(anyPort());
    }

    /** The two ends of a connection. */
    record Connection(SocketChannel channel, SocketChannel peer) {}

    final Connection connection() throws IOException {
        ServerSocketChannel server = opened(provider.openServerSocketChannel()).bind(anyPort());
        SocketChannel peer = opened(provider.openSocketChannel());
        peer.connect(server.getLocalAddress());
        return new Connection(nonBlocking(server.accept()), nonBlocking(peer));
    }

    /** Writes until there is no room. */
    static void fill(SocketChannel channel) throws IOException {
        ByteBuffer much = bytes(1 << 16);
        while (channel.write(much.clear()) > 0) {}
    }

    // Selecting.

    final SelectionKey register(SelectableChannel channel, int ops) throws IOException {
        return channel.register(selector, ops);
    }

    /** The ready operations of one key, after a selection that found it alone ready. */
    final int readyOps(SelectionKey key) throws IOException {
        selector.selectedKeys().clear();
        assertThat(selector.select(DEADLINE_MILLIS)).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(key);
        return key.readyOps();
    }

    final void assertNothingIsReady() throws IOException {
        selector.selectedKeys().clear();
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.selectedKeys()).isEmpty();
    }

    /** The keys on which the action was performed. */
    final List<SelectionKey> acted(long timeoutMillis) throws IOException {
        List<SelectionKey> acted = new ArrayList<>();
        assertThat(selector.select(acted::add, timeoutMillis)).isEqualTo(acted.size());
        return acted;
    }

    final Background<Integer> selectInBackground() {
        return Background.start(selector::select);
    }
}
