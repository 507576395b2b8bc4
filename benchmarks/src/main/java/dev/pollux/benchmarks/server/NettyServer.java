// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.InetAddress;

/** Sends back what it receives: Netty as one uses it, reads are written back and flushed at their end. */
final class NettyServer {
    private NettyServer() {}

    /** @param args the transport */
    public static void main(String[] args) {
        switch (args[0]) {
            case "NIO" -> serve(NioIoHandler.newFactory(), NioServerSocketChannel.class, new Echo());
            case "EPOLL" -> serve(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, new Echo());
            case "IO_URING" -> serve(IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class, new Echo());
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** One event loop accepts and serves. */
    static void serve(
            IoHandlerFactory transport, Class<? extends ServerChannel> type, ChannelInitializer<Channel> connections) {
        ServerProcess.announce(new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, transport))
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, PollerServer.BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(connections)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel()
                .localAddress());
    }

    private static final class Echo extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel connection) {
            connection.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(PollerServer.BUFFER_BYTES));
            connection.pipeline().addLast(new SentBack());
        }
    }

    private static final class SentBack extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }
}
