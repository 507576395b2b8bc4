// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import dev.pollux.Poller;
import dev.pollux.Pollers;
import dev.pollux.syscall.channel.ChannelBridge;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Puts Pollux under a program that uses {@code java.nio} and knows nothing of it:
 *
 * <pre>
 * java -Djava.nio.channels.spi.SelectorProvider=dev.pollux.nio.PolluxSelectorProvider -cp app.jar:pollux.jar:jna.jar ...
 * </pre>
 *
 * <p>The channels are the JDK's own, and name this provider; the selectors are {@link PolluxSelector}s, on what {@link
 * Pollers#open()} opens: {@code dev.pollux.mechanism}, {@code dev.pollux.binding} and {@code dev.pollux.trace} count
 * here too. A channel of the JDK's own provider can be registered with such a selector as well. {@code
 * inheritedChannel} is the JDK's, and so is its channel.
 *
 * <p>The insides of the JDK's channels are reached through JNI, without any flag. Where Pollux has no native part, the
 * JVM must be started with {@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED}: without that, what opens or registers a
 * channel throws an {@link UnsupportedOperationException} that says so. All methods may be called from any thread.
 */
public final class PolluxSelectorProvider extends SelectorProvider {
    /** For the JDK, which finds this class by its name, and for those who want one selector of Pollux among others. */
    public PolluxSelectorProvider() {}

    /** {@inheritDoc} It is a {@link PolluxSelector}. */
    @Override
    public PolluxSelector openSelector() throws IOException {
        return openSelector(Pollers.open());
    }

    /** On this poller, which is the selector's from now on. */
    PolluxSelector openSelector(Poller poller) {
        return new PolluxSelector(this, poller);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return ChannelBridge.channels().openSocketChannel(this);
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return ChannelBridge.channels().openSocketChannel(this, family);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return ChannelBridge.channels().openServerSocketChannel(this);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return ChannelBridge.channels().openServerSocketChannel(this, family);
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return ChannelBridge.channels().openDatagramChannel(this);
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return ChannelBridge.channels().openDatagramChannel(this, family);
    }

    @Override
    public Pipe openPipe() throws IOException {
        return ChannelBridge.channels().openPipe(this);
    }

    @Override
    public Channel inheritedChannel() throws IOException {
        return ChannelBridge.channels().defaultProvider().inheritedChannel();
    }
}
