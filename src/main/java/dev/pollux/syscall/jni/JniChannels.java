// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import dev.pollux.syscall.channel.JdkChannels;
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

/** The JDK's channels through JNI, to which the module system does not apply. */
public final class JniChannels implements JdkChannels {
    /** @throws UnsatisfiedLinkError if the library cannot be loaded; the message says from where */
    public JniChannels() {
        ShimLibrary.require();
    }

    @Override
    public int fd(SelectableChannel channel) {
        return Shim.channelFd(channel);
    }

    @Override
    public int fd(FileDescriptor file) {
        return Shim.fileFd(file);
    }

    @Override
    public int fd(FileChannel channel) {
        return Shim.fileFd(Shim.fileOf(channel));
    }

    @Override
    public void kill(SelectableChannel channel) throws IOException {
        Shim.killChannel(channel);
    }

    @Override
    public SocketChannel openSocketChannel(SelectorProvider provider) throws IOException {
        return Shim.newSocketChannel(provider);
    }

    @Override
    public SocketChannel openSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException {
        return Shim.newSocketChannelOf(provider, family);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(SelectorProvider provider) throws IOException {
        return Shim.newServerSocketChannel(provider);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(SelectorProvider provider, ProtocolFamily family)
            throws IOException {
        return Shim.newServerSocketChannelOf(provider, family);
    }

    @Override
    public DatagramChannel openDatagramChannel(SelectorProvider provider) throws IOException {
        return Shim.newDatagramChannel(provider, true);
    }

    @Override
    public DatagramChannel openDatagramChannel(SelectorProvider provider, ProtocolFamily family) throws IOException {
        return Shim.newDatagramChannelOf(provider, family, true);
    }

    @Override
    public Pipe openPipe(SelectorProvider provider) throws IOException {
        return Shim.newPipe(provider);
    }

    @Override
    public SelectorProvider defaultProvider() {
        return Shim.defaultSelectorProvider();
    }
}
