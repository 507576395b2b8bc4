// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

/** Uses the provider of this JVM, and prints the results. */
public final class ProviderUser {
    private ProviderUser() {}

    public static void main(String[] args) throws IOException {
        System.out.println(SelectorProvider.provider().getClass().getName());
        try (Selector selector = Selector.open()) {
            System.out.println(selector);
            Pipe pipe = Pipe.open();
            pipe.sink().configureBlocking(false);
            pipe.sink().register(selector, SelectionKey.OP_WRITE);
            System.out.println("ready: " + selector.select());
            pipe.sink().close();
            selector.selectNow();
            System.out.println("inherited: " + System.inheritedChannel());
            openUntilThereIsNoMore();
        } catch (UnsupportedOperationException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }

    private static void openUntilThereIsNoMore() {
        List<SocketChannel> channels = new ArrayList<>();
        try {
            while (channels.size() < Integer.getInteger("channels", 0)) {
                channels.add(SocketChannel.open());
            }
        } catch (IOException e) {
            System.out.println("not opened: " + e);
        }
    }
}
