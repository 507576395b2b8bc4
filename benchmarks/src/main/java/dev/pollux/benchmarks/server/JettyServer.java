// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Jetty in its usual configuration, on the default selector provider: {@code GET /64} has a body of 64 bytes. */
final class JettyServer extends Handler.Abstract {
    private JettyServer() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new JettyServer());
        server.start();
        ServerProcess.announce(new InetSocketAddress(connector.getHost(), connector.getLocalPort()));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int bytes = Integer.parseInt(request.getHttpURI().getPath().substring(1));
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes);
        response.write(true, ByteBuffer.allocate(bytes), callback);
        return true;
    }
}
