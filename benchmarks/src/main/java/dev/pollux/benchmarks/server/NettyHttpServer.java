// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Netty's NIO transport and its HTTP codec, on the default selector provider: {@code GET /64} has a body of 64 bytes. */
final class NettyHttpServer extends ChannelInitializer<Channel> {
    private static final int MAX_REQUEST_BYTES = 1 << 16;

    private NettyHttpServer() {}

    public static void main(String[] args) {
        NettyServer.serve(NioIoHandler.newFactory(), NioServerSocketChannel.class, new NettyHttpServer());
    }

    @Override
    protected void initChannel(Channel connection) {
        connection
                .pipeline()
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES), new Answers());
    }

    private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            int bytes = Integer.parseInt(request.uri().substring(1));
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[bytes]));
            HttpUtil.setContentLength(response, bytes);
            context.writeAndFlush(response);
        }

        /** wrk ends with requests under way. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
