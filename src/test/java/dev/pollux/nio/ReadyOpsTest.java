// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** The ready operations of each class of channel in each of its states, as in the JDK. */
class ReadyOpsTest extends SelectorFixture {
    private static final int ALL = OP_READ | OP_WRITE | OP_CONNECT;

    /** An address without a listening socket. */
    private SocketAddress nobody() throws IOException {
        try (ServerSocketChannel server = provider.openServerSocketChannel().bind(anyPort())) {
            return server.getLocalAddress();
        }
    }

    @Test
    void aServerSocketAccepts() throws IOException {
        ServerSocketChannel server = server();
        SelectionKey key = register(server, OP_ACCEPT);
        assertNothingIsReady();
        opened(provider.openSocketChannel()).connect(server.getLocalAddress());
        assertThat(readyOps(key)).isEqualTo(OP_ACCEPT);
        assertThat(key.isAcceptable()).isTrue();
        SocketChannel accepted = opened(server.accept());
        assertThat(accepted.provider()).isSameAs(provider);
        assertNothingIsReady();
    }

    @Test
    void anEstablishedConnectionIsConnectableUntilItIsFinishedAndThenWritable() throws IOException {
        ServerSocketChannel server = server();
        SocketChannel socket = socket();
        SelectionKey key = register(socket, ALL);
        socket.connect(server.getLocalAddress());
        assertThat(socket.isConnectionPending()).isTrue();

        assertThat(readyOps(key)).isEqualTo(OP_CONNECT);
        assertThat(readyOps(key)).isEqualTo(OP_CONNECT);
        assertThat(socket.finishConnect()).isTrue();

        assertThat(readyOps(key)).isEqualTo(OP_WRITE);
    }

    @Test
    void whileConnectingNeitherReadNorWriteIsReady() throws IOException {
        ServerSocketChannel server = server();
        SocketChannel socket = socket();
        register(socket, OP_READ | OP_WRITE);
        socket.connect(server.getLocalAddress());
        opened(accept(server)).write(bytes(1));
        for (int i = 0; i < 3; i++) {
            selector.select(10);
            assertThat(selector.selectedKeys()).isEmpty();
        }
    }

    private SocketChannel accept(ServerSocketChannel server) throws IOException {
        server.configureBlocking(true);
        return server.accept();
    }

    @Test
    void aConnectedSocketIsNotConnectable() throws IOException {
        SelectionKey key = register(connection().channel(), ALL);
        assertThat(readyOps(key)).isEqualTo(OP_WRITE);
        key.interestOps(OP_CONNECT);
        assertNothingIsReady();
        assertThat(acted(1)).isEmpty();
    }

    @Test
    void aRefusedConnectionIsConnectable() throws IOException {
        SocketChannel socket = socket();
        SelectionKey key = register(socket, OP_CONNECT);
        socket.connect(nobody());
        assertThat(readyOps(key)).isEqualTo(OP_CONNECT);
        assertThatThrownBy(socket::finishConnect).isInstanceOf(ConnectException.class);
        assertThat(socket.isOpen()).isFalse();
        assertNothingIsReady();
    }

    @Test
    void anErrorMakesAllOperationsOfInterestReady() throws IOException {
        assumeThat(tellsHangups()).as("the mechanism reports errors").isTrue();
        SocketChannel socket = socket();
        SelectionKey key = register(socket, ALL);
        socket.connect(nobody());
        assertThat(readyOps(key)).isEqualTo(ALL);
    }

    @Test
    void aSocketThatWasNeverConnectedIsHungUpAndReadyForAllOperationsOfInterest() throws IOException {
        SelectionKey key = register(socket(), OP_READ);
        assertThat(readyOps(key)).isEqualTo(OP_READ);
        key.interestOps(ALL);
        assertThat(readyOps(key)).isEqualTo(ALL);
    }

    @Test
    void aConnectedSocketIsReadableWhenThereIsDataOrAnEnd() throws IOException {
        Connection connection = connection();
        SelectionKey key = register(connection.channel(), OP_READ);
        assertNothingIsReady();
        connection.peer().write(bytes(1));
        assertThat(readyOps(key)).isEqualTo(OP_READ);
        connection.channel().read(bytes(1));
        assertNothingIsReady();
        connection.peer().shutdownOutput();
        assertThat(readyOps(key)).isEqualTo(OP_READ);
        assertThat(connection.channel().read(bytes(1))).isEqualTo(-1);
    }

    @Test
    void aConnectedSocketIsWritableWhenThereIsRoom() throws IOException {
        Connection connection = connection();
        SelectionKey key = register(connection.channel(), OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(OP_WRITE);
        fill(connection.channel());
        assertNothingIsReady();
        Thread reader = new Thread(() -> {
            try {
                connection.peer().configureBlocking(true);
                while (connection.peer().read(bytes(1 << 16)) > 0) {}
            } catch (IOException endOfTest) {
                // the channel was closed meanwhile
            }
        });
        reader.setDaemon(true);
        reader.start();
        assertThat(readyOps(key)).isEqualTo(OP_WRITE);
    }

    @Test
    void aResetMakesAllOperationsOfInterestReady() throws IOException {
        Connection connection = connection();
        SelectionKey key = register(connection.channel(), OP_READ);
        connection.peer().setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
        connection.peer().close();
        assertThat(readyOps(key)).isEqualTo(OP_READ);
        key.interestOps(OP_READ | OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(OP_READ | OP_WRITE);
    }

    @Test
    void datagramsAreReadAndWritten() throws IOException {
        DatagramChannel receiver = datagrams();
        SelectionKey key = register(receiver, OP_READ);
        assertNothingIsReady();
        datagrams().send(bytes(1), receiver.getLocalAddress());
        assertThat(readyOps(key)).isEqualTo(OP_READ);
        key.interestOps(OP_READ | OP_WRITE);
        assertThat(readyOps(key)).isEqualTo(OP_READ | OP_WRITE);
    }

    @Test
    void aPipesEndsAreReadAndWritten() throws IOException {
        Pipe pipe = pipe();
        SelectionKey source = register(pipe.source(), OP_READ);
        assertNothingIsReady();
        SelectionKey sink = register(pipe.sink(), OP_WRITE);
        assertThat(readyOps(sink)).isEqualTo(OP_WRITE);
        sink.interestOps(0);
        pipe.sink().write(bytes(1));
        assertThat(readyOps(source)).isEqualTo(OP_READ);
    }

    @Test
    void aPipesEndWithoutTheOtherEndIsReady() throws IOException {
        Pipe one = pipe();
        SelectionKey source = register(one.source(), OP_READ);
        one.sink().close();
        assertThat(readyOps(source)).isEqualTo(OP_READ);
        source.cancel();

        Pipe other = pipe();
        SelectionKey sink = register(other.sink(), OP_WRITE);
        while (other.sink().write(bytes(1 << 12)) > 0) {}
        assertNothingIsReady();
        other.source().close();
        assertThat(readyOps(sink)).isEqualTo(OP_WRITE);
    }
}
