// SPDX-License-Identifier: Apache-2.0
package app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/** A server on {@code java.nio}, as there are many, which knows nothing of Pollux. It ends with its 50th client. */
public final class EchoServer {
    private static final int CLIENTS = 50;

    private EchoServer() {}

    public static void main(String[] args) throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
            System.out.println(selector);
            serve(selector, server);
        }
    }

    private static void serve(Selector selector, ServerSocketChannel server) throws IOException {
        int served = 0;
        while (served < CLIENTS) {
            selector.select();
            Iterator<SelectionKey> selected = selector.selectedKeys().iterator();
            while (selected.hasNext()) {
                SelectionKey key = selected.next();
                selected.remove();
                if (key.isAcceptable()) {
                    SocketChannel client = server.accept();
                    client.configureBlocking(false).register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(4096));
                } else if (!echo(key)) {
                    served++;
                }
            }
        }
    }

    /** Whether the client goes on. */
    private static boolean echo(SelectionKey key) throws IOException {
        SocketChannel client = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        if (client.read(buffer) < 0) {
            client.close();
            return false;
        }
        client.write(buffer.flip());
        key.interestOps(buffer.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        buffer.compact();
        return true;
    }
}
