// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.channel;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * What the JDK's package {@code sun.nio.ch} keeps to itself: the descriptors of its channels, and how to make them for
 * another provider than its own. What the JDK throws comes out as it is.
 */
public interface JdkChannels {
    /** The descriptor under a channel, which must be {@link ChannelBridge#isOfTheJdk the JDK's}. */
    int fd(SelectableChannel channel);

    /** Closes the descriptor of a closed channel of the JDK's that no selector has any more; else does nothing. */
    void kill(SelectableChannel channel) throws IOException;

    /** A channel that says it is this provider's. */
    SocketChannel openSocketChannel(SelectorProvider provider) throws IOException;

    /** The same of a protocol family. */
    SocketChannel openSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException;

    /** A channel that says it is this provider's, as are those that it accepts. */
    ServerSocketChannel openServerSocketChannel(SelectorProvider provider) throws IOException;

    /** The same of a protocol family. */
    ServerSocketChannel openServerSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException;

    /** A channel that says it is this provider's. */
    DatagramChannel openDatagramChannel(SelectorProvider provider) throws IOException;

    /** The same of a protocol family. */
    DatagramChannel openDatagramChannel(SelectorProvider provider, ProtocolFamily family) throws IOException;

    /** A pipe whose channels say that they are this provider's. */
    Pipe openPipe(SelectorProvider provider) throws IOException;

    /** The JDK's own provider, whatever the system-wide one is. */
    SelectorProvider defaultProvider();
}
