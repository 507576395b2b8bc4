// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;

/**
 * Tomcat in its usual configuration, except for two settings: a connection may carry any number of requests, and it
 * does not demand the flags of its leak detection.
 */
public final class TomcatServer {
    /** Tomcat warns if random numbers take longer than 100 ms, as on a busy machine. */
    private static final Logger SESSION_IDS = Logger.getLogger("org.apache.catalina.util.SessionIdGeneratorBase");

    private TomcatServer() {}

    public static void main(String[] args) throws Exception {
        SESSION_IDS.setLevel(Level.SEVERE);
        Path folder = Files.createTempDirectory("pollux-tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        StandardContext context = (StandardContext) tomcat.addContext("", folder.toString());
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        Tomcat.addServlet(context, "answers", new Answers()).addMapping("/*");
        tomcat.start();
        ServerUnderTest.serve(tomcat.getConnector().getLocalPort(), () -> stop(tomcat, folder));
    }

    private static void stop(Tomcat tomcat, Path folder) throws LifecycleException, IOException {
        tomcat.stop();
        tomcat.destroy();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static final class Answers extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, ServerUnderTest.bytes(ServerUnderTest.sizeIn(request.getRequestURI())));
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, request.getInputStream().readAllBytes());
        }

        private static void answer(HttpServletResponse response, byte[] content) throws IOException {
            response.setContentLength(content.length);
            response.getOutputStream().write(content);
        }
    }
}
