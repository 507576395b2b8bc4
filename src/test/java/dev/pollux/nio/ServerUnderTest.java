// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The common part of the servers: their answers to clients, and their lines for {@link ServerProcess}. */
final class ServerUnderTest {
    static final String PROVIDER = "provider ";
    static final String PORT = "port ";

    /** For each input line, prints a line with all classes on the stacks of the threads. */
    static final String CLASSES = "classes ";

    private ServerUnderTest() {}

    /** The content of an answer of this size. */
    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    /** The size that a path such as {@code /bytes/1000} asks for. */
    static int sizeIn(String path) {
        return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    }

    /** Prints the port of the server, and stops it at the end of standard input. */
    static void serve(int port, AutoCloseable server) throws Exception {
        try (server;
                BufferedReader asked = new BufferedReader(new InputStreamReader(System.in))) {
            System.out.println(PROVIDER + SelectorProvider.provider().getClass().getName());
            System.out.println(PORT + port);
            answer(asked);
        }
        System.exit(0); // even if the server leaves threads
    }

    private static void answer(BufferedReader asked) throws IOException {
        while (asked.readLine() != null) {
            System.out.println(Thread.getAllStackTraces().values().stream()
                    .flatMap(Arrays::stream)
                    .map(StackTraceElement::getClassName)
                    .distinct()
                    .collect(Collectors.joining(" ", CLASSES, "")));
        }
    }
}
