// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.server;

import dev.pollux.nio.PolluxSelectorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is compared: servers on one thread that echo, and HTTP servers. Each is a process of its own. */
enum Server {
    C("plain C, epoll"),
    POLLUX_JNI("Pollux, JNI", PollerServer.class, "JNI"),
    POLLUX_FFM("Pollux, FFM", PollerServer.class, "FFM"),
    POLLUX_NIO("Pollux as a Selector", true, SelectorServer.class),
    JDK_NIO("JDK Selector", SelectorServer.class),
    NETTY_NIO("Netty, NIO", NettyServer.class, "NIO"),
    NETTY_EPOLL("Netty, epoll", NettyServer.class, "EPOLL"),
    NETTY_IO_URING("Netty, io_uring", NettyServer.class, "IO_URING"),
    HTTP_NETTY_JDK("Netty HTTP, JDK provider", NettyHttpServer.class),
    HTTP_NETTY_POLLUX("Netty HTTP, Pollux provider", true, NettyHttpServer.class),
    HTTP_JETTY_JDK("Jetty, JDK provider", JettyServer.class),
    HTTP_JETTY_POLLUX("Jetty, Pollux provider", true, JettyServer.class);

    /** From which release on the JDK wants to be told that native code is called on purpose. */
    private static final int NATIVE_ACCESS_SINCE = 22;

    final String label;
    private final boolean onPollux;
    private final Class<?> main;
    private final List<String> arguments;

    Server(String label) {
        this(label, false, null);
    }

    Server(String label, Class<?> main, String... arguments) {
        this(label, false, main, arguments);
    }

    Server(String label, boolean onPollux, Class<?> main, String... arguments) {
        this.label = label;
        this.onPollux = onPollux;
        this.main = main;
        this.arguments = List.of(arguments);
    }

    boolean isHttp() {
        return name().startsWith("HTTP");
    }

    /** Whether it waits through a mechanism of choice. */
    boolean hasMechanisms() {
        return main == PollerServer.class;
    }

    /** Of an HTTP server: the same on the provider of the JDK. */
    Server onTheJdk() {
        return valueOf(name().replace("POLLUX", "JDK"));
    }

    /** Starts it, on the server's core. */
    List<String> command(Programs programs) {
        if (main == null) {
            return programs.server("serve");
        }
        List<String> java = new ArrayList<>(List.of(
                "exec", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
            java.add("--enable-native-access=ALL-UNNAMED");
        }
        if (onPollux) {
            java.add("-Djava.nio.channels.spi.SelectorProvider=" + PolluxSelectorProvider.class.getName());
        }
        java.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        java.addAll(arguments);
        return programs.server(java.toArray(String[]::new));
    }
}
