// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.channel;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Internals of the JDK's package {@code sun.nio.ch}: reads the descriptors of channels, and creates channels for
 * another provider. Exceptions of the JDK are passed on unchanged.
 */
public interface JdkChannels {
    /** The descriptor of a channel, which must be {@link ChannelBridge#isOfTheJdk the JDK's}. */
    int fd(SelectableChannel channel);

    /** The number in a file's descriptor; -1 if it is closed. */
    int fd(FileDescriptor file);

    /** The descriptor of an open file channel, which must be the JDK's. */
    int fd(FileChannel channel);

    /**
     * Closes the descriptor of a closed JDK channel that is no longer registered with a selector; else does nothing.
     */
    void kill(SelectableChannel channel) throws IOException;

    /** A channel of this provider. */
    SocketChannel openSocketChannel(SelectorProvider provider) throws IOException;

    /** The same for a protocol family. */
    SocketChannel openSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException;

    /** A channel of this provider; the channels that it accepts are too. */
    ServerSocketChannel openServerSocketChannel(SelectorProvider provider) throws IOException;

    /** The same for a protocol family. */
    ServerSocketChannel openServerSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException;

    /** A channel of this provider. */
    DatagramChannel openDatagramChannel(SelectorProvider provider) throws IOException;

    /** The same for a protocol family. */
    DatagramChannel openDatagramChannel(SelectorProvider provider, ProtocolFamily family) throws IOException;

    /** A pipe whose channels are of this provider. */
    Pipe openPipe(SelectorProvider provider) throws IOException;

    /** The JDK's own provider, whatever the system-wide one is. */
    SelectorProvider defaultProvider();
}
