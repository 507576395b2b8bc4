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
 * Runs an unchanged {@code java.nio} program on Pollux:
 *
 * <pre>
 * java -Djava.nio.channels.spi.SelectorProvider=dev.pollux.nio.PolluxSelectorProvider -cp app.jar:pollux.jar:jna.jar ...
 * </pre>
 *
 * <p>The selectors are {@link PolluxSelector}s on a poller from {@link Pollers#open()}, so
 * {@code dev.pollux.mechanism}, {@code dev.pollux.binding}, {@code dev.pollux.trace} and {@code dev.pollux.jfr} apply. The channels are the
 * JDK's own, with this class as their provider. Channels of the JDK's default provider can be registered too.
 * {@code inheritedChannel} returns the JDK's channel, of the JDK's provider.
 *
 * <p>Pollux reads the descriptors of the JDK's channels through JNI, which needs no flag. Without its native library,
 * start the JVM with {@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED}; else opening or registering a channel throws
 * an {@link UnsupportedOperationException} that names the flag. All methods may be called from any thread.
 */
public final class PolluxSelectorProvider extends SelectorProvider {
    /** For the JDK, which loads this class by name, and for programs that open single Pollux selectors. */
    public PolluxSelectorProvider() {}

    /** {@inheritDoc} Returns a {@link PolluxSelector}. */
    @Override
    public PolluxSelector openSelector() throws IOException {
        return openSelector(Pollers.open());
    }

    /** Opens a selector on this poller, which it then owns. */
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
