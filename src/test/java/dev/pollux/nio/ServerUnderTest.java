// SPDX-License-Identifier: Apache-2.0
package dev.pollux.nio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What the servers have in common: what they answer to their clients, and what they tell {@link ServerProcess}. */
final class ServerUnderTest {
    static final String PROVIDER = "provider ";
    static final String PORT = "port ";

    /** Whenever a line comes in, a line goes out with all classes that are on the stack of a thread. */
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

    /** Tells where the server listens, and stops it when standard input ends. */
    static void serve(int port, AutoCloseable server) throws Exception {
        try (server;
                BufferedReader asked = new BufferedReader(new InputStreamReader(System.in))) {
            System.out.println(PROVIDER + SelectorProvider.provider().getClass().getName());
            System.out.println(PORT + port);
            answer(asked);
        }
        System.exit(0); // whatever threads a server leaves
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
