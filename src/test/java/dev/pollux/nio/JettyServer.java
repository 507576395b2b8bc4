// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Jetty in its usual configuration. */
public final class JettyServer {
    private JettyServer() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Answers());
        server.start();
        ServerUnderTest.serve(connector.getLocalPort(), server::stop);
    }

    private static final class Answers extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            ByteBuffer content = request.getMethod().equals("POST")
                    ? Content.Source.asByteBuffer(request)
                    : ByteBuffer.wrap(ServerUnderTest.bytes(
                            ServerUnderTest.sizeIn(request.getHttpURI().getPath())));
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.remaining());
            response.write(true, content, callback);
            return true;
        }
    }
}
