// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/** Sends back what it receives: a {@link Selector} of the default provider, as most programs use it. */
final class SelectorServer {
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PollerServer.BUFFER_BYTES);

    private SelectorServer() throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), PollerServer.BACKLOG);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        SelectorServer server = new SelectorServer();
        ServerProcess.announce(server.listening.getLocalAddress());
        while (true) {
            server.select();
        }
    }

    private void select() throws IOException {
        selector.select();
        Iterator<SelectionKey> selected = selector.selectedKeys().iterator();
        while (selected.hasNext()) {
            SelectionKey key = selected.next();
            selected.remove();
            if (key.isAcceptable()) {
                acceptAll();
            } else if (key.isReadable()) {
                echo(key, (SocketChannel) key.channel());
            } else {
                sendRest(key, (SocketChannel) key.channel());
            }
        }
    }

    private void acceptAll() throws IOException {
        for (SocketChannel channel = listening.accept(); channel != null; channel = listening.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ);
        }
    }

    private void echo(SelectionKey key, SocketChannel channel) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            channel.close();
            return;
        }
        channel.write(buffer.flip());
        if (buffer.hasRemaining()) { // there is no room now
            key.attach(ByteBuffer.allocateDirect(buffer.remaining()).put(buffer).flip());
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private static void sendRest(SelectionKey key, SocketChannel channel) throws IOException {
        ByteBuffer rest = (ByteBuffer) key.attachment();
        channel.write(rest);
        if (!rest.hasRemaining()) {
            key.attach(null);
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
